"""Compressed record files: which compression a file has, and reading it a bounded piece at a time.

The names are TensorFlow's: "" for none, "GZIP", "ZLIB".
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Protocol

from graphkit.errors import ArgumentError
from graphkit.records._framing import HEADER_BYTES, parse_header

COMPRESSIONS = ("", "GZIP", "ZLIB")

_WINDOW_BITS = {"GZIP": zlib.MAX_WBITS + 16, "ZLIB": zlib.MAX_WBITS}
_MEMORY_LEVEL = 9
_CHUNK = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b\x08"


class Readable(Protocol):
    """What frames are read from."""

    def read(self, size: int, /) -> bytes:
        """Gives `size` bytes, fewer only at the end."""


def check_compression(where: str, compression: str | None) -> None:
    """Refuses a compression that does not exist.

    Raises:
        ArgumentError: `compression` is none of "", "GZIP", "ZLIB".
    """
    if compression not in COMPRESSIONS:
        raise ArgumentError(where, "compression", compression, '"", "GZIP" or "ZLIB"')


def compressor(compression: str) -> zlib._Compress:
    """Makes a compressor with the settings of TensorFlow's own record writer."""
    return zlib.compressobj(
        zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, _WINDOW_BITS[compression], _MEMORY_LEVEL
    )


def recognise_compression(opened: BinaryIO) -> str:
    """Tells by its first bytes how a record file is compressed, and goes back to its start.

    A valid frame header decides first: the length of an uncompressed record can look like the
    magic number of ZLIB.
    """
    head = opened.read(_CHUNK)
    opened.seek(0)
    if parse_header(head[:HEADER_BYTES]) is not None:
        return ""
    if head.startswith(_GZIP_MAGIC):
        return "GZIP"
    try:
        zlib.decompressobj(_WINDOW_BITS["ZLIB"]).decompress(head, 1)
    except zlib.error:
        return ""
    return "ZLIB" if head else ""


class InflatedFile:
    """The decompressed content of a file, read without ever inflating more than was asked for.

    Several compressed streams one after the other read as one, as `cat a.gz b.gz` makes them.

    Args:
        opened: The compressed file; the caller closes it.
        compression: "GZIP" or "ZLIB".
    """

    def __init__(self, opened: BinaryIO, compression: str) -> None:
        self._opened = opened
        self._window_bits = _WINDOW_BITS[compression]
        self._stream = zlib.decompressobj(self._window_bits)
        self._waiting = b""

    def read(self, size: int, /) -> bytes:
        """Gives `size` bytes, fewer only at the end.

        Raises:
            EOFError: The file ends inside a compressed stream.
            zlib.error: The compressed data is damaged.
        """
        pieces: list[bytes] = []
        while size > 0:
            piece = self._inflate(min(size, _CHUNK))
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _inflate(self, size: int) -> bytes:
        """Gives up to `size` bytes, none only at the end of the file."""
        while True:
            if self._stream.eof and not self._next_stream():
                return b""
            source = self._waiting or self._opened.read(_CHUNK)
            piece = self._stream.decompress(source, size)
            self._waiting = self._stream.unconsumed_tail
            if piece:
                return piece
            if not source and not self._stream.eof:
                raise EOFError("the file ends inside the compressed data")

    def _next_stream(self) -> bool:
        """Turns to the stream behind the one that ended, if there is one."""
        self._waiting = self._stream.unused_data or self._opened.read(_CHUNK)
        if self._waiting:
            self._stream = zlib.decompressobj(self._window_bits)
        return bool(self._waiting)
