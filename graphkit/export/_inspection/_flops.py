"""How many floating point operations a graph takes, without running it.

The counts are those of TensorFlow 1.15's profiler (`float_operation`) where it has one: a
multiplication and an addition are two. What it passes over, activations and batch normalisation
among others, is counted by element. No count is below 0, as its are where nothing is reduced: the
product of the shape of a scalar, which gradients compute, takes no multiplication.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from graphkit._formats._attrs import plain_value
from graphkit._formats._graph import StoredNode
from graphkit.export._graphs._op_kinds import (
    PLACEHOLDERS,
    VARIABLES,
    feeds_pipeline,
    is_training,
    keeps_state,
)
from graphkit.export._inspection._facts import Facts, Shape, Unknown, elements
from graphkit.export._inspection._shape_rules import SHAPE_RULES
from graphkit.export._inspection._shapes import ShapeMap
from graphkit.export._inspection._window_rules import channels_of, window_of

__all__ = ["Flops", "count_flops", "op_flops", "possible"]


@dataclass(frozen=True)
class Flops:
    """The floating point operations of a graph.

    Attributes:
        by_node: Those of each node that takes any, by name.
        by_op: Those of each op type, the most first.
        uncounted: How often each op occurs that could not be counted: its shape is open, or it is
            none of those that are known.
    """

    by_node: dict[str, int] = field(default_factory=dict)
    by_op: dict[str, int] = field(default_factory=dict)
    uncounted: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All that could be counted."""
        return sum(self.by_op.values())


def count_flops(shapes: ShapeMap) -> Flops:
    """Counts what one run of every node takes, in functions too; of a loop, one turn.

    Args:
        shapes: The nodes, and the shapes of their tensors.
    """
    return _counted(shapes, {})


def _counted(shapes: ShapeMap, done: dict[int, Flops]) -> Flops:
    if id(shapes) in done:  # a function that is called again with the like
        return done[id(shapes)]
    by_node: dict[str, int] = {}
    by_op: Counter[str] = Counter()
    uncounted: Counter[str] = Counter()
    for node in shapes.nodes:
        called = shapes.inside.get(node.name)
        if called:
            inner = [_counted(inside, done) for inside in called]
            by_node[node.name] = sum(flops.total for flops in inner)
            for flops in inner:
                by_op.update(flops.by_op)
                uncounted.update(flops.uncounted)
        elif not _is_free(node.op):
            try:
                found = op_flops(node, shapes.inputs(node), shapes.of(node.name).shape)
            except (Unknown, IndexError, ValueError, ZeroDivisionError):
                uncounted[node.op] += 1
                continue
            if found:
                by_node[node.name] = found
                by_op[node.op] += found
    done[id(shapes)] = Flops(by_node, dict(by_op.most_common()), dict(uncounted.most_common()))
    return done[id(shapes)]


def op_flops(node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    """What one op takes.

    Args:
        node: The op.
        inputs: What is known of what it reads.
        output: The shape of what it gives.

    Raises:
        Unknown: A shape is open, or the op is none of those that are known.
    """
    if _is_free(node.op):
        return 0
    if node.op not in _RULES:
        raise Unknown
    return possible(_RULES[node.op](node, inputs, output))


def possible(count: int) -> int:
    """Gives a count that can be; a file may tell windows and strides below 0.

    Raises:
        Unknown: It cannot be.
    """
    if count < 0:
        raise Unknown
    return count


def _is_free(op: str) -> bool:
    """Whether an op computes nothing: it moves numbers, or keeps, reads and writes them."""
    if op in _RULES:
        return False
    return op in _FREE or is_training(op) or feeds_pipeline(op) or keeps_state(op)


def _each(times: int) -> Callable[[StoredNode, Facts, Shape | None], int]:
    return lambda _node, _inputs, output: times * elements(output)


def _each_of_input(times: int) -> Callable[[StoredNode, Facts, Shape | None], int]:
    return lambda _node, inputs, _output: times * elements(inputs.shape(0))


def _convolution(_node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    return 2 * elements(output) * elements(inputs.shape(1)[:-1])


def _fused(node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    """A convolution or product, and what was fused with it: one for each of its numbers."""
    linear = _matmul if node.op == "_FusedMatMul" else _convolution
    behind = plain_value(node.attrs.get("fused_ops", memoryview(b""))) or ()
    return linear(node, inputs, output) + len(behind) * elements(output)


def _depthwise(_node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    return 2 * elements(output) * elements(inputs.shape(1)[:2])


def _back_to_input(node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    shape = output or ()
    return _per_stride(node, shape, elements(shape) * elements(inputs.shape(1)))


def _back_to_filter(node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    image = inputs.shape(0)
    return _per_stride(node, image, elements(image) * elements(output))


def _per_stride(node: StoredNode, image: Shape, product: int) -> int:
    channels = elements((image[channels_of(node, len(image))],))
    return 2 * product // (channels * math.prod(node.integers("strides")))


def _pooling(node: StoredNode, _inputs: Facts, output: Shape | None) -> int:
    return elements(output) * math.prod(window_of(node, len(output or ())))


def _pooling_gradient(node: StoredNode, inputs: Facts, _output: Shape | None) -> int:
    shape = inputs.shape(1)
    area = math.prod(window_of(node, len(shape)))
    return elements(shape) * (2 * area if node.op == "AvgPoolGrad" else area + 1)


def _neighbours(node: StoredNode, _inputs: Facts, output: Shape | None) -> int:
    """Squares, the sum of those around, scale and bias, a power, a quotient."""
    return elements(output) * (2 * node.integer("depth_radius", 5) + 6)


def _matmul(node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    one = inputs.shape(0)
    inner = one[-2] if node.flag("transpose_a") or node.flag("adj_x") else one[-1]
    return 2 * elements(output) * elements((inner,))


def _sum(_node: StoredNode, inputs: Facts, output: Shape | None) -> int:
    """All but the first that goes into each number, if any does."""
    return max(0, elements(inputs.shape(0)) - elements(output))


def _add_all(_node: StoredNode, inputs: Facts, _output: Shape | None) -> int:
    return elements(inputs.shape(0)) * (len(inputs) - 1)


def _l2_loss(_node: StoredNode, inputs: Facts, _output: Shape | None) -> int:
    return max(0, 3 * elements(inputs.shape(0)) - 1)


_TABLE: dict[Callable[[StoredNode, Facts, Shape | None], int], str] = {
    _each(1): """
        Abs Add AddV2 Ceil Cos Div DivNoNan Elu Equal Erf Exp Expm1 Floor FloorDiv FloorMod Greater
        GreaterEqual LeakyRelu Less LessEqual Log Log1p Maximum Minimum Mod Mul Neg NotEqual Pow
        RealDiv Reciprocal Relu Relu6 Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Square Sub
        Tan Tanh
    """,
    _each(2): "FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 Rsqrt SquaredDifference",
    _each(4): "RsqrtGrad",
    _each(5): "Softmax LogSoftmax",
    _each_of_input(1): "Mean Max Min AssignAdd AssignSub BiasAdd",
    _add_all: "AddN",
    _back_to_filter: "Conv2DBackpropFilter",
    _back_to_input: "Conv2DBackpropInput",
    _convolution: "Conv2D Conv3D",
    _depthwise: "DepthwiseConv2dNative Dilation2D",
    _fused: "_FusedConv2D _FusedMatMul",
    _l2_loss: "L2Loss",
    _matmul: "BatchMatMul BatchMatMulV2 BatchMatMulV3 MatMul",
    _neighbours: "LRN",
    _pooling_gradient: "AvgPoolGrad MaxPoolGrad",
    _pooling: "AvgPool AvgPool3D MaxPool MaxPool3D MaxPoolWithArgmax",
    _sum: "ArgMax ArgMin BiasAddGrad Prod Sum",
}

_FREE = {*SHAPE_RULES, *PLACEHOLDERS, *VARIABLES, "Assert", "Const"} | {
    *"ControlTrigger InvertPermutation LoopCond NoOp Where".split()
}
_RULES = {op: rule for rule, ops in _TABLE.items() for op in ops.split()}
