"""Which ops give an example the same values when a whole batch is computed at once."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._vectorizers import FACTORS, STRINGS

__all__ = ["has_fixed_shapes", "may_fail", "same_at_once"]

# Element by element, or drawn for each example; any input may be an example's own. What is computed
# several numbers at a time with other last bits than one by one (exp, log, pow, tanh) is left out.
_ELEMENTWISE = set(
    """
    Abs Add AddV2 AsString Assert Cast Ceil Const Div Equal Floor FloorDiv FloorMod GatherV2 Greater
    GreaterEqual Identity IdentityN Less LessEqual LogicalAnd LogicalNot LogicalOr Maximum Minimum
    Mul Neg NotEqual Pack RandomStandardNormal RandomUniform RandomUniformInt Rank RealDiv Relu
    Rint Round Select SelectV2 Shape Sign Size Sqrt Square SquaredDifference Squeeze
    StringJoin StringToNumber Sub TruncatedNormal Unpack
    """.split()
)
# Only the first input may be an example's own.
_BY_FIRST_INPUT = set(STRINGS) | set(
    """
    All Any ClipByValue DecodeCSV DecodeRaw ExpandDims
    HSVToRGB Max Mean Min MirrorPad OneHot Pad PadV2 ParseExampleV2 ParseSingleExample Prod
    RGBToHSV Reshape ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor ReverseV2
    StridedSlice Sum Tile Transpose
    """.split()
)
# Only the second.
_BY_SECOND_INPUT = {"Fill", "Split"}
# Fail for some values: not to be run for a branch that is not taken, nor before it is their turn.
_MAY_FAIL = {
    "Assert",
    "DecodeCSV",
    "DecodeRaw",
    "DecodeBase64",
    "Div",
    "FloorDiv",
    "FloorMod",
    "GatherV2",
    "ParseExampleV2",
    "ParseSingleExample",
    "Slice",
    "StringToNumber",
}
# Sums of floats, which depend on the order that they are added in.
_SUMS = {"Mean", "Prod", "Sum"}
_ADDED_BY_ONE_THREAD = 2**18
_ABOUT_SHAPES = {"Rank", "Shape", "Size"}
_RANDOM = {"RandomStandardNormal", "RandomUniform", "RandomUniformInt", "TruncatedNormal"}
_SHAPE_KEPT = {"Add", "AddV2", "Cast", "Identity", "Mul", "RealDiv", "Sub"}


def same_at_once(chain: Chain, graph_def: Any, guarded: set[str]) -> bool:
    """Whether every op gives the same values when it is run for a whole batch.

    Args:
        chain: The chain.
        graph_def: Its ops, without functions, inputs before what they are used by.
        guarded: Names of the nodes that ran only if their branch was taken.
    """
    differing = {source.op.name for source in chain.sources}
    for node in graph_def.node:
        own = [_op_name(name) in differing for name in node.input if not name.startswith("^")]
        if node.name in guarded and node.op in _MAY_FAIL:
            return False
        if any(own) or node.op in _RANDOM:
            if not _may_differ(node.op, own) or not _holds_for_shapes(chain, node):
                return False
            if node.op not in _ABOUT_SHAPES:
                differing.add(node.name)
        elif not _is_pure(chain, node) or (node.name in guarded and not _known(node.op)):
            return False
    return True


def _may_differ(op_type: str, own: list[bool]) -> bool:
    """Whether an op may be run for a batch, given which inputs are an example's own."""
    if op_type in _RANDOM:
        return not any(own)
    if op_type == "ConcatV2":
        return not own[-1]
    if op_type == "Slice":
        return own[0] and not own[2]
    if op_type in _BY_SECOND_INPUT:
        return own[1] and not own[0]
    if op_type in _BY_FIRST_INPUT:
        return own[0] and not any(own[1:])
    return op_type in _ELEMENTWISE or (op_type in FACTORS and own[0])


def _holds_for_shapes(chain: Chain, node: Any) -> bool:
    """Whether what an op does in a batch is the same for the shapes it is given there.

    A sum over all axes, or over one, adds in the same order; how many strings are joined is known.
    """
    op = next((op for op in chain.varying if op.name == node.name), None)
    if node.op == "StringJoin":
        return op is not None and op.outputs[0].shape.is_fully_defined()
    if node.op not in _SUMS or not tf.as_dtype(node.attr["T"].type).is_floating:
        return True
    axes = None if op is None else tf.get_static_value(op.inputs[1])
    if op is None or axes is None or not op.inputs[0].shape.is_fully_defined():
        return False
    shape = op.inputs[0].shape
    is_whole = axes.size == shape.rank and shape.num_elements() <= _ADDED_BY_ONE_THREAD
    return bool(axes.size == 1 or is_whole)


def may_fail(op_type: str) -> bool:
    """Whether an op may fail for some values, given inputs of fixed shapes."""
    return op_type in _MAY_FAIL or not _known(op_type)


def _known(op_type: str) -> bool:
    known = _ELEMENTWISE | _BY_FIRST_INPUT | _BY_SECOND_INPUT
    return op_type in known | FACTORS.keys() | {"ConcatV2", "Slice"}


def _is_pure(chain: Chain, node: Any) -> bool:
    """Whether running an op once does what running it for each example does."""
    return node.op == "Assert" or not chain.outputs[0].graph.op_def_for_type(node.op).is_stateful


def _op_name(tensor: str) -> str:
    return tensor.split(":")[0]


def has_fixed_shapes(chain: Chain) -> bool:
    """Whether all examples have values of one shape, from the sources to the outputs."""
    used = {tensor.ref() for op in chain.varying for tensor in op.inputs}
    tensors = [tensor for op in chain.varying for tensor in op.outputs if tensor.ref() in used]
    return all(tensor.shape.is_fully_defined() for tensor in chain.outputs) and all(
        _is_fixed(chain, tensor) for tensor in tensors
    )


def _is_fixed(chain: Chain, tensor: Tensor) -> bool:
    """Whether a tensor's shape is one for all examples; a reshape further on can prove it."""
    if tensor.shape.is_fully_defined() or _as_long_as_its_record(chain, tensor):
        return True
    users = [op for op in tensor.consumers() if op in chain.varying]
    return bool(users) and all(
        op.outputs[0].shape.is_fully_defined()
        if op.type == "Reshape"
        else _keeps_shape(op, tensor) and _is_fixed(chain, op.outputs[0])
        for op in users
    )


def _keeps_shape(op: Operation, tensor: Tensor) -> bool:
    others = [other for other in op.inputs if other is not tensor]
    return op.type in _SHAPE_KEPT and all(other.shape.rank == 0 for other in others)


def _as_long_as_its_record(chain: Chain, tensor: Tensor) -> bool:
    """Whether a tensor holds the bytes of a record of fixed length, or a piece of them."""
    op = tensor.op
    if op.type in {"Cast", "Identity", "StridedSlice"} and op in chain.varying:
        return _as_long_as_its_record(chain, op.inputs[0])
    readers = {source.op: source.reader for source in chain.sources}
    reader = readers.get(op.inputs[0].op) if op.type == "DecodeRaw" else None
    return reader is not None and reader.type.startswith("FixedLengthRecordReader")
