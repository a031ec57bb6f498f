"""Packed files that take text and give it, as in Python 2."""

from __future__ import annotations

import bz2
import gzip
import zipfile
from typing import Any

from graphkit.port._language._bytes import as_byte_string
from graphkit.port._language._files import AsText
from graphkit.port._neighbours._bytes._functions import raw

__all__ = ["BZ2File", "GzipFile", "ZipFile", "open"]


class _Writes:
    """A file of bytes that takes text."""

    def write(self, data: Any) -> Any:
        """Writes text or bytes."""
        return super().write(raw(data))  # type: ignore[misc]


class GzipFile(AsText, _Writes, gzip.GzipFile):
    """A file packed by gzip."""


class BZ2File(AsText, _Writes, bz2.BZ2File):
    """A file packed by bzip2."""


class ZipFile(zipfile.ZipFile):
    """An archive."""

    def read(self, *arguments: Any, **options: Any) -> Any:
        """Reads one of its files."""
        return as_byte_string(super().read(*arguments, **options))


def open(path: Any, mode: str = "rb", *arguments: Any) -> GzipFile:
    """Opens a file packed by gzip.

    Args:
        path: The file.
        mode: How to open it; Python 2 knew files of bytes only.
        *arguments: How much it is packed.

    Returns:
        The file.
    """
    return GzipFile(path, mode if "b" in mode else f"{mode}b", *arguments)
