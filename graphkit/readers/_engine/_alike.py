"""Whether two examples of a join are computed alike, each from what it takes of one producer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._python import python_identity
from graphkit.readers._engine._sources import Source

__all__ = ["are_alike"]

_Pair = tuple[Operation, Operation]
_TEXT = tf.string.as_datatype_enum
# Each op has its own, also where a program builds one thing twice.
_OWN = {"frame_name", "seed", "seed2", "tensor_array_name"}


def are_alike(one: Chain, other: Chain) -> bool:
    """Whether one chain does to its elements what another does, so that it may stand for both.

    Args:
        one: A chain.
        other: Another chain of the same graph.
    """
    if len(one.outputs) != len(other.outputs):
        return False
    return not one.outputs or _Comparison(one, other).holds()


class _Comparison:
    """One walk up two chains at the same time.

    First to what the values are computed from, then to what only has to run before, such as
    asserts: texts there are the words of errors, which name the ops of each chain.
    """

    def __init__(self, one: Chain, other: Chain) -> None:
        self._outputs = list(zip(one.outputs, other.outputs, strict=True))
        self._sources = {source.op: source for chain in (one, other) for source in chain.sources}
        self._graph: Graph = one.outputs[0].graph
        self._counterparts: dict[Operation, Operation] = {}
        self._before: list[_Pair] = []

    def holds(self) -> bool:
        """Whether no difference is found."""
        if any(_place(one) != _place(other) for one, other in self._outputs):
            return False
        values = [(one.op, other.op) for one, other in self._outputs]
        return self._walk(values, texts=True) and self._walk(self._before, texts=False)

    def _walk(self, waiting: list[_Pair], *, texts: bool) -> bool:
        while waiting:
            one, other = waiting.pop()
            if one in self._counterparts:
                if self._counterparts[one] is not other:
                    return False
                continue
            self._counterparts[one] = other
            above = [] if one is other else self._above(one, other, texts=texts)
            if above is None:
                return False
            waiting += above
        return True

    def _above(self, one: Operation, other: Operation, *, texts: bool) -> list[_Pair] | None:
        """What two ops are computed from, pair by pair; None if the ops differ."""
        source, counterpart = self._sources.get(one), self._sources.get(other)
        if source is not None and counterpart is not None:
            return [] if self._same_source(source, counterpart) else None
        if source is not counterpart or not self._same_node(one, other, texts=texts):
            return None
        if [_place(tensor) for tensor in one.inputs] != [_place(tensor) for tensor in other.inputs]:
            return None
        if len(one.control_inputs) != len(other.control_inputs):
            return None
        self._before += zip(self._controls(one), self._controls(other), strict=True)
        pairs = zip(one.inputs, other.inputs, strict=True)
        return [(given.op, counterpart.op) for given, counterpart in pairs]

    def _same_source(self, one: Source, other: Source) -> bool:
        """Whether two sources deliver the same kind of elements."""
        if (one.up_to, one.num_epochs, one.pool) != (other.up_to, other.num_epochs, other.pool):
            return False
        if one.reader is None or other.reader is None:
            return one.reader is other.reader
        return self._same_node(one.reader, other.reader, texts=True)

    def _same_node(self, one: Operation, other: Operation, *, texts: bool) -> bool:
        attributes = [self._attributes(op.node_def, texts) for op in (one, other)]
        return one.type == other.type and attributes[0] == attributes[1]

    def _controls(self, op: Operation) -> list[Operation]:
        """What has to run before an op, in the order it was made; TensorFlow's own is any."""
        return sorted(op.control_inputs, key=self._made.__getitem__)

    @cached_property
    def _made(self) -> dict[Operation, int]:
        return {op: place for place, op in enumerate(self._graph.get_operations())}

    @cached_property
    def _functions(self) -> dict[str, Any]:
        library = self._graph.as_graph_def().library.function
        return {function.signature.name: function for function in library}

    def _attributes(self, node: Any, texts: bool) -> dict[str, str]:
        """What a node is made with, but for what is its own and what TensorFlow notes on it."""
        if node.op == "Const" and not texts and node.attr["dtype"].type == _TEXT:
            return {}
        return {
            name: self._written(name, value, texts)
            for name, value in node.attr.items()
            if not name.startswith("_") and name not in _OWN
        }

    def _written(self, name: str, value: Any, texts: bool) -> str:
        if name == "token":
            return python_identity(value.s)
        if value.HasField("func"):
            return self._function(value.func.name, texts)
        return repr(value.SerializeToString(deterministic=True))

    def _function(self, name: str, texts: bool) -> str:
        """A function without the names in it, which differ where a program builds it twice."""
        function = self._functions[name]
        arguments = [argument.name for argument in function.signature.input_arg]
        nodes = [node.name for node in function.node_def]
        known = {name: place for place, name in enumerate([*arguments, *nodes])}
        made = [
            (
                node.op,
                [_renamed(given, known) for given in node.input],
                sorted(self._attributes(node, texts).items()),
            )
            for node in function.node_def
        ]
        returned = [function.ret[output.name] for output in function.signature.output_arg]
        return repr((made, [_renamed(given, known) for given in returned]))


def _place(tensor: Tensor) -> int:
    return int(tensor.value_index)


def _renamed(given: str, known: Mapping[str, int]) -> str:
    """An input of a node in a function, its node by number."""
    name, colon, output = given.removeprefix("^").partition(":")
    return "^" * given.startswith("^") + str(known[name]) + colon + output
