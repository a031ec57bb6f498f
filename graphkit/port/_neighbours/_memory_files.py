"""What Python 2 did with text where Python 3 takes bytes only: files in memory, and hashes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

from graphkit.port._language._bytes import bytes_of

__all__ = ["HASHES", "StringIO", "csv_reader"]


class StringIO:
    """A file in memory that takes text and bytes alike; it holds text until bytes are written.

    Args:
        buffer: What it holds at first.
    """

    def __init__(self, buffer: Any = "") -> None:
        is_text = isinstance(buffer, str)
        self._file: Any = io.StringIO(buffer) if is_text else io.BytesIO(buffer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Any:
        return iter(self._file)

    def next(self) -> Any:
        """Reads the next line."""
        return next(self._file)

    def write(self, data: Any) -> int:
        """Writes text or bytes; from the first bytes on everything is bytes."""
        is_text = isinstance(data, str)
        if is_text and isinstance(self._file, io.BytesIO):
            data = bytes_of(data)
        elif not is_text and isinstance(self._file, io.StringIO):
            before = bytes_of(self._file.getvalue())
            at_end = self._file.tell() == len(self._file.getvalue())
            place = len(before) if at_end else self._file.tell()
            self._file = io.BytesIO(before)
            self._file.seek(place)
        return int(self._file.write(data))

    def writelines(self, lines: Any) -> None:
        """Writes one after the other."""
        for line in lines:
            self.write(line)


class _Hash:
    """A hash that takes text."""

    def __init__(self, made: Any) -> None:
        self._hash = made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hash, name)

    def update(self, data: Any) -> None:
        """Adds text or bytes."""
        self._hash.update(_raw(data))

    def copy(self) -> _Hash:
        """Makes another with the same data."""
        return _Hash(self._hash.copy())


def _raw(data: Any) -> Any:
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data


def _hash(name: str) -> Callable[..., _Hash]:
    return lambda data=b"", **options: _Hash(hashlib.new(name, _raw(data), **options))


HASHES: dict[str, Callable[..., _Hash]] = {
    **{name: _hash(name) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    "new": lambda name, data=b"", **options: _Hash(hashlib.new(name, _raw(data), **options)),
}


def csv_reader(csv: Any) -> Callable[..., Any]:
    """Lets `csv.reader` read a file of bytes, as its own documentation opened it in Python 2.

    Args:
        csv: The module.

    Returns:
        The function that replaces it.
    """
    real = csv.reader

    def reader(lines: Any, *arguments: Any, **options: Any) -> Any:
        texts = (
            line.decode("utf-8", "surrogateescape") if isinstance(line, bytes) else line
            for line in lines
        )
        return real(texts, *arguments, **options)

    return reader
