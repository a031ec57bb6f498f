"""List comprehensions of Python 2 left their variables behind: `[x for x in rows]; print x`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["leave_variables_behind"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TEMPORARY = "_left_by_"


def leave_variables_behind(tree: ast.Module) -> None:
    """Lets comprehensions set the variables that are read outside of them, scope by scope.

    `[f(x) for x in rows]` becomes `[f(x) for _left_by_x in rows if [x := _left_by_x]]`. Those in a
    class's own body and in what another comprehension goes through stay: Python has no way there.

    Args:
        tree: The module; changed in place.
    """
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, functions))]:
        read = set(_read_outside(scope.body, frozenset()))
        read.update(*(node.names for node in ast.walk(scope) if isinstance(node, ast.Global)))
        for statement in scope.body:
            for comprehension in _list_comprehensions(statement):
                _leave(comprehension, read)


def _bound(node: ast.AST) -> set[str]:
    """The variables of a comprehension."""
    targets = [generator.target for generator in getattr(node, "generators", ())]
    names = (name for target in targets for name in ast.walk(target))
    return {name.id for name in names if isinstance(name, ast.Name)}


def _read_outside(nodes: list[ast.stmt], inner: frozenset[str]) -> Iterator[str]:
    """Yields the names that are read where no comprehension around gives them a value."""
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(node, inner) for node in nodes]
    while waiting:
        node, inner = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in inner:
            yield node.id
        if isinstance(node, _COMPREHENSIONS):
            inner = inner | _bound(node)
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]


def _list_comprehensions(node: ast.AST) -> Iterator[ast.ListComp]:
    """Yields a statement's list comprehensions whose variables can be left in its scope."""
    if isinstance(node, _SCOPES) or (isinstance(node, _COMPREHENSIONS) and not _is_list(node)):
        return
    if isinstance(node, ast.ListComp):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _list_comprehensions(child)


def _is_list(node: ast.AST) -> bool:
    return isinstance(node, ast.ListComp)


def _leave(comprehension: ast.ListComp, read: set[str]) -> None:
    for generator in comprehension.generators:
        for name in ast.walk(generator.target):
            if isinstance(name, ast.Name) and name.id in read:
                kept = ast.Name(name.id, ast.Store())
                name.id = _TEMPORARY + name.id
                left = ast.NamedExpr(kept, ast.Name(name.id, ast.Load()))
                condition = ast.copy_location(ast.List([left], ast.Load()), name)
                generator.ifs.insert(0, ast.fix_missing_locations(condition))
