"""An attribute of a node, as a plain value for people and for JSON."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from graphkit._formats._dtypes import stored_type
from graphkit._formats._shape import read_shape
from graphkit._formats._tensor import read_tensor
from graphkit._formats._wire import (
    Value,
    as_bytes,
    as_int,
    as_text,
    fields,
    packed_varints,
    signed,
)

__all__ = ["plain_value"]

_LIST = 1
_SHOWN_BYTES = 60
# All other kinds have the same number alone and in a list.
_PLACEHOLDER, _FUNCTION, _LISTED_FUNCTION = 9, 10, 9


def plain_value(attr: memoryview) -> Any:
    """What an `AttrValue` holds.

    Args:
        attr: Its bytes.

    Returns:
        A number, a text, a list of such; of a dtype or function the name, of a tensor dtype and
        shape.

    Raises:
        FormatError: The bytes are no `AttrValue`.
    """
    for number, value in fields(attr):
        if number == _LIST:
            listed = fields(as_bytes(value))
            return [item for kind, inner in listed for item in _items(kind, inner)]
        if number == _PLACEHOLDER:
            return as_text(value)
        found = _items(_LISTED_FUNCTION if number == _FUNCTION else number, value)
        return found[0] if found else None
    return None


def _items(kind: int, value: Value) -> list[Any]:
    if kind in _READ:
        return _READ[kind](value)
    return [as_int(value)] if isinstance(value, int) else [bytes(value).hex()]


def _floats(value: Value) -> list[Any]:
    return [item for (item,) in struct.iter_unpack("<f", as_bytes(value))]


def _shapes(value: Value) -> list[Any]:
    shape = read_shape(as_bytes(value))
    return [None if shape is None else list(shape)]


def _tensors(value: Value) -> list[Any]:
    tensor = read_tensor(as_bytes(value))
    return [f"{tensor.dtype.name} {list(tensor.shape)}"]


def _functions(value: Value) -> list[Any]:
    return [as_text(inner) for number, inner in fields(as_bytes(value)) if number == 1] or [""]


def _texts(value: Value) -> list[Any]:
    text = as_bytes(value)
    shown = bytes(text[:_SHOWN_BYTES]).decode("utf-8", "backslashreplace")
    return [shown if len(text) <= _SHOWN_BYTES else f"{shown}… ({len(text):,} bytes)"]


_READ: dict[int, Callable[[Value], list[Any]]] = {
    2: _texts,
    3: lambda value: [signed(item) for item in packed_varints(value)],
    4: _floats,
    5: lambda value: [bool(item) for item in packed_varints(value)],
    6: lambda value: [stored_type(item).name for item in packed_varints(value)],
    7: _shapes,
    8: _tensors,
    _LISTED_FUNCTION: _functions,
}
