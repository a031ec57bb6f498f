"""Reads a notebook's code cells and gives them what IPython has built in."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard

from graphkit.errors import CorruptFileError
from graphkit.port._loading import Compiled
from graphkit.port._notebooks._cell_syntax import CELL, MAGIC, SHELL, START, TELL, plain_cell
from graphkit.port._notebooks._ipython import show
from graphkit.port._notebooks._stopwatch import Stopwatch
from graphkit.port._windows._display import BACKEND

__all__ = [
    "Cells",
    "is_python2_notebook",
    "notebook_names",
    "read_notebook",
    "show_figures",
]

_SHOW = "__graphkit_show__"
_SKIPPED_SHELL = re.compile(r"^\s*(pip|pip3|conda|apt|apt-get|python -m pip)\b")
_RUN_FLAGS = ("-i", "-n", "-t")
_IN_BRACES = re.compile(r"\{([^{}]+)\}|(?<!\$)\$(\w+)")


def read_notebook(path: Path) -> list[str]:
    """Reads the code cells of a notebook.

    Args:
        path: An .ipynb file, format 3 or 4.

    Returns:
        The cells' sources as plain Python, in order.

    Raises:
        CorruptFileError: The file is no notebook.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return [plain_cell(cell) for cell in _code_cells(document)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptFileError(path, f"is not a notebook: {error}") from error


def is_python2_notebook(path: Path) -> bool:
    """Says whether a notebook was written with a kernel of Python 2.

    Args:
        path: An .ipynb file that `read_notebook` has read.
    """
    notes = json.loads(path.read_text(encoding="utf-8")).get("metadata")
    version, kernel = _note(notes, "language_info", "version"), _note(notes, "kernelspec", "name")
    return str(version).startswith("2") if version else kernel == "python2"


def _note(notes: Any, *names: str) -> Any:
    """What metadata says under these names, one inside the other; empty where it says nothing."""
    for name in names:
        notes = notes.get(name) if isinstance(notes, dict) else None
    return notes or ""


def _code_cells(document: dict[str, Any]) -> Iterator[str]:
    sheets = document.get("worksheets", [document])
    for sheet in sheets:
        for cell in sheet["cells"]:
            if cell["cell_type"] == "code":
                source = cell.get("source", cell.get("input", ""))
                yield source if isinstance(source, str) else "".join(source)


class Cells:
    """Gives one parsed cell after the other what IPython gives it.

    `from __future__ import …` may stand anywhere and holds for all cells below; the value of the
    last expression is shown, unless a semicolon hides it; under `%%time` the time comes first.
    """

    def __init__(self) -> None:
        self._features: dict[str, None] = {}

    def finish(self, tree: ast.Module, text: str) -> None:
        """Finishes the next cell.

        Args:
            tree: The parsed cell; changed in place.
            text: Its source.
        """
        _show_last_value(tree, text)
        for node in [node for node in tree.body if _imports_features(node)]:
            tree.body.remove(node)
            self._features.update((alias.name, None) for alias in node.names)
        if self._features:
            names = [ast.alias(name) for name in self._features]
            tree.body.insert(0, ast.ImportFrom("__future__", names, 0))
            ast.fix_missing_locations(tree)


def _imports_features(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _show_last_value(tree: ast.Module, text: str) -> None:
    last = tree.body[-1] if tree.body else None
    is_timed = text.startswith(START + "()\n")
    if isinstance(last, ast.Expr):
        if is_timed:
            last.value = _call(TELL, last, last.value)
        if not text.rstrip().endswith(";"):
            last.value = _call(_SHOW, last, last.value)
    elif last is not None and is_timed:
        tree.body.append(ast.copy_location(ast.Expr(_call(TELL, last)), last))


def _call(name: str, place: ast.stmt, *arguments: ast.expr) -> ast.expr:
    function = ast.copy_location(ast.Name(name, ast.Load()), place)
    return ast.copy_location(ast.Call(function, [*arguments], []), place)


def _filled(command: str, names: Mapping[str, Any]) -> str:
    """Puts the program's values into a command: `{expression}`, `$name`."""

    def value(match: re.Match[str]) -> str:
        try:
            return str(eval(match[1] or match[2], dict(names)))
        except Exception:  # the shell's own braces and variables
            return match[0]

    return _IN_BRACES.sub(value, command)


def _shell(
    command: str, names: Mapping[str, Any] = MappingProxyType({}), captured: bool = False
) -> list[str]:
    """Runs a command; what it says is shown, or with `files = !ls` kept instead."""
    if _SKIPPED_SHELL.match(command):
        return []
    command = _filled(command, names)
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    said = done.stdout + done.stderr
    if not captured:
        sys.stdout.write(said)
    return said.splitlines()


def _cell(name: str, argument: str, body: str) -> None:
    """Does what a cell of another language says."""
    if name != "writefile":
        _shell(body)
        return
    *options, path = shlex.split(argument)
    with open(path, "a" if "-a" in options else "w", encoding="utf-8") as file:
        file.write(body if body.endswith("\n") else body + "\n")
    importlib.invalidate_caches()  # the next cell may import it


class Interactive:
    """What `get_ipython()` gives, and what magics are answered by.

    Args:
        compile_source: Compiles a file that `%run` names.
    """

    def __init__(self, compile_source: Callable[[bytes, str], Compiled]) -> None:
        self._compile = compile_source
        self._magics: dict[str, Callable[[str], Any]] = {
            "cd": lambda folder: os.chdir(os.path.expanduser(folder or "~")),
            "env": _environment,
            "ls": lambda rest: _shell(f"ls {rest}"),
            "mkdir": lambda rest: _shell(f"mkdir {rest}"),
            "pwd": lambda _rest: os.getcwd(),
            "pylab": lambda _rest: _bring_in_pylab(_program()),
            "run": self._run,
            "set_env": _environment,
            "sx": _shell,
            "system": _shell,
        }

    def do(self, line: str, names: Mapping[str, Any]) -> Any:
        """Does what `%name argument` says; a magic that changes nothing here does nothing.

        Args:
            line: The line without its percent sign.
            names: The program's names, for `{expression}` and `$name`.

        Returns:
            The magic's value.
        """
        name, _, argument = line.partition(" ")
        answer = self._magics.get(name)
        return answer(_filled(argument.strip(), names)) if answer else None

    def run_line_magic(self, name: str, line: str = "", *_rest: Any) -> Any:
        """Does what the magic does."""
        return self.do(f"{name} {line}", {})

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Does what the magic does."""
        if name in ("bash", "sh", "writefile"):
            _cell(name, line, cell)

    def magic(self, line: str) -> Any:
        """Does what the magic does."""
        return self.do(line.lstrip("%"), {})

    def system(self, command: str) -> None:
        """Runs a shell command."""
        _shell(command)

    def _run(self, argument: str) -> None:
        path, *arguments = [part for part in shlex.split(argument) if part not in _RUN_FLAGS]
        before, sys.argv = sys.argv, [path, *arguments]
        try:
            exec(self._compile(Path(path).read_bytes(), path).code, _program())
        finally:
            sys.argv = before


def notebook_names(compile_source: Callable[[bytes, str], Compiled]) -> dict[str, Any]:
    """Makes what is built in for a notebook's cells.

    Args:
        compile_source: Compiles a file that `%run` names.

    Returns:
        Names and values.
    """
    interactive, stopwatch = Interactive(compile_source), Stopwatch()
    return {
        CELL: _cell,
        MAGIC: interactive.do,
        SHELL: _shell,
        START: stopwatch.start,
        TELL: stopwatch.tell,
        _SHOW: show,
        "display": show,
        "get_ipython": lambda: interactive,
    }


def _program() -> dict[str, Any]:
    return vars(sys.modules["__main__"])


def _environment(argument: str) -> Any:
    name, separator, value = argument.partition("=" if "=" in argument else " ")
    if separator:
        os.environ[name.strip()] = value.strip()
        return None
    return os.environ.get(name) if name else dict(os.environ)


def _bring_in_pylab(names: dict[str, Any]) -> None:
    exec("from pylab import *\nimport numpy as np\nimport matplotlib.pyplot as plt", names)


def show_figures() -> None:
    """Shows the figures a cell drew, as `%matplotlib inline` does; with windows nothing waits."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.get_backend() == BACKEND and pyplot.get_fignums():
        pyplot.show()
