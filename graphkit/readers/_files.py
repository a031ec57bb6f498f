"""Checking that files can be read before anything waits for them."""

from __future__ import annotations

import difflib
import os
import posixpath
from collections.abc import Iterable

from graphkit._tf import tf
from graphkit.errors import MissingFileError

__all__ = ["check_files", "is_remote"]


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
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.0)
    return f"; the nearest name in {shown} is {close[0]!r}"
