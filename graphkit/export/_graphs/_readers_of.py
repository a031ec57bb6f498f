"""Which ops read a value of a graph, behind ops that only hand it on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Graph, tf
from graphkit.export._graphs._laid_open import laid_open
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._order import execution_order

__all__ = ["ReadersOf"]

# The places of what is handed on. An element of a list is looked for where the list was filled,
# which the flow of a `TensorArray` leads to.
_HANDS_ON: Mapping[str, Sequence[int]] = {
    "Enter": [0],
    "Exit": [0],
    "ExpandDims": [0],
    "Gather": [0],
    "GatherNd": [0],
    "GatherV2": [0],
    "Identity": [0],
    "Merge": [0, 1],
    "NextIteration": [0],
    "Pack": [0],
    "Reshape": [0],
    "Slice": [0],
    "SparseToDense": [2],
    "Squeeze": [0],
    "StopGradient": [0],
    "StridedSlice": [0],
    "StringLower": [0],
    "StringStrip": [0],
    "Switch": [0],
    "TensorArrayGatherV3": [2],
    "TensorArrayReadV3": [2],
    "TensorArrayScatterV3": [2],
    "TensorArrayWriteV3": [2],
    "TensorListFromTensor": [0],
    "TensorListGetItem": [0],
    "TensorListStack": [0],
    "Transpose": [0],
    "Unpack": [0],
}
# What leaves the numbers of elements as it is, and what may stand between bytes and their shape.
_SAME_SIZE = frozenset(
    {"Add", "AddV2", "Cast", "Div", "Identity", "Mul", "RealDiv", "StopGradient", "Sub"}
)


class ReadersOf:
    """The readers of all values of a graph; those in functions read what these are called with.

    Args:
        graph_def: The graph.
        graph: A graph that has its functions.

    Attributes:
        nodes: The nodes by name, those of functions among them.
        graph: That graph.
    """

    def __init__(self, graph_def: Any, graph: Graph) -> None:
        nodes = graph_def.node
        if graph_def.library.function:
            nodes = laid_open(execution_order(nodes), graph_def.library, graph)
        self.graph = graph
        self.nodes = {node.name: node for node in nodes}
        self._outputs: dict[str, set[str]] = defaultdict(set)  # that are read, by their nodes
        self._next: dict[str, list[tuple[Any, int]]] = defaultdict(list)
        for node in nodes:
            for place, reference in enumerate(_data(node.input)):
                self._outputs[op_of(reference)].add(_full(reference))
                self._next[_full(reference)].append((node, place))

    def of(self, reference: str) -> list[tuple[Any, int]]:
        """What reads a value, and as which of its inputs."""
        found: list[tuple[Any, int]] = []
        waiting, seen = [_full(reference)], {_full(reference)}
        while waiting:
            for node, place in self._next.get(waiting.pop(), []):
                if node.op not in _HANDS_ON:
                    found.append((node, place))
                elif place in _HANDS_ON[node.op]:
                    waiting += self._outputs[node.name] - seen
                    seen |= self._outputs[node.name]
        return found

    def constant(self, reference: str) -> npt.NDArray[Any] | None:
        """The value that a reference means, if it is a constant."""
        for source in self._sources_of(_full(reference)):
            node = self.nodes.get(op_of(source))
            if node is not None and node.op == "Const":
                return np.asarray(tf.make_ndarray(node.attr["value"].tensor))
        return None

    def shape_behind(self, reference: str) -> list[int] | None:
        """The shape that a value is brought to, before anything else depends on its size."""
        waiting, seen = [_full(reference)], set()
        while waiting:
            for node, _ in self._next.get(waiting.pop(0), []):
                if node.op == "Reshape":
                    shape = self.constant(node.input[1])
                    return None if shape is None else [int(size) for size in shape.ravel()]
                if node.op in _SAME_SIZE and node.name not in seen:
                    seen.add(node.name)
                    waiting.append(f"{node.name}:0")
        return None

    def _sources_of(self, reference: str) -> set[str]:
        """What a value comes from, before all that only hands it on."""
        found: set[str] = set()
        waiting, seen = [reference], {reference}
        while waiting:
            one = waiting.pop()
            node = self.nodes.get(op_of(one))
            places = () if node is None else _HANDS_ON.get(node.op, ())
            if node is None or not places:
                found.add(one)
                continue
            before = _data(node.input)
            nearer = {_full(before[place]) for place in places if place < len(before)}
            waiting += nearer - seen
            seen |= nearer
        return found


def _full(reference: str) -> str:
    return reference if ":" in reference else f"{reference}:0"


def _data(references: Iterable[str]) -> list[str]:
    return [reference for reference in references if not reference.startswith("^")]
