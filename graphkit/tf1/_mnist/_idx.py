"""Reads and writes the four files of MNIST: gzipped or plain, big-endian, idx format.

    train-images-idx3-ubyte.gz   60,000 images of 28 by 28
    train-labels-idx1-ubyte.gz   their labels
    t10k-images-idx3-ubyte.gz    10,000 images
    t10k-labels-idx1-ubyte.gz    their labels

Reference: http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from graphkit.errors import CorruptFileError

__all__ = ["FILES", "IMAGES", "LABELS", "read_idx"]

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
IMAGES = 2051
LABELS = 2049

# More than fifteen times MNIST; a header that says more is damaged, not large.
_MOST_BYTES = 1 << 30
_PIECE = 1 << 20  # room is made for no more at a time than may be there


def read_idx(path: Path, magic: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Reads one file.

    Args:
        path: The file, gzipped if its name ends so.
        magic: What it must begin with: `IMAGES` or `LABELS`.

    Returns:
        Images `[N, H, W, 1]` or labels `[N]`, uint8.

    Raises:
        CorruptFileError: It is not such a file, or is cut short.
    """
    try:
        with path.open("rb") as plain, _unpacked(plain, path) as opened:
            return _array(opened, path, magic)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CorruptFileError(path, f"not a whole gzip file: {error}") from error


def _unpacked(plain: IO[bytes], path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(plain)) if path.suffix == ".gz" else plain


def _array(opened: IO[bytes], path: Path, magic: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    axes = 3 if magic == IMAGES else 1
    header = opened.read(4 + 4 * axes)
    if len(header) < 4 + 4 * axes:
        raise CorruptFileError(path, "the header is cut short", offset=len(header))
    found, *sizes = struct.unpack(f">{1 + axes}I", header)
    if found != magic:
        raise CorruptFileError(path, f"the magic number is {found}, not {magic}", offset=0)
    wanted = math.prod(sizes)
    if math.prod(max(1, size) for size in sizes) > _MOST_BYTES:
        raise CorruptFileError(path, f"the header promises {wanted} bytes", offset=4)
    data = bytearray()
    while piece := opened.read(min(_PIECE, wanted - len(data))):
        data += piece
    if len(data) < wanted:
        raise CorruptFileError(path, f"{wanted} bytes are promised, {len(data)} are there")
    array = np.frombuffer(bytes(data), np.uint8).reshape(sizes)
    return array[..., np.newaxis] if magic == IMAGES else array
