"""Lets a dimension be a whole float, as in TensorFlow 1: `shape=[3, 3, channels / 2, 64]`."""

from __future__ import annotations

import functools
import importlib
from numbers import Real
from typing import Any

__all__ = ["accept_whole_floats"]


def accept_whole_floats() -> None:
    """Changes TensorFlow's `Dimension`, of which every static shape is made.

    A float that is no whole number is a `ValueError`, as it was.
    """
    shapes: Any = importlib.import_module("tensorflow.python.framework.tensor_shape")
    today = shapes.Dimension.__init__

    @functools.wraps(today)
    def make(self: Any, value: Any) -> None:
        if isinstance(value, Real) and not hasattr(value, "__index__"):
            whole = int(float(value))
            if whole != value:
                raise ValueError(f"Ambiguous dimension: {value}")
            value = whole
        today(self, value)

    shapes.Dimension.__init__ = make
