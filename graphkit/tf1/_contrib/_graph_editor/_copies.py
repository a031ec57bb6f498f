"""Copies of contrib.graph_editor: the same ops again, computed from other tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._graph_editor import get_backward_walk_ops, get_forward_walk_ops
from graphkit.tf1._contrib._graph_views import SubGraphView, make_view

__all__ = ["TransformerInfo", "copy_with_input_replacements", "graph_replace"]


class TransformerInfo:
    """Which copy belongs to which op or tensor.

    Args:
        ops: Original op to copy.
    """

    def __init__(self, ops: Mapping[Operation, Operation]) -> None:
        self._copies = dict(ops)
        self._originals = {made: op for op, made in ops.items()}

    def transformed(self, original_top: Any, missing_fn: Any = None) -> Any:
        """The copy of an op or tensor; `missing_fn` of it, or None, where there is none."""
        return _other(self._copies, original_top, missing_fn)

    def original(self, transformed_top: Any, missing_fn: Any = None) -> Any:
        """What an op or tensor is a copy of; `missing_fn` of it, or None, where it is none."""
        return _other(self._originals, transformed_top, missing_fn)


def _other(ops: Mapping[Operation, Operation], item: Any, missing_fn: Any) -> Any:
    op = item if hasattr(item, "outputs") else item.op
    if op not in ops:
        return None if missing_fn is None else missing_fn(item)
    return ops[op] if item is op else ops[op].outputs[item.value_index]


def _renamed(name: str, dst_scope: str, src_scope: str) -> str:
    lead = f"{src_scope.rstrip('/')}/" if src_scope else ""
    return dst_scope + (name[len(lead) :] if lead and name.startswith(lead) else name)


def _copy_op(
    op: Operation, inputs: list[Tensor], controls: list[Operation], name: str
) -> Operation:
    with tf.control_dependencies(None), tf.control_dependencies(controls):
        made = op.graph.create_op(
            op.type,
            inputs,
            [tensor.dtype for tensor in op.outputs],
            name=name,
            attrs=dict(op.node_def.attr),
        )
    for new, old in zip(made.outputs, op.outputs, strict=True):
        new.set_shape(old.shape)
    return made


def copy_with_input_replacements(
    sgv: Any,
    replacement_ts: Mapping[Tensor, Tensor],
    dst_graph: Graph = None,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[SubGraphView, TransformerInfo]:
    """Copies ops inside their graph, with other tensors instead of some.

    What the ops use from outside, and what runs before them, stays the same. Collections do not
    change.

    Args:
        sgv: The view, or its ops.
        replacement_ts: Tensor to the tensor that copies use instead.
        dst_graph: The graph; only that of the ops.
        dst_scope: The scope of the copies; made different from others.
        src_scope: The scope that is left out of their names.
        reuse_dst_scope: Whether `dst_scope` is used as it is.

    Returns:
        A view of the copies, and which is whose.

    Raises:
        ArgumentError: `dst_graph` is another graph.
    """
    view = make_view(sgv)
    graph = view.graph
    if dst_graph is not None and dst_graph is not graph:
        raise ArgumentError(
            "copy_with_input_replacements", "dst_graph", dst_graph, "the graph of the ops"
        )
    given = {old.name: new for old, new in replacement_ts.items()}
    made: dict[Operation, Operation] = {}
    info = TransformerInfo({})
    if view.ops:
        with graph.as_default(), tf.name_scope(None):
            scope = ""
            if dst_scope:
                scope = dst_scope if reuse_dst_scope else graph.unique_name(dst_scope)
                scope = scope.rstrip("/") + "/"
            inside = set(view.ops)
            for op in [op for op in graph.get_operations() if op in inside]:
                inputs = [
                    given.get(t.name, info.transformed(t, lambda same: same)) for t in op.inputs
                ]
                controls = [made.get(before, before) for before in op.control_inputs]
                made[op] = _copy_op(op, inputs, controls, _renamed(op.name, scope, src_scope))
                info = TransformerInfo(made)
    return SubGraphView([made[op] for op in view.ops]), info


def graph_replace(
    target_ts: Any,
    replacement_ts: Mapping[Tensor, Tensor],
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> Any:
    """Computes tensors again, with other tensors instead of some they are computed from.

    Args:
        target_ts: The tensors, in lists, tuples and dictionaries.
        replacement_ts: Tensor to the tensor that is used instead.
        dst_scope: The scope of the copies.
        src_scope: The scope that is left out of their names.
        reuse_dst_scope: Whether `dst_scope` is used as it is.

    Returns:
        The new tensors, in the same structure.

    Raises:
        ArgumentError: No target is computed from what is replaced.
    """
    targets = tf.nest.flatten(target_ts)
    behind = {
        op
        for tensor in replacement_ts
        for user in tensor.consumers()
        for op in get_forward_walk_ops(user)
    }
    ops = [op for op in get_backward_walk_ops(targets) if op in behind]
    if not ops:
        raise ArgumentError(
            "graph_replace",
            "replacement_ts",
            [tensor.name for tensor in replacement_ts],
            f"tensors that {[tensor.name for tensor in targets]} are computed from",
        )
    _, info = copy_with_input_replacements(
        ops, replacement_ts, None, dst_scope, src_scope, reuse_dst_scope
    )
    return tf.nest.map_structure(
        lambda tensor: info.transformed(tensor, lambda same: same), target_ts
    )
