"""Finds what the command line names and reads it."""

from __future__ import annotations

import difflib
import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from graphkit.errors import MissingFileError
from graphkit.port._notebooks._notebook import read_notebook

__all__ = ["STANDARD_INPUT", "locate", "put_first", "read_parts"]

STANDARD_INPUT = "-"
_TYPED = Path("<stdin>")  # as Python names it in tracebacks


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
        target: A script, a notebook, a folder with `__main__.py`, "-" for standard input, or a
            module's name.
        as_module: Whether it is a module's name.

    Returns:
        The file and the folder.

    Raises:
        MissingFileError: There is no such file or module.
    """
    if as_module:
        return _locate_module(target), Path.cwd()
    if target == STANDARD_INPUT:
        return _TYPED, Path()
    path = Path(target)
    if path.is_dir():
        path = path / "__main__.py"
        if not path.is_file():
            raise MissingFileError(target, "is a folder without __main__.py")
    if not path.exists():
        raise MissingFileError(target, f"does not exist{_nearest(path)}")
    return path, path.resolve().parent


def _nearest(path: Path) -> str:
    """Asks whether a file beside the missing one was meant, as an end of the sentence."""
    folder = path.parent
    if not folder.is_dir():
        return f"; there is no folder {str(folder)!r}"
    programs = [entry.name for entry in folder.iterdir() if entry.suffix in (".py", ".ipynb")]
    near = difflib.get_close_matches(path.name, sorted(programs), 1)
    return f"; did you mean {str(folder / near[0])!r}?" if near else ""


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
        path: The file, as `locate` found it.

    Returns:
        The parts.
    """
    if path == _TYPED:
        return [sys.stdin.buffer.read()]
    if path.suffix == ".ipynb":
        return [cell.encode() for cell in read_notebook(path)]
    return [path.read_bytes()]
