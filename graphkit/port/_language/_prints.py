"""Statements `print` of Python 2 that Python 3 reads as something else."""

from __future__ import annotations

import ast

from graphkit.port._language._nodes import called_name, imported_features

__all__ = ["has_print_statement", "join_printed"]


def has_print_statement(tree: ast.Module) -> bool:
    """Says whether a statement only parses because `print` is a name in Python 3.

    `print >>file, x`, `print("%d") % x` and `print ("a"), x` compute with the function or with what
    it returns, which nobody means.

    Args:
        tree: The parsed source.
    """
    return any(_is_print(node) for node in ast.walk(tree))


def _is_print(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
        return isinstance(node.left, ast.Name) and node.left.id == "print"
    if not isinstance(node, ast.Expr):
        return False
    first = _before(node.value)
    while first is not None:
        if called_name(first) == "print":
            return True
        first = _before(first)
    return False


def _before(node: ast.expr) -> ast.expr | None:
    """Gives what stands first in an expression, where the expression does something with it."""
    if isinstance(node, ast.Tuple):
        return node.elts[0] if node.elts else None
    if isinstance(node, ast.BinOp | ast.Compare):
        return node.left
    if isinstance(node, ast.Call):
        return node.func
    return node.value if isinstance(node, ast.Attribute | ast.Subscript) else None


def join_printed(tree: ast.Module) -> None:
    """Lets `print("a", 1)` print a tuple, where that was Python 2 and could be parsed as it stands.

    Args:
        tree: The parsed source; changed in place.
    """
    if "print_function" in imported_features(tree):
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and called_name(node.value) == "print"
            and not node.value.keywords
            and len(node.value.args) != 1
        ):
            printed = node.value
            printed.args = [ast.copy_location(ast.Tuple(printed.args, ast.Load()), printed)]
