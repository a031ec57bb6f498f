"""What loops carry along, and branches and calls hand over, for nobody.

A loop that was differentiated keeps what its gradient needs in lists of its own, of which a
recurrent layer of Keras has ninety: each has a place among what the loop carries, and nothing but
its own growing ever reads it. Such places are taken out of the loop and of its functions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Graph
from graphkit.export._graphs._laid_open import BRANCHES, CALLS, LOOPS
from graphkit.export._graphs._liveness import Liveness
from graphkit.export._graphs._nodes import leave_out, needed_nodes, op_of, with_functions
from graphkit.export._graphs._run_sites import RunSite, output_count, output_place

__all__ = ["without_idle_places"]

_RUNS = LOOPS | CALLS | set(BRANCHES)
_GIVEN = ("T", "Tout", "output_shapes", "_output_shapes")
_ORIGINALLY = "_num_original_outputs"
_READ_ONLY = "_read_only_resource_inputs"

# The new places of the outputs of nodes, by name.
_Places = Mapping[str, Mapping[int, int]]


def without_idle_places(graph_def: Any, graph: Graph, outputs: Collection[str]) -> Any:
    """Takes out of loops, branches and calls what they carry or hand over, and nobody needs.

    What the condition of a loop reads stays, what an op reads that acts on something, and what
    either comes from. Nodes keep their names; the outputs of those that lost some move up.

    Args:
        graph_def: The graph, changed in place.
        graph: A graph that knows its ops.
        outputs: The names of ops all of whose outputs stay in their places.

    Returns:
        The graph that is left.
    """
    if not any(node.op in _RUNS for node in graph_def.node):
        return graph_def
    liveness = Liveness(graph_def, graph, outputs)
    moved = _moved(liveness)
    if not moved:
        return graph_def
    for (region, name), site in liveness.sites.items():
        if liveness.is_needed(region, name):
            _shorten_site(site, liveness)
    for name in liveness.run:
        _shorten_function(liveness.functions[name], liveness, moved.get(name, {}))
    for node in graph_def.node:
        node.input[:] = [_followed(name, moved.get("", {}), inside=False) for name in node.input]
    return with_functions(graph_def, needed_nodes(graph_def, outputs))


def _moved(liveness: Liveness) -> dict[str, dict[str, Mapping[int, int]]]:
    """The new places of the outputs of sites that lost something, by function."""
    moved: dict[str, dict[str, Mapping[int, int]]] = {}
    for (region, name), site in liveness.sites.items():
        signature = liveness.functions[site.functions[0]].signature
        takes, gives = liveness.takes(site), liveness.gives(site)
        lost = len(takes) < len(signature.input_arg) or len(gives) < len(signature.output_arg)
        if lost and liveness.is_needed(region, name):
            places = {place: number for number, place in enumerate(gives)}
            moved.setdefault(region, {})[name] = places
    return moved


def _followed(reference: str, places: _Places, *, inside: bool) -> str:
    """How a reference to an output of a site is called now; others stay as they are."""
    name = op_of(reference)
    if name not in places or reference.startswith("^"):
        return reference
    place = places[name].get(output_place(reference) or 0)
    if place is None:  # what reads it is not needed either
        return reference
    return f"{name}:output:{place}" if inside else f"{name}:{place}".removesuffix(":0")


def _shorten_site(site: RunSite, liveness: Liveness) -> None:
    node, takes, gives = site.node, liveness.takes(site), liveness.gives(site)
    first, taken, given = len(site.before), len(site.given), output_count(node) or 0
    waits = [reference for reference in node.input if reference.startswith("^")]
    node.input[:] = [*site.before, *(site.given[place] for place in takes), *waits]
    inputs = [*range(first), *(first + place for place in takes)]
    _keep_listed(node.attr, ("Tin",), takes, taken)
    _keep_listed(node.attr, ("_input_shapes",), inputs, first + taken)
    _keep_listed(node.attr, _GIVEN, gives, given)
    if _ORIGINALLY in node.attr:
        before = node.attr[_ORIGINALLY].i
        node.attr[_ORIGINALLY].i = sum(place < before for place in gives)
    if _READ_ONLY in node.attr:
        places = {place: number for number, place in enumerate(inputs)}
        listed = node.attr[_READ_ONLY].list
        listed.i[:] = [places[place] for place in listed.i if place in places]


def _shorten_function(function: Any, liveness: Liveness, moved: _Places) -> None:
    """Leaves out what nobody needs of a function, which may be all of what it computes."""
    name, signature = function.signature.name, function.signature
    takes, gives = sorted(liveness.arguments[name]), sorted(liveness.results[name])
    unneeded = {node.name for node in function.node_def if not liveness.is_needed(name, node.name)}
    leave_out(function, unneeded)
    for node in function.node_def:
        node.input[:] = [_followed(read, moved, inside=True) for read in node.input]
    left = {signature.output_arg[place].name for place in gives}
    for result, reference in dict(function.ret).items():
        if result in left:
            function.ret[result] = _followed(reference, moved, inside=True)
        else:
            del function.ret[result]
    _keep_listed(function.attr, ("_input_shapes",), takes, len(signature.input_arg))
    _move_arguments(function, takes)
    _keep(signature.input_arg, takes)
    _keep(signature.output_arg, gives)


def _keep_listed(attrs: Any, names: Iterable[str], places: Sequence[int], count: int) -> None:
    """Keeps these places of lists that have something to say of all of them."""
    for name in names:
        if name in attrs:
            for _, listed in attrs[name].list.ListFields():
                if len(listed) == count:
                    _keep(listed, places)


def _keep(listed: Any, places: Sequence[int]) -> None:
    kept = [listed[place] for place in places]
    del listed[:]
    listed.extend(kept)


def _move_arguments(function: Any, places: Sequence[int]) -> None:
    """Moves what is said of arguments to the places that these have now."""
    before = type(function)(
        arg_attr=function.arg_attr, resource_arg_unique_id=function.resource_arg_unique_id
    )
    function.arg_attr.clear()
    function.resource_arg_unique_id.clear()
    for number, place in enumerate(places):
        if place in before.arg_attr:
            function.arg_attr[number].CopyFrom(before.arg_attr[place])
        if place in before.resource_arg_unique_id:
            function.resource_arg_unique_id[number] = before.resource_arg_unique_id[place]
