"""An ONNX model as it lies in a file: nodes in the order they run, weights without their values.

The fields' numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
"""

from __future__ import annotations

import math
import struct
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from types import MappingProxyType

from graphkit._formats._shape import checked_shape
from graphkit._formats._wire import (
    FormatError,
    Value,
    as_bytes,
    as_int,
    as_text,
    fields,
    packed_varints,
    signed,
)

__all__ = ["OnnxGraph", "OnnxNode", "OnnxTensor", "OnnxValue", "read_onnx_graph"]

_DEEPEST = 50
# A node takes hundreds of bytes of memory for as few as ten of its file.
_MOST_NODES = 1_000_000
_MOST_NUMBERS = 256
_NOTHING = memoryview(b"")
_TYPES = (
    "undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 "
    "uint64 complex64 complex128 bfloat16"
).split()
_BYTES = (0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2)
_INTEGERS = {6: "<i", 7: "<q"}

_INT, _TEXT, _TENSOR, _GRAPH, _INTS, _TENSORS, _GRAPHS = 3, 4, 5, 6, 8, 10, 11


@dataclass(frozen=True)
class OnnxTensor:
    """A weight.

    Attributes:
        name: Its name.
        dtype: Its dtype.
        shape: Its shape.
        bytes: The memory it takes.
        file: The file it is to be read from, "" if it is in this one.
        numbers: Its elements in their order, if they are few integers; None otherwise.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int
    file: str
    numbers: tuple[int, ...] | None


@dataclass(frozen=True)
class OnnxValue:
    """What a model says of a tensor.

    Attributes:
        name: Its name.
        dtype: Its dtype; "unknown" of what is no tensor.
        shape: Its shape, None where it is open; None if the rank is.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class OnnxNode:
    """A node.

    Attributes:
        name: Its name; many have none.
        op: Its op type; of another domain than ONNX's own `domain.op`.
        inputs: The tensors it reads; "" for one that is left out.
        outputs: Those it gives.
        attrs: Its attributes, each an `AttributeProto` in bytes.
        bodies: The graphs it runs, by attribute.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attrs: Mapping[str, memoryview]
    bodies: Mapping[str, OnnxGraph] = field(default_factory=lambda: MappingProxyType({}))

    def integer(self, attr: str, default: int = 0) -> int:
        """The integer an attribute holds; one of 0 may be left out of it."""
        if attr not in self.attrs:
            return default
        return as_int(_last(self.attrs[attr], _INT) or 0)

    def text(self, attr: str, default: str = "") -> str:
        """The text an attribute holds."""
        if attr not in self.attrs:
            return default
        return as_text(_last(self.attrs[attr], _TEXT) or _NOTHING)

    def integers(self, attr: str) -> tuple[int, ...]:
        """The integers an attribute holds; none without the attribute.

        Raises:
            FormatError: They are more than any shape has.
        """
        found: list[int] = []
        for number, value in fields(self.attrs.get(attr, _NOTHING)):
            if number == _INTS:
                found += islice(map(signed, packed_varints(value)), _MOST_NUMBERS + 1)
                if len(found) > _MOST_NUMBERS:
                    raise FormatError(f"the attribute {attr!r} holds more numbers than any op has")
        return tuple(found)

    def tensors(self) -> Iterator[OnnxTensor]:
        """The tensors its attributes hold."""
        for attr in self.attrs.values():
            for number, value in fields(attr):
                if number in (_TENSOR, _TENSORS):
                    yield _tensor(as_bytes(value))


@dataclass(frozen=True)
class OnnxGraph:
    """A graph: of a model, or of a loop's or condition's body.

    Attributes:
        inputs: What it takes; weights that could be fed too are among them.
        outputs: What it gives.
        said: What is said of other tensors.
        nodes: Its nodes, each behind those it reads.
        weights: Its weights.
    """

    inputs: list[OnnxValue]
    outputs: list[OnnxValue]
    said: list[OnnxValue]
    nodes: list[OnnxNode]
    weights: list[OnnxTensor]

    def all_graphs(self) -> Iterator[OnnxGraph]:
        """This one, and the bodies in it."""
        waiting = [self]
        while waiting:
            current = waiting.pop()
            yield current
            waiting += (body for node in current.nodes for body in node.bodies.values())


def read_onnx_graph(message: memoryview) -> OnnxGraph:
    """Reads a `GraphProto`.

    Raises:
        FormatError: It is damaged, lies in itself without an end, or goes round in a circle.
    """
    return _graph(message, 0, [_MOST_NODES])


def _graph(message: memoryview, depth: int, left: list[int]) -> OnnxGraph:
    if depth > _DEEPEST:
        raise FormatError("its graphs lie in each other without an end")
    values: dict[int, list[OnnxValue]] = {11: [], 12: [], 13: []}
    nodes, weights = [], []
    for number, value in fields(message):
        if number == 1:
            nodes.append(_node(as_bytes(value), depth, left))
        elif number == 5:
            weights.append(_tensor(as_bytes(value)))
        elif number == 15:  # values and places of a sparse weight
            weights += [_tensor(as_bytes(v)) for n, v in fields(as_bytes(value)) if n in (1, 2)]
        elif number in values:
            values[number].append(_value(as_bytes(value)))
    return OnnxGraph(values[11], values[12], values[13], _in_order(nodes), weights)


def _node(message: memoryview, depth: int, left: list[int]) -> OnnxNode:
    left[0] -= 1
    if left[0] < 0:
        raise FormatError(f"holds more than {_MOST_NODES:,} nodes")
    inputs, outputs = [], []
    words = {3: "", 4: "", 7: ""}
    attrs: dict[str, memoryview] = {}
    for number, value in fields(message):
        if number == 1:
            inputs.append(as_text(value))
        elif number == 2:
            outputs.append(as_text(value))
        elif number in words:
            words[number] = as_text(value)
        elif number == 5:
            attr = as_bytes(value)
            attrs[as_text(_last(attr, 1) or _NOTHING)] = attr
    if not words[4]:
        raise FormatError("a node has no op type")
    op = f"{words[7]}.{words[4]}" if words[7] not in ("", "ai.onnx") else words[4]
    bodies = {
        f"{name}[{place}]" if place else name: _graph(body, depth + 1, left)
        for name, attr in attrs.items()
        for place, body in enumerate(_bodies(attr))
    }
    return OnnxNode(words[3], op, tuple(inputs), tuple(outputs), attrs, bodies)


def _bodies(attr: memoryview) -> list[memoryview]:
    return [as_bytes(value) for number, value in fields(attr) if number in (_GRAPH, _GRAPHS)]


def _in_order(nodes: list[OnnxNode]) -> list[OnnxNode]:
    """The nodes, each behind those it reads; as they stand where that is so already."""
    makers = {name: place for place, node in enumerate(nodes) for name in node.outputs if name}
    waits = [{makers[name] for name in _read(node) if name in makers} for node in nodes]
    if all(max(needed, default=-1) < place for place, needed in enumerate(waits)):
        return nodes
    readers: dict[int, list[int]] = {}
    for place, needed in enumerate(waits):
        for maker in needed:
            readers.setdefault(maker, []).append(place)
    ready, order = deque(p for p, needed in enumerate(waits) if not needed), []
    while ready:
        order.append(ready.popleft())
        for place in readers.get(order[-1], ()):
            waits[place].discard(order[-1])
            if not waits[place]:
                ready.append(place)
    if len(order) < len(nodes):
        raise FormatError("its nodes read each other in a circle")
    return [nodes[place] for place in order]


def _read(node: OnnxNode) -> Iterator[str]:
    """What a node reads, and what its bodies read of the graph around them."""
    yield from node.inputs
    for body in node.bodies.values():
        for graph in body.all_graphs():
            yield from (name for inner in graph.nodes for name in inner.inputs)


def _tensor(message: memoryview) -> OnnxTensor:
    dims: list[int] = []
    kind, name, file = 0, "", ""
    for number, value in fields(message):
        if number == 1:
            dims += islice(map(signed, packed_varints(value)), _MOST_NUMBERS)
            checked_shape(dims)
        elif number == 2:
            kind = as_int(value)
        elif number == 8:
            name = as_text(value)
        elif number == 13:
            file = _location(value) or file
    if any(size < 0 for size in dims):
        raise FormatError(f"the weight {name!r} is of no definite shape")
    size = math.prod(dims) * (_BYTES[kind] if 0 <= kind < len(_BYTES) else 0)
    found = OnnxTensor(name, _dtype(kind), tuple(dims), size, file, None)
    if kind not in _INTEGERS or math.prod(dims) > _MOST_NUMBERS or file:
        return found
    numbers = _numbers(message, _INTEGERS[kind])
    return replace(found, numbers=numbers if len(numbers) == math.prod(dims) else None)


def _numbers(message: memoryview, letter: str) -> tuple[int, ...]:
    """The elements of a small tensor of integers, raw or one by one."""
    found: list[int] = []
    for number, value in fields(message):
        if number == 9:
            raw = as_bytes(value)[: 8 * _MOST_NUMBERS]
            whole = len(raw) - len(raw) % struct.calcsize(letter)
            found += (one for (one,) in struct.iter_unpack(letter, raw[:whole]))
        elif number in (5, 7):
            found += islice(map(signed, packed_varints(value)), _MOST_NUMBERS + 1)
        if len(found) > _MOST_NUMBERS:
            return ()
    return tuple(found)


def _location(entry: Value) -> str:
    parts = dict(fields(as_bytes(entry)))
    key, value = (as_text(parts.get(number, _NOTHING)) for number in (1, 2))
    return value if key == "location" else ""


def _value(message: memoryview) -> OnnxValue:
    parts = dict(fields(message))
    name = as_text(parts.get(1, _NOTHING))
    kind = dict(fields(as_bytes(parts.get(2, _NOTHING)))).get(1)
    return OnnxValue(name, *(_tensor_type(as_bytes(kind)) if kind else ("unknown", None)))


def _tensor_type(message: memoryview) -> tuple[str, tuple[int | None, ...] | None]:
    parts = dict(fields(message))
    shape = parts.get(2)
    if shape is None:
        return _dtype(as_int(parts.get(1, 0))), None
    sizes = [dict(fields(as_bytes(v))).get(1) for n, v in fields(as_bytes(shape)) if n == 1]
    dimensions = [as_int(size) if size is not None else None for size in sizes]
    known = [None if size is None or size < 0 else size for size in dimensions]
    return _dtype(as_int(parts.get(1, 0))), checked_shape(known)


def _dtype(kind: int) -> str:
    return _TYPES[kind] if 0 <= kind < len(_TYPES) else f"unknown dtype {kind}"


def _last(message: memoryview, wanted: int) -> Value | None:
    found = None
    for number, value in fields(message):
        if number == wanted:
            found = value
    return found
