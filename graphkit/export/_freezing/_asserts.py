"""Asserts, which tell of mistakes in training and stand in the way of whoever runs the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.export._graphs._nodes import (
    function_names,
    leave_out,
    needed_nodes,
    op_of,
    ops_within,
    with_functions,
)
from graphkit.export._graphs._op_kinds import CHECKS, RANDOM, READS_VARIABLES
from graphkit.export._graphs._waits import drop_waits

__all__ = ["without_asserts"]

_PASS_ON = {"CheckNumerics", "CheckNumericsV2"}
_ASSERTS = {"Assert", *_PASS_ON}
_HARMLESS = CHECKS | RANDOM | READS_VARIABLES
# What holds values for those that read it, and is seen by nobody else.
_HOLDS = re.compile(r"^(TensorArray|Stack|HashTable|InitializeTable|LookupTable(Find|Import|Size))")


def without_asserts(graph_def: Any, graph: Graph, outputs: Iterable[str]) -> Any:
    """Leaves out asserts that ops wait for, and what is computed for these alone.

    They stay where something would go with them that acts. A check that hands on what it looks at
    does that alone.

    Args:
        graph_def: The graph, changed in place.
        graph: A graph that knows its ops.
        outputs: The names of the output ops.

    Returns:
        The graph that is left.
    """
    if not any(kind in _ASSERTS for _, kind in ops_within(graph_def)):
        return graph_def
    functions = {function.signature.name: function for function in graph_def.library.function}
    runs, ends = _Runs(functions, graph), list(outputs)
    drop_waits(graph_def.node, runs.needless(graph_def.node, ends))
    for function in functions.values():
        _leave_asserts_out(function, runs)
    _pass_on(graph_def.node)
    return with_functions(graph_def, needed_nodes(graph_def, ends))


class _Runs:
    """What nodes run, themselves or in the functions they call.

    Args:
        functions: The functions of the graph.
        graph: A graph that knows its ops.
    """

    def __init__(self, functions: Mapping[str, Any], graph: Graph) -> None:
        self._graph = graph
        nodes = {name: function.node_def for name, function in functions.items()}
        calls = {name: _called(nodes[name], functions) for name in functions}
        plain = {
            name: {one.op for one in nodes[name] if not _called([one], functions)}
            for name in functions
        }
        # The ops that functions run in the end.
        self._leaves = {
            name: set().union(*(plain[one] for one in _reached(calls, [name])))
            for name in functions
        }

    def asserts(self, nodes: Iterable[Any]) -> set[str]:
        """The names of the nodes that are asserts, or run one."""
        return {node.name for node in nodes if self._kinds(node) & _ASSERTS}

    def needless(self, nodes: Sequence[Any], ends: Iterable[str]) -> set[str]:
        """The names of the nodes that need not be waited for.

        Args:
            nodes: The nodes of a graph or of a function.
            ends: The names of those that somebody wants.

        Returns:
            Asserts, and what comes after them, unless something that acts would no longer run.
        """
        inputs = _inputs(nodes)
        checked = _with_readers(inputs, self.asserts(nodes))
        needed = _reached(_without_waits(inputs, checked), ends)
        acting = {node.name for node in nodes if self.acts(node)} - needed
        return checked - _with_readers(inputs, acting)

    def acts(self, node: Any) -> bool:
        """Whether anybody sees that a node does not run, but by what it gives."""
        kinds = [kind for kind in self._kinds(node) - _HARMLESS if not _HOLDS.search(kind)]
        return any(self._graph.op_def_for_type(kind).is_stateful for kind in kinds)

    def _kinds(self, node: Any) -> set[str]:
        called = [self._leaves[name] for name in function_names(node) if name in self._leaves]
        return set().union(*called) if called else {node.op}


def _called(nodes: Iterable[Any], functions: Mapping[str, Any]) -> list[str]:
    """The functions that nodes call themselves."""
    return [name for node in nodes for name in function_names(node) if name in functions]


def _leave_asserts_out(function: Any, runs: _Runs) -> None:
    """Leaves them out of what a function computes, and of what is done before it returns."""
    if not runs.asserts(function.node_def):
        return
    returns = tf.NodeDef(op="NoOp", input=[*function.ret.values()])
    returns.input.extend(f"^{name}" for name in function.control_ret.values())
    nodes = [*function.node_def, returns]
    drop_waits(nodes, runs.needless(nodes, [returns.name]))
    needed = _reached(_inputs(nodes), [returns.name, *(n.name for n in nodes if runs.acts(n))])
    _pass_on(function.node_def)
    leave_out(function, {node.name for node in nodes} - needed)
    for key, name in dict(function.control_ret).items():
        if f"^{name}" not in returns.input:
            del function.control_ret[key]
            function.signature.control_output.remove(key)


def _pass_on(nodes: Iterable[Any]) -> None:
    for node in nodes:
        if node.op in _PASS_ON:
            node.op = "Identity"
            node.attr.pop("message", None)


def _inputs(nodes: Iterable[Any]) -> dict[str, list[str]]:
    return {node.name: list(node.input) for node in nodes}


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
