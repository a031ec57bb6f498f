"""The weights of a graph brought into a session on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphkit._marks import WEIGHTS_MARK
from graphkit._tf import tf
from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.export._apart._beside import check_weights, marked_digest
from graphkit.export._graphs._nodes import needed_nodes

__all__ = ["restore_weights"]

_HARMLESS = {"AssignVariableOp", "Const", "NoOp", "RestoreV2", "VarHandleOp"}


def restore_weights(session: Any, path: Path, graph_def: Any) -> None:
    """Restores what lies beside a graph; of a graph that holds its weights, nothing.

    Only the files of these weights are read, whatever the graph says.

    Args:
        session: A session on the graph.
        path: The file of the graph.
        graph_def: The graph of the session.

    Raises:
        MissingFileError: The weights are not there.
        CorruptFileError: They are damaged, of another model, or do not fit the graph.
        UnsafeFileError: To restore would do something else too.
    """
    digest = marked_digest(graph_def.node)
    if not digest:
        return
    prefix = check_weights(path, digest)
    [restore] = [node.name for node in graph_def.node if WEIGHTS_MARK in node.attr][:1]
    needed = needed_nodes(graph_def, [restore])
    for node in needed:
        if node.op not in _HARMLESS:
            reason = f"its op {node.name!r}, a {node.op}, has no part in restoring its weights"
            raise UnsafeFileError(path, f"{reason}; nothing was run")
    files = {node.input[0] for node in needed if node.op == "RestoreV2"}
    feed = {f"{name.removesuffix(':0')}:0": str(prefix.absolute()) for name in files}
    try:
        session.run(restore, feed)
    except (tf.errors.OpError, ValueError, TypeError) as exc:
        told = str(getattr(exc, "message", exc)).splitlines()[0]
        reason = f"holds the weights of {path}, which cannot be restored: {told}"
        raise CorruptFileError(prefix, reason) from exc
