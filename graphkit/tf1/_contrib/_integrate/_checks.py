"""What both ways to solve a differential equation require of their arguments."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf

__all__ = ["check_types", "increasing"]


def check_types(y0: Any, t: Any, dt: Any = None) -> None:
    """Requires numbers that can change a little.

    Args:
        y0: The initial values.
        t: The times.
        dt: The steps between them.

    Raises:
        TypeError: One has a dtype of whole numbers.
    """
    if not (y0.dtype.is_floating or y0.dtype.is_complex):
        raise TypeError("`y0` must have a floating point or complex floating point dtype")
    for name, tensor in (("t", t), ("dt", dt)):
        if tensor is not None and not tensor.dtype.is_floating:
            raise TypeError(f"`{name}` must have a floating point dtype")


def increasing(t: Any) -> Any:
    """Makes the check that each time is later than the one before.

    Args:
        t: The times `[N]`.

    Returns:
        A context in which ops wait for it.
    """
    fits = tf.reduce_all(t[1:] > t[:-1])
    return tf.control_dependencies([tf.Assert(fits, ["`t` must be monotonic increasing"])])
