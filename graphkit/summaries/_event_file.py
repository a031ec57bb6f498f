"""The records of an event file, read without trust.

An event file is a TFRecord file. The length in front of each record is compared with what the file
still holds before it is believed, so a damaged length cannot ask for more memory than the file has
bytes; a file cut short (a training that was killed) gives all that is whole.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

import google_crc32c

__all__ = ["read_records"]

_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_HEADER_SIZE = _LENGTH.size + _CRC.size


def read_records(path: str, warnings: list[str]) -> Iterator[bytes]:
    """Gives the whole records of a file in order, up to its end or the first that is damaged.

    Args:
        path: The file.
        warnings: Gets a line if the file did not end well.

    Yields:
        The bytes of each record.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        offset = 0
        while offset < size:
            record = _read_record(file, size - offset)
            if isinstance(record, str):
                warnings.append(f"{path}, byte {offset}: {record}; what stands before it was read")
                return
            yield record
            offset += _HEADER_SIZE + len(record) + _CRC.size


def _read_record(file: BinaryIO, left: int) -> bytes | str:
    """Reads the next record of a file that has `left` bytes; a string says what is wrong."""
    header = file.read(_HEADER_SIZE)
    if len(header) < _HEADER_SIZE:
        return "the last record is cut short"
    if _CRC.unpack(header[_LENGTH.size :])[0] != _masked_crc(header[: _LENGTH.size]):
        return "the length of a record is damaged"
    length = _LENGTH.unpack(header[: _LENGTH.size])[0]
    if _HEADER_SIZE + length + _CRC.size > left:
        return "the last record is cut short"
    record = file.read(length)
    if file.read(_CRC.size) != _CRC.pack(_masked_crc(record)):
        return "a record is damaged"
    return record


def _masked_crc(data: bytes) -> int:
    """The checksum of the TFRecord format: CRC-32C, rotated and offset."""
    crc = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
