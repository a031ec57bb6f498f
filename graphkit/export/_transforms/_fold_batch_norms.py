"""Batch normalization by constant statistics goes into the weights before it.

A convolution or product is linear, so what scales its channels afterwards can scale its weights
beforehand, once. What is left is one `BiasAdd`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graphkit.export._graphs._nodes import op_of
from graphkit.export._transforms._channelwise import (
    Affine,
    Layout,
    Numbers,
    affine_of,
    passes_channels,
)
from graphkit.export._transforms._fold_constants import fold_constants
from graphkit.export._transforms._inline_functions import inline_functions
from graphkit.export._transforms._network import (
    Network,
    add_constant,
    attribute,
    constants,
    copied,
    holds_weights,
    rewire,
    value_of,
)
from graphkit.export._transforms._readers import Readers

__all__ = ["fold_batch_norms"]

# Statistics become factors by sums and roots of one number for each channel.
_FACTORS = 2**20

# Ops that are linear in their weights, which are the second input, and the rank of what they give.
_LINEAR = {
    "Conv2D": 4,
    "Conv2DBackpropInput": 4,
    "Conv3D": 5,
    "DepthwiseConv2dNative": 4,
    "MatMul": 2,
}


def fold_batch_norms(network: Network) -> Network:
    """Moves batch normalization, and other factors of channels, into the weights before it.

    Fused ops and the products and sums they are written out as are known, behind convolutions and
    matrix products, with a bias or without; constants they are made of are computed first, and
    functions they lie in are put in place. Where a result before it is needed elsewhere too, or
    the statistics are those of the batch, it stays; where all stay, nothing changes.
    """
    graph_def = copied(fold_constants(inline_functions(network), max_bytes=_FACTORS).graph_def)
    folder = _Folder(graph_def, set(network.outputs))
    linear = [node for node in graph_def.node if node.op in _LINEAR]
    folded = [node for node in linear if folder.fold(node)]
    return network.with_graph(graph_def) if folded else network


class _Chain(NamedTuple):
    """What follows a linear op and only scales and shifts its channels.

    Attributes:
        dropped: The ops, by name, each with the full name of what it reads; the last one stays.
        affine: What they do together.
        layout: How values lie before the last.
        shifts: Whether one of them adds something.
    """

    dropped: list[tuple[Any, str]]
    affine: Affine
    layout: Layout
    shifts: bool


class _Folder:
    """Folds one graph, in place.

    Args:
        graph_def: The graph.
        outputs: The full names of what has to keep its value.
    """

    def __init__(self, graph_def: Any, outputs: set[str]) -> None:
        self._graph_def = graph_def
        self._constants = constants(graph_def)
        self._readers = Readers(graph_def, outputs)
        self._taken = {node.name for node in graph_def.node}

    def fold(self, linear: Any) -> bool:
        """Folds what follows a linear op into it; tells whether anything did."""
        held = self._constants.get(op_of(linear.input[1]))
        if held is None or value_of(held).dtype not in (np.float32, np.float64):
            return False
        weights = value_of(held)
        chain = self._chain(linear, _layout(linear, weights))
        if chain is None:
            return False
        factor = _for_weights(linear, weights, chain.affine.scale)
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (weights.astype(np.float64) * factor).astype(weights.dtype)
            offset = chain.affine.offset.astype(weights.dtype)
        if not _same_kind(weights, scaled) or not np.isfinite(offset).all():
            return False
        mark = holds_weights(held)
        name = f"{linear.name}/folded_weights"
        linear.input[1] = self._add(name, scaled, mark)
        *others, (last, source) = chain.dropped
        moved = {f"{node.name}:0": read for node, read in others}
        while source in moved:
            source = moved[source]
        rewire(self._graph_def.node, moved)
        bias = self._add(f"{linear.name}/folded_bias", offset, mark) if chain.shifts else None
        _replace(last, linear.attr["T"].type, source, bias, chain.layout)
        return True

    def _add(self, name: str, value: Any, mark: bool) -> str:
        return add_constant(self._graph_def, self._taken, name, value, weights=mark)

    def _chain(self, linear: Any, layout: Layout) -> _Chain | None:
        """Follows the only consumers of a result as long as they work on channels."""
        name, found = f"{linear.name}:0", []
        affine = Affine(np.ones(layout.channels), np.zeros(layout.channels))
        best: _Chain | None = None
        scales = shifts = False
        while (consumer := self._readers.only(name)) is not None:
            node = consumer.node
            passed = passes_channels(node, layout, self._constants)
            if passed is None:
                with np.errstate(all="ignore"):
                    own = affine_of(node, name, layout, self._constants)
                    if own is None:
                        break
                    affine = _joined(affine, own)
                found.append((node, name))
                scales = scales or bool((own.scale != 1).any())
                shifts = shifts or node.op not in ("Mul", "Div", "RealDiv")
                if scales or len(found) > 1:
                    best = _Chain(list(found), affine, layout, shifts)
            layout, name = passed or layout, f"{node.name}:0"
        return best


def _joined(first: Affine, second: Affine) -> Affine:
    return Affine(first.scale * second.scale, first.offset * second.scale + second.offset)


def _layout(linear: Any, weights: Any) -> Layout:
    rank = _LINEAR[linear.op]
    first = bytes(attribute(linear, "data_format").s).startswith(b"NC")
    shape = weights.shape
    if linear.op == "DepthwiseConv2dNative":
        channels = shape[2] * shape[3]
    elif linear.op == "Conv2DBackpropInput":
        channels = shape[2]
    elif linear.op == "MatMul" and attribute(linear, "transpose_b").b:
        channels = shape[0]
    else:
        channels = shape[-1]
    return Layout(rank, channels, 1 if first else rank - 1)


def _for_weights(linear: Any, weights: npt.NDArray[Any], scale: Numbers) -> Numbers:
    """The factor of each channel, laid out as the channels lie in the weights."""
    if linear.op == "DepthwiseConv2dNative":
        return scale.reshape(weights.shape[2:])
    if linear.op == "Conv2DBackpropInput" or (
        linear.op == "MatMul" and attribute(linear, "transpose_b").b
    ):
        return scale.reshape(-1, 1)
    return scale


def _same_kind(before: Any, after: Any) -> bool:
    """Tells whether no number became infinite or none."""
    return bool((np.isfinite(before) == np.isfinite(after)).all())


def _replace(last: Any, dtype: int, source: str, bias: str | None, layout: Layout) -> None:
    """Makes the last op of a chain the sum that is left of it, under its name."""
    left = type(last)(name=last.name, device=last.device, op="BiasAdd" if bias else "Identity")
    left.input.extend([source.removesuffix(":0"), *([bias] if bias else [])])
    left.attr["T"].type = dtype
    if bias:
        left.attr["data_format"].s = layout.data_format
    last.CopyFrom(left)
