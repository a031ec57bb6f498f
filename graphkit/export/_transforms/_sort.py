"""Nodes in an order in which they can run, for readers that go through a file once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphkit.export._graphs._nodes import op_of
from graphkit.export._transforms._network import Network, copied

__all__ = ["execution_order", "sort_by_execution_order"]


def sort_by_execution_order(network: Network) -> Network:
    """Puts each node behind those it reads from; what runs again in a loop counts once."""
    graph_def = copied(network.graph_def)
    ordered = execution_order(graph_def)
    del graph_def.node[:]
    graph_def.node.extend(ordered)
    return replace(network, graph_def=graph_def)


def execution_order(graph_def: Any) -> list[Any]:
    """The nodes, each behind its inputs and else as they stood; loops are entered at `Merge`."""
    nodes = {node.name: node for node in graph_def.node}
    done: set[str] = set()
    ordered: list[Any] = []
    for first in graph_def.node:
        waiting = [first.name]
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
