"""The shapes of an ONNX model's tensors: what it says of them, and what follows from its inputs."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

from graphkit._formats._graph import StoredNode
from graphkit._formats._onnx import OnnxGraph, OnnxNode, OnnxTensor, OnnxValue
from graphkit._formats._shape import checked_shape
from graphkit._formats._wire import FormatError
from graphkit.errors import ArgumentError
from graphkit.export._inspection._facts import (
    MOST_NUMBERS,
    UNKNOWN,
    Fact,
    Facts,
    Numbers,
    Shape,
    Unknown,
    elements,
    sizes,
    small,
)
from graphkit.export._inspection._onnx_rules import ONNX_SHAPE_RULES, numbers_of
from graphkit.export._inspection._small_values import VALUE_RULES

__all__ = ["OnnxShapes", "infer_onnx_shapes"]

_IMPOSSIBLE = (FormatError, IndexError, OverflowError, ValueError, ZeroDivisionError, TypeError)


@dataclass(frozen=True)
class OnnxShapes:
    """The nodes of a graph, and what is known of the tensors they read and give.

    Attributes:
        nodes: The nodes.
        facts: What is known of each tensor, by name.
        inside: The bodies that a node runs, by its place among the nodes.
    """

    nodes: Sequence[OnnxNode]
    facts: Mapping[str, Fact]
    inside: dict[int, list[OnnxShapes]] = field(default_factory=dict)

    def of(self, name: str) -> Fact:
        """What is known of a tensor."""
        return self.facts.get(name, UNKNOWN)

    def inputs(self, node: OnnxNode) -> Facts:
        """What is known of what a node reads."""
        return Facts([self.of(name) for name in node.inputs])


def infer_onnx_shapes(
    graph: OnnxGraph, *, batch: int = 1, given: Mapping[str, Shape] | None = None
) -> OnnxShapes:
    """Infers shapes.

    Args:
        graph: The graph of a model.
        batch: What an open first dimension of an input is taken for.
        given: Shapes of inputs, by name.

    Raises:
        ArgumentError: A shape is given for what is no input.
    """
    given = given or {}
    weights = {weight.name for weight in graph.weights}
    names = [value.name for value in graph.inputs if value.name not in weights]
    for name in given:
        if name not in names:
            wanted = f"shapes of inputs: {', '.join(names) or 'it has none'}"
            raise ArgumentError("inspect_file", "shapes", name, wanted)
    opened = {value.name: _opened(value.shape, batch) for value in graph.inputs}
    shapes = {name: Fact(shape) for name, shape in {**opened, **given}.items()}
    return _inferred(graph, ChainMap(shapes))


def _opened(shape: Shape | None, batch: int) -> Shape | None:
    return (batch, *shape[1:]) if shape and shape[0] is None else shape


def _inferred(graph: OnnxGraph, facts: ChainMap[str, Fact]) -> OnnxShapes:
    said = {value.name: value.shape for value in (*graph.said, *graph.outputs)}
    facts.update((weight.name, _of_weight(weight)) for weight in graph.weights)
    inside: dict[int, list[OnnxShapes]] = {}
    for place, node in enumerate(graph.nodes):
        inputs = Facts([facts.get(name, UNKNOWN) for name in node.inputs])
        if node.bodies:
            inside[place] = [_of_body(node, body, facts) for body in node.bodies.values()]
        found = _outputs(node, inputs, inside.get(place, []))
        for number, name in enumerate(node.outputs):
            if not name:
                continue
            fact = found[number] if number < len(found) else UNKNOWN
            facts[name] = Fact(_surer(fact.shape, said.get(name)), fact.value)
    return OnnxShapes(graph.nodes, facts, inside)


def _of_weight(weight: OnnxTensor) -> Fact:
    return Fact(weight.shape, weight.numbers)


def _of_body(node: OnnxNode, body: OnnxGraph, facts: ChainMap[str, Fact]) -> OnnxShapes:
    """A body; of a loop one turn: it takes its number, whether to go on, and what is carried."""
    carried: list[Shape | None] = []
    if node.op == "Loop":
        carried = [(), (), *(facts.get(name, UNKNOWN).shape for name in node.inputs[2:])]
    known: MutableMapping[str, Fact] = {}
    for place, value in enumerate(body.inputs):
        shape = carried[place] if place < len(carried) else None
        known[value.name] = Fact(_surer(shape, value.shape))
    return _inferred(body, ChainMap(known, *facts.maps))


def _outputs(node: OnnxNode, inputs: Facts, inside: list[OnnxShapes]) -> list[Fact]:
    if inside:
        return _of_bodies(node, list(node.bodies.values()), inside)
    try:
        shapes = [_checked(shape) for shape in ONNX_SHAPE_RULES[node.op](node, inputs)]
    except (KeyError, Unknown, *_IMPOSSIBLE):
        return []
    try:
        value = small(_VALUES[node.op](node, inputs))
    except (KeyError, Unknown, *_IMPOSSIBLE):
        return [Fact(shape) for shape in shapes]
    return [Fact(shapes[0], value), *map(Fact, shapes[1:])]


def _checked(shape: Shape | None) -> Shape | None:
    if shape is not None and any(size is not None and size < 0 for size in shape):
        raise Unknown
    return None if shape is None else checked_shape(shape)


def _of_bodies(node: OnnxNode, bodies: list[OnnxGraph], inside: list[OnnxShapes]) -> list[Fact]:
    """What a condition gives, if its branches agree; what a loop carries along."""
    if node.op not in ("If", "Loop"):
        return []
    given = [
        [found.of(value.name).shape for value in _results(node, body)]
        for body, found in zip(bodies, inside, strict=True)
    ]
    together = zip(*given, strict=False)
    agreed = [Fact(shapes[0] if len(set(shapes)) == 1 else None) for shapes in together]
    return agreed[: max(0, len(node.inputs) - 2)] if node.op == "Loop" else agreed


def _results(node: OnnxNode, body: OnnxGraph) -> list[OnnxValue]:
    return body.outputs[1:] if node.op == "Loop" else body.outputs


def _surer(found: Shape | None, said: Shape | None) -> Shape | None:
    """The shape that leaves less open; what was found, if both say as much."""
    if found is None or said is None:
        return said if found is None else found
    return said if None in found and None not in said else found


def _listed(inputs: Facts, place: int) -> Numbers:
    """The value of an input that is a list, not a table."""
    if len(inputs.shape(place)) != 1:
        raise Unknown
    return inputs.value(place)


def _constant(node: OnnxNode, _inputs: Facts) -> Numbers:
    if "value_int" in node.attrs:
        return (node.integer("value_int"),)
    if "value_ints" in node.attrs:
        return node.integers("value_ints")
    return _held(node)


def _held(node: OnnxNode) -> Numbers:
    """The value of the tensor that is an attribute."""
    held = next(node.tensors(), None)
    if held is None or held.numbers is None:
        raise Unknown
    return held.numbers


def _shape(node: OnnxNode, inputs: Facts) -> Numbers:
    end = node.integer("end") if "end" in node.attrs else None
    return sizes(inputs.shape(0)[slice(node.integer("start"), end)])


def _gather(node: OnnxNode, inputs: Facts) -> Numbers:
    values = _listed(inputs, 0)
    return tuple(values[place] for place in inputs.value(1))


def _slice(node: OnnxNode, inputs: Facts) -> Numbers:
    values = _listed(inputs, 0)
    start, end = (numbers_of(node, inputs, k, i) for k, i in (("starts", 1), ("ends", 2)))
    steps = numbers_of(node, inputs, "steps", 4) or (1,)
    [part] = (slice(*bounds) for bounds in zip(start, end, steps, strict=True))
    return values[part]


def _concat(_node: OnnxNode, inputs: Facts) -> Numbers:
    return tuple(n for place in range(len(inputs)) for n in _listed(inputs, place))


def _repeated(node: OnnxNode, inputs: Facts) -> Numbers:
    count = elements(inputs.value(0))
    if count > MOST_NUMBERS:
        raise Unknown
    return _held(node) * count


def _as_in_tensorflow(op: str) -> Callable[[OnnxNode, Facts], Numbers]:
    return lambda _node, inputs: VALUE_RULES[op](StoredNode("", op), inputs)


_VALUES: dict[str, Callable[[OnnxNode, Facts], Numbers]] = {
    **{op: _as_in_tensorflow(op) for op in ("Add", "Div", "Mul", "Range", "Sub")},
    **{op: _as_in_tensorflow("Identity") for op in ("Cast", "Identity", "Reshape")},
    **{op: _as_in_tensorflow("Identity") for op in ("Squeeze", "Unsqueeze")},
    "Concat": _concat,
    "Constant": _constant,
    "ConstantOfShape": _repeated,
    "Gather": _gather,
    "Max": _as_in_tensorflow("Maximum"),
    "Min": _as_in_tensorflow("Minimum"),
    "ReduceProd": _as_in_tensorflow("Prod"),
    "Shape": _shape,
    "Size": lambda _node, inputs: (elements(inputs.shape(0)),),
    "Slice": _slice,
}
