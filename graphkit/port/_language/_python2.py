"""Recognises Python 2 sources and translates their syntax, keeping every line where it was.

Only what Python 3 cannot parse is rewritten here. What is a matter of names (`xrange`, `cPickle`,
`izip`) or of meaning (`/` between integers, `dict.keys()`) is answered while the program runs,
where the types are known.
"""

from __future__ import annotations

import ast
import bisect
import io
import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from graphkit.port._language._prints import has_print_statement

__all__ = ["PRINT", "find_python2_names", "keep_lines", "translate_python2"]

PRINT = "print as a statement"

# fissix is lib2to3 kept alive; Python 3.13 no longer has it. Fixers that add lines are left out.
_FIXERS = (
    "except",
    "exec",
    "metaclass",
    "ne",
    "next",
    "nonzero",
    "numliterals",
    "paren",
    "print",
    "raise",
    "repr",
    "throw",
    "tuple_params",
    "unicode",
)

_ADDED = re.compile(r"\s*(?:.+ = xxx_todo_changeme\d*(?:\.args)?)$")

# `except E, (a, b): print a`, for which fissix makes no statement of its own.
_PARTS_IN_LINE = re.compile(
    r"^([ \t]*except\b[^#\n]*?),[ \t]*(\([^()\n]*\))[ \t]*:[ \t]*(?=[^\s#])", re.MULTILINE
)

_BUILTINS = frozenset(
    {
        "basestring",
        "execfile",
        "raw_input",
        "unichr",
        "unicode",
        "xrange",
    }
)
_MODULES = frozenset(
    {
        "BaseHTTPServer",
        "ConfigParser",
        "HTMLParser",
        "Queue",
        "SocketServer",
        "StringIO",
        "Tkinter",
        "__builtin__",
        "cPickle",
        "cStringIO",
        "commands",
        "cookielib",
        "copy_reg",
        "anydbm",
        "exceptions",
        "httplib",
        "thread",
        "tkMessageBox",
        "tkFileDialog",
        "urllib2",
        "urlparse",
        "xmlrpclib",
    }
)
_METHODS = frozenset({"has_key", "iteritems", "iterkeys", "itervalues"})
_VERSION_TESTS = frozenset({"version_info", "PY2", "PY3", "version", "python_version", "hasattr"})


def translate_python2(text: str) -> str | None:
    """Translates Python 2 syntax to Python 3.

    Args:
        text: The source.

    Returns:
        The translated source, which may have more lines (see `keep_lines`); None if it is not
        Python 2 either.
    """
    text = _indented_by_spaces(text)
    text = _PARTS_IN_LINE.sub(r"\1, _caught: \2 = _caught.args; ", text)
    parse_error, tool = _translator()
    try:
        tree = tool.refactor_string(text.rstrip("\n\\ \t") + "\n", "program")
    except parse_error:
        return None
    return str(tree)


def keep_lines(tree: ast.Module, translated: str) -> None:
    """Gives the nodes of a translated source the lines they had before.

    Parts of an argument or of an error, `def f((a, b))`, are taken out in a line of their own.

    Args:
        tree: The parsed translation; changed in place.
        translated: Its text.
    """
    added = [n for n, line in enumerate(translated.split("\n"), 1) if _ADDED.match(line)]
    for node in ast.walk(tree) if added else ():
        for name in ("lineno", "end_lineno"):
            line = getattr(node, name, None)
            if line is not None:
                setattr(node, name, line - bisect.bisect_left(added, line))


def find_python2_names(tree: ast.Module) -> list[str]:
    """Lists what a source that Python 3 can parse uses and only Python 2 had.

    What stands in a `try` that expects it to fail, or under a test of the version, was written for
    both and is no evidence.

    Args:
        tree: The parsed source.

    Returns:
        The names, in the order of the source.
    """
    bound = {name for node in ast.walk(tree) for name in _bound_names(node)}
    found = [name for node in _unguarded(tree) for name in _evidence(node, bound)]
    prints = [PRINT] if has_print_statement(tree) else []
    return list(dict.fromkeys([*prints, *found]))


def _indented_by_spaces(text: str) -> str:
    """Spells indentation in spaces; lines inside of quotes stay."""
    quoted = set(_lines_in_quotes(text)) if "\t" in text else set()
    lines = enumerate(text.split("\n"), 1)
    return "\n".join(line if number in quoted else _spaces(line) for number, line in lines)


def _lines_in_quotes(text: str) -> Iterator[int]:
    """Lists the lines that begin inside of text in quotes, as far as the source can be read."""
    from fissix.pgen2 import token, tokenize  # type: ignore[import-untyped]

    try:
        for kind, _, (first, _), (last, _), _ in tokenize.generate_tokens(
            io.StringIO(text).readline
        ):
            if kind == token.STRING:
                yield from range(first + 1, last + 1)
    except (tokenize.TokenError, IndentationError):
        return


def _spaces(line: str) -> str:
    """Spells indentation in spaces, a tab reaching to the next multiple of eight as in Python 2."""
    body = line.lstrip(" \t\f")
    return line[: len(line) - len(body)].replace("\f", "").expandtabs(8) + body


@cache
def _translator() -> tuple[type[Exception], Any]:
    # Only Python 2 programs need it, and loading the grammar takes a moment.
    from fissix.pgen2.parse import ParseError  # type: ignore[import-untyped]
    from fissix.pgen2.tokenize import TokenError  # type: ignore[import-untyped]
    from fissix.refactor import RefactoringTool  # type: ignore[import-untyped]

    logging.getLogger("RefactoringTool").setLevel(logging.CRITICAL)
    logging.getLogger("fissix").setLevel(logging.CRITICAL)

    class Unparsable(Exception):
        """Neither grammar reads the text."""

    class Translator(RefactoringTool):  # type: ignore[misc]
        def refactor_string(self, data: str, name: str) -> Any:
            try:
                return super().refactor_string(data, name) or data
            except (ParseError, TokenError, IndentationError) as error:
                raise Unparsable from error

        def log_error(self, msg: str, *args: Any, **kwds: Any) -> None:
            raise Unparsable(msg)

    own = "graphkit.port._language._fixers.fix_lambda_params"
    return Unparsable, Translator([own, *(f"fissix.fixes.fix_{name}" for name in _FIXERS)])


def _bound_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield node.asname or node.name
    elif isinstance(node, ast.ImportFrom) and node.module == "__future__":
        yield from ()


def _unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """Walks the tree, leaving out what is tried or done for one version only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try) and child.handlers:
            continue
        if isinstance(child, ast.If | ast.IfExp) and _tests_version(child.test):
            continue
        yield child
        yield from _unguarded(child)


def _tests_version(test: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _VERSION_TESTS)
        or (isinstance(node, ast.Name) and node.id in _VERSION_TESTS)
        for node in ast.walk(test)
    )


def _evidence(node: ast.AST, bound: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in _BUILTINS - bound:
        yield node.id
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in _MODULES)
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module in _MODULES:
        yield node.module
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _METHODS
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "six")
    ):
        yield f".{node.func.attr}()"
