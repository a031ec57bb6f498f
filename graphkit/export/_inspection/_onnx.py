"""What is in an ONNX model; neither it nor the files it names are loaded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graphkit._formats._mapped import mapped
from graphkit._formats._onnx import OnnxGraph, OnnxValue, read_onnx_graph
from graphkit._formats._wire import FormatError, as_bytes, as_int, as_text, fields
from graphkit.errors import CorruptFileError
from graphkit.export._inspection._facts import Shape
from graphkit.export._inspection._flops import Flops
from graphkit.export._inspection._onnx_flops import count_onnx_flops
from graphkit.export._inspection._onnx_shapes import OnnxShapes, infer_onnx_shapes
from graphkit.export._tensor_info import TensorInfo

__all__ = ["OnnxDetails", "OnnxModel", "describe_onnx", "is_onnx", "read_onnx_model"]

_IR_VERSION, _PRODUCER, _PRODUCER_VERSION, _GRAPH, _OPSET = 1, 2, 3, 7, 8
_NODE = 1
_NEWEST_IR = 100


@dataclass(frozen=True)
class OnnxDetails:
    """What an ONNX model holds.

    Attributes:
        inputs: What it takes; weights that could be fed too are left aside.
        outputs: What it gives.
        producer: The program that wrote it, and its version.
        ir_version: The version of the format.
        opsets: The version of the ops it uses, by domain; "" is ONNX's own.
        ops: How often each op occurs, the bodies of loops and conditions too; the most frequent
            first, those of other domains as `domain.op`.
        parameters: How many numbers its weights hold.
        parameter_bytes: The memory they take.
        external_files: Files that weights and constants are to be read from.
        weights: The weights.
        batch: What an open first dimension of an input was taken for.
        flops: The floating point operations of one run of every node, of a loop one turn, as far
            as `flops_by_op` goes; those of biases with the op they belong to.
        flops_by_op: Those of each op type, the most first.
        uncounted_ops: How often each op occurs whose operations are not counted.
    """

    inputs: list[TensorInfo]
    outputs: list[TensorInfo]
    producer: str
    ir_version: int
    opsets: dict[str, int]
    ops: dict[str, int]
    parameters: int
    parameter_bytes: int
    external_files: list[str]
    weights: list[TensorInfo]
    batch: int
    flops: int
    flops_by_op: dict[str, int]
    uncounted_ops: dict[str, int]


@dataclass(frozen=True)
class OnnxModel:
    """The graph of a model.

    Attributes:
        graph: The graph.
        shapes: The shapes of its tensors.
        flops: The operations of its nodes, by their number.
    """

    graph: OnnxGraph
    shapes: OnnxShapes
    flops: Flops


def is_onnx(file: Path) -> bool:
    """Whether a file may be an ONNX model: a version of the format, and a graph with a node."""
    try:
        model = mapped(file)
        first, version = next(fields(model))
        if first != _IR_VERSION or not isinstance(version, int) or version > _NEWEST_IR:
            return False
        graphs = [as_bytes(value) for number, value in fields(model) if number == _GRAPH]
        return any(number == _NODE for graph in graphs for number, _ in fields(graph))
    except (FormatError, StopIteration):
        return False


def read_onnx_model(
    path: Path, *, batch: int = 1, given: Mapping[str, Shape] | None = None
) -> OnnxModel:
    """Reads the graph of a model, infers its shapes and counts its operations.

    Args:
        path: The file.
        batch: What an open first dimension of an input is taken for.
        given: Shapes of inputs, by name.

    Raises:
        ArgumentError: A shape is given for what is no input.
        CorruptFileError: It is damaged or cut short.
    """
    try:
        graphs = [as_bytes(value) for number, value in fields(mapped(path)) if number == _GRAPH]
        graph = read_onnx_graph(graphs[-1] if graphs else memoryview(b""))
        shapes = infer_onnx_shapes(graph, batch=batch, given=given)
        return OnnxModel(graph, shapes, count_onnx_flops(shapes))
    except FormatError as exc:
        raise CorruptFileError(path, f"is a damaged ONNX model: {exc}") from exc


def describe_onnx(
    path: Path, *, batch: int = 1, given: Mapping[str, Shape] | None = None
) -> OnnxDetails:
    """Describes an ONNX model.

    Args:
        path: The file.
        batch: What an open first dimension of an input is taken for, to count operations.
        given: Shapes of inputs, by name.

    Returns:
        The description.

    Raises:
        ArgumentError: A shape is given for what is no input.
        CorruptFileError: It is damaged or cut short.
    """
    model = read_onnx_model(path, batch=batch, given=given)
    try:
        return _described(mapped(path), model, batch)
    except FormatError as exc:
        raise CorruptFileError(path, f"is a damaged ONNX model: {exc}") from exc


def _described(message: memoryview, model: OnnxModel, batch: int) -> OnnxDetails:
    version, words, opsets = 0, {_PRODUCER: "", _PRODUCER_VERSION: ""}, {}
    for number, value in fields(message):
        if number == _IR_VERSION:
            version = as_int(value)
        elif number in words:
            words[number] = as_text(value)
        elif number == _OPSET:
            inner = dict(fields(as_bytes(value)))
            opsets[as_text(inner.get(1, memoryview(b"")))] = as_int(inner.get(2, 0))
    weights = model.graph.weights
    named = {weight.name for weight in weights}
    return OnnxDetails(
        inputs=[_info(value) for value in model.graph.inputs if value.name not in named],
        outputs=[_info(value) for value in model.graph.outputs],
        producer=" ".join(filter(None, words.values())),
        ir_version=version,
        opsets=opsets,
        ops=dict(Counter(n.op for g in model.graph.all_graphs() for n in g.nodes).most_common()),
        parameters=sum(math.prod(weight.shape) for weight in weights),
        parameter_bytes=sum(weight.bytes for weight in weights),
        external_files=_external_files(model.graph),
        weights=[TensorInfo(weight.name, weight.dtype, weight.shape) for weight in weights],
        batch=batch,
        flops=model.flops.total,
        flops_by_op=model.flops.by_op,
        uncounted_ops=model.flops.uncounted,
    )


def _external_files(graph: OnnxGraph) -> list[str]:
    """What any weight or constant is to be read from, in bodies too."""
    found: dict[str, None] = {}
    for inner in graph.all_graphs():
        held = [tensor for node in inner.nodes for tensor in node.tensors()]
        found.update((tensor.file, None) for tensor in (*inner.weights, *held) if tensor.file)
    return list(found)


def _info(value: OnnxValue) -> TensorInfo:
    return TensorInfo(value.name, value.dtype, value.shape)
