"""What is in a TFLite model; it is not loaded, so that ops unknown here do no harm.

The fields' numbers are those of
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graphkit._formats._flat import FlatTable, root_table
from graphkit._formats._flat_layout import require_whole
from graphkit._formats._mapped import mapped
from graphkit._formats._shape import checked_shape
from graphkit._formats._tflite_layout import MODEL
from graphkit._formats._wire import FormatError
from graphkit.errors import CorruptFileError
from graphkit.export._inspection._flops import Flops
from graphkit.export._inspection._tflite_graph import (
    ABSENT,
    TfliteOp,
    TfliteTensor,
    graph_flops,
    graph_ops,
    graph_tensors,
)
from graphkit.export._inspection._tflite_ops import CUSTOM, TFLITE_OPS
from graphkit.export._tensor_info import TensorInfo

__all__ = ["TfliteDetails", "TfliteGraph", "describe_tflite", "read_tflite_graph"]

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
        batch: What an open first dimension of an input was taken for.
        flops: The floating point operations of one run of every op, of a loop one turn, as far as
            `flops_by_op` goes; those of biases and activations with the op they belong to.
        flops_by_op: Those of each op type, the most first.
        uncounted_ops: How often each op occurs whose operations are not counted.
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
    batch: int
    flops: int
    flops_by_op: dict[str, int]
    uncounted_ops: dict[str, int]


@dataclass(frozen=True)
class TfliteGraph:
    """The main graph of a model.

    Attributes:
        ops: Its ops, in the order they run.
        tensors: Its tensors.
        inputs: The places of those it takes.
        flops: The operations of its ops, by their number.
    """

    ops: list[TfliteOp]
    tensors: list[TfliteTensor]
    inputs: list[int]
    flops: Flops


def read_tflite_graph(path: Path, *, batch: int = 1) -> TfliteGraph:
    """Reads the main graph of a model.

    Args:
        path: The file.
        batch: What an open first dimension is taken for.

    Raises:
        CorruptFileError: It is damaged or cut short.
    """
    try:
        return _graphs(path, batch)[0]
    except FormatError as exc:
        raise CorruptFileError(path, f"is a damaged TFLite model: {exc}") from exc


def describe_tflite(path: Path, *, batch: int = 1) -> TfliteDetails:
    """Describes a TFLite model.

    Args:
        path: The file.
        batch: What an open first dimension is taken for, to count operations.

    Returns:
        The description.

    Raises:
        CorruptFileError: It is damaged or cut short.
    """
    try:
        return _described(root_table(mapped(path)), _graphs(path, batch), batch)
    except FormatError as exc:
        raise CorruptFileError(path, f"is a damaged TFLite model: {exc}") from exc


def _described(model: FlatTable, read: list[TfliteGraph], batch: int) -> TfliteDetails:
    graphs = list(model.tables(2))
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
        batch=batch,
        flops=sum(graph.flops.total for graph in read),
        flops_by_op=_summed(graph.flops.by_op for graph in read),
        uncounted_ops=_summed(graph.flops.uncounted for graph in read),
    )


def _graphs(path: Path, batch: int) -> list[TfliteGraph]:
    buffer = mapped(path)
    require_whole(root_table(buffer), MODEL)
    model = root_table(buffer)
    names = [_op_name(code) for code in model.tables(1)]
    sizes = [buffer.size(0) for buffer in model.tables(4)]
    graphs = [_graph(graph, names, sizes, batch) for graph in model.tables(2)]
    if not graphs:
        raise FormatError("it holds no graph")
    return graphs


def _graph(graph: FlatTable, names: list[str], sizes: list[int], batch: int) -> TfliteGraph:
    tensors, ops = graph_tensors(graph, sizes, batch), graph_ops(graph, names)
    inputs = graph.numbers(1, "I")
    read = [place for op in ops for place in op.inputs if place != ABSENT]
    given = [place for op in ops for place in op.outputs]
    places = {*inputs, *graph.numbers(2, "I"), *read, *given}
    if not places <= set(range(len(tensors))):
        raise FormatError("an op or the graph names a tensor that there is none of")
    return TfliteGraph(ops, tensors, inputs, graph_flops(ops, tensors))


def _summed(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    return dict(sum(map(Counter, counts), Counter[str]()).most_common())


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
