"""Opening a file that somebody named: a readable regular file, or an error that says what it is."""

from __future__ import annotations

import os
import stat
from os import PathLike, fspath
from typing import BinaryIO

from graphkit.errors import MissingFileError, UnsafeFileError


def open_file(path: str | PathLike[str]) -> BinaryIO:
    """Opens a regular file for reading.

    Anything else is refused before it is opened, because a pipe would wait for ever and a device
    may never end.

    Raises:
        MissingFileError: The file is absent, unreadable, a folder or no regular file.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise MissingFileError(path, "is a folder, not a file")
        if not stat.S_ISREG(mode):
            raise MissingFileError(path, "is not a regular file")
        return open(path, "rb")
    except FileNotFoundError as exc:
        raise exc if isinstance(exc, MissingFileError) else MissingFileError(path) from exc
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else exc
        raise MissingFileError(fspath(path), f"cannot be read: {reason}") from exc


def size_of(opened: BinaryIO) -> int:
    """Tells how many bytes an open file holds."""
    return os.fstat(opened.fileno()).st_size


def read_whole(path: str | PathLike[str], longest: int) -> bytes:
    """Reads a file that has at most `longest` bytes.

    Raises:
        MissingFileError: The file is absent, unreadable, a folder or no regular file.
        UnsafeFileError: It is longer.
    """
    with open_file(path) as opened:
        size = size_of(opened)
        if size > longest:
            raise UnsafeFileError(path, f"has {size} bytes, allowed are {longest}")
        return opened.read(size)
