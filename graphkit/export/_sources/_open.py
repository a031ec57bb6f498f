"""Any source, recognised by its content."""

from __future__ import annotations

from collections.abc import Callable, Collection
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, MissingFileError
from graphkit.export._checkpoints._files import is_checkpoint
from graphkit.export._graph_file import read_graph_file
from graphkit.export._graphs._model_file import read_graph_def
from graphkit.export._other_kinds import SAVED_MODEL_FILES, is_keras, is_saved_model
from graphkit.export._sources._built import open_built
from graphkit.export._sources._checkpoint import checkpoint_for, open_checkpoint
from graphkit.export._sources._graph_file import open_graph_file
from graphkit.export._sources._keras import open_keras
from graphkit.export._sources._live import is_session, open_session
from graphkit.export._sources._saved_model import open_saved_model
from graphkit.export._sources._source import Source
from graphkit.export._sources._stored import graph_of

__all__ = ["open_source"]


def open_source(
    where: str,
    source: Any,
    target: Path,
    *,
    graph: Any = None,
    signature: str | None = None,
    tag: str | None = None,
    allow: Collection[str] = (),
) -> Source:
    """Opens a source.

    Args:
        where: The function that was called.
        source: A session or a path; see `freeze`.
        target: What is going to be written, so that it is no file of the source.
        graph: The graph of a checkpoint; see `freeze`.
        signature: The signature of a SavedModel.
        tag: The tag of a SavedModel.
        allow: What may run though its code is not in the graph.

    Raises:
        ArgumentError: An argument does not belong to a source of this kind.
        ArgumentTypeError: The source is none.
        MissingFileError: There is no such file.
        CorruptFileError: It is damaged, or of no kind that can be frozen.
        UnsafeFileError: It would run code or fill the memory.
    """
    if is_session(source):
        return open_session(where, source)
    if not isinstance(source, (str, PathLike)):
        wanted = "a tf.Session, or the path of a checkpoint, SavedModel, model of Keras or graph"
        raise ArgumentTypeError(where, "source", type(source).__name__, wanted)
    path = Path(source)
    kind = _kind(path)
    for argument, given, wanted in (
        ("graph", graph, "checkpoint"),
        ("signature", signature, "SavedModel"),
        ("tag", tag, "SavedModel"),
    ):
        if given is not None and kind != wanted:
            raise ArgumentError(where, argument, given, f"left out; {path} is no {wanted}")
    if kind == "SavedModel":
        return open_saved_model(where, _folder_of_saved_model(path), tag, signature)
    if kind == "Keras":
        return open_keras(path, allow)
    if kind == "graph":
        return open_graph_file(where, path)
    prefix = checkpoint_for(where, path, target)
    return open_checkpoint(prefix) if graph is None else _with_graph(where, prefix, graph)


def _folder_of_saved_model(path: Path) -> Path:
    if not path.is_file():
        return path
    if path.name not in SAVED_MODEL_FILES:
        reason = "is the graph of a SavedModel; name the folder where it lies as saved_model.pb"
        raise MissingFileError(path, reason)
    return path.parent


def _kind(path: Path) -> str:
    if is_saved_model(path):
        return "SavedModel"
    if path.is_file() and is_keras(path):
        return "Keras"
    if not path.is_file() or is_checkpoint(path) or path.suffix == ".meta":
        return "checkpoint"
    return "graph"


def _graph_def_of(path: Path) -> Any:
    """The graph in a file; a `.meta` may be of another checkpoint than the one to freeze."""
    if path.is_file() and read_graph_file(path).kind == "meta graph":
        return tf.MetaGraphDef.FromString(path.read_bytes()).graph_def
    return read_graph_def(path)


def _with_graph(where: str, prefix: Path, graph: Any) -> Source:
    """A checkpoint whose graph is given: itself, as a file, or as a function that builds it."""
    if isinstance(graph, tf.Graph):
        return open_built(graph, prefix)
    if isinstance(graph, (str, PathLike)):
        path = Path(graph)
        return open_built(graph_of(path, _graph_def_of(path)), prefix, path)
    if not callable(graph):
        wanted = "a tf.Graph, the path of a graph file, or a function that builds a graph"
        raise ArgumentTypeError(where, "graph", type(graph).__name__, wanted)
    build: Callable[[], Any] = graph
    built = tf.Graph()
    with built.as_default():
        build()
    if not built.get_operations():
        raise ArgumentError(where, "graph", build, "a function that adds ops to the current graph")
    return open_built(built, prefix)
