"""Who alone reads a result: what only one op needs can be made part of that op."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphkit.export._graphs._nodes import op_of
from graphkit.export._transforms._network import Consumer, consumers

__all__ = ["Readers"]


class Readers:
    """What is read of each op of a graph, as it was when this was made.

    Args:
        graph_def: The graph.
        outputs: The names of what others read, who are not in the graph.
    """

    def __init__(self, graph_def: Any, outputs: Iterable[str]) -> None:
        self._outputs = {op_of(name) for name in outputs}
        self._of: dict[str, list[tuple[str, Consumer]]] = {}
        for reference, found in consumers(graph_def).items():
            self._of.setdefault(op_of(reference), []).extend((reference, c) for c in found)

    def only(self, name: str) -> Consumer | None:
        """Who alone reads a result; None if several do, or others wait for the op.

        Args:
            name: The full name of the result.
        """
        op_name = op_of(name)
        found = self._of.get(op_name, [])
        alone = op_name not in self._outputs and [read for read, _ in found] == [name]
        return found[0][1] if alone else None
