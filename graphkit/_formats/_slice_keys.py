"""The keys under which a checkpoint's table holds the pieces of variables, sorted by name.

    key      = number(0)  text(name)  number(rank)  (signed(start) signed(length))*
    text     = its bytes, 00 as 00 FF and FF as FF 00, then 00 01
    number   = byte(count of bytes)  its bytes, the highest first
    signed   = as many leading ones as it has bytes (their complement where it is negative), then it

A length of -1 means all of that dimension. See
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/core/lib/strings/ordered_code.h.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from graphkit._formats._wire import FormatError

__all__ = ["Extent", "is_slice_key", "renamed_key", "slice_key"]

# Where a piece begins in a dimension, and how many of it there are; -1 for all.
Extent: TypeAlias = "tuple[int, int]"

_START = b"\0"
_END = b"\0\1"


def slice_key(name: str, extents: Sequence[Extent]) -> bytes:
    """The key of a piece of a variable."""
    places = b"".join(_signed(number) for extent in extents for number in extent)
    return _START + _text(name) + _number(len(extents)) + places


def is_slice_key(key: bytes) -> bool:
    """Tells the key of a piece from the name of a variable."""
    return key.startswith(_START)


def renamed_key(key: bytes, names: Mapping[str, str]) -> bytes:
    """The key of the same piece of a variable that got another name.

    Args:
        key: The key of a piece.
        names: New names by old ones; others stay.

    Raises:
        FormatError: It is the key of no piece.
    """
    end = key.find(_END, 1)
    try:
        old = key[1:end].replace(b"\0\xff", b"\0").replace(b"\xff\0", b"\xff").decode()
    except UnicodeDecodeError:
        end = -1
    if end < 0:
        raise FormatError(f"{key!r} is the key of no piece of a variable")
    return _START + _text(names.get(old, old)) + key[end + len(_END) :]


def _text(text: str) -> bytes:
    escapes = {0: b"\0\xff", 255: b"\xff\0"}
    return b"".join(escapes.get(byte, bytes([byte])) for byte in text.encode()) + _END


def _number(value: int) -> bytes:
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "big")


def _signed(value: int) -> bytes:
    magnitude = ~value if value < 0 else value
    size = magnitude.bit_length() // 7 + 1
    bits = 8 * size
    header = ((1 << size) - 1) << (bits - size)
    return ((value & (1 << bits) - 1) ^ header).to_bytes(size, "big")
