"""The conditions of a graph: what each hangs on, and what has to be so that it is asked at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphkit._tf import Graph
from graphkit.export._graphs._laid_open import BRANCHES, LOOPS, laid_open
from graphkit.export._graphs._nodes import op_of, ops_within
from graphkit.export._graphs._op_kinds import PLACEHOLDERS, READS_VARIABLES, VARIABLES
from graphkit.export._graphs._order import execution_order
from graphkit.export._graphs._waits import Cases

__all__ = ["Condition", "conditions"]

_SAME_VALUE = {"Enter", "Identity", "RefEnter", "RefIdentity", "RefSwitch", "Switch"}
_SWITCHES = {"RefSwitch", "Switch"}
# What is a constant in the file.
_HELD = {"Const", "ReadVariableOp"} | VARIABLES


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes:
        decides: The tensor that it hangs on, by its full name.
        values: Those that lead to different branches.
        path: What the conditions around it have to be, by their tensors.
        in_loop: Whether it hangs, or lies, on something that a loop computes.
    """

    decides: str
    values: tuple[int, ...]
    path: Mapping[str, int] = field(default_factory=dict)
    in_loop: bool = False

    @property
    def said(self) -> tuple[Any, ...]:
        """All of it, to tell it from others by."""
        return self.decides, self.values, tuple(sorted(self.path.items())), self.in_loop


def conditions(graph_def: Any, graph: Graph) -> list[Condition]:
    """Finds the conditions of a graph, of both kinds, those in its functions too.

    Args:
        graph_def: The graph.
        graph: A graph that has its functions.

    Returns:
        Each once; none that hangs on constants and variables alone, which are settled in the file.
    """
    if not any(kind in BRANCHES or kind in _SWITCHES for _, kind in ops_within(graph_def)):
        return []
    nodes = execution_order(graph_def.node)
    if graph_def.library.function:
        nodes = execution_order(laid_open(nodes, graph_def.library, graph))
    found = _Conditions(nodes, graph)
    listed = (one for node in nodes for one in found.of(node))
    return list({one.said: one for one in listed}.values())


class _Conditions:
    """Looks at the nodes of a graph that was laid open, in an order in which they can run."""

    def __init__(self, nodes: list[Any], graph: Graph) -> None:
        self._nodes = {node.name: node for node in nodes}
        self._cases = Cases(nodes)
        self._settled = _settled(nodes, graph)
        self._loops = {f"{node.name}/" for node in nodes if node.op in LOOPS}
        self._branches = {
            f"{node.name}/{name}/": (node, value)
            for node in nodes
            if node.op in BRANCHES
            for value, name in _branches(node)
        }

    def of(self, node: Any) -> Iterator[Condition]:
        """The condition that a node is, or a part of."""
        if node.op not in BRANCHES and node.op not in _SWITCHES:
            return
        decides = self._source(node.input[1 if node.op in _SWITCHES else 0])
        values = tuple(sorted(value for value, _ in _branches(node)))
        kind = self._nodes[op_of(decides)].op if op_of(decides) in self._nodes else ""
        if kind != "LoopCond" and op_of(decides) not in self._settled:
            path, in_loop = self._around(node)
            path.pop(decides, None)
            computed = any(case.loops for case in self._cases.of(op_of(decides)))
            yield Condition(decides, values, path, in_loop or computed)

    def _around(self, node: Any) -> tuple[dict[str, int], bool]:
        """What has to be so that a node runs, and whether a loop says so."""
        path: dict[str, int] = {}
        prefixes = [node.name[: end + 1] for end, letter in enumerate(node.name) if letter == "/"]
        in_loop = not self._loops.isdisjoint(prefixes)
        for prefix in prefixes:  # from the outermost on
            if prefix in self._branches:
                outer, value = self._branches[prefix]
                in_loop |= self._add_cases(outer, path)
                path[self._source(outer.input[0])] = value
        return path, self._add_cases(node, path) or in_loop

    def _add_cases(self, node: Any, path: dict[str, int]) -> bool:
        """Adds what switches have to be so that a node runs; tells whether a loop says so."""
        in_loop = False
        for case in self._cases.of(node.name):
            decider = self._nodes.get(op_of(case.decides))
            if case.loops and case.decides and getattr(decider, "op", "") != "LoopCond":
                in_loop = True
            elif case.decides and not case.loops:
                path[_full(case.decides)] = int(case.side)
        return in_loop

    def _source(self, reference: str) -> str:
        """Where a value comes from, by its full name."""
        while (node := self._nodes.get(op_of(reference))) is not None and node.op in _SAME_VALUE:
            reference = node.input[0]
        return _full(reference)


def _settled(nodes: Iterable[Any], graph: Graph) -> set[str]:
    """The names of the nodes that have one value in the file, whatever it is given."""
    found: set[str] = set()
    computed: dict[str, bool] = {}
    for node in nodes:
        if node.op not in computed:
            computed[node.op] = _is_computed(graph, node.op)
        read = (op_of(name) for name in node.input if not name.startswith("^"))
        if node.op in _HELD or (computed[node.op] and all(name in found for name in read)):
            found.add(node.name)
    return found


def _is_computed(graph: Graph, kind: str) -> bool:
    """Whether an op gives the same whenever it reads the same."""
    try:
        acts = kind not in READS_VARIABLES and graph.op_def_for_type(kind).is_stateful
    except RuntimeError:  # there is no such op here, and nobody knows what it does
        return False
    return kind not in PLACEHOLDERS and not acts


def _branches(node: Any) -> list[tuple[int, str]]:
    """The functions that a condition chooses among, by the value that leads there."""
    if node.op in _SWITCHES:
        return [(0, ""), (1, "")]
    if node.op.endswith("If"):
        return [(1, node.attr["then_branch"].func.name), (0, node.attr["else_branch"].func.name)]
    return [(value, func.name) for value, func in enumerate(node.attr["branches"].list.func)]


def _full(reference: str) -> str:
    return reference if ":" in reference else f"{reference}:0"
