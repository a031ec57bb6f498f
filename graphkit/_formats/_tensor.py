"""`TensorProto`: a dtype, a shape, and values that are as few as their writer liked.

Numbers stand as raw bytes (`tensor_content`) or one by one in a field of their kind; there, the
last one stands for all that follow. So a few bytes can claim gigabytes: what is claimed is told
without making it, and only made where it fits.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from graphkit._formats._dtypes import STRING, StoredType, stored_type
from graphkit._formats._shape import read_shape, require_array
from graphkit._formats._wire import (
    FormatError,
    Value,
    as_bytes,
    as_int,
    fields,
    packed_varints,
    signed,
)

__all__ = ["StoredTensor", "read_tensor"]

_DTYPE, _SHAPE, _CONTENT = 1, 2, 4
_FLOATS, _DOUBLES, _COMPLEX, _DOUBLE_COMPLEX = 5, 6, 9, 12
_TEXTS, _HALVES = 8, 13
_INTEGERS = {7, 10, 11, _HALVES, 16, 17}
_FIXED = {_FLOATS: "<f4", _DOUBLES: "<f8", _COMPLEX: "<f4", _DOUBLE_COMPLEX: "<f8"}
_LIMIT = 2**31 - 1
_Listed: TypeAlias = "bytearray | array[int]"


@dataclass(frozen=True)
class StoredTensor:
    """A constant value in a file.

    Attributes:
        dtype: Its dtype.
        shape: Its shape.
        written: The elements that are written, flat; the last one stands for those that are not.
    """

    dtype: StoredType
    shape: tuple[int, ...]
    written: np.ndarray[Any, Any]

    @property
    def elements(self) -> int:
        """How many elements it claims to have."""
        return math.prod(self.shape)

    def array(self) -> np.ndarray[Any, Any]:
        """All elements in their shape; where one stands for all, they share its memory.

        Raises:
            FormatError: More elements are written than the shape has, it claims more than 2 GiB, or
                no array has its shape.
        """
        require_array("it", self.shape)
        written = self.written if self.written.size else _zero(self.written)
        if written.size == self.elements:
            return written.reshape(self.shape)
        if written.size > max(1, self.elements):
            raise FormatError(f"{written.size} values stand where {list(self.shape)} has fewer")
        if self.elements * written.itemsize > _LIMIT:
            raise FormatError(f"it claims the shape {list(self.shape)}, more than 2 GiB")
        if written.size == 1:
            return np.broadcast_to(written, self.shape)
        filled = np.full(self.elements, written[-1], written.dtype)
        filled[: written.size] = written
        return filled.reshape(self.shape)


def _zero(like: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.array([b""], object) if like.dtype == object else np.zeros(1, like.dtype)


def read_tensor(message: memoryview, dtype: StoredType | None = None) -> StoredTensor:
    """Reads a `TensorProto`.

    Args:
        message: Its bytes.
        dtype: Its dtype, where something else says it; the message's own unless given.

    Raises:
        FormatError: It is damaged, or contradicts itself.
    """
    shape: tuple[int, ...] = ()
    content = memoryview(b"")
    texts: list[bytes] = []
    listed: dict[int, _Listed] = {}
    for number, value in fields(message):
        if number == _DTYPE:
            dtype = dtype or stored_type(as_int(value))
        elif number == _SHAPE:
            shape = _known(read_shape(as_bytes(value)))
        elif number == _CONTENT:
            content = as_bytes(value)
        elif number == _TEXTS:
            texts.append(bytes(as_bytes(value)))
        elif number in _FIXED or number in _INTEGERS:
            _append(listed, number, value)
    dtype = dtype or stored_type(0)
    if dtype == stored_type(STRING):
        return StoredTensor(dtype, shape, _texts(texts))
    if not dtype.array:
        return StoredTensor(dtype, shape, np.zeros(0, np.uint8))
    if len(content):
        return StoredTensor(dtype, shape, _raw(content, dtype))
    return StoredTensor(dtype, shape, _numbers(listed, np.dtype(dtype.array), dtype))


def _append(listed: dict[int, _Listed], number: int, value: Value) -> None:
    """Adds the numbers of a field, whether it holds one or many, in as little memory as they take.

    A file may hold each in a field of its own, of two bytes.
    """
    found = listed.setdefault(number, bytearray() if number in _FIXED else array("q"))
    if isinstance(found, bytearray):
        found.extend(as_bytes(value))
    else:
        found.extend(signed(item) for item in packed_varints(value))


def _known(shape: tuple[int | None, ...] | None) -> tuple[int, ...]:
    if shape is None or None in shape:
        raise FormatError("a value is of no definite shape")
    return tuple(int(size or 0) for size in shape)


def _texts(texts: list[bytes]) -> np.ndarray[Any, Any]:
    found = np.empty(len(texts), object)
    found[:] = texts
    return found


def _raw(content: memoryview, dtype: StoredType) -> np.ndarray[Any, Any]:
    if len(content) % dtype.bytes:
        raise FormatError(f"{len(content)} bytes are no whole number of {dtype.name} values")
    return np.frombuffer(content, dtype.array)


def _numbers(
    listed: dict[int, _Listed], wanted: np.dtype[Any], dtype: StoredType
) -> np.ndarray[Any, Any]:
    """Takes the numbers of the one field there is."""
    for number, found in listed.items():
        if isinstance(found, bytearray):
            if wanted.kind == "c":
                return _raw(memoryview(found), dtype)
            return _fixed(found, number, wanted)
        numbers = np.array(found, np.int64)
        if number == _HALVES:
            bits = numbers.astype(np.uint16)
            return bits.view(wanted) if wanted.itemsize == 2 else bits
        return numbers.astype(wanted)
    return np.zeros(0, wanted)


def _fixed(joined: bytearray, number: int, wanted: np.dtype[Any]) -> np.ndarray[Any, Any]:
    source = np.dtype(_FIXED[number])
    if len(joined) % source.itemsize:
        raise FormatError("a list of numbers is cut short")
    return np.frombuffer(joined, source).astype(wanted, copy=False)
