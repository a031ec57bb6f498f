"""One file, written beside its place and moved there when it is whole and proven."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graphkit.errors import MissingFileError

__all__ = ["check_target", "file_aside", "write_through"]


def check_target(path: Path) -> None:
    """Refuses a place where no file can be made, before the work that leads to it.

    Raises:
        MissingFileError: The folder does not exist or is a file, or `path` is a folder.
    """
    if path.is_dir():
        raise MissingFileError(path, "is a folder; a file was to be written there")
    if not path.parent.is_dir():
        reason = "is not a folder" if path.parent.exists() else "folder does not exist"
        raise MissingFileError(path.parent, f"{reason}; nothing was written")


@contextmanager
def file_aside(path: Path) -> Iterator[Path]:
    """Gives a name beside `path`; what is written there gets its name if the block ends well.

    Args:
        path: The file that shall exist afterwards.

    Yields:
        The name to write to.

    Raises:
        MissingFileError: The folder cannot be written.
    """
    check_target(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        part.replace(path)
    except OSError as exc:
        reason = f"cannot be written ({exc.strerror}); nothing was"
        raise MissingFileError(path, reason) from exc
    finally:
        with suppress(OSError):  # it is gone after a success, and may never have been made
            part.unlink()


def write_through(part: Path, data: bytes) -> None:
    """Writes bytes and has them on the disk before returning."""
    with open(part, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
