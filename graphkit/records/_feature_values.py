"""What a Python or NumPy value becomes in an Example: its kind and its flat list of values."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Literal, TypeAlias

import numpy as np

from graphkit.errors import ArgumentError, ArgumentTypeError

Kind: TypeAlias = Literal["bytes", "int64", "float"]

_WHERE = "encode_example"
_WANTED = "bytes, text, whole or real numbers, or a flat sequence or NumPy array of one of these"
_INT64 = np.iinfo(np.int64)


def flatten_value(name: str, value: Any) -> tuple[Kind, list[Any]]:
    """Tells the kind of a feature's value and lists what it holds, row by row.

    Raises:
        ArgumentTypeError: No kind of feature can hold the value.
        ArgumentError: A number does not fit into int64 or float32, or an empty sequence leaves the
            kind open.
    """
    if isinstance(value, (bytes, str)):  # the commonest first: packing asks for every feature
        return "bytes", [_to_bytes(value)]
    if isinstance(value, int):
        return "int64", [_to_int64(name, value)]
    if isinstance(value, np.ndarray):
        return _flatten_array(name, value)
    if not isinstance(value, (list, tuple)):
        value = [value]
    if not value:
        wanted = "non-empty, or an empty NumPy array whose dtype tells its kind"
        raise ArgumentError(_WHERE, f"feature {name!r}", value, wanted)
    if all(isinstance(item, (bytes, bytearray, memoryview, str)) for item in value):
        return "bytes", [_to_bytes(item) for item in value]
    if all(isinstance(item, Integral) for item in value):
        return "int64", [_to_int64(name, item) for item in value]
    return _flatten_array(name, _to_array(name, value))


def _flatten_array(name: str, array: np.ndarray[Any, Any]) -> tuple[Kind, list[Any]]:
    values = array.ravel()
    if array.dtype.kind in "SU":
        return "bytes", [_to_bytes(item) for item in values.tolist()]
    if array.dtype.kind in "biu":
        return "int64", [_to_int64(name, item) for item in values.tolist()]
    if array.dtype.kind == "f":
        return "float", _to_float32(name, values).tolist()
    raise ArgumentTypeError(_WHERE, f"feature {name!r}", f"an array of {array.dtype}", _WANTED)


def _to_array(name: str, value: Any) -> np.ndarray[Any, Any]:
    """Makes an array of numbers, refusing what NumPy would quietly turn into text."""
    try:
        array = np.asarray(value)
    except ValueError as exc:
        raise ArgumentError(_WHERE, f"feature {name!r}", value, _WANTED) from exc
    if array.dtype.kind not in "biuf":
        kinds = ", ".join(sorted({type(item).__name__ for item in value}))
        raise ArgumentTypeError(_WHERE, f"feature {name!r}", kinds, _WANTED)
    return array


def _to_bytes(item: Any) -> bytes:
    return item.encode() if isinstance(item, str) else bytes(item)


def _to_int64(name: str, item: Any) -> int:
    number = int(item)
    if not _INT64.min <= number <= _INT64.max:
        raise ArgumentError(_WHERE, f"feature {name!r}", number, "within int64")
    return number


def _to_float32(name: str, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32)
    lost = np.isinf(narrow) & ~np.isinf(values)
    if lost.any():
        raise ArgumentError(_WHERE, f"feature {name!r}", values[lost][0].item(), "within float32")
    return narrow
