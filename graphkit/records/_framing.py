"""The frame TFRecord puts around each record.

    uint64  length                 little-endian
    uint32  masked crc32c(length)
    byte    data[length]
    uint32  masked crc32c(data)

See https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
"""

from __future__ import annotations

import struct

import google_crc32c

HEADER_BYTES = 12
FOOTER_BYTES = 4

_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")
_MASK_DELTA = 0xA282EAD8


def masked_crc(data: bytes) -> bytes:
    """Computes the checksum as TFRecord stores it: crc32c, rotated and shifted, little-endian.

    The mask keeps the checksum of data that itself holds checksums from degenerating.
    """
    crc: int = google_crc32c.value(data)
    return _CHECKSUM.pack(((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF)


def frame(record: bytes) -> bytes:
    """Puts the frame around a record."""
    length = _LENGTH.pack(len(record))
    return b"".join((length, masked_crc(length), record, masked_crc(record)))


def parse_header(header: bytes) -> int | None:
    """Reads the length out of the twelve bytes before a record; None if its checksum is wrong."""
    length = header[:8]
    if len(header) != HEADER_BYTES or masked_crc(length) != header[8:]:
        return None
    return int(_LENGTH.unpack(length)[0])
