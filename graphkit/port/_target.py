"""Finds what the command line names and reads it."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from graphkit.errors import MissingFileError
from graphkit.port._notebooks._notebook import read_notebook

__all__ = ["locate", "put_first", "read_parts"]


def put_first(folder: str) -> None:
    """Puts the program's folder where Python has that of the script, here graphkit's own.

    Args:
        folder: The program's folder.
    """
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    sys.path.insert(0, folder)


def locate(target: str, as_module: bool) -> tuple[Path, Path]:
    """Finds the file to run and what becomes `sys.path[0]`.

    Args:
        target: A script, a notebook, a folder with `__main__.py`, or a module's name.
        as_module: Whether it is a module's name.

    Returns:
        The file and the folder.

    Raises:
        MissingFileError: There is no such file or module.
    """
    if as_module:
        return _locate_module(target), Path.cwd()
    path = Path(target)
    if path.is_dir():
        path = path / "__main__.py"
    if not path.is_file():
        raise MissingFileError(target)
    return path, path.resolve().parent


def _locate_module(name: str) -> Path:
    search: list[str] = [os.getcwd(), *sys.path]
    spec = None
    for part in name.split("."):
        spec = PathFinder.find_spec(part, search)
        if spec is None:
            raise MissingFileError(name, "is no module here or on PYTHONPATH")
        search = list(spec.submodule_search_locations or [])
    if search:
        spec = PathFinder.find_spec("__main__", search)
    if spec is None or spec.origin is None:
        raise MissingFileError(name, "is a package without __main__.py")
    return Path(spec.origin)


def read_parts(path: Path) -> list[bytes]:
    """Reads the source: one part for a script, one for each cell of a notebook.

    Args:
        path: The file.

    Returns:
        The parts.
    """
    if path.suffix == ".ipynb":
        return [cell.encode() for cell in read_notebook(path)]
    return [path.read_bytes()]
