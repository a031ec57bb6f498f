"""Bytes spoilt by chance."""

from __future__ import annotations

import re
from random import Random

from benchmarks._fuzz._forms import Part, taken_apart

__all__ = ["damaged"]

# Numbers that lengths, counts and sizes go wrong by: as varints, as words, as text.
_NUMBERS = (
    b"\x00",
    b"\x7f",
    b"\x80\x01",
    b"\xff\xff\xff\xff\x07",
    b"\xff\xff\xff\xff\x0f",
    b"\xff" * 9 + b"\x01",
    b"\xff" * 8 + b"\x7f",
    b"\x80" * 9 + b"\x01",
    b"\x00" * 8,
    b"\xff" * 4,
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x80",
)
_WORDS = (b"-1", b"0", b"2147483648", b"9" * 18, b"9" * 400, b"1e999", b"nan", b"0.5", b"1" * 4300)
_DIGITS = re.compile(rb"\d+")
_INSIDE, _SELDOM = 0.7, 0.3
_MOST = 2**20


def damaged(data: bytes, chance: Random, depth: int = 4) -> bytes:
    """A copy in which a few places are other, gone, repeated, or a number that is too large.

    What has a form is taken apart and a part of it damaged, most of the time, and put together
    again so that its checksums and lengths are right.

    Args:
        data: What to spoil.
        chance: Where chance comes from.
        depth: How deep parts in parts are sought.

    Returns:
        The copy, of at most a megabyte more.
    """
    if depth and chance.random() < _INSIDE and (form := taken_apart(data)):
        parts = form.parts
        for _ in range(chance.choice((1, 1, 2))):
            _change_a_part(parts, chance, depth)
        return form.together(parts)
    return _spoilt(bytearray(data), chance)


def _change_a_part(parts: list[Part], chance: Random, depth: int) -> None:
    """Damages a part, seldom its name; or drops, doubles or swaps one."""
    if not parts:
        return
    place, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    head, content = parts[place]
    match chance.randrange(14):
        case 0:
            del parts[place]
        case 1 if len(content) * 40 < _MOST:
            parts[place:place] = [parts[place]] * chance.choice((1, 40))
        case 2:
            parts[place] = (head, parts[other][1])
        case 3:
            parts[place] = (_spoilt(bytearray(head), chance), content)
        case _:
            parts[place] = (head, damaged(content, chance, depth - 1))


def _spoilt(data: bytearray, chance: Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        start = chance.randrange(len(data) or 1)
        end = start + chance.choice((1, 2, 4, 16, 64))
        chance.choice(_WAYS)(data, start, end, chance)
    return bytes(data)


def _other_byte(data: bytearray, start: int, _: int, chance: Random) -> None:
    data[start : start + 1] = bytes([chance.randrange(256)])


def _other_bit(data: bytearray, start: int, _: int, chance: Random) -> None:
    data[start : start + 1] = bytes(byte ^ 1 << chance.randrange(8) for byte in data[start:][:1])


def _number_over(data: bytearray, start: int, _: int, chance: Random) -> None:
    number = chance.choice(_NUMBERS)
    data[start : start + len(number)] = number


def _number_between(data: bytearray, start: int, _: int, chance: Random) -> None:
    data[start:start] = chance.choice(_NUMBERS)


def _small_word(data: bytearray, start: int, _: int, chance: Random) -> None:
    place = start // 4 * 4
    data[place : place + 4] = chance.choice((1, 2, 8, 255, 65536)).to_bytes(4, "little")


def _gone(data: bytearray, start: int, end: int, _: Random) -> None:
    del data[start:end]


def _repeated(data: bytearray, start: int, end: int, chance: Random) -> None:
    data[start:start] = data[start:end] * chance.choice((1, 40, 1000))


def _from_elsewhere(data: bytearray, start: int, end: int, chance: Random) -> None:
    source = chance.randrange(len(data) or 1)
    data[start:end] = data[source : source + end - start]


def _cut_short(data: bytearray, start: int, _: int, chance: Random) -> None:
    if chance.random() < _SELDOM:
        del data[start:]


def _other_digits(data: bytearray, _start: int, _end: int, chance: Random) -> None:
    """Puts another number where digits stand."""
    found = [one.span() for one in _DIGITS.finditer(data)]
    if found:
        start, end = chance.choice(found)
        data[start:end] = chance.choice(_WORDS)


_WAYS = (
    _other_byte,
    _other_bit,
    _number_over,
    _number_between,
    _small_word,
    _gone,
    _repeated,
    _from_elsewhere,
    _cut_short,
    _other_digits,
)
