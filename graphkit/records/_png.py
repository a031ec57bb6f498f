"""What a PNG claims of itself, looked at before OpenCV makes room for it.

    PNG    = signature  chunk*
    chunk  = uint32 length  byte kind[4]  byte content[length]  uint32 checksum

The first chunk says width, height and bits of a channel; the last is of the kind IEND. Some bytes
can claim gigabytes, which OpenCV takes before it finds that they are not there.
See https://www.w3.org/TR/png-3/.
"""

from __future__ import annotations

import struct
from pathlib import Path

from graphkit.errors import CorruptFileError

__all__ = ["check_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNK = struct.Struct(">I4s")
_FIRST = struct.Struct(">IIB")
_CHECKSUM = 4
_LAST = b"IEND"
_MOST_UNFOLDED = 1032  # bytes, of one that deflate has packed


def check_png(path: Path, content: bytes) -> None:
    """Refuses a PNG that claims more than its bytes can hold; other formats pass.

    Args:
        path: The file, to be named.
        content: All of it.

    Raises:
        CorruptFileError: It is cut short, or claims more pixels than it can have.
    """
    first = len(_SIGNATURE) + _CHUNK.size
    if not content.startswith(_SIGNATURE) or len(content) < first + _FIRST.size:
        return
    width, height, bits = _FIRST.unpack_from(content, first)
    # A pixel has at least one channel of so many bits.
    if width * height * bits // 8 > _MOST_UNFOLDED * len(content):
        reason = f"claims {width:,} x {height:,} pixels, which {len(content):,} bytes cannot hold"
        raise CorruptFileError(path, reason)
    place, kind = len(_SIGNATURE), b""
    while kind != _LAST and len(content) - place >= _CHUNK.size:
        length, kind = _CHUNK.unpack_from(content, place)
        place += _CHUNK.size + length + _CHECKSUM
        if place > len(content):
            reason = f"the image is cut short: {length:,} bytes of it should follow"
            raise CorruptFileError(path, reason)
