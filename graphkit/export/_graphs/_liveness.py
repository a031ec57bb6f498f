"""What of the functions of a graph is of use: to its outputs, or to ops that act on something.

    outputs ◄── loop:3 ◄── result 3 of the body ◄── argument 3, argument 7 ──► loop:7 ──► …

A function that several nodes run has one answer for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

from graphkit._tf import Graph
from graphkit.export._graphs._nodes import function_names, op_of
from graphkit.export._graphs._op_kinds import CHECKS, RANDOM, READS_VARIABLES
from graphkit.export._graphs._run_sites import RunSite, output_place, run_site

__all__ = ["Liveness"]

_GRAPH = ""
_HARMLESS = CHECKS | RANDOM | READS_VARIABLES

_Side = Literal["takes", "gives"]
# A value in the graph or a function; an argument or result of a function; the same of a site.
_Step = tuple[Any, ...]


class Liveness:
    """Follows a graph from its outputs to all that they need.

    Args:
        graph_def: The graph.
        graph: A graph that knows its ops.
        outputs: The names of ops whose outputs are all of use.

    Attributes:
        functions: The functions by name.
        sites: The nodes that run functions, by function ("" for the graph) and name.
        needed: The names of the nodes that are of use, by function.
        arguments: The places of the arguments that are of use, by function.
        results: The places of the results that are.
        run: The names of the functions that are run.
    """

    def __init__(self, graph_def: Any, graph: Graph, outputs: Collection[str]) -> None:
        self.functions = {f.signature.name: f for f in graph_def.library.function}
        bodies = {name: function.node_def for name, function in self.functions.items()}
        nodes = {_GRAPH: graph_def.node, **bodies}
        self._nodes = {region: {n.name: n for n in listed} for region, listed in nodes.items()}
        self._places = {
            name: {arg.name: place for place, arg in enumerate(function.signature.input_arg)}
            for name, function in self.functions.items()
        }
        self.sites: dict[tuple[str, str], RunSite] = {}
        for region, listed in nodes.items():
            for node in listed:
                site = run_site(node, self.functions)
                if site is not None and not (region == _GRAPH and node.name in outputs):
                    self.sites[region, node.name] = site
        self.needed: dict[str, set[str]] = defaultdict(set)
        self.arguments: dict[str, set[int]] = defaultdict(set)
        self.results: dict[str, set[int]] = defaultdict(set)
        self.run: set[str] = set()
        self._acting = _acting(nodes, self.functions, graph)
        self._runs: dict[str, list[tuple[str, str]]] = defaultdict(list)  # needed sites
        self._done: set[_Step] = set()
        self._waiting: list[_Step] = [("value", _GRAPH, f"^{name}") for name in outputs]
        self._follow()

    def is_needed(self, region: str, name: str) -> bool:
        """Whether a node of the graph ("") or of a function is of use."""
        return name in self.needed.get(region, ())

    def takes(self, site: RunSite) -> list[int]:
        """The places of the arguments of a site that are of use."""
        return sorted(self.arguments[site.functions[0]])

    def gives(self, site: RunSite) -> list[int]:
        """The places of the outputs of a site that are of use."""
        return sorted(self.results[site.functions[0]])

    def _follow(self) -> None:
        kinds: dict[str, Callable[..., None]] = {
            "part": self._part,
            "site": self._at_site,
            "value": self._value,
        }
        while self._waiting:
            step = self._waiting.pop()
            if step not in self._done:
                self._done.add(step)
                kinds[step[0]](*step[1:])

    def _value(self, region: str, reference: str) -> None:
        """Something in the graph or in a function is read, or waited for."""
        name = op_of(reference)
        if name in self._places.get(region, {}):
            self._waiting.append(("part", region, "takes", self._places[region][name]))
            return
        node = self._nodes[region].get(name)
        if node is None:
            return
        site = self.sites.get((region, name))
        if name not in self.needed[region]:
            self.needed[region].add(name)
            (self._need(region, node) if site is None else self._need_site(region, site))
        if site is not None and not reference.startswith("^"):
            place = output_place(reference)
            count = len(self.functions[site.functions[0]].signature.output_arg)
            places = range(count) if place is None else [place] if place < count else []
            self._waiting += [("site", region, name, "gives", one) for one in places]

    def _need(self, region: str, node: Any) -> None:
        """A node that may run functions in ways that are not looked into needs all of these."""
        self._waiting += [("value", region, reference) for reference in node.input]
        for called in function_names(node):
            if called in self.functions:
                self._run(called)
                self._whole(called)

    def _need_site(self, region: str, site: RunSite) -> None:
        node = site.node
        read = [*site.before, *(name for name in node.input if name.startswith("^"))]
        self._waiting += [("value", region, reference) for reference in read]
        for called in site.all_functions:
            self._runs[called].append((region, node.name))
            self._run(called)
            self._waiting += [
                ("site", region, node.name, "takes", one) for one in self.arguments[called]
            ]
            if called in site.functions:
                self._waiting += [
                    ("site", region, node.name, "gives", one) for one in self.results[called]
                ]
        if site.is_loop:
            self._waiting.append(("part", site.condition, "gives", 0))
            self._waiting += [("site", region, node.name, "takes", one) for one in site.counts]

    def _run(self, called: str) -> None:
        """What acts in a function that is run, and what it has to have done, is needed."""
        self.run.add(called)
        ends = [*self.functions[called].control_ret.values(), *self._acting[called]]
        self._waiting += [("value", called, f"^{name}") for name in ends]

    def _whole(self, called: str) -> None:
        signature = self.functions[called].signature
        takes, gives = range(len(signature.input_arg)), range(len(signature.output_arg))
        self._waiting += [("part", called, "takes", place) for place in takes]
        self._waiting += [("part", called, "gives", place) for place in gives]

    def _part(self, called: str, side: _Side, place: int) -> None:
        """An argument or a result of a function is needed: by all that run it."""
        function = self.functions[called]
        (self.arguments if side == "takes" else self.results)[called].add(place)
        if side == "gives":
            result = function.signature.output_arg[place].name
            self._waiting.append(("value", called, function.ret.get(result, "")))
        for region, name in self._runs[called]:
            if side == "takes" or called in self.sites[region, name].functions:
                self._waiting.append(("site", region, name, side, place))

    def _at_site(self, region: str, name: str, side: _Side, place: int) -> None:
        """What a node is given or gives is needed: by each function that it runs."""
        site = self.sites[region, name]
        if side == "takes" or site.is_loop:
            self._waiting.append(("value", region, site.given[place]))
            self._waiting += [("part", called, "takes", place) for called in site.all_functions]
        if side == "gives" or site.is_loop:
            self._waiting += [("part", called, "gives", place) for called in site.functions]


def _acting(
    nodes: Mapping[str, Iterable[Any]], functions: Mapping[str, Any], graph: Graph
) -> dict[str, list[str]]:
    """The names of the nodes, by function, of which one sees that they run but by what they give.

    Those that run such a node in a function are among them.
    """
    found: dict[str, list[str]] = {name: [] for name in nodes}
    callers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    acts: dict[str, bool] = {}
    waiting: list[tuple[str, str]] = []
    for region, listed in nodes.items():
        for node in listed:
            called = [name for name in function_names(node) if name in functions]
            for name in called:
                callers[name].append((region, node.name))
            if not called and acts.setdefault(node.op, _is_acting(graph, node.op)):
                waiting.append((region, node.name))
    done: set[tuple[str, str]] = set()
    while waiting:
        region, name = waiting.pop()
        if (region, name) not in done:
            done.add((region, name))
            waiting += callers[region] if not found[region] else []
            found[region].append(name)
    return found


def _is_acting(graph: Graph, kind: str) -> bool:
    try:
        return kind not in _HARMLESS and bool(graph.op_def_for_type(kind).is_stateful)
    except RuntimeError:  # there is no such op here, and nobody knows what it does
        return True
