"""Notices a program that adds to its graph in a loop, and says so before it has become slow.

Each `Session.run` after such a change prepares the graph anew, so that every step takes longer than
the one before, until memory or the 2 GB of a graph are used up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from graphkit.port._waiting import built_at

__all__ = ["GrowthWatch"]

_OFTEN = 100


class GrowthWatch:
    """Counts the calls that find more ops in their graph than the call before.

    Args:
        say: Tells the user one line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._sizes: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._grown: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    def note(self, graph: Any) -> None:
        """Takes note of a call of `Session.run`, and speaks up once for each graph.

        Args:
            graph: The graph of the session.
        """
        size, before = graph.version, self._sizes.get(graph)
        if size == before:
            return
        self._sizes[graph] = size
        if before is None:
            return
        self._grown[graph] = self._grown.get(graph, 0) + 1
        if self._grown[graph] == _OFTEN:
            self._tell(graph)

    def _tell(self, graph: Any) -> None:
        ops = graph.get_operations()
        built = built_at(ops[-1])
        place = f" (built at {built})" if built else ""
        self._say(
            f"the graph has grown before {_OFTEN} calls of Session.run, to {len(ops):,} ops, the "
            f"last {ops[-1].name!r}{place}; each makes the next call slower: build ops once, "
            "before the loop, and feed what changes"
        )
