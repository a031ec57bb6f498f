"""Dtypes, shapes, values and numbers as users write them: made TensorFlow's own or refused."""

from __future__ import annotations

import difflib
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit._tf import DType, tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["checked_dtype", "checked_number", "checked_shape", "checked_value"]

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
    try:
        if isinstance(shape, bool):
            raise TypeError
        return tf.TensorShape([shape] if isinstance(shape, int) else shape)
    except (TypeError, ValueError) as exc:
        raise ArgumentError(where, "shape", shape, wanted) from exc


def checked_number(
    where: str, argument: str, value: Any, wanted: str, fits: Callable[[Any], bool]
) -> Any:
    """Returns a real number that fits.

    Args:
        where: The call, for the error message.
        argument: The argument's name, for the error message.
        value: What came.
        wanted: Its range, in words that follow "a number".
        fits: Whether a number is in that range; false for NaN, as comparisons are.

    Returns:
        The number, unchanged.

    Raises:
        ArgumentError: The number is out of range.
        ArgumentTypeError: It is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ArgumentTypeError(where, argument, repr(value), f"a number {wanted}")
    if not fits(value):
        raise ArgumentError(where, argument, value, f"a number {wanted}")
    return value


def checked_value(where: str, argument: str, value: Any, dtype: DType, shape: Any) -> NDArray[Any]:
    """Converts a value to a dtype, where that loses nothing but precision.

    Args:
        where: The call, for the error message.
        argument: The argument's name, for the error message.
        value: A number, string, nested list or array.
        dtype: The `tf.DType` to convert to.
        shape: The `tf.TensorShape` it must fit.

    Returns:
        The array, of that dtype.

    Raises:
        ArgumentError: It has another shape, or its rows differ in length.
        ArgumentTypeError: It is of another kind: a fraction for an integer, text for a number.
    """
    try:
        array = np.asarray(value, dtype=object if dtype == tf.string else None)
    except ValueError as exc:
        raise ArgumentError(where, argument, value, "with rows of one length") from exc
    if not _holds(dtype, array):
        wanted = f"a value that {dtype.name} can hold"
        raise ArgumentTypeError(where, argument, repr(value), wanted)
    if not shape.is_compatible_with(array.shape):
        raise ArgumentError(where, argument, list(array.shape), f"of a shape that fits {shape}")
    return array.astype(dtype.as_numpy_dtype)


def _holds(dtype: DType, array: NDArray[Any]) -> bool:
    if dtype == tf.string:
        return all(isinstance(item, (str, bytes)) for item in array.flat)
    if dtype.is_bool:
        return array.dtype.kind == "b"
    if dtype.is_integer:
        if array.dtype.kind not in "iu":
            return False
        ends = (array.min(), array.max()) if array.size else ()
        return all(dtype.min <= int(end) <= dtype.max for end in ends)
    own_kind = array.dtype == dtype.as_numpy_dtype
    return own_kind or array.dtype.kind in ("iufc" if dtype.is_complex else "iuf")
