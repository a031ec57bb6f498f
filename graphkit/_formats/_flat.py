"""FlatBuffers, read in place: tables whose fields are found by the table of offsets before them.

    file    = uint32 root                          where the first table is
    table   = int32 back to its offsets, fields    offsets = uint16 size, uint16 of table, uint16*
    vector  = uint32 length, elements              text    = a vector of bytes

A field that holds a table, vector or text holds how far away it is. Every place is checked before
it is read; since many fields may lead to one vector, no more elements are read in all than the
buffer has bytes. See https://flatbuffers.dev/internals/.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from graphkit._formats._wire import FormatError

__all__ = ["FlatTable", "root_table"]

_FIXED = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8}


@dataclass(frozen=True)
class FlatTable:
    """A table in a buffer.

    Attributes:
        buffer: The whole buffer.
        place: Where it begins.
        left: How many elements may still be read, in all tables of the buffer.
    """

    buffer: memoryview
    place: int
    left: list[int]

    def number(self, field: int, kind: str, default: int = 0) -> int:
        """A number, in the letters of `struct`; the default where the field is absent."""
        place = self._field(field)
        return _number(self.buffer, place, kind) if place else default

    def text(self, field: int) -> str:
        """A text; "" where the field is absent."""
        place = self._field(field)
        if not place:
            return ""
        start, length = self._vector(place, 1)
        self._take(length)
        return bytes(self.buffer[start : start + length]).decode("utf-8", "backslashreplace")

    def numbers(self, field: int, kind: str) -> list[int]:
        """A vector of numbers; empty where the field is absent."""
        place = self._field(field)
        if not place:
            return []
        start, length = self._vector(place, _FIXED[kind])
        self._take(length)
        return [_number(self.buffer, start + i * _FIXED[kind], kind) for i in range(length)]

    def size(self, field: int, element: int = 1) -> int:
        """How many elements of that many bytes a vector has; 0 where the field is absent."""
        place = self._field(field)
        return self._vector(place, element)[1] if place else 0

    def tables(self, field: int) -> Iterator[FlatTable]:
        """The tables of a vector."""
        place = self._field(field)
        if place:
            start, length = self._vector(place, 4)
            self._take(length)
            for entry in range(start, start + 4 * length, 4):
                yield FlatTable(self.buffer, entry + _number(self.buffer, entry, "I"), self.left)

    def table(self, field: int) -> FlatTable | None:
        """A table; None where the field is absent."""
        place = self._field(field)
        if not place:
            return None
        return FlatTable(self.buffer, place + _number(self.buffer, place, "I"), self.left)

    def require_fields(self) -> None:
        """Refuses a table whose offsets, or fields by them, lie outside the buffer."""
        offsets = self.place - _number(self.buffer, self.place, "i")
        size = _number(self.buffer, offsets, "H")
        if size < 4 or size % 2:  # half an offset is one for those who do not look
            raise FormatError(f"the offsets of a table have {size} bytes")
        count = (size - 4) // 2
        if count:
            self._take(count // 2)  # tables share their offsets
            _number(self.buffer, offsets + 2 + 2 * count, "H")
            furthest = max(struct.unpack_from(f"<{count}H", self.buffer, offsets + 4))
            _number(self.buffer, self.place + furthest, "B")

    def require_ended(self, field: int) -> None:
        """Refuses a text that no zero follows, by which C programs find its end."""
        place = self._field(field)
        if place:
            start, length = self._vector(place, 1)
            if _number(self.buffer, start + length, "B"):
                raise FormatError(f"a text of {length} bytes has no end")

    def _field(self, field: int) -> int:
        """Where a field lies; 0 if it is absent."""
        offsets = self.place - _number(self.buffer, self.place, "i")
        if 4 + 2 * field + 2 > _number(self.buffer, offsets, "H"):
            return 0
        offset = _number(self.buffer, offsets + 4 + 2 * field, "H")
        return self.place + offset if offset else 0

    def _vector(self, place: int, size: int) -> tuple[int, int]:
        start = place + _number(self.buffer, place, "I")
        length = _number(self.buffer, start, "I")
        if start + 4 + length * size > len(self.buffer):
            raise FormatError(f"a vector of {length} elements is cut short")
        return start + 4, length

    def _take(self, elements: int) -> None:
        self.left[0] -= elements
        if self.left[0] < 0:
            raise FormatError("its tables and vectors lead to each other again and again")


def root_table(buffer: memoryview) -> FlatTable:
    """The table a buffer begins with."""
    return FlatTable(buffer, _number(buffer, 0, "I"), [len(buffer)])


def _number(buffer: memoryview, place: int, kind: str) -> int:
    if not 0 <= place <= len(buffer) - _FIXED[kind]:
        raise FormatError(f"a place {place} lies beyond its {len(buffer)} bytes")
    return int(struct.unpack_from(f"<{kind}", buffer, place)[0])
