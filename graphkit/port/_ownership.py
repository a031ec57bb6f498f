"""Tells the user's own files from installed ones.

Only the program itself (the script, its siblings, its packages) is foreign TF1 code. Whatever was
installed, TensorFlow included, is written for the Python and the TensorFlow of today and must not
be touched, but for the libraries the user names as old.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path

from graphkit.errors import ArgumentError

__all__ = ["adopt", "is_installed_package", "is_own", "own_entries", "split_search_path"]

_INSTALL_FOLDERS = frozenset({"site-packages", "dist-packages"})
_SOURCE_SUFFIXES = (".py", ".pyw")


def _installed_roots() -> tuple[str, ...]:
    """Lists the folders an installer writes to, and graphkit's own."""
    schemes = sysconfig.get_paths()
    roots = {schemes[key] for key in ("stdlib", "platstdlib", "purelib", "platlib", "scripts")}
    roots.update(site.getsitepackages())
    roots.add(site.getusersitepackages())
    roots.add(str(Path(__file__).parents[1]))
    return tuple(sorted({os.path.realpath(root) + os.sep for root in roots}))


_ROOTS = _installed_roots()
_adopted: list[str] = []


def adopt(top: str) -> None:
    """Counts an installed library as part of the program from now on.

    Args:
        top: The name it is imported by.

    Raises:
        ArgumentError: No such library is installed.
    """
    spec = PathFinder.find_spec(top, split_search_path()[1])
    if spec is None or spec.origin is None or not spec.origin.endswith(_SOURCE_SUFFIXES):
        raise ArgumentError("run", "old library", top, "the import name of an installed library")
    folders = spec.submodule_search_locations
    _adopted.extend(os.path.realpath(place) for place in folders or [spec.origin])
    is_own.cache_clear()


@lru_cache(maxsize=65536)
def is_own(path: str) -> bool:
    """Says whether a file or folder belongs to the user's program.

    Args:
        path: A file or folder; it need not exist.

    Returns:
        False for the standard library, installed packages, installed commands and graphkit.
    """
    real = _real_path(path)
    if any(real == place or real.startswith(place + os.sep) for place in _adopted):
        return True
    if _INSTALL_FOLDERS & set(real.split(os.sep)):
        return False
    return not (real + os.sep).startswith(_ROOTS) and not real.endswith(".zip")


def _real_path(path: str) -> str:
    """Follows links, and looks at each folder once: TensorFlow is two thousand files in a few."""
    folder, name = os.path.split(os.path.abspath(path))
    whole = os.path.join(_real_folder(folder), name)
    return os.path.realpath(whole) if os.path.islink(whole) else whole


@lru_cache(maxsize=8192)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def is_own_source(path: str | None) -> bool:
    """Says whether a file is Python source of the user's program."""
    return path is not None and path.endswith(_SOURCE_SUFFIXES) and is_own(path)


@lru_cache(maxsize=64)
def _split(entries: tuple[str, ...]) -> tuple[list[str], list[str]]:
    own = [entry for entry in entries if is_own(entry or os.getcwd())]
    return own, [entry for entry in entries if entry not in own]


def split_search_path() -> tuple[list[str], list[str]]:
    """Splits `sys.path` into the user's own entries and the installed ones, order kept."""
    return _split(tuple(entry for entry in sys.path if isinstance(entry, str)))


def own_entries() -> list[str]:
    """Lists the user's own entries of `sys.path`."""
    return split_search_path()[0]


def is_installed_package(top: str) -> bool:
    """Says whether a top-level module was installed, beside the standard library.

    Args:
        top: The module's name.
    """
    if top in sys.stdlib_module_names:
        return False
    return PathFinder.find_spec(top, split_search_path()[1]) is not None
