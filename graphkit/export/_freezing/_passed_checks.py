"""What a session is given so that it runs by the checks which a file is frozen without."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.export._graphs._nodes import called_functions
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._tensors import is_handle
from graphkit.export._graphs._waits import running_always

__all__ = ["passed_checks", "passing_value"]

_MOST_NUMBERS = 2**27
_PASSES_ON = {"Identity", "Switch"}


def passed_checks(graph: Graph, graph_def: Any) -> list[Tensor]:
    """What checks ask for, and what they may alone read.

    Args:
        graph: The session's graph.
        graph_def: The part of it that is frozen, with its asserts.

    Returns:
        The tensors that a session can be given where they were left out; see `passing_value`. None
        for which no value can be made, such as a handle; a session then says that it lacks it.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    always = running_always(graph_def.node)
    found: dict[Tensor, None] = {}
    for node, op in _in_graph(graph_def.node, graph):
        if op.type in PLACEHOLDERS:
            if _can_be_made(op.outputs[0]):
                found[op.outputs[0]] = None
        elif op.type == "Assert" or _asserts(node, functions):
            asked = _source(op.inputs[0])
            if asked.op.name in always and asked.shape.rank == 0:
                found[asked] = None
    return list(found)


def passing_value(tensor: Tensor) -> Any:
    """A value by which checks hold: True of what they ask, zeros of what they read."""
    if tensor.op.type not in PLACEHOLDERS:
        return np.True_
    sizes = _sizes(tensor)
    if tensor.dtype == tf.string:
        return np.full(sizes, b"", object)
    return np.zeros(sizes, tensor.dtype.as_numpy_dtype)


def _can_be_made(tensor: Tensor) -> bool:
    return not is_handle(tensor) and math.prod(_sizes(tensor)) <= _MOST_NUMBERS


def _sizes(tensor: Tensor) -> list[int]:
    return [size or 1 for size in (tensor.shape.as_list() if tensor.shape.rank else [])]


def _in_graph(nodes: Iterable[Any], graph: Graph) -> Iterator[tuple[Any, Operation]]:
    """Nodes with their ops; those of functions that were put in place have none."""
    known = {op.name: op for op in graph.get_operations()}
    return ((node, known[node.name]) for node in nodes if node.name in known)


def _asserts(node: Any, functions: Mapping[str, Any]) -> bool:
    """Tells whether a node is a condition on whose other side an assert fails."""
    called = [functions[name] for name in called_functions([node], functions)]
    return node.op in ("If", "StatelessIf") and any(
        inner.op == "Assert" for function in called for inner in function.node_def
    )


def _source(tensor: Tensor) -> Tensor:
    while tensor.op.type in _PASSES_ON:
        tensor = tensor.op.inputs[0]
    return tensor
