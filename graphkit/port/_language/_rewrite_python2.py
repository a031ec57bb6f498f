"""Rewrites in the tree of a Python 2 module what Python 3 parses, and does otherwise."""

from __future__ import annotations

import ast

from graphkit.port._language._builtins import PYTHON2_NAMES
from graphkit.port._language._classes import RENAMED_METHODS
from graphkit.port._language._exec_scopes import let_exec_set_variables
from graphkit.port._language._leaks import leave_variables_behind
from graphkit.port._language._nodes import (
    call,
    called_name,
    imported_features,
    is_method_call,
    is_text,
    runtime,
)
from graphkit.port._language._operators import TEXT_COMPARISONS
from graphkit.port._language._order import ORDER_COMPARISONS

__all__ = ["rewrite_python2"]

# What `isinstance` is asked about and Python 3 has no class for.
_OLD_CLASSES = frozenset({"basestring", "bytes", "str", "StringType", "StringTypes"})
_WITH_TEXT = frozenset(
    {
        *("count", "endswith", "find", "index", "lstrip", "partition", "replace", "rfind"),
        *("rpartition", "rsplit", "rstrip", "split", "startswith", "strip"),
    }
)


def rewrite_python2(tree: ast.Module) -> None:
    """Rewrites one module's tree.

    Args:
        tree: The parsed source, its statements `print` calls by now; changed in place.
    """
    let_exec_set_variables(tree, frozenset(PYTHON2_NAMES))
    leave_variables_behind(tree)
    is_function = "print_function" in imported_features(tree)
    _Rewriter("print_values" if is_function else "print_statement").visit(tree)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, print_as: str) -> None:
        self._print = print_as

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = called_name(node)
        if name == "print":
            node.func = runtime(self._print, node)
        elif (
            name == "isinstance"
            and len(node.args) == 2
            and _OLD_CLASSES & set(_names(node.args[1]))
        ):
            node.func = runtime("is_instance", node)
        elif name == "hasattr":
            node.func = runtime("has_old_method", node)
        elif name in ("str", "unicode"):
            node.args = [node.func, *node.args]
            node.func = runtime("text_for", node)
        elif isinstance(node.func, ast.Attribute):
            return _method_call(node, node.func)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and is_text(node.left):
            fill = runtime("text_format", node)
            return call("fill_template", node, fill, node.left, node.right)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        name, other = type(node.ops[0]).__name__, node.comparators[0]
        if len(node.ops) > 1:
            return node
        if name in TEXT_COMPARISONS and (is_text(node.left) or is_text(other)):
            return call("compare_text", node, ast.Constant(name), node.left, other)
        if name in ("In", "NotIn"):
            return call("contains", node, ast.Constant(name == "In"), node.left, other)
        if name in ORDER_COMPARISONS:
            return call("compare_order", node, ast.Constant(name), node.left, other)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        for place, statement in enumerate(node.body):
            if isinstance(statement, ast.Assign) and "__metaclass__" in _bound(statement):
                node.keywords.append(ast.keyword("metaclass", statement.value))
                node.body[place] = ast.copy_location(ast.Pass(), statement)
        if RENAMED_METHODS & {name for statement in node.body for name in _bound(statement)}:
            node.decorator_list.append(runtime("old_class", node))
        return node


def _method_call(node: ast.Call, method: ast.Attribute) -> ast.AST:
    if method.attr in ("items", "keys", "values") and not node.args and not node.keywords:
        return call("as_list", node, node)
    if method.attr == "sort":
        function, first = "sort_in_place", [method.value]
    elif method.attr == "format" and is_text(method.value):
        function, first = "format_template", [method.value]
    elif is_method_call(node, "encode", "decode") and node.args and not node.keywords:
        name = ast.copy_location(ast.Constant(method.attr), node)
        function, first = "recode", [method.value, name]
    elif method.attr in _WITH_TEXT and not node.keywords and any(map(is_text, node.args)):
        name = ast.copy_location(ast.Constant(method.attr), node)
        function, first = "ask_text", [method.value, name]
    elif method.attr == "BytesList" and [word.arg for word in node.keywords] == ["value"]:
        return call("bytes_list", node, method, node.keywords[0].value)
    elif method.attr == "join" and not node.keywords:
        function, first = "join_text", [method.value]
    elif method.attr == "translate" and len(node.args) == 2 and not node.keywords:
        function, first = "without_characters", [method.value]
    else:
        return node
    node.func = runtime(function, node)
    node.args = [*first, *node.args]
    return node


def _names(node: ast.expr) -> list[str]:
    """Lists the names in an expression, also those behind a dot."""
    parts = ((getattr(part, "id", ""), getattr(part, "attr", "")) for part in ast.walk(node))
    return [name for pair in parts for name in pair]


def _bound(statement: ast.stmt) -> set[str]:
    """Lists the names a statement of a class's body gives a value."""
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return set()
