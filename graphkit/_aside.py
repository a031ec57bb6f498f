"""Files written aside and renamed when whole, so that a name never holds half of something.

A file lies beside its target as a hidden `.NAME.RANDOM.part` until everything that belongs together
is written; whatever goes wrong before, the targets are as they were and the part is gone.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from graphkit.errors import GraphkitError, MissingFileError

__all__ = [
    "check_target",
    "files_aside",
    "files_together",
    "folder_aside",
    "make_folder",
    "move_out",
    "naming",
    "part_of",
]

# What a write is refused with that names no file.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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


def make_folder(folder: Path) -> None:
    """Makes a folder and those it lies in, where they are absent.

    Raises:
        MissingFileError: One of them is a file.
    """
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise MissingFileError(place, "is a file; a folder was to be written there")
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def naming(parts: Sequence[Path], targets: Sequence[Path]) -> Iterator[None]:
    """Names the targets where the system refuses their parts, which nobody asked for.

    Args:
        parts: The files or folders that are written in the block.
        targets: What they become.

    Raises:
        OSError: What the block raised, with the path of the target; of a full disk, which names no
            file, the first target's.
    """
    try:
        yield
    except OSError as error:
        target = None if isinstance(error, GraphkitError) else _refused(error, parts, targets)
        if target is None:
            raise
        raise OSError(error.errno, error.strerror, str(target)) from error


def _refused(error: OSError, parts: Sequence[Path], targets: Sequence[Path]) -> Path | None:
    if error.filename is None:
        return targets[0] if error.errno in _FULL else None
    place = Path(os.fsdecode(error.filename))
    for part, target in zip(parts, targets, strict=True):
        if place.is_relative_to(part):
            return target / place.relative_to(part)
    return None


@contextmanager
def files_aside(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Gives a part for each target; all of them are renamed together at the end of the block.

    Args:
        targets: The files that shall exist afterwards; each part has to be written in the block.
            A part may be made a folder where nothing has the target's name yet.

    Yields:
        The parts, in the order of `targets`.
    """
    parts = [part_of(target) for target in targets]
    try:
        with naming(parts, targets):
            yield parts
            for part, target in zip(parts, targets, strict=True):
                part.replace(target)
    finally:
        for part in parts:
            _remove(part)


@contextmanager
def files_together(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Gives a part for each target under the target's own name, as files that name each other need.

    Args:
        targets: The files, all in one folder, that shall exist afterwards; each part has to be
            written in the block. The last makes the others count.

    Yields:
        The parts, in a hidden folder beside the targets that is gone after the block.

    Raises:
        MissingFileError: There can be no such folder.
    """
    folder = part_of(targets[-1])
    parts = [folder / target.name for target in targets]
    try:
        with naming(parts, targets):
            _make_hidden(folder, targets[-1])
            yield parts
            for part, target in zip(parts, targets, strict=True):
                part.replace(target)
    finally:
        _remove(folder)


def _make_hidden(folder: Path, target: Path) -> None:
    try:
        folder.mkdir()
    except OSError as exc:
        reason = f"cannot be written ({exc.strerror}); nothing was"
        raise MissingFileError(target, reason) from exc


def _remove(part: Path) -> None:
    """Removes a part, which is gone after a success, and may never have been made."""
    if os.path.isdir(part):  # where a Path raises if the name is too long
        shutil.rmtree(part, ignore_errors=True)
        return
    with suppress(OSError):
        part.unlink()


@contextmanager
def folder_aside(folder: Path) -> Iterator[Path]:
    """Gives a fresh hidden folder inside `folder` that is gone after the block.

    What is to stay is moved out of it by the block itself. `folder` is made if it is absent, and
    removed again if the block fails.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    make_folder(folder)
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        with naming([part], [folder]):
            part.mkdir()
            yield part
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        with suppress(OSError):
            for place in made:
                place.rmdir()
        raise
    shutil.rmtree(part, ignore_errors=True)


def move_out(parts: Sequence[Path], folder: Path) -> None:
    """Gives finished files their names in a folder: all of them or, whatever goes wrong, none.

    Args:
        parts: The files, on the same file system as the folder; the last makes the others count.
        folder: Where they go, under the names they have.

    Raises:
        FileExistsError: One of the names is taken, be it since a moment ago; that file is kept.
    """
    named: list[Path] = []
    try:
        for part in parts:
            target = folder / part.name
            _name(part, target)
            named.append(target)
    except BaseException:
        for target in named:
            target.unlink()
        raise


def _name(part: Path, target: Path) -> None:
    """Renames a file, but never onto another: links are refused where the name is taken."""
    try:
        os.link(part, target)
    except OSError:
        if target.exists():
            raise FileExistsError(
                errno.EEXIST, os.strerror(errno.EEXIST), str(part), None, str(target)
            ) from None
        part.replace(target)  # the file system has no links
    else:
        part.unlink()
