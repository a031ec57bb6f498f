"""What a graph file is for: the outputs it was written for, or else what nothing else consumes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphkit._tf import Tensor
from graphkit.export._nodes import op_of
from graphkit.export._op_kinds import PLACEHOLDERS

__all__ = ["file_outputs", "mark_outputs"]

# TensorFlow and other readers pass over attributes that begin with an underscore.
_MARK = "_graphkit_outputs"
_ALL = -1
_NO_OUTPUT = PLACEHOLDERS | {"Assert", "Const", "NoOp"}


def mark_outputs(graph_def: Any, outputs: Iterable[Tensor]) -> None:
    """Writes into the nodes which of their outputs the file is made for.

    Args:
        graph_def: The graph, changed in place.
        outputs: The outputs, tensors of the graph it was made from.
    """
    nodes = {node.name: node for node in graph_def.node}
    for order, tensor in enumerate(outputs):
        index = tensor.value_index if len(tensor.op.outputs) > 1 else _ALL
        nodes[tensor.op.name].attr[_MARK].list.i.extend([order, index])


def file_outputs(graph_def: Any) -> list[tuple[str, int | None]]:
    """The outputs of a graph: the op, and the place of the output or None for all the op has.

    Args:
        graph_def: Any graph.

    Returns:
        The outputs the file was written for, in their order; without such marks, the ops that
        nothing consumes, constants and placeholders left out.
    """
    marked = [
        (order, node.name, index)
        for node in graph_def.node
        for order, index in _pairs(node.attr[_MARK].list.i if _MARK in node.attr else [])
    ]
    if marked:
        return [(name, None if index == _ALL else index) for _, name, index in sorted(marked)]
    consumed = {op_of(reference) for node in graph_def.node for reference in node.input}
    return [
        (node.name, None)
        for node in graph_def.node
        if node.name not in consumed and node.op not in _NO_OUTPUT
    ]


def _pairs(numbers: Any) -> list[tuple[int, int]]:
    return list(zip(numbers[::2], numbers[1::2], strict=False))
