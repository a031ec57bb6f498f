"""The opcodes a CIFAR-10 pickle may consist of, each with the argument that follows it.

These are the ones Python writes for dictionaries, lists, tuples, text, numbers and NumPy arrays in
the protocols 0 to 4. See the standard library's `pickletools` for what each one means.
"""

from __future__ import annotations

import pickletools
import re
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

_MAX_DIGITS = 100
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|([\\'\"nrt]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Opcode(NamedTuple):
    """One step of a pickle: what it does, its argument, and the byte where it stands."""

    name: str
    argument: Any
    offset: int


class UnknownOpcodeError(Exception):
    """The pickle holds an opcode that data has no need of."""


Reader = Callable[[bytes, int], tuple[Any, int]]


def _fixed(code: str) -> Reader:
    """Makes a reader of one little-endian number."""
    layout = struct.Struct("<" + code)

    def read(data: bytes, start: int) -> tuple[Any, int]:
        return layout.unpack_from(data, start)[0], start + layout.size

    return read


def _counted(code: str, convert: Callable[[bytes], Any] = bytes) -> Reader:
    """Makes a reader of bytes that follow their own length."""
    read_length = _fixed(code)

    def read(data: bytes, start: int) -> tuple[Any, int]:
        length, start = read_length(data, start)
        if not 0 <= length <= len(data) - start:
            raise ValueError(f"a string of {length} bytes goes beyond the end")
        return convert(data[start : start + length]), start + length

    return read


def _line(convert: Callable[[bytes], Any]) -> Reader:
    """Makes a reader of what stands before the next line end."""

    def read(data: bytes, start: int) -> tuple[Any, int]:
        end = data.index(b"\n", start)
        return convert(data[start:end]), end + 1

    return read


def _nothing(data: bytes, start: int) -> tuple[Any, int]:
    return None, start


def _decimal(text: bytes) -> int | bool:
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits")
    if text in (b"00", b"01"):
        return text == b"01"
    return int(text.rstrip(b"L"))


def _quoted(text: bytes) -> bytes:
    if len(text) < 2 or text[:1] not in (b"'", b'"') or text[-1:] != text[:1]:
        raise ValueError("a string without its quotes")
    return _ESCAPE.sub(_unescape, text[1:-1])


def _unescape(found: re.Match[bytes]) -> bytes:
    """Turns one of the escapes Python 2 writes into its byte."""
    digits, letter = found.groups()
    return bytes([int(digits, 16)]) if digits else _ESCAPED.get(letter, letter)


def _utf8(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")


def _raw_unicode(text: bytes) -> str:
    return text.decode("raw-unicode-escape")


def _long(text: bytes) -> int:
    return int.from_bytes(text, "little", signed=True)


def _global_name(data: bytes, start: int) -> tuple[Any, int]:
    module, start = _line(_utf8)(data, start)
    name, start = _line(_utf8)(data, start)
    return (module, name), start


_READERS: dict[str, Reader] = {
    **dict.fromkeys(
        "MARK STOP NONE NEWTRUE NEWFALSE EMPTY_DICT EMPTY_LIST EMPTY_TUPLE DICT LIST TUPLE TUPLE1 "
        "TUPLE2 TUPLE3 APPEND APPENDS SETITEM SETITEMS MEMOIZE STACK_GLOBAL REDUCE BUILD".split(),
        _nothing,
    ),
    "PROTO": _fixed("B"),
    "FRAME": _fixed("Q"),
    "INT": _line(_decimal),
    "LONG": _line(_decimal),
    "BININT": _fixed("i"),
    "BININT1": _fixed("B"),
    "BININT2": _fixed("H"),
    "LONG1": _counted("B", _long),
    "STRING": _line(_quoted),
    "BINSTRING": _counted("i"),
    "SHORT_BINSTRING": _counted("B"),
    "BINBYTES": _counted("I"),
    "SHORT_BINBYTES": _counted("B"),
    "UNICODE": _line(_raw_unicode),
    "BINUNICODE": _counted("I", _utf8),
    "SHORT_BINUNICODE": _counted("B", _utf8),
    "PUT": _line(_decimal),
    "BINPUT": _fixed("B"),
    "LONG_BINPUT": _fixed("I"),
    "GET": _line(_decimal),
    "BINGET": _fixed("B"),
    "LONG_BINGET": _fixed("I"),
    "GLOBAL": _global_name,
}
_NAMES = {ord(opcode.code): opcode.name for opcode in pickletools.opcodes}


def read_opcode(data: bytes, offset: int) -> tuple[Opcode, int]:
    """Reads the opcode at `offset` and tells where the next one begins.

    Raises:
        UnknownOpcodeError: It is none of those above; its name is the message.
        ValueError: It, or its argument, is damaged.
        IndexError: The data ends.
        struct.error: The data ends.
    """
    code = data[offset]
    name = _NAMES.get(code)
    if name is None:
        raise ValueError(f"there is no opcode {code}")
    if name not in _READERS:
        raise UnknownOpcodeError(name)
    argument, end = _READERS[name](data, offset + 1)
    return Opcode(name, argument, offset), end
