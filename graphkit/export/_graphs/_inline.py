"""Functions that a graph calls outright, put in the place of their calls.

TensorFlow does so whenever it runs a graph; other programs that read one know ops alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.export._graphs._nodes import op_of
from graphkit.graph import function_body

__all__ = ["inline_calls"]

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
# What a branch or a loop of TensorFlow 1 begins with; an op belongs to one by what it reads.
_CONTEXTS = ("Enter", "Switch")


def inline_calls(graph_def: Any, graph: Graph, kept: Collection[str]) -> bool:
    """Puts the body of every function that is called outright in the place of the call.

    The branches of an `If` and the body of a `While` stay functions; calls inside a body stay, too,
    until this is called again.

    Args:
        graph_def: The graph; changed in place.
        graph: A graph that has its functions.
        kept: The names of calls that have to be found afterwards.

    Returns:
        Whether there was a call.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    if not any(_function_of(node) in functions for node in graph_def.node):
        return False
    taken = {node.name for node in graph_def.node}
    has_contexts = any(node.op.removeprefix("Ref") in _CONTEXTS for node in graph_def.node)
    places = _Places()
    nodes = []
    for node in graph_def.node:
        function = functions.get(_function_of(node))
        if function is None:
            nodes.append(node)
            continue
        prefix = _free_prefix(node.name, function, taken)
        with graph.as_default():
            body, returned = function_body(function, _data(node.input), prefix)
        waits = _waits(node.input)
        if has_contexts and not waits:
            waits = [f"^{op_of(reference)}" for reference in node.input[:1]]
        for inner in body:
            if not inner.input:
                inner.input.extend(waits)
        ends = [prefix + name for name in function.control_ret.values()]
        nodes += body
        places.put(node.name, returned, [*ends, *map(op_of, returned)])
        if node.name in kept:
            dtypes = [result.type for result in function.signature.output_arg]
            nodes.append(_stand_in(node.name, returned, dtypes))
    for node in nodes:
        inputs = list(places.followed(node.input))
        node.ClearField("input")
        node.input.extend([*_data(inputs), *dict.fromkeys(_waits(inputs))])
    inlined = type(graph_def)(node=nodes)
    graph_def.ClearField("node")
    graph_def.node.MergeFrom(inlined.node)
    return True


class _Places:
    """Where the values of calls come from now, and what to wait for instead of a call."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._ends: dict[str, list[str]] = {}

    def put(self, call: str, returned: Sequence[str], ends: Sequence[str]) -> None:
        """Notes what a call returned, and with which ops it ended."""
        self._values.update((f"{call}:{place}", value) for place, value in enumerate(returned))
        self._ends[call] = list(dict.fromkeys(ends))

    def followed(self, references: Sequence[str]) -> Iterator[str]:
        """Inputs of a node, none of them a call."""
        for reference in references:
            if reference.startswith("^"):
                ends = self._ends.get(op_of(reference))
                yield from [reference] if ends is None else self.followed([f"^{e}" for e in ends])
                continue
            while (full := reference if ":" in reference else f"{reference}:0") in self._values:
                reference = self._values[full]
            yield reference.removesuffix(":0")  # as graphs name what an op gives first


def _function_of(node: Any) -> str:
    """The function a node calls; before `PartitionedCall` the function was the op's type."""
    return str(node.attr["f"].func.name if node.op in _CALLS else node.op)


def _free_prefix(call: str, function: Any, taken: set[str]) -> str:
    """The scope of a call's name; another if nodes beside the call have names in it."""
    prefix, number = f"{call}/", 0
    while any(prefix + inner.name in taken for inner in function.node_def):
        number += 1
        prefix = f"{call}/body_{number}/"
    taken.update(prefix + inner.name for inner in function.node_def)
    return prefix


def _stand_in(call: str, returned: Sequence[str], dtypes: Sequence[int]) -> Any:
    """A node with the name and the outputs of a call."""
    node = tf.NodeDef(name=call, op="Identity" if len(dtypes) == 1 else "IdentityN", input=returned)
    if len(dtypes) == 1:
        node.attr["T"].type = dtypes[0]
    else:
        node.attr["T"].list.type.extend(dtypes)
    return node


def _data(references: Sequence[str]) -> list[str]:
    return [reference for reference in references if not reference.startswith("^")]


def _waits(references: Sequence[str]) -> list[str]:
    return [reference for reference in references if reference.startswith("^")]
