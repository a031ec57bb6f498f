"""Copying parts of a graph: the same ops again, elsewhere or computed from other tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit._tf import Graph, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._graph_editor._controls import ControlOutputs
from graphkit.tf1._contrib._graph_editor._handlers import keep_t_if_possible_handler
from graphkit.tf1._contrib._graph_editor._transformer import Transformer, TransformerInfo
from graphkit.tf1._contrib._graph_editor._views import SubGraphView, make_view
from graphkit.tf1._contrib._graph_editor._walks import get_walks_intersection_ops

__all__ = ["copy", "copy_with_input_replacements", "graph_replace"]


def _target(view: SubGraphView, dst_graph: Graph | None) -> Graph:
    return view.graph if dst_graph is None else dst_graph


def copy(
    sgv: Any,
    dst_graph: Graph | None = None,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[SubGraphView, TransformerInfo]:
    """Copies a view, with placeholders for what goes in.

    Args:
        sgv: The view, or its ops.
        dst_graph: Where to; the same graph when None.
        dst_scope: The scope of the copies; made different from others.
        src_scope: The scope that is left out of their names.
        reuse_dst_scope: Whether `dst_scope` is used as it is.

    Returns:
        A view of the copies, and which is whose.

    Raises:
        TypeError: `dst_graph` is no graph.
        ValueError: An op is not in `src_scope`.
    """
    view = make_view(sgv)
    return Transformer()(view, _target(view, dst_graph), dst_scope, src_scope, reuse_dst_scope)


def copy_with_input_replacements(
    sgv: Any,
    replacement_ts: Mapping[Tensor, Tensor],
    dst_graph: Graph | None = None,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[SubGraphView, TransformerInfo]:
    """Copies a view, with other tensors instead of some that go in.

    Args:
        sgv: The view, or its ops.
        replacement_ts: Tensor that goes in to the tensor that copies use instead. The rest is used
            as it is in the same graph, and is a placeholder in another.
        dst_graph: Where to; the same graph when None.
        dst_scope: The scope of the copies; made different from others.
        src_scope: The scope that is left out of their names.
        reuse_dst_scope: Whether `dst_scope` is used as it is.

    Returns:
        A view of the copies, and which is whose.

    Raises:
        TypeError: `dst_graph` is no graph.
        ValueError: An op is not in `src_scope`.
    """
    view = make_view(sgv)
    given = {old.name: new for old, new in replacement_ts.items()}
    copier = Transformer()
    copier.transform_external_input_handler = lambda info, tensor: (
        given[tensor.name] if tensor.name in given else keep_t_if_possible_handler(info, tensor)
    )
    return copier(view, _target(view, dst_graph), dst_scope, src_scope, reuse_dst_scope)


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
    replaced = list(replacement_ts)
    known = ControlOutputs(targets[0].graph)
    ops = get_walks_intersection_ops(replaced, targets, control_ios=known) if replaced else []
    if not ops:
        raise ArgumentError(
            "graph_replace",
            "replacement_ts",
            [tensor.name for tensor in replaced],
            f"tensors that {[tensor.name for tensor in targets]} are computed from",
        )
    _, info = copy_with_input_replacements(
        ops, replacement_ts, None, dst_scope, src_scope, reuse_dst_scope
    )
    return info.transformed(target_ts, lambda tensor: tensor)
