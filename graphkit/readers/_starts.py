"""Who wants to know that a program starts the queue runners of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from graphkit._tf import Graph

__all__ = ["announce_start", "at_first_start"]

_waiting: list[Callable[[Graph], None]] = []
_told: WeakKeyDictionary[Graph, list[Callable[[Graph], None]]] = WeakKeyDictionary()


@contextmanager
def at_first_start(call: Callable[[Graph], None]) -> Iterator[None]:
    """Calls a function as the first queue runner of a graph is started inside the `with`.

    It is called once for each graph, in the program's own thread, before anything of that graph
    runs in a thread; what it raises goes up through the program.

    Args:
        call: Takes the graph.
    """
    _waiting.append(call)
    try:
        yield
    finally:
        _waiting.remove(call)
        for told in _told.values():
            told[:] = [one for one in told if one is not call]


def announce_start(graph: Graph) -> None:
    """Tells those who wait that a queue runner of a graph is about to start."""
    told = _told.setdefault(graph, [])
    for call in [one for one in _waiting if one not in told]:
        told.append(call)
        call(graph)
