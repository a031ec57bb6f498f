"""Checking that files can be read before anything waits for them."""

from __future__ import annotations

import difflib
import os
import posixpath
import re
from collections.abc import Iterable
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, MissingFileError

__all__ = ["check_files", "expand_files", "is_remote"]

_NAMES_COMPARED = 10_000
_MAGIC = re.compile(r"[*?\[]")


def is_remote(path: str) -> bool:
    """Whether the path names a file system of TensorFlow's (`gs://…`), not this machine's."""
    return "://" in path


def check_files(paths: Iterable[str | bytes]) -> None:
    """Refuses the first path that no reader could read from.

    Nothing is opened, so named pipes and devices are safe to name.

    Args:
        paths: File names as TensorFlow's readers take them.

    Raises:
        MissingFileError: A file is absent, a folder or unreadable; it names the nearest file.
    """
    for path in paths:
        name = os.fsdecode(path)
        reason = _remote_fault(name) if is_remote(name) else _local_fault(name)
        if reason is not None:
            raise MissingFileError(name, reason)


def expand_files(where: str, files: Any) -> list[str]:
    """Lists the files a list of paths, one path or a glob pattern stands for, and checks them.

    Args:
        where: The function that was called, for messages.
        files: Paths; or one string, which may be a pattern unless a file has exactly that name.

    Returns:
        The paths, those of a pattern in sorted order.

    Raises:
        ArgumentError: The list is empty.
        ArgumentTypeError: `files` is neither a path nor a list of paths.
        MissingFileError: A file is absent, a folder or unreadable, or the pattern matches none.
    """
    if isinstance(files, (str, os.PathLike)):
        pattern = os.fspath(files)
        if not _MAGIC.search(pattern) or os.path.exists(pattern):
            paths = [pattern]
        elif not (paths := sorted(tf.gfile.Glob(pattern))):
            raise MissingFileError(pattern, "no file matches this pattern")
    else:
        paths = _listed(where, files)
    check_files(paths)
    return paths


def _listed(where: str, files: Any) -> list[str]:
    """Checks that a list of paths is one."""
    wanted = "a path, a glob pattern or a list of paths"
    if not isinstance(files, (list, tuple)):
        raise ArgumentTypeError(where, "files", type(files).__name__, wanted)
    if not files:
        raise ArgumentError(where, "files", files, f"{wanted} with at least one file")
    for path in files:
        if not isinstance(path, (str, os.PathLike)):
            raise ArgumentTypeError(where, "files", repr(path), wanted)
    return [os.fspath(path) for path in files]


def _local_fault(path: str) -> str | None:
    """Says what is wrong with a path on this machine."""
    if os.path.isdir(path):
        return "is a folder, not a file"
    if not os.path.exists(path):
        folder = os.path.dirname(path)
        return "does not exist" + _nearest(os.path.basename(path), folder, _local_names(folder))
    return None if os.access(path, os.R_OK) else "cannot be read: permission denied"


def _local_names(folder: str) -> list[str] | None:
    """Lists what the folder holds; None if it cannot be listed."""
    try:
        return os.listdir(folder or ".")
    except OSError:
        return None


def _remote_fault(path: str) -> str | None:
    """Says what is wrong with a path on one of TensorFlow's file systems."""
    try:
        if tf.gfile.IsDirectory(path):
            return "is a folder, not a file"
        if tf.gfile.Exists(path):
            return None
        folder, name = posixpath.split(path)
        return "does not exist" + _nearest(name, folder, _remote_names(folder))
    except tf.errors.OpError as error:
        return f"cannot be read: {error.message}"


def _remote_names(folder: str) -> list[str] | None:
    """Lists what the folder holds; None if it does not exist."""
    if not tf.gfile.IsDirectory(folder):
        return None
    return [str(name).rstrip("/") for name in tf.gfile.ListDirectory(folder)]


def _nearest(name: str, folder: str, names: list[str] | None) -> str:
    """Words for the name in the folder that looks most like the one asked for."""
    shown = folder or "the current folder"
    if names is None:
        return f", nor does its folder {shown}"
    if not names:
        return f"; {shown} is empty"
    by_lower = {known.lower(): known for known in sorted(names)[:_NAMES_COMPARED]}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.0)
    return f"; the nearest name in {shown} is {by_lower[close[0]]!r}"
