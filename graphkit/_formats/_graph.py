"""A `GraphDef` as it lies in a file: nodes by name, their attributes still as bytes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from graphkit._formats._dtypes import StoredType, stored_type
from graphkit._formats._shape import read_shape
from graphkit._formats._tensor import StoredTensor, read_tensor
from graphkit._formats._wire import (
    FormatError,
    as_bytes,
    as_int,
    as_text,
    fields,
    packed_varints,
    signed,
)

__all__ = ["FunctionEnds", "StoredGraph", "StoredNode", "entry_of", "read_graph"]

# What `AttrValue` can hold, by field number.
_LIST, _TEXT, _INT, _BOOL, _TYPE, _SHAPE, _TENSOR, _FUNCTION = 1, 2, 3, 5, 6, 7, 8, 10
_LISTED_FUNCTION = 9
# The letters that nodes get from the name of their function, for each byte of the function.
_LONGEST_NAMES = 64
# A node takes hundreds of bytes of memory for as few as ten of its file.
_MOST_NODES = 1_000_000
_NO_ATTRS: Mapping[str, memoryview] = MappingProxyType({})
_OP = re.compile(r"[A-Za-z0-9_.>\\/-]+")


@dataclass(frozen=True, slots=True)
class StoredNode:
    """A node of a graph or function.

    Attributes:
        name: Its name.
        op: Its op type.
        inputs: What it reads, as `"name"`, `"name:1"` or `"^name"`.
        device: Where it was placed, "" if nowhere.
        attrs: Its attributes, each an `AttrValue` in bytes.
    """

    name: str
    op: str
    inputs: tuple[str, ...] = ()
    device: str = ""
    attrs: Mapping[str, memoryview] = field(default_factory=lambda: _NO_ATTRS)

    def dtype(self, attr: str) -> StoredType | None:
        """The dtype an attribute says; None if the node has no such attribute."""
        value = self._attr(attr, _TYPE)
        return stored_type(value) if isinstance(value, int) else None

    def shape(self, attr: str = "shape") -> tuple[int | None, ...] | None:
        """The shape an attribute says, None where it is open; None too without the attribute."""
        value = self._attr(attr, _SHAPE)
        return None if value is None else read_shape(as_bytes(value))

    def shapes(self, attr: str) -> list[tuple[int | None, ...] | None]:
        """The list of shapes an attribute holds; empty without the attribute."""
        listed = self._attr(attr, _LIST)
        inside = [] if listed is None else fields(as_bytes(listed))
        return [read_shape(as_bytes(value)) for number, value in inside if number == _SHAPE]

    def integer(self, attr: str, default: int = 0) -> int:
        """The integer an attribute holds."""
        value = self._attr(attr, _INT)
        return default if value is None else as_int(value)

    def flag(self, attr: str) -> bool:
        """Whether an attribute says true; without the attribute, false."""
        return bool(self._attr(attr, _BOOL))

    def text(self, attr: str, default: str = "") -> str:
        """The text an attribute holds."""
        value = self._attr(attr, _TEXT)
        return default if value is None else as_text(value)

    def integers(self, attr: str) -> list[int]:
        """The list of integers an attribute holds; empty without the attribute."""
        value = self._attr(attr, _LIST)
        return [] if value is None else list(_packed(as_bytes(value), _INT))

    def tensor(self, attr: str = "value") -> StoredTensor | None:
        """The value of a constant; None if the node has none."""
        value = self._attr(attr, _TENSOR)
        return None if value is None else read_tensor(as_bytes(value))

    def tensor_shape(self, attr: str = "value") -> tuple[int | None, ...] | None:
        """The shape of a constant, whose value is not read; None if the node has none."""
        value = self._attr(attr, _TENSOR)
        shapes = [] if value is None else fields(as_bytes(value))
        return next((read_shape(as_bytes(v)) for n, v in shapes if n == 2), () if value else None)

    def functions(self) -> Iterator[str]:
        """The functions it calls; its op may be one too."""
        yield self.op
        for value in self.attrs.values():
            for number, inner in fields(value):
                if number == _FUNCTION:
                    yield entry_of(as_bytes(inner))[0]
                elif number == _LIST:
                    listed = fields(as_bytes(inner))
                    yield from (
                        entry_of(as_bytes(v))[0] for n, v in listed if n == _LISTED_FUNCTION
                    )

    def _attr(self, name: str, kind: int) -> int | memoryview | None:
        for number, value in fields(self.attrs.get(name, memoryview(b""))):
            if number == kind:
                return value
        return None


@dataclass(frozen=True, slots=True)
class FunctionEnds:
    """What a function takes and gives.

    Attributes:
        arguments: The names of what it takes, which its nodes read as if they were nodes.
        results: What it gives, as `"node:output_name:0"` or an argument.
    """

    arguments: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True)
class StoredGraph:
    """A graph.

    Attributes:
        nodes: The nodes, in the order of the file.
        functions: The nodes of each of its functions.
        producer: The GraphDef version of the TensorFlow that wrote it; 0 if it does not say.
        ends: What each of its functions takes and gives.
    """

    nodes: list[StoredNode]
    functions: dict[str, list[StoredNode]]
    producer: int
    ends: dict[str, FunctionEnds] = field(default_factory=dict)

    def all_nodes(self) -> Iterator[tuple[str, StoredNode]]:
        """Name and node of each, those inside functions too (as `function/node`)."""
        for node in self.nodes:
            yield node.name, node
        for function, nodes in self.functions.items():
            for node in nodes:
                yield f"{function}/{node.name}", node


def read_graph(message: memoryview) -> StoredGraph:
    """Reads a `GraphDef`.

    Raises:
        FormatError: The bytes are none: a node has no name, or an op type that nothing can have;
            or there are more than a million nodes.
    """
    nodes: list[StoredNode] = []
    functions: dict[str, list[StoredNode]] = {}
    ends: dict[str, FunctionEnds] = {}
    producer, left = 0, _MOST_NODES
    for number, value in fields(message):
        if number == 1:
            nodes.append(_node(as_bytes(value)))
            left -= 1
        elif number == 2:
            for name, inside, function_ends in _functions(as_bytes(value)):
                functions[name], ends[name] = inside, function_ends
                left -= 1 + len(inside)
        elif number == 3:
            producer = producer or as_int(value)
        elif number == 4:
            producer = sum(as_int(inner) for key, inner in fields(as_bytes(value)) if key == 1)
        if left < 0:
            raise FormatError(f"holds more than {_MOST_NODES:,} nodes")
    if not nodes:
        raise FormatError("holds no node")
    return StoredGraph(nodes, functions, producer, ends)


def _node(message: memoryview) -> StoredNode:
    name = op = device = ""
    inputs: list[str] = []
    attrs: dict[str, memoryview] = {}
    for number, value in fields(message):
        if number == 1:
            name = as_text(value)
        elif number == 2:
            op = as_text(value)
        elif number == 3:
            inputs.append(as_text(value))
        elif number == 4:
            device = as_text(value)
        elif number == 5:
            key, attr = entry_of(as_bytes(value))
            attrs[key] = attr
    if not name or not _OP.fullmatch(op):
        raise FormatError("a node has no name or no op type")
    # The same few words stand in all nodes.
    return StoredNode(name, sys.intern(op), tuple(inputs), sys.intern(device), attrs or _NO_ATTRS)


def _functions(library: memoryview) -> Iterator[tuple[str, list[StoredNode], FunctionEnds]]:
    for number, function in fields(library):
        if number == 1:
            parts = list(fields(as_bytes(function)))
            signature = next((as_bytes(v) for n, v in parts if n == 1), memoryview(b""))
            nodes = [_node(as_bytes(value)) for number, value in parts if number == 3]
            name = entry_of(signature)[0]
            references = sum(1 + len(node.inputs) for node in nodes)
            if len(name) * references > _LONGEST_NAMES * len(as_bytes(function)):
                raise FormatError("the name of a function is longer than its nodes together")
            returned = dict(_texts(as_bytes(value)) for number, value in parts if number == 4)
            arguments, results = (
                tuple(entry_of(as_bytes(v))[0] for n, v in fields(signature) if n == wanted)
                for wanted in (2, 3)
            )
            named = tuple(returned.get(result, "") for result in results)
            yield name, nodes, FunctionEnds(arguments, named)


def _texts(entry: memoryview) -> tuple[str, str]:
    key, content = entry_of(entry)
    return key, as_text(content)


def entry_of(message: memoryview) -> tuple[str, memoryview]:
    """Key and value of a map's entry; also the name of any message that begins with one."""
    key, content = "", memoryview(b"")
    for number, value in fields(message):
        if number == 1:
            key = as_text(value)
        elif number == 2 and not isinstance(value, int):
            content = value
    return key, content


def _packed(message: memoryview, wanted: int) -> Iterator[int]:
    for number, value in fields(message):
        if number == wanted:
            yield from map(signed, packed_varints(value))
