"""Finding the layers of a graph whose weights and activations are to be rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphkit._tf import Graph, Operation, Tensor

__all__ = ["ADDITIONS", "Layer", "find_layers", "is_read", "read_weights", "scope_of"]

_ACTIVATIONS = ("Relu", "Relu6", "Identity")
ADDITIONS = ("Add", "AddV2")
_LAYERS = ("Conv2D", "DepthwiseConv2dNative", "MatMul")
_READS = ("Identity", "ReadVariableOp")
_VARIABLES = ("VariableV2", "VarHandleOp", "Variable")
_FOLDED = ("post_conv_mul", "correction_add")


@dataclass(frozen=True)
class Layer:
    """A layer and what is added to it.

    Args:
        op: The convolution or product.
        activation: The op whose output is rounded.
        biased: The output with its bias, where a shortcut is added before the activation.
        shortcut: The op that adds that shortcut.
        later_shortcut: The op that adds a shortcut to the activation.
    """

    op: Operation
    activation: Operation
    biased: Operation = None
    shortcut: Operation = None
    later_shortcut: Operation = None


def scope_of(op: Operation) -> str:
    """The name scope of an op, without a slash at its end."""
    return str(op.name.rpartition("/")[0])


def is_read(tensor: Tensor) -> bool:
    """Says whether a tensor is what a variable holds.

    Args:
        tensor: Any tensor.
    """
    source = tensor.op
    while source.type in _READS and source.inputs[0].op.type not in _VARIABLES:
        source = source.inputs[0].op
    return source.type in _READS


def read_weights(op: Operation) -> Tensor:
    """The weights of a convolution or product as they are read from a variable.

    Args:
        op: Any op.

    Returns:
        The tensor; None where the op is no such layer.
    """
    if op.type not in _LAYERS:
        return None
    weights = op.inputs[1]
    return weights if is_read(weights) else None


def _rounded_weights(op: Operation) -> bool:
    if op.type not in _LAYERS:
        return False
    return read_weights(op) is not None or op.inputs[1].op.name.rpartition("/")[2] == "mul_fold"


def _makers(tensors: Iterable[Tensor], kinds: tuple[str, ...]) -> Iterator[Operation]:
    return (tensor.op for tensor in tensors if tensor.op.type in kinds)


def _bare_layer(op: Operation) -> Operation:
    """The layer whose output, put together again or corrected after a fold, is this op's."""
    while op.type == "BatchToSpaceND" or op.name.rpartition("/")[2] in _FOLDED:
        op = next((t.op for t in op.inputs if "batch_norm_correction/" not in t.name), None)
    return op if _rounded_weights(op) else None


def _biased_layer(op: Operation) -> Operation:
    """The layer that an op adds a bias to."""
    if op.type not in (*ADDITIONS, "BiasAdd") or op.name.rpartition("/")[2] in _FOLDED:
        return None
    return next(filter(None, (_bare_layer(tensor.op) for tensor in op.inputs)), None)


def _ended_by(op: Operation) -> Layer | None:
    """The layer an activation belongs to: behind it, behind its bias or behind a shortcut."""
    if op.type not in _ACTIVATIONS:
        return None
    before = op.inputs[0].op
    layer = _biased_layer(before) or _bare_layer(before)
    if layer is not None:
        return Layer(layer, op)
    if before.type not in ADDITIONS:
        return None
    for biased in _makers(before.inputs, (*ADDITIONS, "BiasAdd")):
        layer = _biased_layer(biased)
        if layer is not None:
            return Layer(layer, op, biased, before)
    return None


def _behind_activation(op: Operation) -> Layer | None:
    """The layer to whose activation an op adds a shortcut; the last one where two are added."""
    if op.type not in ADDITIONS:
        return None
    for activation in _makers(reversed(list(op.inputs)), _ACTIVATIONS):
        found = _ended_by(activation)
        if found is not None:
            return Layer(found.op, activation, found.biased, found.shortcut, op)
    return None


def _without_activation(op: Operation) -> Layer | None:
    layer = _biased_layer(op)
    return None if layer is None else Layer(layer, op)


def _before_pointwise(op: Operation) -> Layer | None:
    """The first half of a separable convolution, which has no bias of its own."""
    before = op.inputs[0].op if op.type == "Conv2D" else None
    if before is None or before.type != "DepthwiseConv2dNative" or not _rounded_weights(before):
        return None
    return Layer(before, before)


def find_layers(graph: Graph) -> list[Layer]:
    """Finds layers, each once.

    Args:
        graph: The graph.

    Returns:
        First those with a shortcut behind their activation, then those with an activation, then
        those with only a bias, then first halves of separable convolutions.
    """
    found: dict[Operation, Layer] = {}
    for kind in (_behind_activation, _ended_by, _without_activation, _before_pointwise):
        for op in graph.get_operations():
            layer = kind(op)
            if layer is not None:
                found.setdefault(layer.op, layer)
    return list(found.values())
