"""Files as Python 2 opened them: text and bytes were one."""

from __future__ import annotations

import builtins
import importlib
import io
from collections.abc import Iterable
from typing import Any

from graphkit.port._language._bytes import as_byte_string, bytes_of, is_asked_by_program, told

__all__ = ["AsText", "ByteFile", "Reader", "load_pickle", "python2_open"]


class AsText:
    """What a file of bytes gives the program: text, where its bytes are; libraries get bytes.

    To be mixed into a class of files.
    """

    def read(self, size: Any = -1, /) -> Any:
        """Reads so many bytes, or all that are left."""
        data = super().read(size)  # type: ignore[misc]
        if not is_asked_by_program() or data is None:
            return data
        return told(data) if size is None or size < 0 else as_byte_string(data)

    def readline(self, size: Any = -1, /) -> Any:
        """Reads a line."""
        data = super().readline(size)  # type: ignore[misc]
        return told(data) if is_asked_by_program() else data

    def readlines(self, size: Any = -1, /) -> Any:
        """Reads the lines that are left."""
        lines = [*iter(super().readline, b"")]  # type: ignore[misc]
        return [*map(told, lines)] if is_asked_by_program() else lines

    def __next__(self) -> Any:
        data = super().__next__()  # type: ignore[misc]
        return told(data) if is_asked_by_program() else data


class Reader(AsText, io.BufferedReader):
    """A file of bytes that is read."""


class File:
    """A file that takes text and bytes alike.

    Args:
        file: The file.
    """

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return builtins.next(self._file)

    def next(self) -> Any:
        """Reads the next line."""
        return builtins.next(self)

    def read(self, *size: Any) -> Any:
        """Reads so much, or all that is left."""
        return self._file.read(*size)

    def readline(self, *size: Any) -> Any:
        """Reads a line."""
        return self._file.readline(*size)

    def write(self, data: Any) -> int:
        """Writes text or bytes."""
        if isinstance(data, bytes):
            data = data.decode("utf-8", "surrogateescape")
        return int(self._file.write(data))

    def writelines(self, lines: Iterable[Any]) -> None:
        """Writes one after the other."""
        for line in lines:
            self.write(line)


class ByteFile(AsText, File):
    """A file of bytes that takes text and bytes alike, and gives text where its bytes are."""

    def write(self, data: Any) -> int:
        """Writes text or bytes."""
        return int(self._file.write(bytes_of(data) if isinstance(data, str) else data))


def python2_open(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
    """Opens a file as Python 2 did: text is bytes that need no decoding.

    Args:
        path: The file.
        mode: How to open it.
        *arguments: As for `open`.
        **options: As for `open`.

    Returns:
        The file; undecodable bytes survive reading and writing.
    """
    mode = mode.replace("U", "") or "r"
    if mode == "b":
        mode = "rb"
    is_binary = "b" in mode
    if not is_binary and "errors" not in options and len(arguments) < 3:
        options["errors"] = "surrogateescape"
    file = builtins.open(path, mode, *arguments, **options)
    if type(file) is io.BufferedReader:
        return Reader(file.detach())
    if not set(mode) & set("wax+"):
        return file
    return ByteFile(file) if is_binary else File(file)


def load_pickle(file: Any, **_options: Any) -> Any:
    """Loads a pickle as Python 2 did: text of Python 2 becomes text, from a text file as well."""
    pickle = importlib.import_module("pickle")
    return pickle.load(getattr(file, "buffer", file), encoding="latin1")
