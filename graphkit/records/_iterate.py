"""Reading TFRecord files: every checksum verified, memory bounded by what the file really holds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from os import PathLike, fspath

from graphkit.errors import ArgumentError, CorruptFileError, UnsafeFileError
from graphkit.records._compression import (
    InflatedFile,
    Readable,
    check_compression,
    recognise_compression,
)
from graphkit.records._files import open_file, size_of
from graphkit.records._framing import FOOTER_BYTES, HEADER_BYTES, masked_crc, parse_header

MAX_RECORD_BYTES = 256 << 20


def iterate_records(
    path: str | PathLike[str],
    *,
    compression: str | None = None,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Iterator[bytes]:
    """Gives the records of a TFRecord file, one after the other.

    Better than TensorFlow 1's `tf.python_io.tf_record_iterator`: the compression is recognised, and
    an error names the file and the byte. Name the compression to have it taken as given.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/tf_record_iterator.

    Args:
        path: The file. An empty one holds no records.
        compression: "" (none), "GZIP" or "ZLIB"; None recognises it by the content.
        max_record_bytes: The longest record to take into memory.

    Returns:
        An iterator; the file is open from its first record to its last. Arguments and the file's
        existence are checked at once.

    Raises:
        ArgumentError: There is no such compression, or `max_record_bytes` is negative.
        MissingFileError: The file is absent, unreadable, or a folder.
        CorruptFileError: A checksum does not match, or the file ends inside a record; `offset` is
            the byte (of the decompressed content) where that record begins.
        UnsafeFileError: A record is longer than `max_record_bytes`.
    """
    if compression is not None:
        check_compression("iterate_records", compression)
    if max_record_bytes < 0:
        raise ArgumentError("iterate_records", "max_record_bytes", max_record_bytes, "0 or more")
    open_file(path).close()
    return _records(path, compression, max_record_bytes)


def find_compression(path: str | PathLike[str]) -> str:
    """Tells by its content how a record file is compressed.

    TensorFlow's own readers have to be told; a wrong guess looks to them like a damaged file.

    Args:
        path: The file.

    Returns:
        "" (none, or nothing that is recognised), "GZIP" or "ZLIB".

    Raises:
        MissingFileError: The file is absent, unreadable, or a folder.
    """
    with open_file(path) as opened:
        return recognise_compression(opened)


def _records(path: str | PathLike[str], compression: str | None, longest: int) -> Iterator[bytes]:
    with open_file(path) as opened:
        if compression is None:
            compression = recognise_compression(opened)
        if compression and size_of(opened):  # an empty file is none of a compressor's
            yield from _Frames(path, InflatedFile(opened, compression), None, longest)
        else:
            yield from _Frames(path, opened, size_of(opened), longest)


class _Frames:
    """Takes the frames off a stream of records.

    Args:
        path: The file, for messages.
        source: Where the bytes come from.
        size: How many there are; None if only reading to the end tells.
        longest: The longest record to take into memory.
    """

    def __init__(
        self, path: str | PathLike[str], source: Readable, size: int | None, longest: int
    ) -> None:
        self._path = fspath(path)
        self._source = source
        self._size = size
        self._longest = longest
        self._offset = 0

    def __iter__(self) -> Iterator[bytes]:
        while header := self._read(HEADER_BYTES):
            length = self._length(header)
            data = self._read(length)
            footer = self._read(FOOTER_BYTES)
            if len(data) < length or len(footer) < FOOTER_BYTES:
                raise self._cut_short(length)
            if masked_crc(data) != footer:
                raise self._corrupt(f"the checksum of this record's {length} bytes does not match")
            yield data
            self._offset += HEADER_BYTES + length + FOOTER_BYTES

    def _read(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except (EOFError, zlib.error) as exc:
            raise self._corrupt(f"the compressed data is damaged: {exc}") from exc

    def _length(self, header: bytes) -> int:
        """Reads a record's length and refuses one that cannot or must not be read."""
        if len(header) < HEADER_BYTES:
            raise self._corrupt(f"the file ends {len(header)} bytes into a record's header")
        length = parse_header(header)
        if length is None:
            raise self._corrupt("the checksum of this record's length does not match")
        if self._size is not None and length > self._size - self._offset:
            raise self._cut_short(length)
        if length > self._longest:
            reason = f"this record has {length} bytes, allowed are {self._longest}"
            raise UnsafeFileError(self._path, reason, offset=self._offset)
        return length

    def _cut_short(self, length: int) -> CorruptFileError:
        return self._corrupt(f"the file ends inside this record of {length} bytes")

    def _corrupt(self, reason: str) -> CorruptFileError:
        return CorruptFileError(self._path, reason, offset=self._offset)
