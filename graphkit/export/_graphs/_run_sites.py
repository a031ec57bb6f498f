"""Nodes that run functions on what they read: calls, branches and loops, and who has which part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphkit._tf import tf
from graphkit.export._graphs._laid_open import BRANCHES, CALLS, LOOPS
from graphkit.export._graphs._nodes import op_of

__all__ = ["RunSite", "output_count", "output_place", "run_site"]

_TYPES = {"Tout": CALLS | set(BRANCHES), "T": LOOPS}
_PLACE = re.compile(r"(?::output)?:(\d+)")


class RunSite(NamedTuple):
    """A node that runs functions, each of which takes and gives what the node does.

    Attributes:
        node: The node.
        functions: The names of the functions whose results the node gives.
        condition: The function that says how often they run, or nothing.
        before: What it reads before the arguments.
        given: What it reads as arguments.
    """

    node: Any
    functions: Sequence[str]
    condition: str
    before: Sequence[str]
    given: Sequence[str]

    @property
    def is_loop(self) -> bool:
        """Whether what it takes, what it gives and what it carries on are the same places."""
        return bool(self.condition)

    @property
    def counts(self) -> list[int]:
        """Where a loop of TensorFlow counts its turns, and holds how many there may be at most.

        Others who read the graph look for both there, whoever else needs them.
        """
        types = self.node.attr["T"].list.type[:2] if self.is_loop else []
        return [0, 1] if list(types) == [tf.int32.as_datatype_enum] * 2 else []

    @property
    def all_functions(self) -> list[str]:
        """The functions that it runs, the one that says how often among them."""
        return [*self.functions, *filter(None, [self.condition])]


def run_site(node: Any, functions: Mapping[str, Any]) -> RunSite | None:
    """The site that a node is; None if it runs nothing, or what it runs does not fit it.

    Args:
        node: A node of a graph or of a function.
        functions: The functions by name.
    """
    condition = node.attr["cond"].func.name if node.op in LOOPS else ""
    names = ("body",) if node.op in LOOPS else ("f",) if node.op in CALLS else BRANCHES.get(node.op)
    attrs = [node.attr[name] for name in names or ()]
    called = [func.name for attr in attrs for func in (*attr.list.func, attr.func) if func.name]
    read, first = [name for name in node.input if not name.startswith("^")], node.op in BRANCHES
    site = RunSite(node, list(dict.fromkeys(called)), condition, read[:first], read[first:])
    if not called or any(name not in functions for name in site.all_functions):
        return None
    takes, gives = len(site.given), output_count(node)
    fits = all(_fits(functions[name], takes, gives) for name in called)
    if site.is_loop:
        fits = fits and takes == gives and _fits(functions[condition], takes, 1)
    return site if fits else None


def output_count(node: Any) -> int | None:
    """How many values a node that runs functions gives; None of other nodes."""
    counts = [len(node.attr[name].list.type) for name, ops in _TYPES.items() if node.op in ops]
    return counts[0] if counts else None


def output_place(reference: str) -> int | None:
    """Which output of a site is read, as graphs and functions name it; None if that is not told."""
    rest = reference[len(op_of(reference)) :]
    told = _PLACE.fullmatch(rest or ":0")
    return int(told[1]) if told else None


def _fits(function: Any, takes: int, gives: int | None) -> bool:
    signature = function.signature
    results = [result.name for result in signature.output_arg]
    single = not any(
        arg.number_attr or arg.type_list_attr
        for arg in (*signature.input_arg, *signature.output_arg)
    )
    names = {argument.name for argument in signature.input_arg}
    counted = (len(signature.input_arg), len(results)) == (takes, gives)
    told = all(name in function.ret for name in results) and len(names) == takes
    return single and counted and told
