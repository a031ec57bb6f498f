"""Rewrites in the program's syntax tree what no patch of a module can bring back.

Methods of NumPy's arrays and of Python's own types are written in C and take no additions; the
division of Python 2 is an operator. Each such expression becomes a call of a function from
`_operators`, which first tries what Python does today.
"""

from __future__ import annotations

import ast
import copy

from graphkit.port._language._methods import OLD_METHODS
from graphkit.port._language._nodes import call, imported_features, is_text
from graphkit.port._language._promotion import PLAIN
from graphkit.port._language._rewrite_python2 import rewrite_python2

__all__ = ["rewrite"]


def rewrite(tree: ast.Module, python2: bool) -> ast.Module:
    """Rewrites one module's tree.

    Args:
        tree: The parsed source; changed in place.
        python2: Whether it was Python 2, whose division and dictionaries differ.

    Returns:
        The tree, its line numbers kept.
    """
    if python2:
        rewrite_python2(tree)
    _Rewriter(divide=python2 and "division" not in imported_features(tree)).visit(tree)
    return ast.fix_missing_locations(tree)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, divide: bool) -> None:
        self._divide = divide

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr not in OLD_METHODS or not isinstance(node.ctx, ast.Load):
            return node
        return call("old_method", node, node.value, ast.Constant(node.attr))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _is_call_of_one(node, "float", "int"):
            return call("number", node, node.func, *node.args)
        if _is_call_of_one(node, "type"):
            return call("class_of", node, node.func, *node.args)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if self._divide and isinstance(node.op, ast.Div):
            return call("divide", node, node.left, node.right)
        if isinstance(node.op, ast.Mod) and is_text(node.left):
            return call("text_format", node, node.left, node.right)
        name = type(node.op).__name__
        if name in PLAIN and not (_is_fixed(node.left) and _is_fixed(node.right)):
            return call(name, node, node.left, node.right)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript):
            return node
        owner = _owner(target.value)
        if owner:
            done = call("set_inner_item", node, node.value, *owner, _index(target))
        else:
            done = call("set_item", node, node.value, target.value, _index(target))
        return ast.copy_location(ast.Expr(done), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        target = node.target
        divides = self._divide and isinstance(node.op, ast.Div)
        operation = "divide" if divides else type(node.op).__name__
        if isinstance(target, ast.Subscript):
            owner = _owner(target.value)
            done = call(
                "update_inner_item" if owner else "update_item",
                node,
                ast.Constant(operation),
                *(owner or [target.value]),
                _index(target),
                node.value,
            )
            return ast.copy_location(ast.Expr(done), node)
        if not isinstance(target, ast.Name | ast.Attribute) or not _is_plain(target):
            return node
        current = copy.copy(target)
        current.ctx = ast.Load()
        function = "divide_in_place" if divides else f"in_place_{operation}"
        value = call(function, node, current, node.value)
        return ast.copy_location(ast.Assign([target], value), node)


def _is_call_of_one(node: ast.Call, *names: str) -> bool:
    return (
        isinstance(node.func, ast.Name)
        and node.func.id in names
        and len(node.args) == 1
        and not node.keywords
        and not isinstance(node.args[0], ast.Starred | ast.Constant)
    )


def _is_fixed(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.JoinedStr)


def _is_plain(target: ast.expr) -> bool:
    """Says whether reading the target twice does nothing twice: `x`, `self.x`."""
    while isinstance(target, ast.Attribute):
        target = target.value
    return isinstance(target, ast.Name)


def _owner(container: ast.expr) -> list[ast.expr]:
    """Takes `owner[key]` or `owner.name` apart: the owner, the key, whether it is a name."""
    if isinstance(container, ast.Subscript):
        return [container.value, _index(container), ast.Constant(False)]
    # A name with two underscores is spelt otherwise inside its class.
    if isinstance(container, ast.Attribute) and not container.attr.startswith("__"):
        return [container.value, ast.Constant(container.attr), ast.Constant(True)]
    return []


def _index(target: ast.Subscript) -> ast.expr:
    """Turns what stands in the brackets into an expression, slices into `slice(…)`."""
    return _sliced(target.slice)


def _sliced(index: ast.expr) -> ast.expr:
    if isinstance(index, ast.Slice):
        none = ast.Constant(None)
        return call("slice", index, index.lower or none, index.upper or none, index.step or none)
    if isinstance(index, ast.Tuple) and any(isinstance(part, ast.Slice) for part in index.elts):
        parts: list[ast.expr] = [_sliced(part) for part in index.elts]
        return ast.copy_location(ast.Tuple(parts, ast.Load()), index)
    return index
