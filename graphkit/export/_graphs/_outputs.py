"""What a graph file is for: the outputs it was written for, or else what nothing else consumes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from graphkit._formats._dtypes import StoredType, stored_type
from graphkit._formats._graph import StoredGraph
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import PLACEHOLDERS

__all__ = ["clear_marks", "file_outputs", "mark_outputs", "stored_outputs", "tells_outputs"]

# TensorFlow and other readers pass over attributes that begin with an underscore.
_MARK = "_graphkit_outputs"
_ALL = -1
_RETURN_NOTHING = {"AssignAddVariableOp", "AssignSubVariableOp", "AssignVariableOp"}
_NO_OUTPUT = PLACEHOLDERS | _RETURN_NOTHING | {"Assert", "Const", "NoOp"}
_HANDLES = ("resource", "variant")


def clear_marks(graph_def: Any) -> None:
    """Forgets, in place, which outputs a graph was made for."""
    for node in graph_def.node:
        node.attr.pop(_MARK, None)


def mark_outputs(graph_def: Any, outputs: Iterable[Any]) -> None:
    """Writes into the nodes which of their outputs the file is made for, and nothing else.

    Args:
        graph_def: The graph, changed in place.
        outputs: The outputs, tensors of the graph it was made from.
    """
    nodes = {node.name: node for node in graph_def.node}
    for node in graph_def.node:  # it may have come from a file made for others
        node.attr.pop(_MARK, None)
    for order, tensor in enumerate(outputs):
        index = tensor.value_index if len(tensor.op.outputs) > 1 else _ALL
        nodes[tensor.op.name].attr[_MARK].list.i.extend([order, index])


def file_outputs(graph_def: Any) -> list[tuple[str, int | None]]:
    """The outputs of a graph: the op, and the place of the output or None for all the op has.

    Args:
        graph_def: Any graph.

    Returns:
        The outputs the file was written for, in their order; without such marks, the ops that
        nothing consumes, constants and placeholders left out, and those that hand on what only
        points to values, such as a loop does with the table it looks up in.
    """
    return _outputs(
        _Node(
            n.name,
            n.op,
            n.input,
            marks=n.attr[_MARK].list.i if _MARK in n.attr else [],
            hands_on_handle="T" in n.attr and _is_handle(stored_type(n.attr["T"].type)),
        )
        for n in graph_def.node
    )


def tells_outputs(graph: StoredGraph) -> bool:
    """Whether a graph that was read without TensorFlow says what it was written for."""
    return any(n.integers(_MARK) for n in graph.nodes)


def stored_outputs(graph: StoredGraph) -> list[tuple[str, int | None]]:
    """The same of a graph that was read without TensorFlow."""
    return _outputs(
        _Node(n.name, n.op, n.inputs, n.integers(_MARK), _is_handle(n.dtype("T")))
        for n in graph.nodes
    )


def _is_handle(dtype: StoredType | None) -> bool:
    return dtype is not None and dtype.name in _HANDLES


class _Node(NamedTuple):
    """What is asked of a node, however it was read."""

    name: str
    op: str
    inputs: Sequence[str]
    marks: Sequence[int]
    hands_on_handle: bool


def _outputs(nodes: Iterable[_Node]) -> list[tuple[str, int | None]]:
    listed = list(nodes)
    marked = [(order, n.name, index) for n in listed for order, index in _pairs(n.marks)]
    if marked:
        return [(name, None if index == _ALL else index) for _, name, index in sorted(marked)]
    left_out = {op_of(reference) for n in listed for reference in n.inputs}
    left_out |= {n.name for n in listed if n.op in _NO_OUTPUT or n.hands_on_handle}
    return [(n.name, None) for n in listed if n.name not in left_out]


def _pairs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(numbers[::2], numbers[1::2], strict=False))
