"""Attributes that ops got in later releases: read from newer ones, not written for older ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from graphkit._formats._releases import release_of
from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export._graphs._op_changes import is_later_attribute, newer_attribute

__all__ = ["drop_later_defaults", "drop_newer_attributes"]


def drop_newer_attributes(path: Path, graph_def: Any, written_with: Iterable[Any] = ()) -> None:
    """Takes out attributes that an op does not have here, where they say what it does anyway.

    Args:
        path: The file, for messages.
        graph_def: The graph, changed in place.
        written_with: The `OpDef`s of the TensorFlow that wrote it, where the file has them.

    Raises:
        CorruptFileError: Such an attribute says something else; the op is named.
    """
    theirs = {op.name: {attr.name: attr for attr in op.attr} for op in written_with}
    ours: dict[str, frozenset[str] | None] = {}
    graph = tf.Graph()
    for node in _all_nodes(graph_def):
        if node.op not in ours:
            ours[node.op] = _attributes(graph, node.op)
        known = ours[node.op]
        for name in sorted(node.attr) if known is not None else ():
            if name not in (known or ()) and not name.startswith("_"):
                if not _is_default(node, name, theirs.get(node.op, {}).get(name)):
                    raise CorruptFileError(path, _reason(node, name, graph_def))
                del node.attr[name]


def drop_later_defaults(graph_def: Any) -> None:
    """Takes out, in place, what TensorFlow wrote into nodes that 1.15 would refuse to read.

    It gives every op all attributes it has today. Those that 1.15's did not have, nor 2.16's, go
    where they hold their default, which is what the op did before.
    """
    graph = tf.Graph()
    for node in _all_nodes(graph_def):
        node.ClearField("experimental_type")  # inferred again by those who know it
        for name in sorted(node.attr):
            if is_later_attribute(node.op, name) and _holds_default(graph, node, name):
                del node.attr[name]


def _all_nodes(graph_def: Any) -> Iterator[Any]:
    """Those of functions too."""
    yield from graph_def.node
    for function in graph_def.library.function:
        yield from function.node_def


def _holds_default(graph: Any, node: Any, name: str) -> bool:
    defined = {attr.name: attr for attr in graph.op_def_for_type(node.op).attr}
    return name in defined and bool(node.attr[name] == defined[name].default_value)


def _attributes(graph: Any, op: str) -> frozenset[str] | None:
    """The attributes an op has here; None of one that is not registered, such as a function."""
    try:
        return frozenset(attr.name for attr in graph.op_def_for_type(op).attr)
    except (RuntimeError, ValueError, KeyError, tf.errors.OpError):
        return None


def _is_default(node: Any, name: str, definition: Any) -> bool:
    if definition is not None and definition.HasField("default_value"):
        return bool(node.attr[name] == definition.default_value)
    newer = newer_attribute(node.op, name)
    return newer is not None and getattr(node.attr[name], newer.field) == newer.default


def _reason(node: Any, name: str, graph_def: Any) -> str:
    release = release_of(graph_def.versions.producer)
    writer = f"; the graph was written by {release}" if release else ""
    value = str(node.attr[name]).strip()
    return (
        f"its op {node.name!r} has the attribute {name!r} ({value}), which a {node.op} of "
        f"TensorFlow {tf.version.VERSION} does not have{writer}"
    )
