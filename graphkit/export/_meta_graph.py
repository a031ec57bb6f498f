"""What a `MetaGraphDef` says beside its graph: who wrote it, and what it can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphkit._formats._dtypes import stored_type
from graphkit._formats._graph import entry_of
from graphkit._formats._shape import read_shape
from graphkit._formats._wire import as_bytes, as_int, as_text, fields
from graphkit.export._tensor_info import TensorInfo

__all__ = ["Signature", "signatures_of", "writer_of"]

_INFO, _SIGNATURES = 1, 5
_TAG, _VERSION = 4, 5


@dataclass(frozen=True)
class Signature:
    """What a graph can be asked for.

    Attributes:
        name: Its name, such as "serving_default".
        tags: The tags of the meta graph it belongs to.
        method: What it does, such as "tensorflow/serving/predict".
        inputs: The tensor of each input, by its key.
        outputs: The same of the outputs.
    """

    name: str
    tags: list[str]
    method: str
    inputs: dict[str, TensorInfo]
    outputs: dict[str, TensorInfo]


def writer_of(meta_graphs: Iterable[memoryview]) -> str:
    """The version of the TensorFlow that wrote them, "" if they do not say."""
    return next((text for meta in meta_graphs for text in _info(meta, _VERSION)), "")


def signatures_of(meta_graphs: Iterable[memoryview]) -> list[Signature]:
    """All signatures, by meta graph and name."""
    return [
        _signature(*entry_of(as_bytes(value)), list(_info(meta, _TAG)))
        for meta in meta_graphs
        for number, value in fields(meta)
        if number == _SIGNATURES
    ]


def _info(meta_graph: memoryview, wanted: int) -> Iterator[str]:
    for number, value in fields(meta_graph):
        if number == _INFO:
            inside = fields(as_bytes(value))
            yield from (as_text(inner) for key, inner in inside if key == wanted)


def _signature(name: str, message: memoryview, tags: list[str]) -> Signature:
    tensors: dict[int, dict[str, TensorInfo]] = {1: {}, 2: {}}
    method = ""
    for number, value in fields(message):
        if number in tensors:
            key, tensor = entry_of(as_bytes(value))
            tensors[number][key] = _tensor(tensor)
        elif number == 3:
            method = as_text(value)
    ins, outs = (dict(sorted(tensors[number].items())) for number in (1, 2))
    return Signature(name, tags, method, ins, outs)


def _tensor(message: memoryview) -> TensorInfo:
    name, dtype = "", 0
    shape: tuple[int | None, ...] | None = ()
    for number, value in fields(message):
        if number == 1:
            name = as_text(value)
        elif number == 2:
            dtype = as_int(value)
        elif number == 3:
            shape = read_shape(as_bytes(value))
    return TensorInfo(name, stored_type(dtype).name, shape)
