"""How the shapes of an op's outputs follow from its inputs, by op type.

A rule takes the node and what is known of its inputs, and gives a shape for each output. Where one
cannot be known it raises `Unknown`, or whatever the impossible numbers of a file lead to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from graphkit._formats._graph import StoredNode
from graphkit.export._inspection._facts import Facts, Shape, Unknown, elements
from graphkit.export._inspection._small_values import summed_axes
from graphkit.export._inspection._window_rules import WINDOW_RULES

__all__ = ["SHAPE_RULES", "broadcast"]

Rule: TypeAlias = Callable[[StoredNode, Facts], "Sequence[Shape | None]"]


def broadcast(one: Shape, two: Shape) -> Shape:
    """The shape of an op element by element on two tensors."""
    longer, shorter = (one, two) if len(one) >= len(two) else (two, one)
    head = longer[: len(longer) - len(shorter)]
    return (*head, *map(_together, longer[len(head) :], shorter))


def _together(one: int | None, two: int | None) -> int | None:
    if one == 1 or two == 1:
        return two if one == 1 else one
    if one is not None and two is not None and one != two:
        raise Unknown
    return two if one is None else one


def _same(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.shape(0)]


def _second(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.shape(1)]


def _single(_node: StoredNode, _inputs: Facts) -> Sequence[Shape]:
    return [()]


def _told(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.value(0)]


def _twice(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.shape(0)] * 2


def _broadcast(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [broadcast(inputs.shape(0), inputs.shape(1))]


def _select(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [broadcast(inputs.shape(1), inputs.shape(2))]


def _merge(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    for place in range(len(inputs)):
        try:
            return [inputs.shape(place), ()]
        except Unknown:
            continue
    raise Unknown


def _matmul(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    one, two = inputs.shape(0), inputs.shape(1)
    turned = (node.flag("transpose_a") or node.flag("adj_x"), node.flag("transpose_b"))
    (inner, rows) = one[-2:] if turned[0] else one[:-3:-1]
    (columns, again) = two[-2:] if turned[1] or node.flag("adj_y") else two[:-3:-1]
    if None not in (inner, again) and inner != again:
        raise Unknown
    return [(*broadcast(one[:-2], two[:-2]), rows, columns)]


def _reduce(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape, keep = inputs.shape(0), node.flag("keep_dims")
    axes = {_place(axis, len(shape)) for axis in inputs.value(1)}
    kept = [1 if place in axes else size for place, size in enumerate(shape)]
    return [tuple(size for place, size in enumerate(kept) if keep or place not in axes)]


def _arg(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    axis = _place(inputs.number(1), len(shape))
    return [(*shape[:axis], *shape[axis + 1 :])]


def _reshape(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    sizes = inputs.value(1)
    if -1 not in sizes:
        return [sizes]
    rest = math.prod(size for size in sizes if size != -1)
    open_ = elements(inputs.shape(0)) // rest
    return [tuple(open_ if size == -1 else size for size in sizes)]


def _transpose(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    return [tuple(shape[place] for place in inputs.value(1))]


def _squeeze(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    named = node.integers("squeeze_dims") or node.integers("axis")
    if not named and None in shape:
        raise Unknown
    axes = {_place(a, len(shape)) for a in named} or {i for i, n in enumerate(shape) if n == 1}
    return [tuple(size for place, size in enumerate(shape) if place not in axes)]


def _expand(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    axis = _place(inputs.number(1), len(shape) + 1)
    return [(*shape[:axis], 1, *shape[axis:])]


def _joined(shapes: list[Shape], axis: int) -> Sequence[Shape]:
    place = _place(axis, len(shapes[0]))
    sizes = [shape[place] for shape in shapes]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    return [(*shapes[0][:place], total, *shapes[0][place + 1 :])]


def _pack(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    axis = _place(node.integer("axis"), len(shape) + 1)
    return [(*shape[:axis], len(inputs), *shape[axis:])]


def _unpack(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    axis = _place(node.integer("axis"), len(shape))
    return [(*shape[:axis], *shape[axis + 1 :])] * _count(node.integer("num"))


def _split(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape, parts = inputs.shape(1), _count(node.integer("num_split"))
    axis = _place(inputs.number(0), len(shape))
    size = shape[axis]
    part = None if size is None else size // parts
    return [(*shape[:axis], part, *shape[axis + 1 :])] * parts


def _split_by_sizes(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape, sizes = inputs.shape(0), inputs.value(1)
    axis = _place(inputs.number(2), len(shape))
    rest = (shape[axis] or 0) - sum(size for size in sizes if size >= 0)
    wanted = [rest if size < 0 else size for size in sizes]
    return [(*shape[:axis], size, *shape[axis + 1 :]) for size in wanted]


def _slice(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape, begin, sizes = inputs.shape(0), inputs.value(1), inputs.value(2)
    places = zip(shape, begin, sizes, strict=True)
    return [
        tuple(size if size >= 0 else (None if n is None else n - b) for n, b, size in places),
    ]


def _strided_slice(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = list(inputs.shape(0))
    begin, end, strides = (inputs.value(place) for place in (1, 2, 3))
    bits = {k: node.integer(f"{k}_mask") for k in ("begin", "end", "new_axis", "shrink_axis")}
    ellipsis, found = node.integer("ellipsis_mask"), list[int | None]()
    for i in range(len(begin)):
        if ellipsis >> i & 1:
            later = sum(1 for j in range(i + 1, len(begin)) if not bits["new_axis"] >> j & 1)
            while len(shape) > later:
                found.append(shape.pop(0))
        elif bits["new_axis"] >> i & 1:
            found.append(1)
        else:
            size = shape.pop(0)
            if not bits["shrink_axis"] >> i & 1:
                start = None if bits["begin"] >> i & 1 else begin[i]
                stop = None if bits["end"] >> i & 1 else end[i]
                found.append(_cut(size, slice(start, stop, strides[i])))
    return [(*found, *shape)]


def _cut(size: int | None, part: slice) -> int | None:
    return None if size is None else len(range(*part.indices(size)))


def _pad(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    around = inputs.value(1)
    pairs = zip(inputs.shape(0), around[::2], around[1::2], strict=True)
    return [tuple(None if n is None else n + before + after for n, before, after in pairs)]


def _tile(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    pairs = zip(inputs.shape(0), inputs.value(1), strict=True)
    return [tuple(None if n is None else n * times for n, times in pairs)]


def _gather(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    table, places = inputs.shape(0), inputs.shape(1)
    axis = _place(inputs.number(2), len(table)) if len(inputs) > 2 else 0
    return [(*table[:axis], *places, *table[axis + 1 :])]


def _points(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    table, (*places, depth) = inputs.shape(0), inputs.shape(1)
    if elements((depth,)) > len(table):
        raise Unknown
    return [(*places, *table[depth:])]


def _one_hot(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    axis = _place(node.integer("axis", -1), len(shape) + 1)
    return [(*shape[:axis], inputs.number(1), *shape[axis:])]


def _top(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [(*inputs.shape(0)[:-1], inputs.number(1))] * 2


def _resize(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    batch, _, _, channels = inputs.shape(0)
    height, width = inputs.value(1)
    return [(batch, height, width, channels)]


def _normalise(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    each = inputs.shape(1)
    return [inputs.shape(0), *[each] * 5]


def _losses(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.shape(0)[:-1], inputs.shape(0)]


def _blocks(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    side = node.integer("block_size")
    if node.text("data_format", "NHWC") != "NHWC":
        raise Unknown
    batch, *inner, channels = inputs.shape(0)
    height, width = (elements((size,)) for size in inner)
    if node.op == "DepthToSpace":
        return [(batch, height * side, width * side, elements((channels,)) // side**2)]
    return [(batch, height // side, width // side, elements((channels,)) * side**2)]


def _space_to_batch(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape, block, pads = inputs.shape(0), inputs.value(1), inputs.value(2)
    inner = [
        (elements((size,)) + before + after) // side
        for size, side, before, after in zip(shape[1:], block, pads[::2], pads[1::2], strict=False)
    ]
    return [(elements(shape[:1]) * math.prod(block), *inner, *shape[1 + len(block) :])]


def _batch_to_space(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape, block, crops = inputs.shape(0), inputs.value(1), inputs.value(2)
    inner = [
        elements((size,)) * side - before - after
        for size, side, before, after in zip(
            shape[1:], block, crops[::2], crops[1::2], strict=False
        )
    ]
    return [(elements(shape[:1]) // math.prod(block), *inner, *shape[1 + len(block) :])]


def _place(axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise Unknown
    return axis % rank


def _count(number: int) -> int:
    if not 0 < number <= 10_000:
        raise Unknown
    return number


_TABLE: dict[Rule, str] = {
    _same: """
        Abs Acos Acosh AddN Asin Asinh Atan Atanh BiasAdd BiasAddV1 Cast Ceil CheckNumerics Cos Cosh
        Cumprod Cumsum Elu Enter Erf Erfc Exit Exp Expm1 Floor Identity Inv IsFinite IsInf IsNan
        L2Normalize LRN LeakyRelu Lgamma Log Log1p LogSoftmax LogicalNot Neg NextIteration OnesLike
        PlaceholderWithDefault PreventGradient ReadVariableOp Reciprocal RefEnter RefExit
        RefIdentity RefNextIteration Relu Relu6 ReverseSequence ReverseV2 Rint Round Rsqrt Selu
        Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Square StopGradient Tan Tanh ZerosLike
        FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel
        QuantizeAndDequantizeV2 Bucketize EluGrad LeakyReluGrad MaxPoolGrad Relu6Grad ReluGrad
        RsqrtGrad SigmoidGrad SoftplusGrad SqrtGrad TanhGrad
    """,
    _second: "Assign AssignAdd AssignSub LookupTableFind LookupTableFindV2",
    _single: "L2Loss Rank Size VarIsInitializedOp",
    _told: "AvgPoolGrad Fill RandomStandardNormal RandomUniform TruncatedNormal",
    _twice: "Switch RefSwitch",
    _broadcast: """
        Add AddV2 Atan2 BitwiseAnd BitwiseOr Div DivNoNan Equal FloorDiv FloorMod Greater
        GreaterEqual Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul NotEqual Pow
        RealDiv SquaredDifference Sub TruncateDiv TruncateMod Xdivy Xlogy
    """,
    _select: "Select SelectV2",
    _merge: "Merge RefMerge",
    _matmul: "MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3 _FusedMatMul",
    _reduce: "All Any Max Mean Min Prod Sum EuclideanNorm",
    _arg: "ArgMax ArgMin",
    _reshape: "Reshape",
    _transpose: "Transpose",
    _squeeze: "Squeeze",
    _expand: "ExpandDims",
    _pack: "Pack",
    _unpack: "Unpack",
    _split: "Split",
    _split_by_sizes: "SplitV",
    _slice: "Slice",
    _strided_slice: "StridedSlice",
    _pad: "Pad PadV2 MirrorPad",
    _tile: "Tile",
    _gather: "Gather GatherV2 ResourceGather",
    _one_hot: "OneHot",
    _top: "TopKV2",
    _resize: "ResizeBilinear ResizeNearestNeighbor ResizeBicubic ResizeArea",
    _normalise: "FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3",
    _losses: "SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits",
    _blocks: "DepthToSpace SpaceToDepth",
    _space_to_batch: "SpaceToBatchND",
    _batch_to_space: "BatchToSpaceND",
}

SHAPE_RULES: dict[str, Rule] = {
    **{op: rule for rule, ops in _TABLE.items() for op in ops.split()},
    **WINDOW_RULES,
    "Concat": lambda _node, inputs: _joined(inputs.shapes(1), inputs.number(0)),
    "ConcatV2": lambda _node, inputs: _joined(inputs.shapes(0, -1), inputs.number(-1)),
    "Shape": lambda _node, inputs: [(len(inputs.shape(0)),)],
    "BroadcastGradientArgs": lambda _node, inputs: [(len(axes),) for axes in summed_axes(inputs)],
    "ShapeN": lambda _node, inputs: [(len(shape),) for shape in inputs.shapes()],
    "BroadcastTo": lambda _node, inputs: [inputs.value(1)],
    "Range": lambda _node, inputs: [(len(range(*map(inputs.number, (0, 1, 2)))),)],
    "GatherNd": _points,
}
