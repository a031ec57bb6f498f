"""Files as Python 2 opened them: text and bytes were one."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Iterable
from typing import Any

__all__ = ["bytes_of", "load_pickle", "python2_open"]


def bytes_of(text: str) -> bytes:
    r"""Gives the bytes that text was in Python 2.

    Args:
        text: Text out of quotes, `"\x89PNG"`, or out of a file.

    Returns:
        One byte for each character where that is possible, else UTF-8.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


class _File:
    """A file that takes text and bytes alike.

    Args:
        file: The file.
        is_binary: Whether it holds bytes.
    """

    def __init__(self, file: Any, is_binary: bool) -> None:
        self._file = file
        self._is_binary = is_binary

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __iter__(self) -> Any:
        return iter(self._file)

    def next(self) -> Any:
        """Reads the next line."""
        return builtins.next(self._file)

    __next__ = next

    def write(self, data: Any) -> int:
        """Writes text or bytes."""
        if self._is_binary:
            data = bytes_of(data) if isinstance(data, str) else data
        elif isinstance(data, bytes):
            data = data.decode("utf-8", "surrogateescape")
        return int(self._file.write(data))

    def writelines(self, lines: Iterable[Any]) -> None:
        """Writes one after the other."""
        for line in lines:
            self.write(line)


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
    return _File(file, is_binary) if set(mode) & set("wax+") else file


def load_pickle(file: Any, **_options: Any) -> Any:
    """Loads a pickle as Python 2 did: text of Python 2 becomes text, from a text file as well."""
    pickle = importlib.import_module("pickle")
    return pickle.load(getattr(file, "buffer", file), encoding="latin1")
