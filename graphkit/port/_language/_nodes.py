"""What both rewriters of syntax trees make and ask."""

from __future__ import annotations

import ast

from graphkit.port._language._operators import RUNTIME_NAMES

__all__ = ["call", "called_name", "imported_features", "is_method_call", "is_text", "runtime"]


def call(function: str, place: ast.expr | ast.stmt, *arguments: ast.expr) -> ast.Call:
    """Makes a call of a function of the runtime.

    Args:
        function: Its name, a key of `RUNTIME_NAMES`.
        place: Where in the source it stands.
        *arguments: Its arguments.

    Returns:
        The node.
    """
    return ast.copy_location(ast.Call(runtime(function, place), list(arguments), []), place)


def runtime(function: str, place: ast.expr | ast.stmt) -> ast.Name:
    """Makes a reference to a function of the runtime; see `call`."""
    return ast.copy_location(ast.Name(RUNTIME_NAMES[function], ast.Load()), place)


def is_text(node: ast.expr) -> bool:
    """Says whether a node is text in quotes."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def called_name(node: ast.expr) -> str:
    """Says which name a node calls; nothing if it is no call of a plain name."""
    is_plain = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return node.func.id if is_plain else ""  # type: ignore[attr-defined]


def is_method_call(node: ast.Call, *names: str) -> bool:
    """Says whether a call is one of a method with one of the names."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in names


def imported_features(tree: ast.Module) -> set[str]:
    """Lists what a module imports from `__future__`."""
    return {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    }
