"""Ops that only pass on what they read are taken out; what reads them reads their source."""

from __future__ import annotations

from typing import Any

from graphkit.errors import ArgumentError
from graphkit.export._graphs._idle_places import without_idle_places
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import VARIABLES
from graphkit.export._transforms._dropout import idle_dropouts
from graphkit.export._transforms._dropout_in_functions import drop_in_functions
from graphkit.export._transforms._fold_constants import fold_constants
from graphkit.export._transforms._inline_functions import inline_functions
from graphkit.export._transforms._needless_waits import drop_needless_waits
from graphkit.export._transforms._network import (
    Consumer,
    Network,
    built_graph,
    consumers,
    copied,
    full_name,
    rewire,
)

__all__ = ["remove_nodes", "remove_training_nodes"]

_PASSES_ON = (
    "CheckNumerics",
    "CheckNumericsV2",
    "Identity",
    "IdentityN",
    "PreventGradient",
    "Print",
    "Snapshot",
    "StopGradient",
)
_SMALL = 2**20


def remove_nodes(network: Network, *, ops: tuple[str, ...] = _PASSES_ON) -> Network:
    """Takes out ops that give what they read: Identity, CheckNumerics, StopGradient and others.

    Those that hold a branch or a loop together stay, and those that wait for other ops.

    Args:
        network: The network.
        ops: Their op types.
    """
    strange = sorted(set(ops) - set(_PASSES_ON))
    if strange:
        wanted = f"of {', '.join(_PASSES_ON)}"
        raise ArgumentError("remove_nodes", "ops", strange, wanted)
    graph_def = copied(network.graph_def)
    _take_out(graph_def, set(ops), network.kept)
    return network.with_graph(graph_def)


def remove_training_nodes(network: Network) -> Network:
    """Takes out what serves training alone: checks, copies, waits, idle dropout, loops' lists.

    Dropout is idle when its constants say that everything is kept, also in branches and loops.
    Functions that are called are put in place first.
    """
    folded = fold_constants(inline_functions(network), max_bytes=_SMALL)
    graph_def = copied(folded.graph_def)
    drop_needless_waits(graph_def)
    _take_out(graph_def, set(_PASSES_ON), network.kept)
    rewire(graph_def.node, idle_dropouts(graph_def, network.kept))
    graph = built_graph(network.graph_def)
    drop_in_functions(graph_def, graph)
    return network.with_graph(without_idle_places(graph_def, graph, network.kept))


def _take_out(graph_def: Any, kinds: set[str], kept: set[str]) -> None:
    nodes = {node.name: node for node in graph_def.node}
    readers = consumers(graph_def)
    moved: dict[str, str] = {}
    for node in graph_def.node:
        if node.op in kinds and node.name not in kept and _can_go(node, nodes, readers):
            count = len(node.input) if node.op == "IdentityN" else 1
            moved |= {f"{node.name}:{i}": full_name(node.input[i]) for i in range(count)}
            moved[f"^{node.name}"] = f"^{op_of(node.input[0])}"
    rewire(graph_def.node, moved)


def _can_go(node: Any, nodes: dict[str, Any], readers: dict[str, list[Consumer]]) -> bool:
    if any(name.startswith("^") for name in node.input):
        return False
    sources = [nodes[op_of(name)].op for name in node.input]
    if any(kind in VARIABLES or kind.startswith("Ref") for kind in sources):
        return False  # it reads a variable, which may have changed when it is read again
    # An op that waits for one side of a switch would else wait for both.
    one_sided = "Switch" in sources or node.op == "IdentityN"
    return not (one_sided and readers.get(f"^{node.name}"))
