"""Files that a model takes parts from: they lie in its own folder, or are not read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from graphkit.errors import MissingFileError, UnsafeFileError

__all__ = ["check_beside"]


def check_beside(path: Path, names: Iterable[str], folder: Path | None = None) -> None:
    """Refuses parts outside a model's folder, links that lead there too.

    Args:
        path: The model, for messages.
        names: The files it names.
        folder: Where they have to lie; the folder of the model unless given.

    Raises:
        UnsafeFileError: One lies outside.
        MissingFileError: One does not exist.
    """
    home = (folder or path.parent).resolve()
    for name in names:
        try:
            place = (home / name).resolve()
            is_there = place.is_file()
        except (ValueError, OSError, RuntimeError) as exc:
            raise UnsafeFileError(path, f"it names a part {name!r}: {exc}") from exc
        if home not in place.parents:
            raise UnsafeFileError(path, f"it would read {name!r}, which lies outside its folder")
        if not is_there:
            raise MissingFileError(path, f"its part {name!r} does not exist beside it")
