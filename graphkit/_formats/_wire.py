"""Protobuf messages on the wire, read in place and written.

    message  = field*
    field    = varint(number << 3 | kind), then by kind
               0  varint          2  varint(length) byte[length]
               1  byte[8]         5  byte[4]

A field never reaches beyond its message and nothing is copied, so that reading takes no more memory
than the file has. See https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

__all__ = [
    "FormatError",
    "Value",
    "as_bytes",
    "as_int",
    "as_text",
    "fields",
    "packed_varints",
    "read_varint",
    "signed",
    "write_bytes",
    "write_fixed32",
    "write_int",
    "write_varint",
]

Value: TypeAlias = "int | memoryview"

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_BITS = 70
_LAST_NUMBER = 2**29 - 1
_SIGN, _WRAP = 1 << 63, 1 << 64


class FormatError(ValueError):
    """Bytes are not of the format they were read as; the message says why."""


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Goes through the fields of a message.

    Args:
        message: Its bytes.

    Yields:
        Number and value of each field: an int for a varint, else the bytes.

    Raises:
        FormatError: A field is cut short, or of a kind that no message of TensorFlow has.
    """
    place, end = 0, len(message)
    while place < end:
        key, place = read_varint(message, place)
        number, kind = key >> 3, key & 7
        if not 0 < number <= _LAST_NUMBER:
            raise FormatError(f"field {number} does not exist")
        if kind == _VARINT:
            value, place = read_varint(message, place)
            yield number, value
            continue
        if kind == _BYTES:
            length, place = read_varint(message, place)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise FormatError(f"field {number} is of kind {kind}, which does not exist")
        if place + length > end:
            raise FormatError(f"field {number} is cut short")
        yield number, message[place : place + length]
        place += length


def read_varint(message: memoryview, place: int) -> tuple[int, int]:
    """Reads a number of seven bits a byte; gives it and the place behind it.

    Raises:
        FormatError: It does not end, or not within ten bytes.
    """
    value = shift = 0
    try:
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, place
            shift += 7
            if shift >= _MOST_BITS:
                raise FormatError("a number has more than ten bytes")
    except IndexError:
        raise FormatError("a number is cut short") from None


def packed_varints(value: Value) -> Iterator[int]:
    """Goes through a repeated integer field, whether packed or one by one."""
    if isinstance(value, int):
        yield value
        return
    place = 0
    while place < len(value):
        number, place = read_varint(value, place)
        yield number


def signed(value: int) -> int:
    """A varint as an int64."""
    value &= _WRAP - 1
    return value - _WRAP if value >= _SIGN else value


def as_int(value: Value) -> int:
    """The value of an integer field."""
    if not isinstance(value, int):
        raise FormatError("bytes stand where a number should")
    return signed(value)


def as_bytes(value: Value) -> memoryview:
    """The value of a field that holds a message, a text or bytes."""
    if isinstance(value, int):
        raise FormatError("a number stands where bytes should")
    return value


def as_text(value: Value) -> str:
    """The value of a text field."""
    try:
        return str(as_bytes(value), "utf-8")
    except UnicodeDecodeError:
        raise FormatError("a name is not UTF-8") from None


def write_varint(value: int) -> bytes:
    """Writes a number of seven bits a byte."""
    value &= _WRAP - 1
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def write_int(number: int, value: int) -> bytes:
    """Writes an integer field; nothing for 0, which is what an absent one means."""
    return write_varint(number << 3 | _VARINT) + write_varint(value) if value else b""


def write_fixed32(number: int, value: int) -> bytes:
    """Writes a field of four bytes."""
    return write_varint(number << 3 | _FIXED32) + value.to_bytes(4, "little")


def write_bytes(number: int, value: bytes) -> bytes:
    """Writes a field that holds a message, a text or bytes."""
    return write_varint(number << 3 | _BYTES) + write_varint(len(value)) + value
