"""Files written aside and renamed when whole, so that a name never holds half of something.

A file lies beside its target as a hidden `.NAME.RANDOM.part` until everything that belongs together
is written; whatever goes wrong before, the targets are as they were and the part is gone.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from graphkit.errors import MissingFileError

__all__ = ["check_target", "files_aside", "folder_aside", "part_of"]


def check_target(target: Path) -> None:
    """Refuses a place where no file can be made, before the work that leads to it.

    Raises:
        MissingFileError: The folder does not exist or is a file, or `target` is a folder.
    """
    if target.is_dir():
        raise MissingFileError(target, "is a folder; a file was to be written there")
    if not target.parent.is_dir():
        reason = "is not a folder" if target.parent.exists() else "folder does not exist"
        raise MissingFileError(target.parent, f"{reason}; nothing was written")


def part_of(target: Path) -> Path:
    """Names a file beside `target` that nobody else writes.

    Raises:
        MissingFileError: As `check_target`.
    """
    check_target(target)
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


@contextmanager
def files_aside(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Gives a part for each target; all of them are renamed together at the end of the block.

    Args:
        targets: The files that shall exist afterwards; each part has to be written in the block.

    Yields:
        The parts, in the order of `targets`.
    """
    parts = [part_of(target) for target in targets]
    try:
        yield parts
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
    finally:
        for part in parts:
            with suppress(OSError):  # it is gone after a success, and may never have been made
                part.unlink()


@contextmanager
def folder_aside(folder: Path) -> Iterator[Path]:
    """Gives a fresh hidden folder inside `folder` that is gone after the block.

    What is to stay is moved out of it by the block itself. `folder` is made if it is absent, and
    removed again if the block fails.
    """
    if folder.exists() and not folder.is_dir():
        raise MissingFileError(folder, "is a file; a folder was to be written there")
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{secrets.token_hex(8)}.part"
    part.mkdir()
    try:
        yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        with suppress(OSError):
            for place in made:
                place.rmdir()
        raise
    shutil.rmtree(part, ignore_errors=True)
