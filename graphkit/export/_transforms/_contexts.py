"""Which ops belong to a branch or a loop of TensorFlow 1, and which waits mean nothing outside."""

from __future__ import annotations

from typing import Any

from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import RANDOM
from graphkit.export._graphs._order import execution_order
from graphkit.export._transforms._network import built_graph

__all__ = ["CHECKS", "acting_ops", "context_depths", "drop_needless_waits"]

# Ops with an effect that no result depends on; drawing has none beside its result.
CHECKS = {"Assert", "CheckNumerics", "CheckNumericsV2", "Print", "PrintV2", "StringFormat"}


def drop_needless_waits(graph_def: Any) -> None:
    """Lets nodes no longer wait, in place, for ops that change nothing they could see.

    What makes an op part of a branch or a loop stays, and so does the order of ops that act on
    something: tables, arrays, queues.

    Args:
        graph_def: The graph.
    """
    depths = context_depths(graph_def)
    acting = acting_ops(graph_def)
    for node in graph_def.node:
        kept = [
            reference
            for reference in node.input
            if not reference.startswith("^")
            or depths[op_of(reference)] > 0
            or op_of(reference) in acting
        ]
        if len(kept) < len(node.input):
            del node.input[:]
            node.input.extend(kept)


def context_depths(graph_def: Any) -> dict[str, int]:
    """In how many branches and loops each node lies."""
    kinds = {node.name: node.op.removeprefix("Ref") for node in graph_def.node}
    depths: dict[str, int] = {}
    for node in execution_order(graph_def.node):
        sources = [op_of(reference) for reference in node.input]
        depth = max((depths.get(name, 0) for name in sources), default=0)
        of_loop = any(kinds[name] in ("LoopCond", "NextIteration") for name in sources)
        depths[node.name] = depth + _change(kinds[node.name], of_loop)
    return depths


def _change(kind: str, of_loop: bool) -> int:
    if kind == "Enter" or (kind == "Switch" and not of_loop):
        return 1
    if kind == "Exit" or (kind == "Merge" and not of_loop):
        return -1
    return 0


def acting_ops(graph_def: Any) -> set[str]:
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
