"""A checkpoint and the graph beside it into one file of structure and constants."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export._checkpoints._files import find_checkpoint
from graphkit.export._formats._checkpoint import read_checkpoint
from graphkit.export._freezing._guess import guess_outputs
from graphkit.export._freezing._plan import plan_freeze
from graphkit.export._freezing._session import (
    FreezeRequest,
    FrozenReport,
    check_request,
    write_proven,
)
from graphkit.export._graphs._model_file import check_bounds, import_graph
from graphkit.export._graphs._nodes import needed_nodes, op_of, ops_within, with_functions
from graphkit.export._graphs._op_kinds import is_unsafe
from graphkit.session import SessionConfig

__all__ = ["freeze_checkpoint"]

_WHERE = "freeze_checkpoint"
_PART = re.compile(r"\.(index|data-\d{5}-of-\d{5})$")
_RESTORES = {"Restore", "RestoreSlice", "RestoreV2"}


def freeze_checkpoint(
    checkpoint: str | PathLike[str],
    path: str | PathLike[str],
    *,
    outputs: str | Sequence[str] | None = None,
    inputs: str | Sequence[str] | None = None,
    pins: Mapping[str, Any] | None = None,
    feeds: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    tolerance: float = 1e-5,
    text: bool = False,
    clear_devices: bool = True,
) -> FrozenReport:
    """Writes what a saved training computes as one `.pb`, proven equal to the restored session.

    TF1: the script `freeze_graph.py`. The graph comes from the `.meta` file that
    `tf.train.Saver.save` writes beside the values. It is not trusted: nothing of it runs but what
    restores the variables and what the outputs need, and neither may touch other files.

    Args:
        checkpoint: The prefix (`model.ckpt-100`), its `.meta`, or its folder, whose latest
            checkpoint is taken.
        path: The file to write, in a folder that exists.
        outputs: The names of the tensors the file shall compute; found out unless given.
        inputs: As for `freeze_session`.
        pins: As for `freeze_session`.
        feeds: As for `freeze_session`.
        tolerance: As for `freeze_session`.
        text: As for `freeze_session`.
        clear_devices: As for `freeze_session`.

    Returns:
        What was written and compared.

    Raises:
        MissingFileError: There is no checkpoint, or no `.meta` beside it.
        ArgumentError: One of the checkpoint's parts was given instead of its prefix, or as the
            file to write; several tensors could be the outputs (they are listed with reasons), or
            as `freeze_session`.
        UnknownNameError: A name the graph does not have.
        CorruptFileError: A file is damaged, or values and graph do not belong together.
        UnsafeFileError: Restoring or computing would touch other files, run code, or fill the
            memory.
        VerificationError: The reloaded file computes something else; it was not kept.
    """
    given = Path(checkpoint)
    if _PART.search(given.name) and given.is_file():
        wanted = f"the prefix {str(given.with_name(_PART.sub('', given.name)))!r}"
        raise ArgumentError(_WHERE, "checkpoint", str(given), wanted)
    target = Path(path)
    check_request(_WHERE, target, tolerance)
    prefix = find_checkpoint(given)
    if _belongs_to(target, prefix):
        raise ArgumentError(_WHERE, "path", str(target), "no file of the checkpoint itself")
    meta_graph = _read_meta(Path(f"{prefix}.meta"))
    graph = _graph_of(Path(f"{prefix}.meta"), meta_graph)
    chosen = guess_outputs(graph) if outputs is None else outputs
    plan = plan_freeze(_WHERE, graph, chosen, inputs, pins)
    _check_safe(prefix, plan.graph_def, frozenset())
    with tf.Session(graph=graph, config=SessionConfig().to_proto()) as session:
        _restore(session, prefix, meta_graph)
        request = FreezeRequest(_WHERE, target, feeds, tolerance, text, clear_devices)
        return write_proven(session, plan, request)


def _belongs_to(target: Path, prefix: Path) -> bool:
    """Tells whether writing the target would destroy the checkpoint."""
    if target.resolve().parent != prefix.resolve().parent:
        return False
    values = {prefix.name, f"{prefix.name}.meta", "checkpoint"}
    return target.name in values or _PART.sub("", target.name) == prefix.name


def _read_meta(path: Path) -> Any:
    if not path.is_file():
        reason = "does not exist; a checkpoint can be frozen only with its graph beside it"
        raise MissingFileError(path, reason)
    try:
        meta_graph = tf.MetaGraphDef.FromString(path.read_bytes())
    except DecodeError as exc:
        raise CorruptFileError(path, "holds no graph (a MetaGraphDef), or half of one") from exc
    if not meta_graph.graph_def.node or not meta_graph.saver_def.restore_op_name:
        raise CorruptFileError(path, "holds no graph with a saver")
    return meta_graph


def _graph_of(path: Path, meta_graph: Any) -> Graph:
    """The graph alone: the collections, which can hold anything, are left out."""
    check_bounds(path, meta_graph.graph_def)
    for node in meta_graph.graph_def.node:
        node.device = ""
    graph = tf.Graph()
    with graph.as_default():
        import_graph(path, meta_graph.graph_def, name="")
    return graph


def _restore(session: Any, prefix: Path, meta_graph: Any) -> None:
    saver_def = meta_graph.saver_def
    needed = needed_nodes(meta_graph.graph_def, [op_of(saver_def.restore_op_name)])
    _check_safe(prefix, with_functions(meta_graph.graph_def, needed), _RESTORES)
    try:
        with session.graph.as_default():
            tf.train.Saver(saver_def=saver_def).restore(session, str(prefix))
    except (tf.errors.OpError, ValueError, KeyError) as exc:
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


def _check_safe(path: Path, graph_def: Any, allowed: frozenset[str] | set[str]) -> None:
    for name, kind in ops_within(graph_def):
        if is_unsafe(kind) and kind not in allowed:
            reason = f"its op {name!r} is a {kind}, which touches other files or runs code"
            raise UnsafeFileError(path, f"{reason}; nothing was run")
