"""A graph and its values as TensorFlow stores them: a `MetaGraphDef` and a checkpoint.

Nothing of it runs but what restores the variables, and that may touch no other files.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._shards import shard_pattern
from graphkit._tf import Graph, tf
from graphkit.errors import CorruptFileError
from graphkit.export._graphs._model_file import check_bounds, imported_graph
from graphkit.export._graphs._nodes import needed_nodes, op_of, with_functions
from graphkit.export._sources._queue_shapes import set_queue_shapes
from graphkit.export._sources._source import check_safe
from graphkit.session import SessionConfig

__all__ = ["graph_of", "restore", "restored"]

_RESTORES = {"Restore", "RestoreSlice", "RestoreV2"}


def graph_of(path: Path, graph_def: Any, written_with: Iterable[Any] = ()) -> Graph:
    """The graph alone, without devices; collections, which can hold anything, are left out.

    Args:
        path: The file it came from.
        graph_def: Its nodes, changed in place.
        written_with: The `OpDef`s of the TensorFlow that wrote it, where the file has them.

    Raises:
        CorruptFileError: TensorFlow does not accept it.
        UnsafeFileError: It would unfold into gigabytes.
    """
    check_bounds(path, graph_def)
    for node in graph_def.node:
        node.device = ""
    graph = imported_graph(path, graph_def, written_with=written_with)
    set_queue_shapes(graph)
    return graph


@contextmanager
def restored(graph: Graph, meta_graph: Any, prefix: Path | None) -> Iterator[Any]:
    """A session with the values of a checkpoint, restored by the saver of the meta graph.

    Args:
        graph: The graph.
        meta_graph: The `MetaGraphDef` it is of.
        prefix: The checkpoint; None if there is nothing to restore.

    Raises:
        CorruptFileError: Values and graph do not go together.
        UnsafeFileError: To restore would touch other files.
    """
    with tf.Session(graph=graph, config=SessionConfig().to_proto()) as session:
        if prefix is not None:
            restore(session, prefix, meta_graph)
        yield session


def restore(session: Any, prefix: Path, meta_graph: Any) -> None:
    """Gives the variables of a session the values of a checkpoint; see `restored`."""
    saver_def = meta_graph.saver_def
    needed = needed_nodes(meta_graph.graph_def, [op_of(saver_def.restore_op_name)])
    check_safe(prefix, with_functions(meta_graph.graph_def, needed), _RESTORES)
    read_checkpoint(prefix)  # TensorFlow would end the process over some damage in an index
    try:
        with session.graph.as_default():
            tf.train.Saver(saver_def=saver_def).restore(session, str(shard_pattern(prefix)))
    except (tf.errors.OpError, ValueError, KeyError, TypeError) as exc:
        raise CorruptFileError(prefix, _restore_failure(prefix, exc)) from exc


def _restore_failure(prefix: Path, error: Exception) -> str:
    """Says why values and graph do not go together, without TensorFlow's general advice."""
    message = str(getattr(error, "message", error)).rpartition("Original error:")[2].strip()
    missing = re.search(r"Key (\S+) not found in checkpoint", message)
    if not missing:
        return f"cannot be restored into its graph: {message.splitlines()[0]}"
    names = read_checkpoint(prefix).variables
    alike = difflib.get_close_matches(missing.group(1), names, n=1)
    hint = f"; it holds {alike[0]!r}" if alike else ""
    return f"holds no value for the graph's variable {missing.group(1)!r}{hint}"
