"""Asserts, which tell of mistakes in training and stand in the way of whoever runs the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphkit._tf import Graph
from graphkit.export._graphs._nodes import called_functions, needed_nodes, op_of, with_functions
from graphkit.export._graphs._op_kinds import RANDOM, VARIABLES
from graphkit.export._transforms._contexts import CHECKS, context_depths

__all__ = ["without_asserts"]

_ASSERTS = {"Assert", "CheckNumerics", "CheckNumericsV2"}
_READS = {*VARIABLES, "ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VarIsInitializedOp"}
_HARMLESS = CHECKS | RANDOM | _READS


def without_asserts(graph_def: Any, graph: Graph, outputs: Iterable[str]) -> Any:
    """Leaves out asserts that ops wait for, and what is computed for these alone.

    They stay where something would go with them that acts, and inside of functions, and of
    branches and loops of TensorFlow 1.

    Args:
        graph_def: The graph, changed in place.
        graph: A graph that knows its ops.
        outputs: The names of the output ops.

    Returns:
        The graph that is left.
    """
    kinds = _kinds(graph_def)
    asserts = {name for name, found in kinds.items() if found & _ASSERTS}
    if not asserts:
        return graph_def
    depths = context_depths(graph_def)
    inputs = {node.name: list(node.input) for node in graph_def.node}
    checked = {name for name in _with_readers(inputs, asserts) if not depths[name]}
    ends = list(outputs)
    needed = _reached(_without_waits(inputs, checked), ends)
    acting = {name for name, found in kinds.items() if _acts(found, graph)} - needed
    left = _without_waits(inputs, checked - _with_readers(inputs, acting))
    for node in graph_def.node:
        del node.input[:]
        node.input.extend(left[node.name])
    return with_functions(graph_def, needed_nodes(graph_def, ends))


def _kinds(graph_def: Any) -> dict[str, set[str]]:
    """The types of the ops that run as each node does: its own, or those of its functions."""
    functions = {f.signature.name: f for f in graph_def.library.function}
    kinds = {}
    for node in graph_def.node:
        called = called_functions([node], functions)
        inner = [one for name in called for one in functions[name].node_def]
        leaves = {one.op for one in inner if not called_functions([one], functions)}
        kinds[node.name] = leaves if called else {node.op}
    return kinds


def _acts(kinds: set[str], graph: Graph) -> bool:
    """Whether anybody sees that ops are not run, but by what they give."""
    return any(graph.op_def_for_type(kind).is_stateful for kind in kinds - _HARMLESS)


def _without_waits(inputs: Mapping[str, list[str]], ends: set[str]) -> dict[str, list[str]]:
    """What nodes read, and what they wait for unless it is one of the ends."""
    waits = {f"^{name}" for name in ends}
    return {name: [one for one in given if one not in waits] for name, given in inputs.items()}


def _with_readers(inputs: Mapping[str, list[str]], nodes: set[str]) -> set[str]:
    """Nodes, and all that come after them."""
    readers: dict[str, list[str]] = {}
    for name, given in inputs.items():
        for one in given:
            readers.setdefault(op_of(one), []).append(name)
    return _reached(readers, nodes)


def _reached(ways: Mapping[str, list[str]], starts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [op_of(one) for one in ways.get(name, ())]
    return found
