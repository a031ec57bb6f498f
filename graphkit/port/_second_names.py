"""Which names a module gives to dotted names, so that they mean those wherever they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["dotted_name", "second_names"]


def second_names(tree: ast.Module) -> dict[str, list[str]]:
    """Finds second names: `train` after `train = tf.train`.

    A name that is bound to something else as well, anywhere in the module, may mean either and is
    none.

    Args:
        tree: The parsed module.

    Returns:
        What each stands for, as `dotted_name` takes it apart.
    """
    meanings: dict[str, set[tuple[str, ...]]] = {}
    given = {}
    for node in ast.walk(tree):
        for target, value in _assigned(node):
            if isinstance(target, ast.Name):
                given[id(target)] = tuple(dotted_name(value))
    for node in ast.walk(tree):
        for name in _bound(node):
            meanings.setdefault(name, set()).add(given.get(id(node), ()))
    return {
        name: list(*found) for name, found in meanings.items() if len(found) == 1 and all(found)
    }


def _assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Lists what an assignment gives to what."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        targets = [node.target]
    for target in targets:
        value = node.value  # type: ignore[attr-defined]  # each of them has one
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            yield from zip(target.elts, value.elts, strict=False)
        elif value is not None:
            yield target, value


def _bound(node: ast.AST) -> list[str]:
    """Lists the names that a node of the tree binds itself."""
    if isinstance(node, ast.Name):
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.alias):
        return [node.asname or node.name.partition(".")[0]]
    named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler
    if isinstance(node, named | ast.MatchAs | ast.MatchStar):
        return [node.name] if node.name else []
    return [node.rest] if isinstance(node, ast.MatchMapping) and node.rest else []


def dotted_name(node: ast.expr) -> list[str]:
    """Takes `a.b.c` apart.

    Args:
        node: An expression.

    Returns:
        Its names, the first first; none if it is more than names and dots.
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
