"""How many ops a program's graph has as TensorFlow 1 would have built it.

What is drawn without a seed of its own follows that number, in a graph with a seed: an op that
graphkit adds beside the program's must not change the weights that are made after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from graphkit._tf import Graph, tf

__all__ = ["count_more", "ops_of_program", "own_ops"]

_own: WeakKeyDictionary[Graph, int] = WeakKeyDictionary()


def ops_of_program(graph: Graph) -> int:
    """Counts the ops of a graph without those that graphkit has added beside.

    Args:
        graph: The graph.
    """
    return int(graph.version) - _own.get(graph, 0)


@contextmanager
def own_ops() -> Iterator[None]:
    """Leaves the ops that are added to the current graph inside out of the count."""
    graph = tf.get_default_graph()
    counted = ops_of_program(graph)
    try:
        yield
    finally:
        _own[graph] = int(graph.version) - counted


def count_more(ops: int) -> None:
    """Counts ops that TensorFlow 1 had made besides in the current graph.

    Args:
        ops: How many; negative where it had made fewer.
    """
    graph = tf.get_default_graph()
    _own[graph] = _own.get(graph, 0) - ops
