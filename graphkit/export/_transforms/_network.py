"""What a transform works on: a graph, its inputs and outputs; and the edits transforms share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graphkit._marks import VARIABLE_MARK
from graphkit._tf import Graph, Tensor, tf
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import free_name, needed_nodes, op_of, with_functions

__all__ = [
    "PASSES_ON",
    "Baseline",
    "Consumer",
    "Network",
    "add_constant",
    "attribute",
    "built_graph",
    "constants",
    "consumers",
    "copied",
    "data_inputs",
    "full_name",
    "holds_weights",
    "rewire",
    "value_of",
]

# Ops that give the one thing they read, and do nothing else.
PASSES_ON = {"Identity", "PreventGradient", "Snapshot", "StopGradient"}


@dataclass(frozen=True)
class Baseline:
    """What the outputs of a network are to be equal to: tensors of another graph.

    Attributes:
        inputs: The tensor to feed there, by the name of the network's placeholder.
        outputs: The tensors, in the order of the network's outputs.
        feeds: Tensors that compute values for some of the inputs from those of the graph before,
            by the name of the placeholder; values for others are made up.
    """

    inputs: Mapping[str, Tensor]
    outputs: list[Tensor]
    feeds: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """A graph, what it takes and what it gives.

    Attributes:
        graph_def: The graph; a transform copies it and changes the copy.
        inputs: The names of its placeholders now, by the names they are fed by in what it is
            compared with.
        outputs: The full names of its outputs (`"y:0"`), in the order of what they are compared
            with.
        baseline: What it is compared with from now on, if a transform changed what is computed.
        libraries: The files of custom ops that are known where its constants are computed.
    """

    graph_def: Any
    inputs: Mapping[str, str]
    outputs: tuple[str, ...]
    baseline: Baseline | None = None
    libraries: tuple[str, ...] = ()

    @property
    def kept(self) -> set[str]:
        """The ops whose names and values others rely on."""
        return {*self.inputs.values(), *map(op_of, self.outputs)}

    def with_graph(self, graph_def: Any) -> Network:
        """The same inputs and outputs in a graph whose unneeded nodes are left out."""
        wanted = {op_of(name) for name in self.outputs} | set(self.inputs.values())
        needed = needed_nodes(graph_def, wanted)
        return replace(self, graph_def=with_functions(graph_def, needed))


class Consumer(NamedTuple):
    """A node that reads an output, and at which of its inputs."""

    node: Any
    position: int


def copied(graph_def: Any) -> Any:
    """A copy that can be changed."""
    copy = type(graph_def)()
    copy.CopyFrom(graph_def)
    return copy


def built_graph(graph_def: Any) -> Graph:
    """Builds a graph, which fills attributes in, and stays as it is."""
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(copied(graph_def), name="")
    return graph


def full_name(reference: str) -> str:
    """`"a:0"` for `"a"`; control references stay as they are."""
    return reference if ":" in reference or reference.startswith("^") else f"{reference}:0"


def data_inputs(node: Any) -> Iterator[str]:
    """The full names of what a node reads, the ops it only waits for left aside."""
    return (full_name(name) for name in node.input if not name.startswith("^"))


def attribute(node: Any, name: str) -> Any:
    """An attribute of a node; an empty one where it is left out, which means its default."""
    return node.attr[name] if name in node.attr else tf.AttrValue()


def consumers(graph_def: Any) -> dict[str, list[Consumer]]:
    """Who reads each tensor, by full name, and who waits for each op, by `"^name"`."""
    found: dict[str, list[Consumer]] = {}
    for node in graph_def.node:
        for position, reference in enumerate(node.input):
            found.setdefault(full_name(reference), []).append(Consumer(node, position))
    return found


def rewire(nodes: Iterable[Any], moved: Mapping[str, str]) -> None:
    """Lets nodes read from elsewhere.

    Args:
        nodes: The nodes, changed in place.
        moved: What to read, by the full name of what was read; `"^a"` means those that wait.
    """
    for node in nodes:
        for position, reference in enumerate(node.input):
            wanted, steps = full_name(reference), 0
            while wanted in moved and steps <= len(moved):
                wanted, steps = full_name(moved[wanted]), steps + 1
            if wanted != full_name(reference):
                node.input[position] = wanted.removesuffix(":0")


def constants(graph_def: Any) -> dict[str, Any]:
    """The constants, by their own names and by those of the ops that only pass them on.

    What waits for an op belongs to a branch and is left out.
    """
    found = {node.name: node for node in graph_def.node if node.op == "Const" and not node.input}
    passing = {
        node.name: op_of(node.input[0])
        for node in graph_def.node
        if node.op in PASSES_ON and len(node.input) == 1
    }
    for name, source in passing.items():
        while source in passing:
            source = passing[source]
        if source in found:
            found[name] = found[source]
    return found


def value_of(node: Any) -> npt.NDArray[Any]:
    """The value of a constant."""
    return np.asarray(tf.make_ndarray(node.attr["value"].tensor))


def holds_weights(node: Any) -> bool:
    """Tells whether a constant was a variable, or was made of one."""
    return VARIABLE_MARK in node.attr


def add_constant(
    graph_def: Any, taken: set[str], name: str, value: npt.NDArray[Any], *, weights: bool = False
) -> str:
    """Adds a constant under a name that is free; gives that name.

    Args:
        graph_def: The graph, changed in place.
        taken: The names in use; the new one is added.
        name: The name to begin with.
        value: The value.
        weights: Whether it counts as parameters.
    """
    name = free_name(taken, name)
    node = graph_def.node.add()
    make_constant(node, name, value)
    if weights:
        node.attr[VARIABLE_MARK].b = True
    return name
