"""The global step of a graph, found by name also where it is a resource variable."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Graph, tf
from graphkit.graph import find_global_step

__all__ = ["create_global_step", "get_global_step", "get_or_create_global_step"]


def get_global_step(graph: Graph | None = None) -> Any:
    """Finds the variable that counts training steps.

    Args:
        graph: The graph to look in; the current one unless given.

    Returns:
        The one in the collection GLOBAL_STEP, or else the one named `global_step`, or None.

    Raises:
        TypeError: It is no integer scalar.
    """
    graph = graph or tf.get_default_graph()
    step = find_global_step(graph)
    if step is not None:
        tf.train.assert_global_step(step)
    return step


def create_global_step(graph: Graph | None = None) -> Any:
    """Makes the variable that counts training steps.

    Args:
        graph: The graph; the current one unless given.

    Returns:
        The variable `global_step`, int64.

    Raises:
        ValueError: There is one.
    """
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    return tf.train.create_global_step(graph)


def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """Finds the variable that counts training steps, or makes it.

    Args:
        graph: The graph; the current one unless given.

    Returns:
        The variable.

    Raises:
        TypeError: There is one that is no integer scalar.
    """
    step = get_global_step(graph)
    return tf.train.create_global_step(graph) if step is None else step
