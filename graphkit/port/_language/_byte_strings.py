"""The bytes of Python 2, which were text as well: equal to it, joined with it, keys like it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, SupportsIndex

from graphkit.port._language._bytes import bytes_of, told

__all__ = ["ByteString"]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class ByteString(bytes):
    """Bytes that a Python 2 program meets: its text in quotes is equal to them and joins them."""

    def _raw(self, value: Any) -> Any:
        """Turns text into the bytes it is beside these."""
        if isinstance(value, tuple):
            return tuple(map(self._raw, value))
        if not isinstance(value, str):
            return value
        raw = bytes_of(value)
        if raw.isascii() or _is_utf8(raw) or self.isascii() or not _is_utf8(self):
            return raw
        return value.encode("utf-8", "surrogateescape")

    def __str__(self) -> str:
        return self.decode("utf-8", "surrogateescape")

    def __repr__(self) -> str:
        return bytes.__repr__(self)[1:]

    def __hash__(self) -> int:
        # That of the equal text, so that either finds the other in a dictionary.
        return hash(self.decode("utf-8")) if _is_utf8(self) else bytes.__hash__(self)

    def __reduce__(self) -> Any:
        return ByteString, (bytes(self),)

    def __contains__(self, part: Any) -> bool:
        return bytes.__contains__(self, self._raw(part))

    def __iter__(self) -> Iterator[Any]:
        return (ByteString(self[place : place + 1]) for place in range(len(self)))

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        found = bytes.__getitem__(self, place)
        return ByteString(bytes((found,)) if isinstance(found, int) else found)

    def __add__(self, other: Any) -> Any:
        return told(bytes.__add__(self, self._raw(other)))

    def __radd__(self, other: Any) -> Any:
        return told(self._raw(other) + bytes(self)) if isinstance(other, str) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> Any:
        return ByteString(bytes.__mul__(self, times))

    __rmul__ = __mul__

    def __mod__(self, values: Any) -> Any:
        return str(self) % values

    def encode(self, *_encoding: Any) -> ByteString:
        """Gives the same: they are encoded."""
        return self


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[ByteString, Any], Any]:
    def method(self: ByteString, other: Any) -> Any:
        if not isinstance(other, bytes | str):
            return NotImplemented
        return compare(bytes(self), bytes(self._raw(other)))

    return method


def _method(name: str) -> Callable[..., Any]:
    real = getattr(bytes, name)

    def method(self: ByteString, *arguments: Any) -> Any:
        if name == "join":
            arguments = ([*map(self._raw, arguments[0])],)
        made = real(self, *map(self._raw, arguments))
        if isinstance(made, list | tuple):
            return type(made)(map(told, made))
        return ByteString(made) if isinstance(made, bytes) else made

    method.__name__ = name
    return method


_METHODS = (
    *("capitalize", "center", "count", "endswith", "expandtabs", "find", "index", "join", "ljust"),
    *("lower", "lstrip", "partition", "replace", "rfind", "rindex", "rjust", "rpartition"),
    *("rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title"),
    *("translate", "upper", "zfill"),
)
for _name in _METHODS:
    setattr(ByteString, _name, _method(_name))
for _name in ("eq", "ge", "gt", "le", "lt", "ne"):
    setattr(ByteString, f"__{_name}__", _comparison(getattr(operator, _name)))
