"""Reads a notebook's code cells and turns IPython's own syntax into Python."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

from graphkit.errors import CorruptFileError
from graphkit.port._stopwatch import Stopwatch

__all__ = ["NOTEBOOK_NAMES", "Cells", "is_python2_notebook", "read_notebook"]

_SHELL = "__graphkit_shell__"
_SHOW = "__graphkit_show__"
_START = "__graphkit_start__"
_TELL = "__graphkit_tell__"
_SKIPPED_SHELL = re.compile(r"^\s*(pip|pip3|conda|apt|apt-get|python -m pip)\b")
_ASSIGNED_SHELL = re.compile(r"^(\s*[\w, ]+=\s*)!(.+)$")


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
        cells = list(_code_cells(document))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorruptFileError(path, f"is not a notebook: {error}") from error
    return [_plain(cell) for cell in cells]


def is_python2_notebook(path: Path) -> bool:
    """Says whether a notebook was written with a kernel of Python 2.

    Args:
        path: An .ipynb file that `read_notebook` has read.
    """
    notes = json.loads(path.read_text(encoding="utf-8")).get("metadata") or {}
    version = (notes.get("language_info") or {}).get("version") or ""
    kernel = (notes.get("kernelspec") or {}).get("name") or ""
    return str(version).startswith("2") if version else kernel == "python2"


def _code_cells(document: dict[str, Any]) -> Iterator[str]:
    sheets = document.get("worksheets", [document])
    for sheet in sheets:
        for cell in sheet["cells"]:
            if cell["cell_type"] == "code":
                source = cell.get("source", cell.get("input", ""))
                yield source if isinstance(source, str) else "".join(source)


def _plain(cell: str) -> str:
    if cell.lstrip().startswith("%%"):
        first, _, rest = cell.lstrip().partition("\n")
        if first.split()[0] == "%%time":
            return f"{_START}()\n{_plain(rest)}"
        if first.startswith(("%%timeit", "%%capture", "%%prun")):
            return _plain("#" + "\n" + rest)
        return "\n".join(f"# {line}" for line in cell.split("\n"))
    return "\n".join(_plain_line(line) for line in cell.split("\n"))


def _plain_line(line: str) -> str:
    """Translates one line, keeping its indentation."""
    body = line.lstrip()
    indent = line[: len(line) - len(body)]
    if body.startswith("!"):
        return f"{indent}{_SHELL}({body[1:].strip()!r});"
    assigned = _ASSIGNED_SHELL.match(line)
    if assigned:
        return f"{assigned[1]}{_SHELL}({assigned[2].strip()!r})"
    if body.startswith("%"):
        statement = re.match(r"%(time|prun)\s+(.+)", body)
        if statement is None:
            return f"{indent}pass  # {body}"
        return indent + (_timed(statement[2]) if statement[1] == "time" else statement[2])
    if re.match(r"^[\w.]+\?{1,2}\s*$", body) or re.match(r"^\?{1,2}[\w.]+\s*$", body):
        return f"{indent}pass  # {body}"
    return line


def _timed(statement: str) -> str:
    try:
        ast.parse(statement, mode="eval")
    except SyntaxError:
        return f"{_START}(); {statement}; {_TELL}()"
    return f"{_START}(); {_TELL}({statement})"


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
    is_timed = text.startswith(_START + "()\n")
    if isinstance(last, ast.Expr):
        if is_timed:
            last.value = _call(_TELL, last, last.value)
        if not text.rstrip().endswith(";"):
            last.value = _call(_SHOW, last, last.value)
    elif last is not None and is_timed:
        tree.body.append(ast.copy_location(ast.Expr(_call(_TELL, last)), last))


def _call(name: str, place: ast.stmt, *arguments: ast.expr) -> ast.expr:
    function = ast.copy_location(ast.Name(name, ast.Load()), place)
    return ast.copy_location(ast.Call(function, [*arguments], []), place)


def _show(value: Any) -> None:
    if value is not None:
        sys.stdout.write(f"{value!r}\n")


def _shell(command: str) -> list[str]:
    if _SKIPPED_SHELL.match(command):
        return []
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    sys.stdout.write(done.stdout + done.stderr)
    return done.stdout.splitlines()


class _Interactive:
    """What `get_ipython()` gives: magics do nothing here."""

    def run_line_magic(self, name: str, line: str = "", *_rest: Any) -> None:
        """Does nothing."""

    magic = run_cell_magic = run_line_magic

    def system(self, command: str) -> None:
        """Runs a shell command."""
        _shell(command)


_stopwatch = Stopwatch()

NOTEBOOK_NAMES: dict[str, Any] = {
    _SHELL: _shell,
    _SHOW: _show,
    _START: _stopwatch.start,
    _TELL: _stopwatch.tell,
    "display": _show,
    "get_ipython": _Interactive,
}
