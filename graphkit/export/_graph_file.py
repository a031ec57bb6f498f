"""A file that holds a graph: a `GraphDef`, or one inside a `MetaGraphDef` or a `SavedModel`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit._formats._graph import StoredGraph, read_graph
from graphkit._formats._mapped import mapped
from graphkit._formats._wire import FormatError, as_bytes, fields
from graphkit.errors import CorruptFileError, MissingFileError, UnsafeFileError

__all__ = ["GraphFile", "read_graph_file"]

_TEXT_START = re.compile(rb"\s*(#[^\n]*\n\s*)*(node|versions|library|version)\s*[{:]")
_LARGEST_TEXT = 2**29
_SAVED_MODEL = ("saved_model.pb", "saved_model.pbtxt")


@dataclass(frozen=True)
class GraphFile:
    """A graph and the wrapping it came in.

    Attributes:
        path: The file.
        kind: "graph", "meta graph" or "SavedModel".
        graph: The graph; of a SavedModel, that of its first meta graph.
        meta_graphs: The `MetaGraphDef`s around it, as bytes; empty for a bare graph.
    """

    path: Path
    kind: str
    graph: StoredGraph
    meta_graphs: tuple[memoryview, ...] = ()


def read_graph_file(path: Path) -> GraphFile:
    """Reads the graph of a `.pb`, `.pbtxt` or `.meta` file, or of a SavedModel folder.

    Only the text form needs TensorFlow, whose words it is written in.

    Args:
        path: The file; recognised by its content.

    Returns:
        The graph.

    Raises:
        MissingFileError: There is no such file, or the folder holds no SavedModel.
        CorruptFileError: It holds no graph, or a damaged one.
        UnsafeFileError: It is a text beyond all measure.
    """
    file = _graph_in_folder(path) if path.is_dir() else path
    if not file.is_file():
        raise MissingFileError(file)
    data = mapped(file)
    if _TEXT_START.match(data[:10_000]):
        data = _from_text(file)
    reasons = []
    for kind, unwrap in _KINDS.items():
        try:
            meta_graphs, graph = unwrap(data)
            return GraphFile(file, kind, read_graph(graph), meta_graphs)
        except FormatError as exc:
            reasons.append(str(exc))
    reason = "holds no graph (a GraphDef, a MetaGraphDef or a SavedModel), or half of one"
    raise CorruptFileError(file, f"{reason}: {reasons[0]}")


def _graph_in_folder(folder: Path) -> Path:
    for name in _SAVED_MODEL:
        if (folder / name).is_file():
            return folder / name
    raise MissingFileError(folder, f"is a folder that holds no {_SAVED_MODEL[0]}")


_Unwrapped = tuple[tuple[memoryview, ...], memoryview]


def _bare(data: memoryview) -> _Unwrapped:
    return (), data


def _of_meta_graph(data: memoryview) -> _Unwrapped:
    for number, value in fields(data):
        if number == 2:
            return (data,), as_bytes(value)
    raise FormatError("holds no graph")


def _of_saved_model(data: memoryview) -> _Unwrapped:
    found = tuple(as_bytes(value) for number, value in fields(data) if number == 2)
    if not found:
        raise FormatError("holds no meta graph")
    return found, _of_meta_graph(found[0])[1]


_KINDS: dict[str, Callable[[memoryview], _Unwrapped]] = {
    "graph": _bare,
    "meta graph": _of_meta_graph,
    "SavedModel": _of_saved_model,
}


def _from_text(file: Path) -> memoryview:
    """The binary form of a text file, which takes many times its size in memory."""
    if file.stat().st_size > _LARGEST_TEXT:
        raise UnsafeFileError(file, f"a graph in text form of more than {_LARGEST_TEXT:,} bytes")
    from graphkit.export._graphs._model_file import parse_graph_def  # imports TensorFlow

    graph_def: Any = parse_graph_def(file.read_bytes())
    if graph_def is None:
        raise CorruptFileError(file, "holds no graph in text form, or half of one")
    return memoryview(graph_def.SerializeToString())
