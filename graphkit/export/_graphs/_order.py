"""The order in which the nodes of a graph, or of a function in it, can run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphkit.export._graphs._nodes import op_of

__all__ = ["execution_order", "in_a_circle"]


def execution_order(listed: Iterable[Any]) -> list[Any]:
    """Nodes, each behind its inputs and else as they stood; loops are entered at `Merge`."""
    nodes = {node.name: node for node in listed}
    begun: set[str] = set()
    done: set[str] = set()
    ordered: list[Any] = []
    for first in nodes:
        waiting = [first]
        while waiting:
            name = waiting[-1]
            if name not in begun:
                begun.add(name)
                sources = _sources(nodes[name], nodes)
                waiting += [source for source in reversed(sources) if source not in begun]
                continue
            waiting.pop()
            if name not in done:
                done.add(name)
                ordered.append(nodes[name])
    return ordered


def in_a_circle(listed: Iterable[Any]) -> str:
    """The name of a node that waits for itself, which nothing can run; nothing of others."""
    ordered = execution_order(listed)
    nodes = {node.name: node for node in ordered}
    done: set[str] = set()
    for node in ordered:
        if not done.issuperset(_sources(node, nodes)):
            return str(node.name)
        done.add(node.name)
    return ""


def _sources(node: Any, nodes: dict[str, Any]) -> list[str]:
    """What must have run before a node; not what a loop hands back to its beginning."""
    names = [op_of(reference) for reference in node.input]
    again = node.op in ("Merge", "RefMerge")
    return [
        name
        for name in names
        if name in nodes and not (again and nodes[name].op.endswith("NextIteration"))
    ]
