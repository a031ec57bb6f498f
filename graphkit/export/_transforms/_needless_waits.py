"""Waits that nobody sees the end of: what is waited for changes nothing."""

from __future__ import annotations

from typing import Any

from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import CHECKS, RANDOM
from graphkit.export._graphs._order import execution_order
from graphkit.export._graphs._waits import drop_waits
from graphkit.export._transforms._network import built_graph

__all__ = ["drop_needless_waits"]


def drop_needless_waits(graph_def: Any) -> None:
    """Lets nodes no longer wait, in place, for ops that change nothing they could see.

    The order of ops that act on something stays: tables, arrays, queues.

    Args:
        graph_def: The graph.
    """
    acting = _acting_ops(graph_def)
    drop_waits(graph_def.node, {node.name for node in graph_def.node} - acting)


def _acting_ops(graph_def: Any) -> set[str]:
    """The ops that act on something, and all that run after one of them."""
    graph = built_graph(graph_def)
    harmless = RANDOM | CHECKS
    found: set[str] = set()
    for node in execution_order(graph_def.node):
        op = graph.get_operation_by_name(node.name)
        acts = op.op_def is None or (op.op_def.is_stateful and op.type not in harmless)
        if acts or any(op_of(reference) in found for reference in node.input):
            found.add(node.name)
    return found
