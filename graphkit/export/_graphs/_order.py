"""The order in which the nodes of a graph, or of a function in it, can run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphkit.export._graphs._nodes import op_of

__all__ = ["execution_order"]


def execution_order(listed: Iterable[Any]) -> list[Any]:
    """Nodes, each behind its inputs and else as they stood; loops are entered at `Merge`."""
    nodes = {node.name: node for node in listed}
    done: set[str] = set()
    ordered: list[Any] = []
    for first in nodes:
        waiting = [first]
        while waiting:
            node = nodes[waiting[-1]]
            missing = [name for name in _sources(node, nodes) if name not in done]
            if missing and node.name not in done:
                waiting.append(missing[0])
                continue
            waiting.pop()
            if node.name not in done:
                done.add(node.name)
                ordered.append(node)
    return ordered


def _sources(node: Any, nodes: dict[str, Any]) -> list[str]:
    """What must have run before a node; not what a loop hands back to its beginning."""
    names = [op_of(reference) for reference in node.input]
    again = node.op in ("Merge", "RefMerge")
    return [
        name
        for name in names
        if name in nodes and not (again and nodes[name].op.endswith("NextIteration"))
    ]
