"""What a JPEG claims of itself, looked at before OpenCV makes room for it.

    JPEG     = 0xFFD8  segment*
    segment  = 0xFF  byte kind  [uint16 length  content]

The segment that begins a frame says height and width. A thousand bytes can claim gigabytes, which
OpenCV takes, and fills with grey where nothing is. See https://www.w3.org/Graphics/JPEG/itu-t81.pdf,
B.1 and B.2.
"""

from __future__ import annotations

import struct
from pathlib import Path

from graphkit.errors import CorruptFileError

__all__ = ["check_jpeg"]

_SIGNATURE = b"\xff\xd8\xff"
_LENGTH = struct.Struct(">H")
_FRAME = struct.Struct(">HH")
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x00, 0x01, *range(0xD0, 0xDA)}
_SCAN = 0xDA
_MOST_SEGMENTS = 10_000
_MOST_PIXELS = 1024  # of a byte; a block of 8 x 8 takes a bit at least, and half as much is allowed


def check_jpeg(path: Path, content: bytes) -> None:
    """Refuses a JPEG that claims more than its bytes can hold; other formats pass.

    Args:
        path: The file, to be named.
        content: All of it.

    Raises:
        CorruptFileError: It claims more pixels than it can have.
    """
    if not content.startswith(_SIGNATURE):
        return
    height, width = _claimed(content)
    if height * width > _MOST_PIXELS * len(content):
        reason = f"claims {width:,} x {height:,} pixels, which {len(content):,} bytes cannot hold"
        raise CorruptFileError(path, reason)


def _claimed(content: bytes) -> tuple[int, int]:
    """Height and width that the first frame claims; zeros if none begins before the pixels."""
    place = len(_SIGNATURE) - 1
    for _ in range(_MOST_SEGMENTS):
        place = content.find(b"\xff", place)
        if place < 0 or place + 9 > len(content) or content[place + 1] == _SCAN:
            break
        kind = content[place + 1]
        if kind in _FRAMES:
            height, width = _FRAME.unpack_from(content, place + 5)
            return height, width
        if kind == 0xFF:  # bytes may be filled up
            place += 1
        elif kind in _ALONE:
            place += 2
        else:
            place += 2 + max(2, _LENGTH.unpack_from(content, place + 2)[0])
    return 0, 0
