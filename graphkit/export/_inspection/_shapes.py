"""The static shapes of a graph's tensors, without TensorFlow: from placeholders and constants on.

Each node's shapes follow from those of its inputs by the rule of its op; an op without a rule, or
inputs too little known, leave them open, and so all that follows.
"""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from graphkit.errors import ArgumentError
from graphkit.export._formats._graph import StoredNode
from graphkit.export._formats._shape import checked_shape
from graphkit.export._formats._wire import FormatError
from graphkit.export._graphs._op_kinds import PLACEHOLDERS, VARIABLES
from graphkit.export._inspection._facts import (
    MOST_NUMBERS,
    UNKNOWN,
    Fact,
    Facts,
    Shape,
    Unknown,
    elements,
    sizes,
    small,
)
from graphkit.export._inspection._shape_rules import SHAPE_RULES
from graphkit.export._inspection._small_values import VALUE_RULES, summed_axes

__all__ = ["ShapeMap", "infer_shapes", "split_reference"]

_WAY_BACK = {"NextIteration", "RefNextIteration"}
_INTEGERS = {"int32", "int64"}
# A rule meets whatever a file says: no value, too few inputs, a stride of 0.
_NO_ANSWER = (Unknown, FormatError, ValueError, IndexError, ZeroDivisionError, TypeError)


class ShapeMap:
    """The facts of every tensor, by node and output.

    Args:
        facts: The facts of each node's outputs, by its name.
    """

    def __init__(self, facts: Mapping[str, Sequence[Fact]]) -> None:
        self._facts = facts

    def of(self, reference: str) -> Fact:
        """What is known of a tensor, by a node's name or `name:output`."""
        name, output = split_reference(reference)
        found = self._facts.get(name, ())
        return found[output] if output < len(found) else UNKNOWN

    def inputs(self, node: StoredNode) -> Facts:
        """What is known of a node's inputs."""
        return Facts([self.of(one) for one in node.inputs if not one.startswith("^")])


def infer_shapes(
    nodes: Sequence[StoredNode], *, batch: int = 1, given: Mapping[str, Shape] | None = None
) -> ShapeMap:
    """Infers the shape of every tensor.

    Args:
        nodes: The nodes of a graph, in any order.
        batch: What an open first dimension of a placeholder is taken for.
        given: Shapes that are known better, by node or `name:output`.

    Returns:
        The shapes. In loops they are those of the first turn.

    Raises:
        ArgumentError: A shape is given for what is no node.
    """
    given = given or {}
    by_name = {node.name: node for node in nodes}
    told: dict[str, dict[int, Fact]] = {}
    for reference, shape in given.items():
        name, output = split_reference(reference)
        if name not in by_name:
            raise ArgumentError("infer_shapes", "shapes", reference, _wanted(reference, nodes))
        told.setdefault(name, {})[output] = Fact(shape)
    facts: dict[str, Sequence[Fact]] = {}
    known = ShapeMap(facts)
    for node in _in_order(nodes, by_name):
        found = _outputs(node, known.inputs(node), batch)
        for output, fact in told.get(node.name, {}).items():
            found += [UNKNOWN] * (output + 1 - len(found))
            found[output] = fact
        facts[node.name] = found
    return known


def split_reference(reference: str) -> tuple[str, int]:
    """`("a", 1)` for `"a:1"`, `("a", 0)` for `"a"`; a function's `"a:out:0"` is output 0."""
    name, *rest = reference.removeprefix("^").split(":")
    return name, int(rest[-1]) if rest and rest[-1].isdecimal() and len(rest[-1]) < 6 else 0


def _wanted(reference: str, nodes: Sequence[StoredNode]) -> str:
    inputs = [node.name for node in nodes if node.op in PLACEHOLDERS]
    near = difflib.get_close_matches(reference, inputs, 3) or inputs[:3]
    return f"the name of a node, such as {', '.join(near)}" if near else "the name of a node"


def _in_order(
    nodes: Sequence[StoredNode], by_name: Mapping[str, StoredNode]
) -> Iterator[StoredNode]:
    """Nodes after what they read; the way back in a loop does not count, other circles are left."""
    waits: dict[str, int] = {}
    readers: dict[str, list[StoredNode]] = {}
    for node in by_name.values():
        sources = {split_reference(one)[0] for one in node.inputs if not one.startswith("^")}
        before = [s for s in sources if s in by_name and by_name[s].op not in _WAY_BACK]
        waits[node.name] = len(before)
        for source in before:
            readers.setdefault(source, []).append(node)
    ready = deque(node for node in by_name.values() if not waits[node.name])
    while ready:
        node = ready.popleft()
        yield node
        for reader in readers.pop(node.name, ()):
            waits[reader.name] -= 1
            if not waits[reader.name]:
                ready.append(reader)


def _outputs(node: StoredNode, inputs: Facts, batch: int) -> list[Fact]:
    try:
        shapes = [shape and checked_shape(shape) for shape in _shapes(node, inputs, batch)]
    except _NO_ANSWER:
        return []
    return [Fact(shape, _value(node, inputs, output)) for output, shape in enumerate(shapes)]


def _shapes(node: StoredNode, inputs: Facts, batch: int) -> Sequence[Shape | None]:
    if node.op in PLACEHOLDERS:
        return [_of_batch(node.shape(), batch)]
    if node.op in VARIABLES:
        return [node.shape()]
    if node.op == "Const":
        return [node.tensor_shape()]
    if node.op in SHAPE_RULES:
        return SHAPE_RULES[node.op](node, inputs)
    written = node.shapes("output_shapes") or node.shapes("_output_shapes")
    return [_of_batch(shape, batch) for shape in written]


def _of_batch(shape: Shape | None, batch: int) -> Shape | None:
    return (batch, *shape[1:]) if shape and shape[0] is None else shape


def _value(node: StoredNode, inputs: Facts, output: int) -> tuple[int, ...] | None:
    try:
        if node.op == "Const":
            return _constant(node)
        if node.op == "ShapeN":
            return small(sizes(inputs.shape(output)))
        if node.op == "BroadcastGradientArgs":
            return small(summed_axes(inputs)[output])
        rule = None if output else VALUE_RULES.get(node.op)
        return None if rule is None else small(rule(node, inputs))
    except _NO_ANSWER:
        return None


def _constant(node: StoredNode) -> tuple[int, ...] | None:
    dtype, shape = node.dtype("dtype"), node.tensor_shape()
    if dtype is None or dtype.name not in _INTEGERS or elements(shape) > MOST_NUMBERS:
        return None
    tensor = node.tensor()
    return None if tensor is None else small(tensor.array().ravel().tolist())
