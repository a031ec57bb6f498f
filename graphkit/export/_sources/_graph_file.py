"""A graph file that is frozen already: to be cut shorter, or to have its switches pinned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError
from graphkit.export._apart._beside import marked_digest
from graphkit.export._apart._restore import restore_weights
from graphkit.export._graphs._model_file import read_graph_def
from graphkit.export._graphs._op_kinds import VARIABLES
from graphkit.export._graphs._outputs import file_outputs
from graphkit.export._sources._source import Source
from graphkit.export._sources._stored import graph_of
from graphkit.export._targets._record import recorded_names
from graphkit.session import SessionConfig

__all__ = ["open_graph_file"]


def open_graph_file(where: str, path: Path) -> Source:
    """A graph file as a source.

    Args:
        where: The function that was called.
        path: The file.

    Raises:
        CorruptFileError: It holds no graph.
        UnsafeFileError: It would unfold into gigabytes.
    """
    graph_def = read_graph_def(path)
    graph = graph_of(path, graph_def)
    apart = bool(marked_digest(graph_def.node))
    ends = file_outputs(graph_def) if apart or not _variables(graph_def) else []
    outputs = [name for end in ends for name in _tensors(graph, *end)]
    opened = partial(_restored, path, graph) if apart else partial(_opened, where, path, graph)
    return Source(graph, opened, path, outputs or None, names=recorded_names(path))


def _variables(graph_def: Any) -> list[str]:
    return [node.name for node in graph_def.node if node.op in VARIABLES]


def _tensors(graph: Graph, name: str, index: int | None) -> list[str]:
    tensors = graph.get_operation_by_name(name).outputs
    return [tensor.name for tensor in (tensors if index is None else tensors[index : index + 1])]


@contextmanager
def _restored(path: Path, graph: Graph, _frozen: Any) -> Iterator[Any]:
    """A session with the weights that lie beside the file."""
    with tf.Session(graph=graph, config=SessionConfig().to_proto()) as session:
        restore_weights(session, path, graph.as_graph_def())
        yield session


@contextmanager
def _opened(where: str, path: Path, graph: Graph, frozen: Any) -> Iterator[Any]:
    if variables := _variables(frozen):
        wanted = (
            f"a frozen graph; {str(path)!r} holds {variables[0]!r} and {len(variables)} variables "
            "in all, whose values lie in a checkpoint: freeze that, with this file as its graph "
            "(graph, --graph)"
        )
        raise ArgumentError(where, "source", str(path), wanted)
    with tf.Session(graph=graph, config=SessionConfig().to_proto()) as session:
        yield session
