"""What a called function does is put in the place of the call, where other steps can see it."""

from __future__ import annotations

from typing import Any

from graphkit._tf import function_def_to_graph_def
from graphkit.export._graphs._nodes import op_of
from graphkit.export._transforms._contexts import acting_ops, context_depths
from graphkit.export._transforms._network import Network, copied, full_name, rewire

__all__ = ["inline_functions"]

_CALLS = {"PartitionedCall", "StatefulPartitionedCall"}


def inline_functions(network: Network) -> Network:
    """Puts the nodes of called functions in the place of the calls.

    Calls that wait for other ops, or lie in a branch or a loop, stay, and so do functions whose ops
    act on something; those of `If`, `While` and `Case` run or not, and stay too.

    Args:
        network: The network.
    """
    graph_def = copied(network.graph_def)
    while _inline_once(graph_def, network.kept):
        pass
    return network.with_graph(graph_def)


def _inline_once(graph_def: Any, kept: set[str]) -> bool:
    """Puts every call in place that can be; tells whether there was one."""
    library = {function.signature.name: function for function in graph_def.library.function}
    depths = context_depths(graph_def)
    taken = {node.name for node in graph_def.node}
    done = []
    for node in list(graph_def.node):
        function = library.get(node.attr["f"].func.name) if node.op in _CALLS else None
        waits = any(name.startswith("^") for name in node.input)
        if function is None or waits or depths[node.name] or node.name in kept:
            continue
        body, flat = function_def_to_graph_def(function)
        scope = {inner.name: f"{node.name}/{inner.name}" for inner in body.node}
        if (
            function.signature.attr
            or taken & set(scope.values())
            or acting_ops(_known(graph_def, body))
        ):
            continue
        taken |= set(scope.values())
        _put_in_place(graph_def, node, function, body, flat, scope)
        done.append(node)
    for node in done:
        graph_def.node.remove(node)
    return bool(done)


def _known(graph_def: Any, body: Any) -> Any:
    """The body with the functions it calls in turn."""
    whole = copied(body)
    whole.library.CopyFrom(graph_def.library)
    return whole


def _put_in_place(
    graph_def: Any, call: Any, function: Any, body: Any, flat: dict[str, str], scope: dict[str, str]
) -> None:
    arguments = [argument.name for argument in function.signature.input_arg]
    given = {
        f"{scope[name]}:0": full_name(source)
        for name, source in zip(arguments, call.input, strict=True)
    }
    for inner in body.node:
        for position, reference in enumerate(inner.input):
            mark = "^" if reference.startswith("^") else ""
            op_name = op_of(reference)
            inner.input[position] = mark + scope[op_name] + reference.removeprefix(mark + op_name)
        inner.name = scope[inner.name]
    inputs = {scope[name] for name in arguments}
    given |= {
        f"^{scope[name]}": f"^{op_of(s)}" for name, s in zip(arguments, call.input, strict=True)
    }
    rewire(body.node, given)
    graph_def.node.extend(inner for inner in body.node if inner.name not in inputs)
    moved = {}
    for place, argument in enumerate(function.signature.output_arg):
        name = full_name(flat.get(function.ret[argument.name], function.ret[argument.name]))
        inside = f"{scope[op_of(name)]}{name.removeprefix(op_of(name))}"
        moved[f"{call.name}:{place}"] = given.get(inside, inside)
    if moved:
        moved[f"^{call.name}"] = f"^{op_of(moved[f'{call.name}:0'])}"
    rewire(graph_def.node, moved)
