"""What an op does, for the colour of its box."""

from __future__ import annotations

import re

from graphkit.export._inspection._onnx_same import same_onnx_op
from graphkit.export._inspection._tflite_same import same_op

__all__ = ["KINDS", "kind_of"]

# The kinds with their words and colours: the first that fits an op is its own.
KINDS = {
    "input": ("Input", "#8a94a6"),
    "conv": ("Convolution", "#3b7dd8"),
    "dense": ("Matrix product", "#7a5fd0"),
    "norm": ("Normalisation", "#c9852b"),
    "pool": ("Pooling", "#2a9d8f"),
    "activation": ("Activation", "#d1495b"),
    "flow": ("Control flow", "#b04fa3"),
    "shape": ("Shape", "#9aa5b1"),
    "math": ("Arithmetic", "#5b8c3e"),
    "other": ("Other", "#6b7280"),
}

_PATTERNS = {
    "input": r"^(Placeholder|Iterator|OneShotIterator|Arg$|_Arg)|Dequeue|Dataset",
    "conv": r"Conv|Dilation2D",
    "dense": r"MatMul|Einsum|LSTM|GRU",
    "norm": r"BatchNorm|LRN|L2Normalize|InstanceNorm|LayerNorm",
    "pool": r"Pool",
    "activation": r"^(Relu|Relu6|Elu|Selu|LeakyRelu|Sigmoid|Tanh|Softmax|LogSoftmax|Softplus|"
    r"Softsign|Gelu|Swish|Hard|Mish)",
    "flow": r"^(Ref)?(Switch|Merge|Enter|Exit|NextIteration|LoopCond)$|^(Stateless|Stateful)?"
    r"(If|While|Case|PartitionedCall)$|TensorArray",
    "shape": r"^(Reshape|Shape|ShapeN|Squeeze|ExpandDims|Transpose|Pack|Unpack|Concat|ConcatV2|"
    r"Split|SplitV|Slice|StridedSlice|Pad|PadV2|MirrorPad|Tile|Gather|GatherV2|GatherNd|Cast|"
    r"Identity|IdentityN|Fill|Range|Rank|Size|OneHot|BroadcastTo|Resize|StopGradient|ReverseV2|Flatten|"
    r"BatchToSpaceND|SpaceToBatchND|DepthToSpace|SpaceToDepth)$",
    "math": r"^(Add|AddN|AddV2|BiasAdd|Sub|Mul|RealDiv|Div|Mean|Sum|Max|Min|Prod|Maximum|Minimum|"
    r"Square|Sqrt|Rsqrt|Exp|Log|Pow|Neg|Abs|SquaredDifference|ArgMax|ArgMin|TopKV2|Equal|Less|"
    r"Greater|FloorDiv|FloorMod|Cumsum|Select)",
}
_COMPILED = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}


def kind_of(op: str) -> str:
    """The kind of an op type, of TFLite's and ONNX's too; "other" for what is of none."""
    same = same_onnx_op(same_op(op))
    return next((kind for kind, pattern in _COMPILED.items() if pattern.search(same)), "other")
