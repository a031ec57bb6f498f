"""What is in a TFLite model; it is not loaded, so that ops unknown here do no harm.

The fields' numbers are those of
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphkit.errors import CorruptFileError
from graphkit.export._formats._flat import FlatTable, root_table
from graphkit.export._formats._mapped import mapped
from graphkit.export._formats._shape import checked_shape
from graphkit.export._formats._wire import FormatError
from graphkit.export._inspection._tflite_ops import CUSTOM, TFLITE_OPS
from graphkit.export._tensor_info import TensorInfo

__all__ = ["TfliteDetails", "describe_tflite"]

_TYPES = (
    "float32 float16 int32 uint8 int64 string bool int16 complex64 int8 float64 complex128 uint64 "
    "resource variant uint32 uint16 int4 bfloat16 int2 uint4"
).split()


@dataclass(frozen=True)
class TfliteDetails:
    """What a TFLite model holds.

    Attributes:
        inputs: What its main graph takes.
        outputs: What it gives.
        version: The version of the schema.
        description: What its converter wrote about it.
        subgraphs: How many graphs there are: the main one, and the bodies of loops and conditions.
        ops: How often each op occurs, the most frequent first; custom ops by their own name.
        custom_ops: Ops that only a program which brings them can run.
        parameters: How many numbers its constant tensors hold.
        parameter_bytes: The memory they take.
        weights: The constant tensors.
    """

    inputs: list[TensorInfo]
    outputs: list[TensorInfo]
    version: int
    description: str
    subgraphs: int
    ops: dict[str, int]
    custom_ops: list[str]
    parameters: int
    parameter_bytes: int
    weights: list[TensorInfo]


def describe_tflite(path: Path) -> TfliteDetails:
    """Describes a TFLite model.

    Args:
        path: The file.

    Returns:
        The description.

    Raises:
        CorruptFileError: It is damaged or cut short.
    """
    try:
        return _described(root_table(mapped(path)))
    except (FormatError, IndexError) as exc:
        raise CorruptFileError(path, f"is a damaged TFLite model: {exc}") from exc


def _described(model: FlatTable) -> TfliteDetails:
    graphs = list(model.tables(2))
    if not graphs:
        raise FormatError("it holds no graph")
    sizes = [buffer.size(0) for buffer in model.tables(4)]
    weights = [found for graph in graphs for found in _weights(graph, sizes)]
    names = [_op_name(code) for code in model.tables(1)]
    used = [op.number(0, "I") for graph in graphs for op in graph.tables(3)]
    ops = Counter(names[index] for index in used)
    known = set(TFLITE_OPS)
    tensors = [_info(tensor) for tensor in graphs[0].tables(0)]
    return TfliteDetails(
        inputs=[tensors[index] for index in graphs[0].numbers(1, "I")],
        outputs=[tensors[index] for index in graphs[0].numbers(2, "I")],
        version=model.number(0, "I"),
        description=model.text(3),
        subgraphs=len(graphs),
        ops=dict(ops.most_common()),
        custom_ops=[name for name in ops if name not in known],
        parameters=sum(math.prod(size or 0 for size in info.shape or ()) for info, _ in weights),
        parameter_bytes=sum(size for _, size in weights),
        weights=[info for info, _ in weights],
    )


def _op_name(code: FlatTable) -> str:
    # Numbers beyond a byte have a field of their own, which older files lack.
    number = max(code.number(0, "b"), code.number(3, "i"))
    if number == CUSTOM:
        return code.text(1) or "CUSTOM"
    return TFLITE_OPS[number] if 0 <= number < len(TFLITE_OPS) else f"unknown op {number}"


def _weights(graph: FlatTable, sizes: list[int]) -> Iterator[tuple[TensorInfo, int]]:
    """The tensors of a graph whose values are in the file, with their size."""
    for tensor in graph.tables(0):
        size = sizes[tensor.number(2, "I")]
        if size:
            yield _info(tensor), size


def _info(tensor: FlatTable) -> TensorInfo:
    kind = tensor.number(1, "b")
    dtype = _TYPES[kind] if 0 <= kind < len(_TYPES) else f"unknown dtype {kind}"
    # An open dimension is 1 in the shape, and -1 in the signature of the shape.
    shape = tensor.numbers(7, "i") or tensor.numbers(0, "i")
    sizes = checked_shape([size if size >= 0 else None for size in shape])
    return TensorInfo(tensor.text(3), dtype, sizes)
