"""The static shapes of a graph's tensors, without TensorFlow: from placeholders and constants on.

Each node's shapes follow from those of its inputs by the rule of its op; an op without a rule, or
inputs too little known, leave them open, and so all that follows.
"""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit._formats._shape import checked_shape
from graphkit._formats._wire import FormatError
from graphkit.errors import ArgumentError
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
# They call one of their functions, by their first input; over and over, with what it gave.
_CHOOSES = {"Case", "If", "StatelessCase", "StatelessIf"}
_REPEATS = {"StatelessWhile", "While"}
# In functions, outputs are found by name. These are not the first of their op.
_LATER_OUTPUTS = {
    "argmax": 1,
    "backprop": 1,
    "batch_mean": 1,
    "batch_variance": 2,
    "indices": 1,
    "output_true": 1,
    "value_index": 1,
}
_DEEPEST, _MOST_CALLED = 30, 300_000
_INTEGERS = {"int32", "int64"}
# A rule meets whatever a file says: no value, too few inputs, a stride of 0.
_NO_ANSWER = (Unknown, FormatError, ValueError, IndexError, ZeroDivisionError, TypeError)


class ShapeMap:
    """The facts of every tensor, by node and output.

    Args:
        nodes: The nodes they are of.
    """

    def __init__(self, nodes: Sequence[StoredNode]) -> None:
        self.nodes = nodes
        self.facts: dict[str, list[Fact]] = {}
        self.inside: dict[str, list[ShapeMap]] = {}
        """What each node's functions hold, for what it calls them with."""

    def of(self, reference: str) -> Fact:
        """What is known of a tensor, by a node's name or `name:output`."""
        name, output = split_reference(reference)
        found = self.facts.get(name, ())
        return found[output] if output < len(found) else UNKNOWN

    def inputs(self, node: StoredNode) -> Facts:
        """What is known of a node's inputs."""
        return Facts([self.of(one) for one in node.inputs if not one.startswith("^")])


def infer_shapes(
    graph: StoredGraph, *, batch: int = 1, given: Mapping[str, Shape] | None = None
) -> ShapeMap:
    """Infers the shape of every tensor.

    Args:
        graph: The graph.
        batch: What an open first dimension of a placeholder is taken for.
        given: Shapes that are known better, by node or `name:output`.

    Returns:
        The shapes. In loops they are those of the first turn.

    Raises:
        ArgumentError: A shape is given for what is no node.
    """
    names = {node.name for node in graph.nodes}
    told: dict[str, dict[int, Fact]] = {}
    for reference, shape in (given or {}).items():
        name, output = split_reference(reference)
        if name not in names:
            wanted = _wanted(reference, graph.nodes)
            raise ArgumentError("infer_shapes", "shapes", reference, wanted)
        told.setdefault(name, {})[output] = Fact(shape)
    return _Inference(graph, batch, told).of_nodes(graph.nodes, {}, 0)


class _Inference:
    """Goes through a graph, and into the functions it calls.

    Args:
        graph: The graph.
        batch: What an open first dimension is taken for.
        told: What is known better of the graph's own nodes, by output.
    """

    def __init__(
        self, graph: StoredGraph, batch: int, told: Mapping[str, Mapping[int, Fact]]
    ) -> None:
        self._graph = graph
        self._batch = batch
        self._told = told
        # Functions that call others twice, over and over, come to more calls than can be followed.
        self._met: dict[tuple[str, tuple[Fact, ...]], ShapeMap] = {}
        self._left = _MOST_CALLED

    def of_nodes(
        self, nodes: Sequence[StoredNode], arguments: Mapping[str, Fact], depth: int
    ) -> ShapeMap:
        """Infers the shapes of nodes; those of a function read its arguments too."""
        known = ShapeMap(nodes)
        known.facts.update((name, [fact]) for name, fact in arguments.items())
        told = self._told if not depth else {}
        for node in _in_order({node.name: node for node in nodes}):
            inputs = known.inputs(node)
            found = self._called(node, inputs, known, depth)
            if found is None:
                found = _outputs(node, inputs, self._batch)
            for output, fact in told.get(node.name, {}).items():
                found += [UNKNOWN] * (output + 1 - len(found))
                found[output] = fact
            known.facts[node.name] = found
        return known

    def _called(
        self, node: StoredNode, inputs: Facts, known: ShapeMap, depth: int
    ) -> list[Fact] | None:
        """What a node gives that calls functions; None of one that does not."""
        names = [name for name in node.functions() if name in self._graph.ends]
        if not names or depth >= _DEEPEST:
            return None
        passed = inputs.all()[1:] if node.op in _CHOOSES else inputs.all()
        given: list[list[Fact]] = []
        for name in names:
            inside = self._of_function(name, passed, depth + 1)
            if inside is None:
                return None
            known.inside.setdefault(node.name, []).append(inside)
            given.append([inside.of(result) for result in self._graph.ends[name].results])
        return passed if node.op in _REPEATS else _agreed(given)

    def _of_function(self, name: str, passed: list[Fact], depth: int) -> ShapeMap | None:
        """The shapes in a function for what it is called with; None if there are too many calls."""
        call = (name, tuple(passed))
        if call not in self._met:
            nodes = self._graph.functions[name]
            self._left -= len(nodes)
            if self._left < 0:
                return None
            arguments = dict(zip(self._graph.ends[name].arguments, passed, strict=False))
            self._met[call] = self.of_nodes(nodes, arguments, depth)
        return self._met[call]


def _agreed(given: Sequence[Sequence[Fact]]) -> list[Fact]:
    """What is known whichever of several functions is called."""
    same = zip(*given, strict=False)
    return [facts[0] if len(set(facts)) == 1 else UNKNOWN for facts in same]


def split_reference(reference: str) -> tuple[str, int]:
    """`("a", 1)` for `"a:1"`, `("a", 0)` for `"a"`; in functions outputs have names too."""
    name, *rest = reference.removeprefix("^").split(":")
    number = int(rest[-1]) if rest and rest[-1].isdecimal() and len(rest[-1]) < 6 else 0
    return name, number + (_LATER_OUTPUTS.get(rest[0], 0) if len(rest) > 1 else 0)


def _wanted(reference: str, nodes: Sequence[StoredNode]) -> str:
    inputs = [node.name for node in nodes if node.op in PLACEHOLDERS]
    near = difflib.get_close_matches(reference, inputs, 3) or inputs[:3]
    return f"the name of a node, such as {', '.join(near)}" if near else "the name of a node"


def _in_order(by_name: Mapping[str, StoredNode]) -> Iterator[StoredNode]:
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
