"""Marks methods that are built as they are written, without AutoGraph's rewriting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from graphkit.tf1._namespace import load

__all__ = ["as_written"]

_Method = TypeVar("_Method", bound=Callable[..., Any])
_mark: Any = load("tensorflow.python.autograph.impl.api:autograph_artifact")


def as_written(method: _Method) -> _Method:
    """Spares a method AutoGraph, which reads and compiles it anew for every layer.

    Layers inside it are treated as always.

    Args:
        method: A layer's `call`; no Python condition in it depends on a tensor.

    Returns:
        The method.
    """
    _mark(method)
    return method
