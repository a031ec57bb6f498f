"""Dtypes and shapes as users write them, turned into TensorFlow's own or refused."""

from __future__ import annotations

import difflib
from typing import Any

from graphkit._tf import DType, tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["checked_dtype", "checked_shape"]

_DTYPE_NAMES = (
    "bfloat16", "bool", "complex64", "complex128", "float16", "float32", "float64", "int8",
    "int16", "int32", "int64", "string", "uint8", "uint16", "uint32", "uint64",
)  # fmt: skip


def checked_dtype(where: str, dtype: Any) -> DType:
    """Reads a dtype in any of its spellings: TensorFlow's, numpy's, a string, a Python type.

    Args:
        where: The call, for the error message.
        dtype: What came.

    Returns:
        The `tf.DType`.

    Raises:
        ArgumentTypeError: It names no dtype; the nearest name is suggested.
    """
    try:
        return tf.as_dtype(dtype)
    except TypeError as exc:
        near = difflib.get_close_matches(str(dtype), _DTYPE_NAMES, n=1)
        hint = f" ({near[0]!r}?)" if near else ' such as tf.float32, np.float32 or "float32"'
        raise ArgumentTypeError(where, "dtype", repr(dtype), f"a dtype{hint}") from exc


def checked_shape(where: str, shape: Any) -> Any:
    """Reads a static shape: `None` for any rank, or one entry per axis with `None` for any size.

    Args:
        where: The call, for the error message.
        shape: What came.

    Returns:
        The `tf.TensorShape`.

    Raises:
        ArgumentError: It is not a shape, or a size is negative.
        ArgumentTypeError: It is a string.
    """
    wanted = "None or a list of sizes, each None or a whole number of at least 0"
    if isinstance(shape, (str, bytes)):
        raise ArgumentTypeError(where, "shape", repr(shape), wanted)
    if isinstance(shape, int) and not isinstance(shape, bool):
        shape = [shape]
    try:
        return tf.TensorShape(shape)
    except (TypeError, ValueError) as exc:
        raise ArgumentError(where, "shape", shape, wanted) from exc
