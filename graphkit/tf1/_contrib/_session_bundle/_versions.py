"""contrib.session_bundle.gc: which of several numbered folders are kept."""

from __future__ import annotations

import heapq
import os
import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from graphkit._tf import tf

__all__ = [
    "Path",
    "delete_others",
    "get_paths",
    "largest_export_versions",
    "mod_export_version",
    "negation",
    "one_of_every_n_export_versions",
    "union",
]


class Path(NamedTuple):
    """A folder with a number.

    Args:
        path: The folder.
        export_version: The number.
    """

    path: str
    export_version: int | None


_Choice: TypeAlias = Callable[[list[Path]], list[Path]]


def _number(path: Path) -> int:
    return path.export_version or 0


def largest_export_versions(n: int) -> _Choice:
    """Chooses the folders with the largest numbers.

    Args:
        n: How many.

    Returns:
        A choice of paths.
    """
    return lambda paths: sorted(heapq.nlargest(n, paths, key=_number))


def one_of_every_n_export_versions(n: int) -> _Choice:
    """Chooses the last folder of each interval of numbers, the first from 1 to n.

    Args:
        n: How long an interval is; 0 counts to the first.

    Returns:
        A choice of paths.
    """

    def choose(paths: list[Path]) -> list[Path]:
        last: dict[int, Path] = {}
        for path in sorted(paths, key=_number):
            number = _number(path)
            last[(number - 1) // n if number else 0] = path
        return sorted(last.values())

    return choose


def mod_export_version(n: int) -> _Choice:
    """Chooses the folders whose number can be divided.

    Args:
        n: By what.

    Returns:
        A choice of paths.
    """
    return lambda paths: sorted(path for path in paths if _number(path) % n == 0)


def union(lf: _Choice, rf: _Choice) -> _Choice:
    """Chooses what either of two chooses.

    Args:
        lf: The one.
        rf: The other.

    Returns:
        A choice of paths.
    """
    return lambda paths: sorted({*lf(paths), *rf(paths)})


def negation(f: _Choice) -> _Choice:
    """Chooses what another does not choose.

    Args:
        f: The other.

    Returns:
        A choice of paths.
    """
    return lambda paths: sorted(set(paths) - set(f(paths)))


def get_paths(base_dir: str, parser: Callable[[Path], Path | None]) -> list[Path]:
    """Lists the numbered folders in a folder.

    Args:
        base_dir: The folder.
        parser: From a path without a number to one with it, or None.

    Returns:
        The paths, sorted.
    """
    found = (
        parser(Path(os.path.join(base_dir, name.rstrip("/")), None))
        for name in tf.gfile.ListDirectory(base_dir)
    )
    return sorted(path for path in found if path)


def delete_others(base_dir: str, keep: _Choice, pattern: re.Pattern[str]) -> None:
    """Deletes the numbered folders that are not kept.

    Args:
        base_dir: The folder they are in.
        keep: Chooses those that are kept.
        pattern: What their names are.
    """

    def numbered(path: Path) -> Path | None:
        name = os.path.basename(path.path)
        return path._replace(export_version=int(name)) if pattern.fullmatch(name) else None

    for path in negation(keep)(get_paths(base_dir, numbered)):
        tf.gfile.DeleteRecursively(path.path)
