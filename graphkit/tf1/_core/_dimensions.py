"""Dimensions of 1.15 were made from whole floats and from text; today's only from integers."""

from __future__ import annotations

from numbers import Real
from typing import Any

from graphkit._tf import tf

__all__ = ["accept_old_sizes"]


def _whole(value: Any) -> Any:
    """Turns what 1.15 took for a size into an int; the rest is today's TensorFlow's to judge."""
    if isinstance(value, str):
        return int(value)
    if isinstance(value, bool) or (isinstance(value, Real) and not hasattr(value, "__index__")):
        size = int(float(value))
        if size != value:
            raise ValueError(f"Ambiguous dimension: {value}")
        return size
    return value


def accept_old_sizes() -> None:
    """Lets `Dimension(6.0)`, `x.shape[1] * 2.0` and `[height / 2, 3]` as a shape be what they were.

    It changes TensorFlow's own class, since TensorFlow makes the dimensions programs see.
    """
    made = tf.Dimension.__init__
    if getattr(made, "takes_old_sizes", False):
        return

    def init(self: Any, value: Any) -> None:
        made(self, _whole(value))

    init.takes_old_sizes = True  # type: ignore[attr-defined]
    tf.Dimension.__init__ = init
