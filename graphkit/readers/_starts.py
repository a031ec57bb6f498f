"""Who wants to know that a program starts the queue runners of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graphkit._tf import Graph

__all__ = ["announce_start", "at_first_start"]

_waiting: list[Callable[[Graph], None]] = []


@contextmanager
def at_first_start(call: Callable[[Graph], None]) -> Iterator[None]:
    """Calls a function, once, as the first queue runner of any graph is started inside the `with`.

    It is called in the program's own thread, before anything of that graph runs in a thread; what
    it raises goes up through the program.

    Args:
        call: Takes the graph.
    """
    _waiting.append(call)
    try:
        yield
    finally:
        if call in _waiting:
            _waiting.remove(call)


def announce_start(graph: Graph) -> None:
    """Tells those who wait that a queue runner of a graph is about to start."""
    while _waiting:
        _waiting.pop(0)(graph)
