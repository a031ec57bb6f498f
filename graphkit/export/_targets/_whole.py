"""Bytes on the disk before a file gets its name."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(part: Path, data: bytes) -> None:
    """Writes a new file and waits until the disk has it."""
    with open(part, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
