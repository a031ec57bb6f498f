"""Rewrites in the program's syntax tree what no patch of a module can bring back.

Methods of NumPy's arrays and of Python's own types are written in C and take no additions; the
division of Python 2 is an operator. Each such expression becomes a call of a function from
`_old_methods`, which first tries what Python does today.
"""

from __future__ import annotations

import ast

from graphkit.port._language._methods import OLD_METHODS
from graphkit.port._language._operators import RUNTIME_NAMES, TEXT_COMPARISONS
from graphkit.port._language._order import ORDER_COMPARISONS
from graphkit.port._language._promotion import PLAIN

__all__ = ["rewrite"]

_VIEWS = frozenset({"items", "keys", "values"})
_DIVISION = RUNTIME_NAMES["divide"]
_METHOD = RUNTIME_NAMES["old_method"]
_LIST = RUNTIME_NAMES["as_list"]
_NUMBER = RUNTIME_NAMES["number"]
_FORMAT = RUNTIME_NAMES["text_format"]
_SET_ITEM = RUNTIME_NAMES["set_item"]
_UPDATE_ITEM = RUNTIME_NAMES["update_item"]
_COMPARE_ORDER = RUNTIME_NAMES["compare_order"]
_SORT = RUNTIME_NAMES["sort_in_place"]
_SET_INNER = RUNTIME_NAMES["set_inner_item"]
_UPDATE_INNER = RUNTIME_NAMES["update_inner_item"]
_SLICE = RUNTIME_NAMES["slice"]
_CLASS = RUNTIME_NAMES["class_of"]
_COMPARE = RUNTIME_NAMES["compare_text"]


def rewrite(tree: ast.Module, python2: bool) -> ast.Module:
    """Rewrites one module's tree.

    Args:
        tree: The parsed source; changed in place.
        python2: Whether it was Python 2, whose division and dictionaries differ.

    Returns:
        The tree, its line numbers kept.
    """
    rewriter = _Rewriter(python2, divide=python2 and not _imports_division(tree))
    rewriter.visit(tree)
    return ast.fix_missing_locations(tree)


def _imports_division(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "division" for alias in node.names)
        for node in tree.body
    )


class _Rewriter(ast.NodeTransformer):
    def __init__(self, python2: bool, divide: bool) -> None:
        self._python2 = python2
        self._divide = divide

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr not in OLD_METHODS or not isinstance(node.ctx, ast.Load):
            return node
        return _call(_METHOD, node, node.value, ast.Constant(node.attr))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _is_call_of_one(node, "float", "int"):
            return _call(_NUMBER, node, node.func, *node.args)
        if _is_call_of_one(node, "type"):
            return _call(_CLASS, node, node.func, *node.args)
        if self._python2 and _sorts_by_comparison(node) and isinstance(node.func, ast.Attribute):
            sort = _call(_SORT, node, node.func.value, *node.args)
            sort.keywords = node.keywords
            return sort
        if (
            self._python2
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _VIEWS
            and not node.args
            and not node.keywords
        ):
            return _call(_LIST, node, node)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        name, other = type(node.ops[0]).__name__, node.comparators[0]
        if (
            self._python2
            and len(node.ops) == 1
            and name in TEXT_COMPARISONS
            and (_is_text(node.left) or _is_text(other))
        ):
            return _call(_COMPARE, node, ast.Constant(name), node.left, other)
        if self._python2 and len(node.ops) == 1 and name in ORDER_COMPARISONS:
            return _call(_COMPARE_ORDER, node, ast.Constant(name), node.left, other)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if self._divide and isinstance(node.op, ast.Div):
            return _call(_DIVISION, node, node.left, node.right)
        if isinstance(node.op, ast.Mod) and _is_text(node.left):
            return _call(_FORMAT, node, node.left, node.right)
        name = type(node.op).__name__
        if name in PLAIN and not (_is_fixed(node.left) and _is_fixed(node.right)):
            return _call(RUNTIME_NAMES[name], node, node.left, node.right)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript):
            return node
        owner = _owner(target.value)
        if owner:
            call = _call(_SET_INNER, node, node.value, *owner, _index(target))
        else:
            call = _call(_SET_ITEM, node, node.value, target.value, _index(target))
        return ast.copy_location(ast.Expr(call), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        target = node.target
        divides = self._divide and isinstance(node.op, ast.Div)
        operation = "divide" if divides else type(node.op).__name__
        if isinstance(target, ast.Subscript):
            owner = _owner(target.value)
            call = _call(
                _UPDATE_INNER if owner else _UPDATE_ITEM,
                node,
                ast.Constant(operation),
                *(owner or [target.value]),
                _index(target),
                node.value,
            )
            return ast.copy_location(ast.Expr(call), node)
        if not _is_plain(target):
            return node
        current = ast.parse(ast.unparse(target), mode="eval").body
        function = "divide" if divides else f"in_place_{operation}"
        value = _call(RUNTIME_NAMES[function], node, current, node.value)
        return ast.copy_location(ast.Assign([target], value), node)


def _is_call_of_one(node: ast.Call, *names: str) -> bool:
    return (
        isinstance(node.func, ast.Name)
        and node.func.id in names
        and len(node.args) == 1
        and not node.keywords
        and not isinstance(node.args[0], ast.Starred | ast.Constant)
    )


def _sorts_by_comparison(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "sort"
        and (bool(node.args) or any(keyword.arg == "cmp" for keyword in node.keywords))
    )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


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
        return _call(_SLICE, index, index.lower or none, index.upper or none, index.step or none)
    if isinstance(index, ast.Tuple) and any(isinstance(part, ast.Slice) for part in index.elts):
        parts: list[ast.expr] = [_sliced(part) for part in index.elts]
        return ast.copy_location(ast.Tuple(parts, ast.Load()), index)
    return index


def _call(function: str, place: ast.expr | ast.stmt, *arguments: ast.expr) -> ast.Call:
    name = ast.copy_location(ast.Name(function, ast.Load()), place)
    return ast.copy_location(ast.Call(name, list(arguments), []), place)
