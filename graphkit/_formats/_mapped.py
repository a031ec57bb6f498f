"""Files as memory: what is not looked at is never read."""

from __future__ import annotations

import mmap
from pathlib import Path

__all__ = ["mapped"]


def mapped(file: Path) -> memoryview:
    """Maps a file to memory; it is closed when nothing looks into it any more."""
    with open(file, "rb") as opened:
        if not file.stat().st_size:
            return memoryview(b"")
        return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
