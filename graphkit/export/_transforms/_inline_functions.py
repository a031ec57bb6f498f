"""What a called function does is put in the place of the call, where other steps can see it."""

from __future__ import annotations

from graphkit.export._graphs._inline import inline_calls
from graphkit.export._transforms._network import Network, built_graph, copied

__all__ = ["inline_functions"]


def inline_functions(network: Network) -> Network:
    """Puts the nodes of called functions in the place of the calls.

    The functions of `If`, `While` and `Case` run or not, and stay.

    Args:
        network: The network.
    """
    graph_def = copied(network.graph_def)
    graph = built_graph(graph_def)  # which fills in attributes
    while inline_calls(graph_def, graph, network.kept):
        pass
    return network.with_graph(graph_def)
