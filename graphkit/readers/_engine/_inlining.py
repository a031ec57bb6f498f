"""Functions that a chain's ops call, written out in the chain: branches and calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.graph import function_body

__all__ = ["inlined"]

_BRANCHES = {"If", "StatelessIf"}
_CALLS = {"PartitionedCall", "StatefulPartitionedCall"}


def inlined(graph_def: Any) -> tuple[Any, set[str]] | None:
    """Writes a graph without functions: both branches of a condition run, and it chooses.

    Args:
        graph_def: The graph, with the functions it calls.

    Returns:
        The graph, inputs before what they are used by, and the names of the nodes that ran only if
        their branch was taken; None if the values of two branches may differ in shape.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    flat = tf.GraphDef(versions=graph_def.versions)
    guarded: set[str] = set()
    waiting = list(reversed(graph_def.node))
    while waiting:
        node = waiting.pop()
        if node.op in _BRANCHES:
            if not _can_choose(node):
                return None
            parts = _both_branches(node, functions)
            guarded |= {part.name for part in parts}
        elif node.op in _CALLS:
            results: list[str] = []
            parts = [*_arguments(node, 0), *_body(node, "f", functions, results)]
            parts.append(_together(node.name, results, node.attr["Tout"].list.type))
        else:
            flat.node.append(node)
            continue
        if node.name in guarded:
            guarded |= {part.name for part in parts}
        waiting += reversed(parts)
    return flat, guarded


def _can_choose(node: Any) -> bool:
    shapes = [tf.TensorShape(shape) for shape in node.attr["output_shapes"].list.shape]
    known = bool(shapes) and all(shape.is_fully_defined() for shape in shapes)
    return known and node.attr["Tcond"].type == tf.bool.as_datatype_enum


def _both_branches(node: Any, functions: Mapping[str, Any]) -> list[Any]:
    taken: list[str] = []
    other: list[str] = []
    parts = [
        *_arguments(node, 1),
        *_body(node, "then_branch", functions, taken),
        *_body(node, "else_branch", functions, other),
    ]
    dtypes = node.attr["Tout"].list.type
    chosen = [
        _node(f"{node.name}/chosen_{place}", "Select", [node.input[0], *values])
        for place, values in enumerate(zip(taken, other, strict=True))
    ]
    for choice, dtype in zip(chosen, dtypes, strict=True):
        choice.attr["T"].type = dtype
    return [*parts, *chosen, _together(node.name, [choice.name for choice in chosen], dtypes)]


def _arguments(node: Any, first: int) -> list[Any]:
    """What a function is called with, gathered in one node; none for no arguments."""
    values = list(node.input[first:])
    if not any(not value.startswith("^") for value in values):
        return []
    return [_together(f"{node.name}/arguments", values, node.attr["Tin"].list.type)]


def _body(node: Any, attribute: str, functions: Mapping[str, Any], results: list[str]) -> list[Any]:
    """Copies the nodes of a function; the names of what it returns go to `results`."""
    function = functions[node.attr[attribute].func.name]
    count = len(function.signature.input_arg)
    arguments = [f"{node.name}/arguments:{place}" for place in range(count)]
    copies, returned = function_body(function, arguments, f"{node.name}/{attribute}/")
    results += returned
    return copies


def _together(name: str, inputs: Sequence[str], dtypes: Sequence[int]) -> Any:
    node = _node(name, "IdentityN", inputs)
    node.attr["T"].list.type.extend(dtypes)
    return node


def _node(name: str, op: str, inputs: Sequence[str]) -> Any:
    return tf.NodeDef(name=name, op=op, input=inputs)
