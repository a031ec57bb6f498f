"""What is in an ONNX model; neither it nor the files it names are loaded.

The fields' numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphkit.errors import CorruptFileError
from graphkit.export._formats._mapped import mapped
from graphkit.export._formats._shape import checked_shape
from graphkit.export._formats._wire import (
    FormatError,
    Value,
    as_bytes,
    as_int,
    as_text,
    fields,
    packed_varints,
    signed,
)
from graphkit.export._tensor_info import TensorInfo

__all__ = ["OnnxDetails", "describe_onnx", "is_onnx"]

_IR_VERSION, _PRODUCER, _PRODUCER_VERSION, _GRAPH, _OPSET = 1, 2, 3, 7, 8
_NODE, _INITIALIZER, _INPUT, _OUTPUT = 1, 5, 11, 12
_NEWEST_IR = 100
_DEEPEST = 50
_TYPES = (
    "undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 "
    "uint64 complex64 complex128 bfloat16"
).split()
_BYTES = (0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2)


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
        external_files: Files that weights are to be read from.
        weights: The weights.
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


def describe_onnx(path: Path) -> OnnxDetails:
    """Describes an ONNX model.

    Args:
        path: The file.

    Returns:
        The description.

    Raises:
        CorruptFileError: It is damaged or cut short.
    """
    try:
        return _described(mapped(path))
    except FormatError as exc:
        raise CorruptFileError(path, f"is a damaged ONNX model: {exc}") from exc


def _described(model: memoryview) -> OnnxDetails:
    version, words, graph = 0, {_PRODUCER: "", _PRODUCER_VERSION: ""}, memoryview(b"")
    opsets = {}
    for number, value in fields(model):
        if number == _IR_VERSION:
            version = as_int(value)
        elif number in words:
            words[number] = as_text(value)
        elif number == _GRAPH:
            graph = as_bytes(value)
        elif number == _OPSET:
            inner = dict(fields(as_bytes(value)))
            opsets[as_text(inner.get(1, memoryview(b"")))] = as_int(inner.get(2, 0))
    stored = [_weight(as_bytes(value)) for number, value in fields(graph) if number == _INITIALIZER]
    weights = [info for info, _, _ in stored]
    named = {info.name for info in weights}
    files = dict.fromkeys(file for _, _, file in stored if file)
    return OnnxDetails(
        inputs=[info for info in _values(graph, _INPUT) if info.name not in named],
        outputs=list(_values(graph, _OUTPUT)),
        producer=" ".join(filter(None, words.values())),
        ir_version=version,
        opsets=opsets,
        ops=dict(Counter(_ops(graph)).most_common()),
        parameters=sum(math.prod(size or 0 for size in info.shape or ()) for info in weights),
        parameter_bytes=sum(size for _, size, _ in stored),
        external_files=list(files),
        weights=weights,
    )


def _ops(graph: memoryview) -> Iterator[str]:
    waiting = [(graph, 0)]
    while waiting:
        current, depth = waiting.pop()
        if depth > _DEEPEST:
            raise FormatError("its graphs lie in each other without an end")
        for number, node in fields(current):
            if number != _NODE:
                continue
            words = {4: "", 7: ""}
            for field, value in fields(as_bytes(node)):
                if field in words:
                    words[field] = as_text(value)
                elif field == 5:
                    waiting += [(body, depth + 1) for body in _bodies(as_bytes(value))]
            yield f"{words[7]}.{words[4]}" if words[7] else words[4]


def _bodies(attribute: memoryview) -> list[memoryview]:
    """The graphs an attribute holds."""
    return [as_bytes(value) for number, value in fields(attribute) if number in (6, 11)]


def _values(graph: memoryview, wanted: int) -> Iterator[TensorInfo]:
    for number, value in fields(graph):
        if number == wanted:
            parts = dict(fields(as_bytes(value)))
            name = as_text(parts.get(1, memoryview(b"")))
            kind = dict(fields(as_bytes(parts.get(2, memoryview(b""))))).get(1)
            yield TensorInfo(name, *(_tensor_type(as_bytes(kind)) if kind else ("unknown", None)))


def _tensor_type(message: memoryview) -> tuple[str, tuple[int | None, ...] | None]:
    parts = dict(fields(message))
    shape = parts.get(2)
    if shape is None:
        return _dtype(as_int(parts.get(1, 0))), None
    sizes = [dict(fields(as_bytes(v))).get(1) for n, v in fields(as_bytes(shape)) if n == 1]
    dimensions = [as_int(size) if size is not None else None for size in sizes]
    return _dtype(as_int(parts.get(1, 0))), checked_shape(dimensions)


def _weight(message: memoryview) -> tuple[TensorInfo, int, str]:
    """A weight, the memory it takes, and the file it lies in unless that is this one."""
    dims: list[int] = []
    kind, name, file = 0, "", ""
    for number, value in fields(message):
        if number == 1:
            dims += map(signed, packed_varints(value))
        elif number == 2:
            kind = as_int(value)
        elif number == 8:
            name = as_text(value)
        elif number == 13:
            file = _location(value) or file
    if any(size < 0 for size in dims):
        raise FormatError(f"the weight {name!r} is of no definite shape")
    shape = checked_shape(dims)
    size = math.prod(dims) * (_BYTES[kind] if 0 <= kind < len(_BYTES) else 0)
    return TensorInfo(name, _dtype(kind), shape), size, file


def _location(entry: Value) -> str:
    parts = dict(fields(as_bytes(entry)))
    key, value = (as_text(parts.get(number, memoryview(b""))) for number in (1, 2))
    return value if key == "location" else ""


def _dtype(kind: int) -> str:
    return _TYPES[kind] if 0 <= kind < len(_TYPES) else f"unknown dtype {kind}"
