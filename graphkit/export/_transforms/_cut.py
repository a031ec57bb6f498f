"""A part of a graph, from some of its tensors to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Graph, Tensor
from graphkit.errors import ArgumentError
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._surgery import cut_inputs
from graphkit.export._graphs._tensors import find_tensors
from graphkit.export._transforms._network import Baseline, Network, built_graph, copied

__all__ = ["cut", "cut_network"]

_WHERE = "cut"


def cut(
    network: Network, *, inputs: tuple[str, ...] = (), outputs: tuple[str, ...] = ()
) -> Network:
    """Keeps what lies between tensors; those it begins with become placeholders.

    Args:
        network: The network.
        inputs: Where it shall begin; placeholders unless given.
        outputs: Where it shall end; its outputs unless given.

    Raises:
        UnknownNameError: A name the graph does not have.
        ArgumentError: The outputs do not depend on an input, or need another one.
    """
    graph = built_graph(network.graph_def)
    ends = find_tensors(_WHERE, "outputs", graph, list(outputs or network.outputs))
    begins = list(inputs or network.inputs.values())
    return cut_network(_WHERE, network, graph, find_tensors(_WHERE, "inputs", graph, begins), ends)


def cut_network(
    where: str, network: Network, graph: Graph, inputs: Sequence[Tensor], outputs: list[Tensor]
) -> Network:
    """The same for tensors of the network's graph.

    Args:
        where: The function that was called.
        network: The network.
        graph: A graph made of it.
        inputs: Where to begin.
        outputs: Where to end.
    """
    wanted = [tensor.op.name for tensor in outputs]
    graph_def, placed = cut_inputs(copied(network.graph_def), inputs, wanted)
    left = {node.name: node.op for node in graph_def.node if node.op in PLACEHOLDERS}
    unused = [tensor.name for name, tensor in placed.items() if name not in left]
    if unused:
        raise ArgumentError(where, "inputs", unused, "tensors the outputs depend on")
    missing = [n for n, op in left.items() if n not in placed and op != "PlaceholderWithDefault"]
    if missing:
        wanted_too = f"complete; the outputs also need {', '.join(map(repr, missing))}"
        raise ArgumentError(where, "inputs", [t.name for t in inputs], wanted_too)
    for name in left:
        placed.setdefault(name, graph.get_tensor_by_name(f"{name}:0"))
    return Network(
        graph_def,
        {name: name for name in placed},
        tuple(tensor.name for tensor in outputs),
        Baseline(placed, outputs, _computed_inputs(network, placed)),
        network.libraries,
    )


def _computed_inputs(network: Network, placed: dict[str, Any]) -> dict[str, Tensor]:
    """The tensors that were computed before, which tell values to compare on."""
    return {name: t for name, t in placed.items() if t.op.type not in PLACEHOLDERS}
