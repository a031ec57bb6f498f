"""Waits for ops, which in TensorFlow 1 also say in which cases a node runs.

A node behind one side of a switch runs only if that side is taken, and one within a loop once in
each round. What lies there and reads nothing waits for an op that does, and for that alone; which
may be an assert:

    pred ──► Switch ──► switch_t ──► Less ──► Assert ◄── wait ── Const
                            ▲                                      │
                            └────── waits for this without ────────┘
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import reduce
from typing import Any, NamedTuple

from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._order import execution_order

__all__ = ["Case", "Cases", "drop_waits", "running_always"]

_SAME_TRUTH = {"Enter", "Identity", "Switch"}
_TRUE = ("1", "output_true:0")  # the second output of a switch, as graphs and functions name it


def drop_waits(nodes: Iterable[Any], ends: Collection[str]) -> None:
    """Lets nodes no longer wait for ops, in place; they run in the same cases as before.

    Where a wait keeps a node in its branch or loop, it waits for what begins that; where there is
    nothing that does, the wait stays.

    Args:
        nodes: The nodes of a graph or of a function.
        ends: The names of the ops that are not to be waited for.
    """
    waits = {f"^{name}" for name in ends}
    cases = Cases(nodes)
    for node in cases.ordered:
        left = [reference for reference in node.input if reference not in waits]
        if len(left) < len(node.input):
            missing = cases.of_inputs(node, node.input) - cases.of_inputs(node, left)
            begins = cases.begun_with(node, missing) if missing else []
            if begins or not missing:
                del node.input[:]
                node.input.extend([*left, *begins])


def running_always(nodes: Iterable[Any]) -> set[str]:
    """The names of the nodes that run in all cases: in no branch and no loop of TensorFlow 1."""
    cases = Cases(nodes)
    return {node.name for node in cases.ordered if not cases.of_inputs(node, [f"^{node.name}"])}


class Case(NamedTuple):
    """What has to be so that a node runs: a loop is entered, or a switch takes a side in it.

    Attributes:
        loops: The loops it is in.
        decides: The tensor that a switch hangs on, or nothing.
        side: The side that it takes.
    """

    loops: tuple[str, ...]
    decides: str = ""
    side: bool = True


class Cases:
    """The cases in which nodes run.

    Args:
        nodes: The nodes of a graph or of a function.

    Attributes:
        ordered: The nodes, each behind its inputs.
    """

    def __init__(self, nodes: Iterable[Any]) -> None:
        self.ordered = execution_order(nodes)
        self._nodes = {node.name: node for node in self.ordered}
        self._places = {node.name: place for place, node in enumerate(self.ordered)}
        self._loops: dict[str, tuple[str, ...]] = {}
        self._cases: dict[str, frozenset[Case]] = {}
        for node in self.ordered:
            self._note(node)
        self._beginnings = [node for node in self.ordered if self._begins(node)]

    def of(self, name: str) -> frozenset[Case]:
        """The cases in which a node runs."""
        return self._cases.get(name, frozenset())

    def of_inputs(self, node: Any, inputs: Sequence[str]) -> frozenset[Case]:
        """The cases in which a node with these inputs gets all that it needs to run."""
        known = [reference for reference in inputs if op_of(reference) in self._cases]
        waits = [self._of(reference) for reference in known if reference.startswith("^")]
        given = [self._of(reference) for reference in known if not reference.startswith("^")]
        if _kind(node) == "Merge":
            # It runs as soon as one of what it reads is there, whether or not a wait can end.
            return reduce(frozenset.intersection, given) if given else frozenset()
        return frozenset().union(*waits, *given)

    def begun_with(self, node: Any, cases: frozenset[Case]) -> list[str]:
        """A wait for what lies before a node and runs in these cases, and in all of its own.

        One that is there already goes before others.
        """
        place, own = self._places[node.name], self._cases[node.name]
        found = [
            f"^{begin.name}"
            for begin in self._beginnings
            if cases <= self._cases[begin.name] <= own and self._places[begin.name] < place
        ]
        return [wait for wait in found if wait in node.input][:1] or found[:1]

    def _note(self, node: Any) -> None:
        kind, sources = _kind(node), [op_of(reference) for reference in node.input]
        loops = max((self._loops.get(name, ()) for name in sources), key=len, default=())
        cases = self.of_inputs(node, node.input)
        if kind == "Enter":
            loops = (*loops, node.attr["frame_name"].s.decode(errors="replace"))
            cases |= {Case(loops)}
        elif kind == "Exit":
            cases = frozenset(case for case in cases if case.loops != loops)
            loops = loops[:-1]
        self._loops[node.name] = loops
        self._cases[node.name] = cases

    def _of(self, reference: str) -> frozenset[Case]:
        name, _, output = reference.removeprefix("^").partition(":")
        switch, cases = self._nodes[name], self._cases[name]
        if _kind(switch) != "Switch" or reference.startswith("^"):
            return cases
        return cases | {Case(self._loops[name], self._decides(switch), output in _TRUE)}

    def _decides(self, switch: Any) -> str:
        """What a switch hangs on, by one name however it is handed on."""
        reference: str = switch.input[1]
        name = op_of(reference)
        while name in self._nodes and _kind(self._nodes[name]) in _SAME_TRUTH:
            reference = self._nodes[name].input[0]
            name = op_of(reference)
        return reference

    def _begins(self, node: Any) -> bool:
        """Tells whether a node is what others in its branch or loop wait for."""
        sources = [self._nodes.get(op_of(reference)) for reference in node.input]
        kinds = {_kind(source) for source in sources if source is not None}
        kind = _kind(node)
        return (kind == "Identity" and "Switch" in kinds) or (kind == "Merge" and "Enter" in kinds)


def _kind(node: Any) -> str:
    return str(node.op).removeprefix("Ref")
