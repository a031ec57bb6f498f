"""`exec "x = 1"` in a function of Python 2 set the function's own variables."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Any

from graphkit.port._language._nodes import call, called_name

__all__ = ["let_exec_set_variables"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_NAMES = "_set_by_exec"


def let_exec_set_variables(tree: ast.Module, known: frozenset[str]) -> None:
    """Rewrites the functions that run source in their own scope.

    `exec(code)` gets a dictionary of the function's variables to run in. After it, those the
    function knows are read back, and each other name is looked up there first.

    Args:
        tree: The module; changed in place.
        known: Names that are built in, which are never looked up.
    """
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        if any(_runs_source(node) for node in _own(function.body)):
            _rewrite(function, known | vars(builtins).keys())


def _runs_source(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and called_name(node.value) in ("exec", "execfile")
        and len(node.value.args) == 1
    )


def _own(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yields what stands in a function's own scope."""
    waiting: list[ast.AST] = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def _rewrite(function: ast.FunctionDef, known: frozenset[str]) -> None:
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    given += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    names = [node for node in _own(function.body) if isinstance(node, ast.Name)]
    shared = {
        name for node in _own(function.body) if isinstance(node, ast.Global) for name in node.names
    }
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    variables = sorted({argument.arg for argument in given} | stored - shared)
    unknown = {node.id for node in names} - set(variables) - shared - known
    _Reader(variables, unknown).visit_body(function)
    start = function.body[0]
    empty = ast.Assign([ast.Name(_NAMES, ast.Store())], ast.Dict([], []))
    place = 1 if ast.get_docstring(function, clean=False) is not None else 0
    function.body.insert(place, ast.copy_location(empty, start))


class _Reader(ast.NodeTransformer):
    def __init__(self, variables: list[str], unknown: set[str]) -> None:
        self._variables = variables
        self._unknown = unknown

    def visit_body(self, function: ast.FunctionDef) -> None:
        """Rewrites the statements of a function."""
        block = ast.Module(function.body, [])
        self.generic_visit(block)
        function.body = block.body

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, _SCOPES):
            return node
        if _runs_source(node):
            return self._run(node, node.value)  # type: ignore[arg-type, attr-defined]
        if isinstance(node, ast.Name) and node.id in self._unknown:
            look_up = ast.Lambda(_NOTHING, ast.Name(node.id, ast.Load()))
            return call("set_by_exec", node, _scope(), ast.Constant(node.id), look_up)
        return super().generic_visit(node)

    def _run(self, node: ast.stmt, run: ast.Call) -> list[ast.stmt]:
        """Makes `_set_by_exec = exec_scope(…); exec(code, None, _set_by_exec); x = …`."""
        here = ast.Call(ast.Name("locals", ast.Load()), [], [])
        run.args = [self.visit(run.args[0]), ast.Constant(None), _scope()]
        made = [_assign(_NAMES, call("exec_scope", node, _scope(), here)), node]
        for name in self._variables:
            held = ast.Compare(ast.Constant(name), [ast.In()], [_scope()])
            value = ast.Subscript(_scope(), ast.Constant(name), ast.Load())
            made.append(ast.If(held, [_assign(name, value)], []))
        return [ast.fix_missing_locations(ast.copy_location(part, node)) for part in made]


_NOTHING = ast.arguments([], [], None, [], [], None, [])


def _scope() -> ast.Name:
    return ast.Name(_NAMES, ast.Load())


def _assign(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value)
