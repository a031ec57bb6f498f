"""Downloading CIFAR-10: checked, unpacked safely, whole or not at all."""

from __future__ import annotations

import hashlib
import http.client
from os import PathLike
from pathlib import Path
from typing import BinaryIO
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlsplit

from graphkit._aside import folder_aside
from graphkit.errors import ArgumentError, CorruptFileError, DownloadError, UnsafeFileError
from graphkit.records._archive import unpack_archive
from graphkit.records._digits import CIFAR10_FOLDER
from graphkit.records._files import open_file, size_of
from graphkit.records._progress import Progress, no_progress

CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
CIFAR10_MD5 = "c58f30108f718f92721af3b95e74349a"

_CHUNK = 1 << 18
_MAX_BYTES = 1 << 30
_SILENCE_SECONDS = 30.0
_SCHEMES = ("https", "http")


def download_cifar10(
    folder: str | PathLike[str],
    *,
    url: str = CIFAR10_URL,
    md5: str = CIFAR10_MD5,
    progress: Progress | None = None,
) -> Path:
    """Downloads and unpacks CIFAR-10's Python pickles (163 MiB), unless they are there already.

    An archive put into `folder` by hand, under the name it has in the URL, is used instead of the
    network. Plain http is allowed because the checksum decides what is accepted, not the server.

    Args:
        folder: Where `cifar-10-batches-py` is made.
        url: An http or https address of the archive.
        md5: The archive's checksum, the one its authors publish.
        progress: Called with the bytes so far and in all.

    Returns:
        The folder with the pickles, for `read_cifar10` and `to_image`.

    Raises:
        ArgumentError: `url` is of another scheme, or names no file.
        DownloadError: The network failed; the message says which file to put where by hand.
        CorruptFileError: The checksum does not match; nothing that was downloaded is left.
        UnsafeFileError: The archive is larger than 1 GiB or holds something unsafe.
    """
    place = Path(folder)
    name = _archive_name(url)
    if (place / CIFAR10_FOLDER).is_dir():
        return place / CIFAR10_FOLDER
    by_hand = place / name
    with folder_aside(place) as part:
        archive = by_hand
        if not by_hand.exists():
            archive = part / name
            _fetch(url, archive, by_hand, progress or no_progress)
        _check_md5(archive, by_hand, md5)
        unpack_archive(archive, part / "unpacked")
        unpacked = part / "unpacked" / CIFAR10_FOLDER
        if not unpacked.is_dir():
            raise CorruptFileError(by_hand, f"holds no folder {CIFAR10_FOLDER}")
        return unpacked.rename(place / CIFAR10_FOLDER)


def _archive_name(url: str) -> str:
    """Gives the file name at the end of a URL that can be downloaded from."""
    parts = urlsplit(url)
    name = parts.path.rpartition("/")[2]
    if parts.scheme not in _SCHEMES or not parts.netloc or name in ("", ".", ".."):
        wanted = "an http:// or https:// address of an archive"
        raise ArgumentError("download_cifar10", "url", url, wanted)
    return name


def _opener() -> request.OpenerDirector:
    """Makes an opener that knows no file: and ftp: addresses, not even after a redirect."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.UnknownHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPRedirectHandler(),
        request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _fetch(url: str, archive: Path, by_hand: Path, progress: Progress) -> None:
    """Writes what the URL gives to `archive`."""
    try:
        with (
            _opener().open(url, timeout=_SILENCE_SECONDS) as answer,
            open(archive, "xb") as written,
        ):
            length = answer.headers.get("Content-Length", "")
            total = int(length) if length.isdigit() else None
            done = _copy(answer, written, url, total, progress)
    except HTTPError as exc:
        with exc:  # it holds the connection
            raise DownloadError(url, str(exc), by_hand) from exc
    except (OSError, http.client.HTTPException) as exc:
        raise DownloadError(url, str(exc) or type(exc).__name__, by_hand) from exc
    if total is not None and done < total:
        raise DownloadError(url, f"it ended after {done} of {total} bytes", by_hand)


def _copy(
    answer: BinaryIO, written: BinaryIO, url: str, total: int | None, progress: Progress
) -> int:
    done = 0
    while piece := answer.read(_CHUNK):
        done += len(piece)
        if done > _MAX_BYTES:
            raise UnsafeFileError(url, f"is larger than {_MAX_BYTES} bytes")
        written.write(piece)
        progress(done, total)
    return done


def _check_md5(archive: Path, by_hand: Path, md5: str) -> None:
    digest = hashlib.md5(usedforsecurity=False)
    with open_file(archive) as opened:
        size = size_of(opened)
        while piece := opened.read(_CHUNK):
            digest.update(piece)
    if digest.hexdigest() != md5.lower():
        reason = f"{size} bytes with the MD5 checksum {digest.hexdigest()}, expected {md5}"
        raise CorruptFileError(by_hand, reason)
