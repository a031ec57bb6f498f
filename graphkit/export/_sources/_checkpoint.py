"""A checkpoint with the `.meta` that `tf.train.Saver.save` writes beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from graphkit._tf import Graph, Tensor, tf
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError
from graphkit.export._checkpoints._files import find_checkpoint, prefix_of
from graphkit.export._graphs._op_kinds import VARIABLES
from graphkit.export._sources._signature import listed_once, named_by_signature
from graphkit.export._sources._source import Source
from graphkit.export._sources._stored import graph_of, restored

__all__ = ["checkpoint_for", "open_checkpoint"]

_SHOWN = 5
_PART = re.compile(r"\.(index|data-\d{5}-of-\d{5})$")


def checkpoint_for(where: str, given: Path, target: Path) -> Path:
    """Finds the prefix that is meant, and sees to it that it is not written over.

    Args:
        where: The function that was called.
        given: A prefix, its `.meta`, or its folder.
        target: What is going to be written.

    Raises:
        ArgumentError: A part of a checkpoint was given, or as the file to write.
        MissingFileError: There is no checkpoint.
    """
    if _PART.search(given.name) and given.is_file():
        wanted = f"the prefix {str(given.with_name(_PART.sub('', given.name)))!r}"
        raise ArgumentError(where, "checkpoint", str(given), wanted)
    prefix = find_checkpoint(given)
    if _belongs_to(target, prefix):
        raise ArgumentError(where, "path", str(target), "no file of the checkpoint itself")
    return prefix


def open_checkpoint(prefix: Path) -> Source:
    """A checkpoint as a source.

    Args:
        prefix: Its prefix.

    Raises:
        MissingFileError: There is no `.meta` beside it.
        CorruptFileError: That is damaged.
        UnsafeFileError: It would unfold into gigabytes.
    """
    path = Path(f"{prefix}.meta")
    meta_graph = _read_meta(path)
    graph = graph_of(path, meta_graph.graph_def, meta_graph.meta_info_def.stripped_op_list.op)
    names = named_by_signature(meta_graph)
    outputs, inputs = listed_once(names.outputs), listed_once(names.inputs)
    opened = partial(_opened, graph, meta_graph, prefix)
    return Source(graph, opened, prefix, outputs, inputs, names=names)


@contextmanager
def _opened(graph: Graph, meta_graph: Any, prefix: Path, frozen: Any) -> Iterator[Any]:
    with restored(graph, meta_graph, prefix) as session:
        _check_filled(session, prefix, [node.name for node in frozen.node if node.op in VARIABLES])
        yield session


def _check_filled(session: Any, prefix: Path, names: list[str]) -> None:
    """Refuses variables that the saver which wrote the checkpoint did not know."""
    tensors = [session.graph.get_operation_by_name(name).outputs[0] for name in names]
    with session.graph.as_default():
        filled = session.run([_is_filled(tensor) for tensor in tensors])
    empty = [name for name, has_value in zip(names, filled, strict=True) if not has_value]
    if empty:
        more = f" and {len(empty) - _SHOWN} more" if len(empty) > _SHOWN else ""
        reason = (
            f"holds no value for the graph's variables {', '.join(empty[:_SHOWN])}{more}, which "
            "the tf.train.Saver that wrote it left out; name outputs that do not need them, or "
            "save all variables"
        )
        raise CorruptFileError(prefix, reason)


def _is_filled(tensor: Tensor) -> Tensor:
    if tensor.dtype == tf.resource:
        return tf.raw_ops.VarIsInitializedOp(resource=tensor)
    return tf.raw_ops.IsVariableInitialized(ref=tensor)


def _belongs_to(target: Path, prefix: Path) -> bool:
    """Tells whether writing the target would destroy the checkpoint."""
    if target.resolve().parent != prefix.resolve().parent:
        return False
    return target.name == "checkpoint" or prefix_of(target).name == prefix.name


def _read_meta(path: Path) -> Any:
    if not path.is_file():
        reason = (
            "does not exist; a checkpoint can be frozen only with its graph beside it, in another "
            "file (--graph), or with the code that builds it (--script, graph)"
        )
        raise MissingFileError(path, reason)
    try:
        meta_graph = tf.MetaGraphDef.FromString(path.read_bytes())
    except DecodeError as exc:
        raise CorruptFileError(path, "holds no graph (a MetaGraphDef), or half of one") from exc
    if not meta_graph.graph_def.node or not meta_graph.saver_def.restore_op_name:
        raise CorruptFileError(path, "holds no graph with a saver")
    return meta_graph
