"""The nodes of an ONNX model as they are drawn: each by its name, or the first tensor it gives."""

from __future__ import annotations

from graphkit.export._drawing._nodes import DrawnNode
from graphkit.export._drawing._own_names import own_name
from graphkit.export._inspection._facts import Unknown, elements
from graphkit.export._inspection._onnx import OnnxModel

__all__ = ["onnx_nodes"]


def onnx_nodes(model: OnnxModel) -> list[DrawnNode]:
    """Chooses what is drawn: inputs and nodes; weights are part of the node that reads them first.

    Args:
        model: The graph of a model.
    """
    graph, shapes = model.graph, model.shapes
    weights = {weight.name: weight.shape for weight in graph.weights}
    constants = {name for node in graph.nodes if node.op == "Constant" for name in node.outputs}
    taken, makers, spent = dict[str, int](), dict[str, str](), set[str]()
    drawn = []
    for value in graph.inputs:
        if value.name not in weights:
            makers[value.name] = own_name(value.name, taken)
            shape = shapes.of(value.name).shape
            drawn.append(DrawnNode(makers[value.name], "Placeholder", (), shape, 0, 0))
    for place, node in enumerate(graph.nodes):
        if node.op == "Constant":
            continue
        name = own_name(node.name or next(iter(node.outputs), "") or node.op, taken)
        held = {read for read in node.inputs if read in weights or read in constants} - spent
        spent |= held
        size = sum(_size(weights.get(read, shapes.of(read).shape)) for read in held)
        sources = tuple(dict.fromkeys(makers[read] for read in node.inputs if read in makers))
        shape = shapes.of(node.outputs[0]).shape if node.outputs else None
        flops = model.flops.by_node.get(str(place), 0)
        drawn.append(DrawnNode(name, node.op, sources, shape, size, flops))
        makers.update((output, name) for output in node.outputs if output)
    return drawn


def _size(shape: tuple[int | None, ...] | None) -> int:
    """How many numbers a weight holds; one that is a single number is none."""
    try:
        return elements(shape) if shape else 0
    except Unknown:
        return 0
