"""Unpacking a tar archive that somebody else made: only plain files, only inside the folder."""

from __future__ import annotations

import errno
import gzip
import tarfile
import zlib
from os import PathLike
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from graphkit._aside import folder_aside
from graphkit.errors import ArgumentError, CorruptFileError, DataError, UnsafeFileError
from graphkit.records._files import open_file

MAX_UNPACKED_BYTES = 1 << 30

_MAX_MEMBERS = 100_000
_LONGEST_READ = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_END = bytes(tarfile.BLOCKSIZE)
_DAMAGE = (
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    OverflowError,
    RecursionError,
    ValueError,
)


def unpack_archive(
    archive: str | PathLike[str],
    folder: str | PathLike[str],
    *,
    max_bytes: int = MAX_UNPACKED_BYTES,
) -> list[Path]:
    """Unpacks a tar archive, plain or gzipped, all of it or nothing.

    `tarfile.extractall` as TensorFlow 1 programs call it follows whatever the archive says; this
    takes only files and folders that stay inside `folder`, without owners or permissions.

    Args:
        archive: The `.tar` or `.tar.gz`.
        folder: Where its content goes; made if absent. What is there already is not replaced.
        max_bytes: The most that all files together may unpack to.

    Returns:
        The top-level files and folders that were made, sorted.

    Raises:
        ArgumentError: `max_bytes` is negative, or `folder` already holds what would be unpacked.
        MissingFileError: The archive is absent or unreadable.
        CorruptFileError: The archive is damaged or of another format.
        UnsafeFileError: A member is a link or device, would leave the folder, or is too large; the
            message names it.
    """
    if max_bytes < 0:
        raise ArgumentError("unpack_archive", "max_bytes", max_bytes, "0 or more")
    place = Path(folder)
    with open_file(archive) as opened, folder_aside(place) as part:
        try:
            _unpack(archive, opened, part, max_bytes)
        except DataError:
            raise
        except _DAMAGE as exc:
            raise CorruptFileError(archive, f"is no whole tar archive ({exc})") from exc
        made = sorted(part.iterdir())
        for path in made:
            if (place / path.name).exists():
                wanted = f"a folder without {path.name}"
                raise ArgumentError("unpack_archive", "folder", str(place), wanted)
        return [path.rename(place / path.name) for path in made]


class _SmallReads:
    """A stream that refuses to be read in one large piece, and remembers the last one.

    `tarfile` takes a member's extended header into memory whole, however long the archive says
    it is; files are copied piece by piece and never come near the limit.
    """

    last = b""

    def __init__(self, path: str | PathLike[str], stream: BinaryIO | gzip.GzipFile) -> None:
        self._path = path
        self._stream = stream
        self.tell = stream.tell
        self.seek = stream.seek

    def read(self, size: int) -> bytes:
        if size > _LONGEST_READ:
            raise UnsafeFileError(self._path, f"has a header of {size} bytes", offset=self.tell())
        self.last = self._stream.read(size)
        return self.last


def _unpack(archive: str | PathLike[str], opened: BinaryIO, part: Path, max_bytes: int) -> None:
    """Copies every member into `part`."""
    compressed = opened.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    opened.seek(0)
    stream: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=opened) if compressed else opened
    left = max_bytes
    reads = _SmallReads(archive, stream)
    with tarfile.TarFile(fileobj=reads) as tar:  # type: ignore[arg-type]
        for number, member in enumerate(tar, start=1):
            _check_member(archive, member)
            left -= member.size
            if left < 0 or number > _MAX_MEMBERS:
                reason = (
                    f"member {member.name!r} goes beyond {max_bytes} bytes or {_MAX_MEMBERS} files"
                )
                raise UnsafeFileError(archive, reason)
            _copy(archive, tar, member, part)
    if reads.last != _END:  # tarfile takes a damaged header, or none, for the end
        reason = "is no whole tar archive (no member and no end mark begins here)"
        raise CorruptFileError(archive, reason, offset=tar.offset)
    # The padding behind the last member; reading it makes gzip verify its own checksum.
    stream.read(_LONGEST_READ)


def _check_member(archive: str | PathLike[str], member: tarfile.TarInfo) -> None:
    """Refuses a member that is no plain file or folder inside the archive's own folder."""
    name = member.name
    if not (member.isreg() or member.isdir()):
        kind = "a link" if member.issym() or member.islnk() else "no plain file"
        raise UnsafeFileError(archive, f"member {name!r} is {kind}")
    places = (PurePosixPath(name), PureWindowsPath(name))
    if member.size < 0:
        raise UnsafeFileError(archive, f"member {name!r} has the size {member.size}")
    if "\0" in name or any(place.anchor or ".." in place.parts for place in places):
        raise UnsafeFileError(archive, f"member {name!r} would leave the folder")


def _copy(
    archive: str | PathLike[str], tar: tarfile.TarFile, member: tarfile.TarInfo, part: Path
) -> None:
    target = part / member.name
    try:
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "xb") as written, tar.extractfile(member) as source:  # type: ignore[union-attr]
            while piece := source.read(min(_LONGEST_READ, member.size)):
                written.write(piece)
    except (FileExistsError, NotADirectoryError) as exc:
        raise UnsafeFileError(archive, f"member {member.name!r} is there twice") from exc
    except OSError as exc:
        if exc.errno != errno.ENAMETOOLONG:
            raise
        raise UnsafeFileError(
            archive, f"member {member.name[:60]!r}... has too long a name"
        ) from exc
