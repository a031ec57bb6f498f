"""What may stand for a tensor: arrays brought to its dtype and checked against its shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit.errors import ArgumentError
from graphkit.export._tensor_info import TensorInfo

__all__ = ["converted", "fitted", "wanted_dtype"]


def fitted(where: str, info: TensorInfo, value: Any) -> npt.NDArray[Any]:
    """Checks one value against the tensor it is for.

    Args:
        where: The function that was called.
        info: The tensor.
        value: Anything NumPy makes an array of.

    Returns:
        An array of the tensor's dtype, of a shape that fits.

    Raises:
        ArgumentError: Another shape, or a dtype or number that loses something on the way.
    """
    argument = f"feeds[{info.name!r}]"
    try:
        array = np.asarray(value)
    except ValueError as exc:
        raise ArgumentError(where, argument, value, f"an array ({exc})") from exc
    if not _fits(array.shape, info.shape):
        shape = "[" + ", ".join("?" if n is None else str(n) for n in info.shape or ()) + "]"
        raise ArgumentError(where, argument, list(array.shape), f"of shape {shape}")
    dtype = _numpy_dtype(info.dtype)
    if dtype is None:
        return array
    found = converted(array, dtype)
    if found is None:
        wanted = wanted_dtype(array, dtype, info.dtype)
        raise ArgumentError(where, argument, array.dtype.name, wanted)
    return found


def converted(array: npt.NDArray[Any], wanted: Any) -> npt.NDArray[Any] | None:
    """Gives an array another dtype.

    Args:
        array: Any array.
        wanted: The dtype, or the type of its scalars; `object` for strings.

    Returns:
        The array; None if it is of another kind, or holds an integer beyond the dtype's range.
    """
    dtype = np.dtype(wanted)
    if array.dtype == dtype:
        return array
    if dtype.kind == "O":
        return array.astype(object) if array.dtype.kind in "OSU" else None
    if array.dtype.kind in "iu" and dtype.kind in "iu":
        range_ = np.iinfo(dtype)
        held = not array.size or (range_.min <= int(array.min()) and int(array.max()) <= range_.max)
        return array.astype(dtype) if held else None
    return array.astype(dtype) if np.can_cast(array.dtype, dtype, "same_kind") else None


def wanted_dtype(array: npt.NDArray[Any], wanted: Any, name: str) -> str:
    """Says what `converted` would have taken instead of this array."""
    beyond = array.dtype.kind in "iu" and np.dtype(wanted).kind in "iu"
    return f"within the range of {name}" if beyond else f"of dtype {name}"


def _numpy_dtype(name: str) -> npt.DTypeLike | None:
    """NumPy's dtype of that name; None of one that it has not, such as bfloat16."""
    try:
        return np.dtype(object if name == "string" else name)
    except TypeError:
        return None


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...] | None) -> bool:
    if wanted is None:
        return True
    same = all(size in (None, given) for size, given in zip(wanted, shape, strict=False))
    return len(shape) == len(wanted) and same
