"""What of a graph is in its picture: the ops that compute, each with what it reads and holds.

Weights are part of the op that reads them. What only trains (gradients, optimizers, savers,
summaries) or only gives variables their first values is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit.export._graphs._op_kinds import VARIABLES, is_training
from graphkit.export._inspection._facts import Shape, Unknown, elements
from graphkit.export._inspection._flops import Flops
from graphkit.export._inspection._shapes import ShapeMap, split_reference

__all__ = ["DrawnNode", "drawn_nodes"]

_PASSES_ON = {"Enter", "Identity", "ReadVariableOp", "RefEnter"}
_NEVER = {"Assert", "ControlTrigger", "NoOp", "VarIsInitializedOp"}
_INFERS_TOO = {"Conv2DBackpropInput", "Conv3DBackpropInputV2"}
_TRAINING_SCOPE = re.compile(r"(^|/)(gradients|save|report_uninitialized)(_\d+)?/|/Initializer/")


@dataclass(frozen=True)
class DrawnNode:
    """An op in the picture.

    Attributes:
        name: Its name.
        op: Its op type.
        sources: The names of the drawn ops it reads.
        shape: The shape of its first output, None if that is not known.
        parameters: How many numbers the weights hold that it is the first to read.
        flops: Its floating point operations; 0 if they are not known.
    """

    name: str
    op: str
    sources: tuple[str, ...]
    shape: Shape | None
    parameters: int
    flops: int


def drawn_nodes(graph: StoredGraph, shapes: ShapeMap, flops: Flops) -> list[DrawnNode]:
    """Chooses what is drawn.

    Args:
        graph: The graph.
        shapes: The shapes of its tensors.
        flops: The operations of its nodes.
    """
    by_name = {node.name: node for node in graph.nodes}
    weights = _weights(by_name, shapes)
    kept = [n for n in graph.nodes if n.name not in weights and not _only_trains(n)]
    kept = _without_first_values(kept or list(graph.nodes), by_name)
    names = {node.name for node in kept}
    spent: set[str] = set()
    drawn = []
    for node in kept:
        read = [split_reference(one)[0] for one in node.inputs if not one.startswith("^")]
        held = {weights[name][0]: weights[name][1] for name in read if name in weights}
        parameters = sum(size for name, size in held.items() if name not in spent)
        spent.update(held)
        sources = tuple(dict.fromkeys(name for name in read if name in names))
        shape = shapes.of(node.name).shape
        count = flops.by_node.get(node.name, 0)
        drawn.append(DrawnNode(node.name, node.op, sources, shape, parameters, count))
    return drawn


def _weights(by_name: Mapping[str, StoredNode], shapes: ShapeMap) -> dict[str, tuple[str, int]]:
    """Constants and variables and what passes them on: the first of them, and its size."""
    found: dict[str, tuple[str, int]] = {}
    for node in by_name.values():
        if node.op == "Const" or node.op in VARIABLES:
            found[node.name] = (node.name, _size(node, shapes))
    for node in by_name.values():
        way = []
        while node.op in _PASSES_ON and node.inputs and node.name not in way:
            way.append(node.name)
            source = split_reference(node.inputs[0])[0]
            if source in found:
                found.update((name, found[source]) for name in way)
                break
            if source not in by_name or len(way) > len(by_name):
                break
            node = by_name[source]
    return found


def _size(node: StoredNode, shapes: ShapeMap) -> int:
    """How many numbers a weight holds; a constant that is one number, or counts, is no weight."""
    dtype = node.dtype("dtype")
    shape = shapes.of(node.name).shape
    if node.op == "Const" and not (shape and dtype and "float" in dtype.name):
        return 0
    try:
        return elements(shape)
    except Unknown:
        return 0


def _only_trains(node: StoredNode) -> bool:
    if node.op in _NEVER or _TRAINING_SCOPE.search(node.name):
        return True
    return is_training(node.op) and node.op not in _INFERS_TOO


def _without_first_values(
    nodes: list[StoredNode], by_name: Mapping[str, StoredNode]
) -> list[StoredNode]:
    """Leaves out what nothing reads but an assignment."""
    readers: dict[str, set[str]] = {}
    for node in by_name.values():
        for reference in node.inputs:
            readers.setdefault(split_reference(reference)[0], set()).add(node.name)
    gone = {name for name, node in by_name.items() if node.op.startswith("Assign")}
    left = [node for node in nodes if node.name not in gone]
    for node in reversed(left):  # a graph lists what is read before what reads it
        if readers.get(node.name) and readers[node.name] <= gone:
            gone.add(node.name)
    return [node for node in left if node.name not in gone]
