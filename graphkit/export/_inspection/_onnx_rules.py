"""How the shapes of an ONNX op's outputs follow from its inputs, by op type.

A rule takes the node and what is known of its inputs, and gives a shape for each output. Where one
cannot be known it raises `Unknown`, or whatever the impossible numbers of a file lead to. See
https://onnx.ai/onnx/operators/ for the ops, of which older versions take as attributes what newer
ones take as inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeAlias

from graphkit._formats._onnx import OnnxNode
from graphkit.export._inspection._facts import Facts, Numbers, Shape, Unknown, elements
from graphkit.export._inspection._onnx_windows import ONNX_WINDOW_RULES
from graphkit.export._inspection._shape_rules import broadcast

__all__ = ["ONNX_SHAPE_RULES", "numbers_of", "place_of"]

_SINGLE = {"value_float", "value_int", "value_string"}

Rule: TypeAlias = Callable[[OnnxNode, Facts], "Sequence[Shape | None]"]


def numbers_of(node: OnnxNode, inputs: Facts, attr: str, place: int) -> Numbers:
    """Numbers that are an attribute, or an input; none if they are left out."""
    if attr in node.attrs:
        return node.integers(attr)
    given = len(node.inputs) > place and node.inputs[place]
    return inputs.value(place) if given else ()


def place_of(axis: int, rank: int) -> int:
    """The dimension an axis means, which counts from the end if it is negative."""
    if not -rank <= axis < rank:
        raise Unknown
    return axis % rank


def _same(_node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.shape(0)]


def _broadcast(_node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    return [reduce(broadcast, inputs.shapes())]


def _expand(_node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    return [broadcast(inputs.shape(0), inputs.value(1))]


def _gemm(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    (one, _), (_, two) = (
        shape[::-1] if node.integer(turned) else shape
        for shape, turned in ((inputs.shape(0), "transA"), (inputs.shape(1), "transB"))
    )
    return [(one, two)]


def _matmul(_node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    one, two = inputs.shape(0), inputs.shape(1)
    rows = one[-2:-1] if len(one) > 1 else ()
    columns = two[-1:] if len(two) > 1 else ()
    return [(*broadcast(one[:-2], two[:-2]), *rows, *columns)]


def _reshape(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    before = inputs.shape(0)
    keeps = not node.integer("allowzero")
    told = numbers_of(node, inputs, "shape", 1)
    sizes = [
        before[place] if keeps and not size else size
        for place, size in enumerate(told)
    ]  # fmt: skip
    if -1 not in sizes:
        return [tuple(sizes)]
    rest = elements(tuple(size for size in sizes if size != -1))
    open_ = elements(before) // rest
    return [tuple(open_ if size == -1 else size for size in sizes)]


def _flatten(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape, axis = inputs.shape(0), node.integer("axis", 1)
    axis = axis + len(shape) if axis < 0 else axis
    return [(elements(shape[:axis]), elements(shape[axis:]))]


def _transpose(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    order = node.integers("perm") or tuple(range(len(shape)))[::-1]
    return [tuple(shape[place] for place in order)]


def _squeeze(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    named = numbers_of(node, inputs, "axes", 1)
    if not named and None in shape:
        raise Unknown
    axes = {place_of(a, len(shape)) for a in named} or {i for i, n in enumerate(shape) if n == 1}
    return [tuple(size for place, size in enumerate(shape) if place not in axes)]


def _unsqueeze(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape, axes = list(inputs.shape(0)), numbers_of(node, inputs, "axes", 1)
    rank = len(shape) + len(axes)
    places = {place_of(axis, rank) for axis in axes}
    return [tuple(1 if place in places else shape.pop(0) for place in range(rank))]


def _concat(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shapes = inputs.shapes()
    axis = place_of(node.integer("axis"), len(shapes[0]))
    sizes = [shape[axis] for shape in shapes]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    return [(*shapes[0][:axis], total, *shapes[0][axis + 1 :])]


def _split(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape, parts = inputs.shape(0), len(node.outputs)
    axis = place_of(node.integer("axis"), len(shape))
    sizes: Sequence[int | None] = numbers_of(node, inputs, "split", 1)
    if not sizes:
        whole = elements(shape[axis : axis + 1])
        each = -(-whole // parts)
        sizes = [each] * (parts - 1) + [whole - each * (parts - 1)]
    return [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]


def _slice(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape = list(inputs.shape(0))
    starts, ends = (numbers_of(node, inputs, k, i) for k, i in (("starts", 1), ("ends", 2)))
    axes = numbers_of(node, inputs, "axes", 3) or tuple(range(len(starts)))
    steps = numbers_of(node, inputs, "steps", 4) or (1,) * len(starts)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        place = place_of(axis, len(shape))
        size = shape[place]
        # Below the first is no place before it, but one from the end.
        stop = None if step < 0 and size is not None and end < -size else end
        part = slice(start, stop, step)
        shape[place] = None if size is None else len(range(*part.indices(size)))
    return [tuple(shape)]


def _pad(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape, around = list(inputs.shape(0)), numbers_of(node, inputs, "pads", 1)
    axes = inputs.value(3) if len(node.inputs) > 3 else range(len(shape))
    for place, axis in enumerate(axes):
        size, rest = shape[axis], around[place] + around[place + len(axes)]
        shape[axis] = None if size is None else size + rest
    return [tuple(shape)]


def _tile(_node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    pairs = zip(inputs.shape(0), inputs.value(1), strict=True)
    return [tuple(None if n is None else n * times for n, times in pairs)]


def _gather(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    table, places = inputs.shape(0), inputs.shape(1)
    axis = place_of(node.integer("axis"), len(table))
    return [(*table[:axis], *places, *table[axis + 1 :])]


def _points(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    table, (*places, depth) = inputs.shape(0), inputs.shape(1)
    if node.integer("batch_dims") or elements((depth,)) > len(table):
        raise Unknown
    return [(*places, *table[depth:])]


def _reduce(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape, keep = inputs.shape(0), node.integer("keepdims", 1)
    named = numbers_of(node, inputs, "axes", 1)
    if not named and node.integer("noop_with_empty_axes"):
        return [shape]
    return [_without(shape, {place_of(a, len(shape)) for a in named} or range(len(shape)), keep)]


def _arg(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    return [
        _without(shape, {place_of(node.integer("axis"), len(shape))}, node.integer("keepdims", 1))
    ]


def _without(shape: Shape, axes: set[int] | range, keep: int) -> Shape:
    kept = [1 if place in axes else size for place, size in enumerate(shape)]
    return tuple(size for place, size in enumerate(kept) if keep or place not in axes)


def _top(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    axis = place_of(node.integer("axis", -1), len(shape))
    count = node.integer("k") if "k" in node.attrs else inputs.number(1)
    return [(*shape[:axis], count, *shape[axis + 1 :])] * 2


def _one_hot(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    axis = place_of(node.integer("axis", -1), len(shape) + 1)
    return [(*shape[:axis], inputs.number(1), *shape[axis:])]


def _resize(_node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.value(3)]


def _constant(node: OnnxNode, _inputs: Facts) -> Sequence[Shape]:
    if _SINGLE & node.attrs.keys():
        return [()]
    if "value_ints" in node.attrs:
        return [(len(node.integers("value_ints")),)]
    return [tensor.shape for tensor in node.tensors()]


def _recurrent(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    if node.integer("layout"):
        raise Unknown
    steps, batch, _ = inputs.shape(0)
    ways, hidden = inputs.shape(2)[0], node.integer("hidden_size")
    last = (ways, batch, hidden)
    return [(steps, ways, batch, hidden), last, last]


_TABLE: dict[Rule, str] = {
    _same: """
        Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Cast CastLike Ceil Celu Clip Cos
        Cosh CumSum DequantizeLinear Dropout Elu Erf Exp Floor Gelu GroupNormalization HardSigmoid
        HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN LayerNormalization
        LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish Neg Not PRelu
        QuantizeLinear Reciprocal Relu ReverseSequence Round ScatterElements ScatterND Selu Sigmoid
        Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan Tanh ThresholdedRelu Trilu
    """,
    _broadcast: """
        Add And BitShift Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or
        Pow Sub Sum Where Xor
    """,
    _arg: "ArgMax ArgMin",
    _concat: "Concat",
    _constant: "Constant",
    _expand: "Expand",
    _flatten: "Flatten",
    _gather: "Gather",
    _gemm: "Gemm",
    _matmul: "MatMul MatMulInteger",
    _one_hot: "OneHot",
    _pad: "Pad",
    _points: "GatherND",
    _recurrent: "GRU LSTM RNN",
    _reduce: """
        ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
        ReduceSum ReduceSumSquare
    """,
    _reshape: "Reshape",
    _resize: "Resize",
    _slice: "Slice",
    _split: "Split",
    _squeeze: "Squeeze",
    _tile: "Tile",
    _top: "TopK",
    _transpose: "Transpose",
    _unsqueeze: "Unsqueeze",
}

ONNX_SHAPE_RULES: dict[str, Rule] = {
    **{op: rule for rule, ops in _TABLE.items() for op in ops.split()},
    **ONNX_WINDOW_RULES,
    "ConstantOfShape": lambda _node, inputs: [inputs.value(0)],
    "GatherElements": lambda _node, inputs: [inputs.shape(1)],
    "Range": lambda _node, inputs: [(len(range(*map(inputs.number, (0, 1, 2)))),)],
    "Shape": lambda node, inputs: [(len(_sizes_asked(node, inputs)),)],
    "Size": lambda _node, _inputs: [()],
}


def _sizes_asked(node: OnnxNode, inputs: Facts) -> Shape:
    shape = inputs.shape(0)
    end = node.integer("end") if "end" in node.attrs else None
    return shape[slice(node.integer("start"), end)]
