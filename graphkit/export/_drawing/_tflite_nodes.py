"""The ops of a TFLite model as they are drawn: each named by the first tensor it gives."""

from __future__ import annotations

from graphkit.export._drawing._nodes import DrawnNode
from graphkit.export._drawing._own_names import own_name
from graphkit.export._inspection._facts import Unknown, elements
from graphkit.export._inspection._tflite import TfliteGraph
from graphkit.export._inspection._tflite_graph import ABSENT

__all__ = ["tflite_nodes"]


def tflite_nodes(graph: TfliteGraph) -> list[DrawnNode]:
    """Chooses what is drawn: inputs and ops; weights are part of the op that reads them first.

    Args:
        graph: The main graph of a model.
    """
    tensors, taken = graph.tensors, dict[str, int]()
    makers: dict[int, str] = {}
    drawn, spent = [], set[int]()
    for place in graph.inputs:
        makers[place] = _name(tensors[place].name, taken)
        drawn.append(DrawnNode(makers[place], "Placeholder", (), tensors[place].shape, 0, 0))
    for number, op in enumerate(graph.ops):
        name = _name(tensors[op.outputs[0]].name if op.outputs else op.op, taken)
        read = [place for place in op.inputs if place != ABSENT]
        held = {place for place in read if tensors[place].is_weight} - spent
        spent |= held
        sources = tuple(dict.fromkeys(makers[place] for place in read if place in makers))
        shape = tensors[op.outputs[0]].shape if op.outputs else None
        size = sum(_size(graph, place) for place in held)
        flops = graph.flops.by_node.get(str(number), 0)
        drawn.append(DrawnNode(name, op.op, sources, shape, size, flops))
        makers.update(dict.fromkeys(op.outputs, name))
    return drawn


def _name(tensor: str, taken: dict[str, int]) -> str:
    """A name of its own; of ops that were merged the tensor has all names, parted by `;`."""
    return own_name(tensor.split(";")[0], taken)


def _size(graph: TfliteGraph, place: int) -> int:
    """How many numbers a weight holds; one that is a single number, as an axis, is none."""
    shape = graph.tensors[place].shape
    try:
        return elements(shape) if shape else 0
    except Unknown:
        return 0
