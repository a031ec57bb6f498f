"""Nodes in an order in which they can run, for readers that go through a file once."""

from __future__ import annotations

from dataclasses import replace

from graphkit.export._graphs._order import execution_order
from graphkit.export._transforms._network import Network, copied

__all__ = ["sort_by_execution_order"]


def sort_by_execution_order(network: Network) -> Network:
    """Puts each node behind those it reads from; what runs again in a loop counts once."""
    graph_def = copied(network.graph_def)
    ordered = execution_order(graph_def.node)
    del graph_def.node[:]
    graph_def.node.extend(ordered)
    return replace(network, graph_def=graph_def)
