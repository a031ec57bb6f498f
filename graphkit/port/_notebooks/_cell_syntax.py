"""Turns IPython's own syntax (`!ls`, `%cd data`, `%%writefile a.py`, `x?`) into Python.

Only the start of a statement can be such a line: text in quotes and the lines of an open bracket
stay as they are, and every line keeps its number.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

__all__ = ["CELL", "MAGIC", "SHELL", "START", "TELL", "plain_cell"]

SHELL = "__graphkit_shell__"
MAGIC = "__graphkit_magic__"
CELL = "__graphkit_cell__"
START = "__graphkit_start__"
TELL = "__graphkit_tell__"

_NAMES = "{**globals(), **locals()}"
_ASSIGNED = re.compile(r"^(\s*[\w, ]+=\s*)([!%])([a-zA-Z./~$'\"({][^=].*)$")
_HELP = re.compile(r"^(\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$")
_TIMED = re.compile(r"^(time|timeit|prun|memit|mprun)\b((?:\s+-\w+(?:\s+\d+)?)*)\s*(.*)$")
_PLAIN_CELLS = ("timeit", "prun", "capture", "memit")
_SHELLS = ("bash", "sh", "script", "shell", "system")
_DONE = ("cd", "env", "load_ext", "ls", "mkdir", "pwd", "pylab", "run", "set_env", "system", "sx")
_PIECES = re.compile(r"\"\"\"|'''|\\.|[\"'#()\[\]{}]")


def plain_cell(cell: str) -> str:
    """Translates one cell.

    Args:
        cell: Its source.

    Returns:
        Python, which calls the names above; as many lines as before.
    """
    body = cell.lstrip()
    if not body.startswith("%%"):
        return "\n".join(_plain_lines(cell.split("\n")))
    first, _, rest = body.partition("\n")
    name, _, argument = first[2:].strip().partition(" ")
    if name == "time":
        return f"{START}()\n{plain_cell(rest)}"
    if name in _PLAIN_CELLS:
        return f"#\n{plain_cell(rest)}"
    if name == "writefile" or name in _SHELLS:
        return f"{CELL}({name!r}, {argument.strip()!r}, {rest!r});"
    return "\n".join(f"# {line}" for line in cell.split("\n"))


def _plain_lines(lines: list[str]) -> Iterator[str]:
    reader = _Reader()
    for line in lines:
        plain = _plain_line(line) if reader.at_start else line
        reader.read(plain)
        yield plain


class _Reader:
    """Follows quotes and brackets from line to line."""

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._joined = False

    @property
    def at_start(self) -> bool:
        """Whether the next line begins a statement."""
        return not (self._quote or self._depth or self._joined)

    def read(self, line: str) -> None:
        """Reads one line."""
        for match in _PIECES.finditer(line):
            piece = match[0]
            if self._quote:
                if piece == self._quote:
                    self._quote = ""
            elif piece == "#":
                break
            elif piece[0] in "\"'":
                self._quote = piece
            elif piece in "([{":
                self._depth += 1
            elif piece in ")]}":
                self._depth = max(0, self._depth - 1)
        if len(self._quote) == 1:
            self._quote = ""  # a quote of one line does not reach into the next
        self._joined = line.endswith("\\")


def _plain_line(line: str) -> str:
    """Translates one line, keeping its indentation."""
    body = line.lstrip()
    indent = line[: len(line) - len(body)]
    assigned = _ASSIGNED.match(line)
    if assigned:
        return f"{assigned[1]}{_call(assigned[2], assigned[3], captured=True)}"
    if body.startswith("!"):
        return f"{indent}{_call('!', body.lstrip('!'))};"
    if body.startswith("%"):
        return indent + _magic(body)
    return f"{indent}pass  # {body}" if _HELP.match(body) else line


def _magic(body: str) -> str:
    timed = _TIMED.match(body[1:])
    if timed and timed[3]:
        return _timed(timed[3]) if timed[1] == "time" else timed[3]
    name = body[1:].split(" ", 1)[0].strip()
    return f"{_call('%', body[1:])};" if name in _DONE else f"pass  # {body}"


def _timed(statement: str) -> str:
    statement = statement.rstrip("; ")
    try:
        ast.parse(statement, mode="eval")
    except SyntaxError:
        return f"{START}(); {statement}; {TELL}()"
    return f"{START}(); {TELL}({statement})"


def _call(kind: str, text: str, captured: bool = False) -> str:
    rest = ", True" if captured and kind == "!" else ""
    return f"{SHELL if kind == '!' else MAGIC}({text.strip()!r}, {_NAMES}{rest})"
