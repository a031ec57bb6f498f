"""Snappy, by which TensorFlow 2 packs the tables of some checkpoints.

    packed  = varint size  element*
    element = tag  then, by the last two bits of the tag,
              0  literal   length - 1 in the other six bits, or from 60 on in 1 to 4 bytes more
              1  copy      length - 4 in three bits, 11 bits of distance: three here, and a byte
              2  copy      length - 1 in six bits, distance of two bytes
              3  copy      length - 1 in six bits, distance of four bytes

A copy repeats what was written so far, `distance` bytes back, and may run into what it writes. No
element writes more than 64 bytes that are not in the file, so that what comes out stays in
proportion to it. See https://github.com/google/snappy/blob/main/format_description.txt.
"""

from __future__ import annotations

from graphkit._formats._wire import FormatError, read_varint

__all__ = ["unpacked"]

_LITERAL, _NEAR = 0, 1
_LONG_LITERAL = 60


def unpacked(packed: memoryview) -> memoryview:
    """What was packed.

    Args:
        packed: All of its bytes.

    Raises:
        FormatError: It is damaged or cut short.
    """
    size, place = read_varint(packed, 0)
    found = bytearray()
    while place < len(packed) and len(found) <= size:
        kind, rest = packed[place] & 3, packed[place] >> 2
        place += 1
        if kind == _LITERAL:
            length, place = _literal_length(packed, place, rest)
            found += _taken(packed, place, length)
            place += length
        else:
            width = (1, 2, 4)[kind - 1]
            distance = int.from_bytes(_taken(packed, place, width), "little")
            place += width
            if kind == _NEAR:
                distance, rest = distance | rest >> 3 << 8, (rest & 7) + 3
            _repeat(found, distance, rest + 1)
    if len(found) != size:
        raise FormatError(f"{len(found)} bytes were packed where {size} should be")
    return memoryview(bytes(found))


def _literal_length(packed: memoryview, place: int, rest: int) -> tuple[int, int]:
    if rest < _LONG_LITERAL:
        return rest + 1, place
    width = rest - _LONG_LITERAL + 1
    return int.from_bytes(_taken(packed, place, width), "little") + 1, place + width


def _taken(packed: memoryview, place: int, length: int) -> memoryview:
    if place + length > len(packed):
        raise FormatError("what is packed is cut short")
    return packed[place : place + length]


def _repeat(found: bytearray, distance: int, length: int) -> None:
    if not 0 < distance <= len(found):
        raise FormatError("what is packed repeats what was not there")
    start = len(found) - distance
    piece = found[start : start + length]
    found += (piece * (length // len(piece) + 1))[:length]
