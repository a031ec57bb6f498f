"""NumPy's files, from strangers: what they claim to hold is compared with what is there."""

from __future__ import annotations

import ast
import math
import re
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from graphkit.errors import CorruptFileError, UnsafeFileError, UsageError

__all__ = ["read_archive", "read_array"]

_LARGEST = 2**32
_LONGEST_HEAD = 10_000
_LONG = re.compile(r"(\d)L\b")  # as Python 2 wrote integers
# NumPy reads the head of an array as Python's source.
_DAMAGE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OSError,
    SyntaxError,
    OverflowError,
    RuntimeError,
    MemoryError,
    tokenize.TokenError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_array(file: Path) -> npt.NDArray[Any]:
    """Maps a `.npy` file, so that a head which claims more than it holds allocates nothing.

    Raises:
        CorruptFileError: It is damaged, or holds Python's objects.
    """
    try:
        with open(file, "rb") as head:
            _check_head(head)
            head.seek(0)
            _check_claim(head, file.stat().st_size)
        array: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except _DAMAGE as exc:
        raise CorruptFileError(file, f"cannot be read as a .npy array: {exc}") from exc
    return array


def read_archive(file: Path, choose: Callable[[Sequence[str]], str]) -> npt.NDArray[Any]:
    """Reads one array of a `.npz` archive.

    Args:
        file: The archive.
        choose: Which, of the names of all.

    Returns:
        The array.

    Raises:
        CorruptFileError: It is damaged, or holds Python's objects.
        UnsafeFileError: The array unfolds into more than any input takes.
        UsageError: What `choose` raises.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = {one.filename.removesuffix(".npy"): one for one in archive.infolist()}
            member = members[choose(list(members))]
            if member.file_size > max(_LARGEST, file.stat().st_size):
                reason = f"its {member.filename!r} claims {member.file_size:,} bytes"
                raise UnsafeFileError(file, reason)
            with archive.open(member) as head:
                _check_head(head)
            with archive.open(member) as head:
                _check_claim(head, member.file_size)
            with archive.open(member) as whole:
                array: npt.NDArray[Any] = np.lib.format.read_array(whole, allow_pickle=False)
    except (UsageError, UnsafeFileError):
        raise
    except _DAMAGE as exc:
        raise CorruptFileError(file, f"cannot be read as an archive of arrays: {exc}") from exc
    return array


def _check_head(opened: IO[bytes]) -> None:
    """Refuses a head that is no value of Python; NumPy looks for its end for minutes.

    Raises:
        ValueError: It is none, or longer than NumPy reads.
        SyntaxError: As above.
    """
    version = np.lib.format.read_magic(opened)
    size = struct.Struct("<H" if version == (1, 0) else "<I")
    (length,) = size.unpack(opened.read(size.size))
    if length > _LONGEST_HEAD:
        raise ValueError(f"its head claims {length:,} bytes")
    text = opened.read(length).decode("latin-1" if version < (3, 0) else "utf-8")
    ast.literal_eval(_LONG.sub(r"\1", text).strip())


def _check_claim(head: Any, size: int) -> None:
    """Refuses a head that claims objects of Python, or more bytes than follow it."""
    version = np.lib.format.read_magic(head)
    read = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}
    shape, _, dtype = read[min(version[0], 2)](head)
    if dtype.hasobject:
        raise ValueError("it holds objects of Python")
    left = size - head.tell()
    # Rows of nothing may be as many as a number can say.
    endless = shape and (shape[0] > left or not dtype.itemsize)
    if endless or math.prod(shape) * dtype.itemsize > left:
        raise ValueError(f"an array of shape {shape} and dtype {dtype} does not fit {left:,} bytes")
