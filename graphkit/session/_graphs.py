"""Taking a graph from a caller: the graph itself, or whatever was built around one."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentTypeError

__all__ = ["graph_of"]


def graph_of(thing: Any, where: str) -> Graph:
    """The graph that a caller means.

    Args:
        thing: A `tf.Graph`, or an object whose attribute `graph` is one.
        where: The function that was called, for its error.

    Returns:
        The graph.

    Raises:
        ArgumentTypeError: It is neither.
    """
    found = thing if isinstance(thing, tf.Graph) else getattr(thing, "graph", None)
    if not isinstance(found, tf.Graph):
        wanted = "a tf.Graph, or an object whose attribute `graph` is one"
        raise ArgumentTypeError(where, "graph", type(thing).__name__, wanted)
    return found
