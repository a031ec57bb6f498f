"""Why a checkpoint does not fit a graph, and which variable was probably renamed."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from graphkit._tf import Graph, tf

__all__ = ["unmatched_variables"]

_SHOWN = 10
# A checkpoint of objects has other keys; a saver finds its variables there by itself, but adds
# nodes for it.
_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_BY_OBJECTS = (
    "it was written by tf.train.Checkpoint, and restoring such a one adds nodes: open "
    "SessionRunner with finalize=False for it"
)


def unmatched_variables(graph: Graph, saver: Any, path: str) -> tuple[list[str], list[str]]:
    """Compares what a saver wants to restore with what a checkpoint holds.

    Args:
        graph: The graph of the saver.
        saver: A `tf.train.Saver`.
        path: The checkpoint's prefix.

    Returns:
        A phrase for each variable the checkpoint lacks, with the unused entry that it was most
        likely renamed from; and one for each that has another shape there.
    """
    stored = dict(tf.train.load_checkpoint(path).get_variable_to_shape_map())
    if _OBJECT_GRAPH in stored:
        if graph.finalized:
            return [_BY_OBJECTS], []
        return [], []
    wanted = _restored_shapes(graph, saver)
    unused = {name: shape for name, shape in stored.items() if name not in wanted}
    missing, reshaped = [], []
    for name, shape in sorted(wanted.items()):
        if name not in stored:
            missing.append(f"it lacks {_text(name, shape)}{_rename(name, shape, unused)}")
        elif shape is not None and list(stored[name]) != shape:
            reshaped.append(f"{name!r} is {stored[name]} there and {shape} in the graph")
    return _shortened(missing), _shortened(reshaped)


def _shortened(phrases: list[str]) -> list[str]:
    more = len(phrases) - _SHOWN
    return [*phrases[:_SHOWN], f"and {more} more"] if more > 0 else phrases


def _restored_shapes(graph: Graph, saver: Any) -> dict[str, list[int] | None]:
    """The names a saver's restore op reads, each with its variable's shape where it has one."""
    variables = {v.op.name: v for v in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)}
    names: list[str] = []
    restore = graph.get_operation_by_name(saver.saver_def.restore_op_name)
    waiting, seen = [restore], set()
    while waiting:
        op = waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        if op.type == "RestoreV2":
            names += [name.decode() for name in tf.get_static_value(op.inputs[1])]
        waiting += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
    return {name: _shape(variables.get(name)) for name in names}


def _shape(variable: Any) -> list[int] | None:
    if variable is None or not variable.shape.is_fully_defined():
        return None
    return [int(size) for size in variable.shape.as_list()]


def _text(name: str, shape: list[int] | None) -> str:
    return repr(name) if shape is None else f"{name!r} {shape}"


def _rename(name: str, shape: list[int] | None, unused: dict[str, list[int]]) -> str:
    alike = [other for other, size in unused.items() if shape is None or list(size) == shape]
    if not alike:
        return ""
    nearest = max(alike, key=lambda other: SequenceMatcher(None, name, other).ratio())
    return f" (perhaps its {nearest!r}, of the same shape, which the graph does not use)"
