"""How many floating point operations an ONNX model takes, counted as those of TensorFlow's ops."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from graphkit._formats._graph import StoredNode
from graphkit._formats._onnx import OnnxNode
from graphkit._formats._wire import FormatError
from graphkit.export._inspection._facts import Facts, Shape, Unknown, elements
from graphkit.export._inspection._flops import Flops, op_flops, possible
from graphkit.export._inspection._onnx_same import same_onnx_op
from graphkit.export._inspection._onnx_shapes import OnnxShapes

__all__ = ["count_onnx_flops"]

_FREE = set(
    """
    Compress Constant ConstantOfShape Dropout EyeLike GatherElements Hardmax If IsNaN NonZero
    Optional OptionalGetElement OptionalHasElement Resize ScatterElements ScatterND SequenceAt
    SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength Shape
    SplitToSequence Trilu Unique Upsample Xor
    """.split()
)

# Gates of a unit, and what is done for it beside their products and bias: their activations, and
# what makes a state of them.
_CELLS = {"GRU": (3, 3 + 5), "LSTM": (4, 4 + 5), "RNN": (1, 1)}


def count_onnx_flops(shapes: OnnxShapes) -> Flops:
    """Counts what one run of every node takes, in bodies too; of a loop, one turn.

    Args:
        shapes: The nodes of a graph, and the shapes of their tensors. `by_node` numbers them.
    """
    by_node: dict[str, int] = {}
    by_op: Counter[str] = Counter()
    uncounted: Counter[str] = Counter()
    for place, node in enumerate(shapes.nodes):
        inner = [count_onnx_flops(body) for body in shapes.inside.get(place, ())]
        for flops in inner:
            by_op.update(flops.by_op)
            uncounted.update(flops.uncounted)
        try:
            found = sum(flops.total for flops in inner) if inner else _flops(node, shapes)
        except (Unknown, FormatError, IndexError, ValueError, ZeroDivisionError):
            uncounted[node.op] += 1
            continue
        if found:
            by_node[str(place)] = found
        if found and not inner:
            by_op[node.op] += found
    return Flops(by_node, dict(by_op.most_common()), dict(uncounted.most_common()))


def _flops(node: OnnxNode, shapes: OnnxShapes) -> int:
    if node.op in _FREE:
        return 0
    inputs = shapes.inputs(node)
    output = shapes.of(node.outputs[0]).shape if node.outputs else None
    if rule := _RULES.get(node.op):
        return possible(rule(node, inputs, output))
    return op_flops(StoredNode("", same_onnx_op(node.op)), inputs, output)


def _convolution(node: OnnxNode, inputs: Facts, output: Shape | None) -> int:
    """Filters are `[out, in, rows, columns]`."""
    return 2 * elements(output) * elements(inputs.shape(1)[1:]) + _bias(node, output)


def _transposed(node: OnnxNode, inputs: Facts, output: Shape | None) -> int:
    """Filters are `[in, out, rows, columns]`."""
    product = 2 * elements(inputs.shape(0)) * elements(inputs.shape(1)[1:])
    return product + _bias(node, output)


def _gemm(node: OnnxNode, inputs: Facts, output: Shape | None) -> int:
    inner = inputs.shape(0)[0 if node.integer("transA") else 1]
    return 2 * elements(output) * elements((inner,)) + _bias(node, output)


def _matmul(_node: OnnxNode, inputs: Facts, output: Shape | None) -> int:
    return 2 * elements(output) * elements(inputs.shape(0)[-1:])


def _bias(node: OnnxNode, output: Shape | None) -> int:
    return elements(output) if len(node.inputs) > 2 and node.inputs[2] else 0


def _pooling(node: OnnxNode, _inputs: Facts, output: Shape | None) -> int:
    return elements(output) * math.prod(node.integers("kernel_shape"))


def _all_of_input(_node: OnnxNode, inputs: Facts, _output: Shape | None) -> int:
    return elements(inputs.shape(0))


def _together(_node: OnnxNode, inputs: Facts, output: Shape | None) -> int:
    return elements(output) * (len(inputs) - 1)


def _neighbours(node: OnnxNode, _inputs: Facts, output: Shape | None) -> int:
    """As TensorFlow's, whose `depth_radius` is half of the size but the place itself."""
    return elements(output) * (node.integer("size") + 5)


def _recurrent(node: OnnxNode, inputs: Facts, _output: Shape | None) -> int:
    """Weights are `[ways, gates * units, in]` and `[ways, gates * units, units]`."""
    gates, others = _CELLS[node.op]
    products = elements(inputs.shape(1)) + elements(inputs.shape(2))
    rows = elements(inputs.shape(1)[:2])
    biased = len(node.inputs) > 3 and bool(node.inputs[3])
    return elements(inputs.shape(0)[:2]) * (2 * products + rows * biased + others * rows // gates)


def _normalized(node: OnnxNode, inputs: Facts, _output: Shape | None) -> int:
    """Mean, difference, square, their mean, quotient and scale; and a bias."""
    biased = len(node.inputs) > 2 and bool(node.inputs[2])
    return (6 + biased) * elements(inputs.shape(0))


_RULES: dict[str, Callable[[OnnxNode, Facts, Shape | None], int]] = {
    "AveragePool": _pooling,
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "GRU": _recurrent,
    "Gemm": _gemm,
    "GlobalAveragePool": _all_of_input,
    "GlobalMaxPool": _all_of_input,
    "GroupNormalization": _normalized,
    "InstanceNormalization": _normalized,
    "LRN": _neighbours,
    "LSTM": _recurrent,
    "LayerNormalization": _normalized,
    "MatMul": _matmul,
    "Max": _together,
    "MaxPool": _pooling,
    "Mean": _together,
    "Min": _together,
    "RNN": _recurrent,
    "Sum": _together,
}
