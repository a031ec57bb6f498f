"""How two graphs differ: nodes, op types, attributes, inputs, and the values of constants."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphkit._formats._attrs import plain_value
from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit._formats._tensor import StoredTensor
from graphkit._formats._wire import FormatError
from graphkit.export._comparison._checkpoints import values_in_words
from graphkit.export._comparison._difference import Change, FileDifference, Lone
from graphkit.export._comparison._renames import Thing, find_renames

__all__ = ["diff_graphs"]

# Where an op stands beside which other, and what TensorFlow once inferred: not part of what it is.
_NOTES = {"_class", "_output_shapes"}
_WAY_BACK = {"NextIteration", "RefNextIteration"}
_VALUE = "value"
_SHOWN_ITEMS = 20
_NUMBER = re.compile(r"^([^/]+)_\d+(?![^/])")  # of the outermost scope
_IN_A_LOOP = 10
_REFERENCE = re.compile(r"(\^?)([^:]+)(.*)", re.DOTALL)


def diff_graphs(
    first: tuple[Path, StoredGraph], second: tuple[Path, StoredGraph]
) -> FileDifference:
    """Compares two graphs, the nodes of their functions too.

    Args:
        first: A file and its graph.
        second: The same of the other.
    """
    before, after = (dict(_nodes(graph)) for _, graph in (first, second))
    removed = _things({n: node for n, node in before.items() if n not in after}, before)
    added = _things({n: node for n, node in after.items() if n not in before}, after)
    renames = find_renames(removed, added)
    became = {rename.old: rename.new for rename in renames}
    pairs = [(name, name) for name in before if name in after] + list(became.items())
    come = set(became.values())
    return FileDifference(
        first=first[0],
        second=second[0],
        kind="graph",
        compared=len(pairs),
        removed=[Lone(name, before[name].op) for name in removed if name not in became],
        added=[Lone(name, after[name].op) for name in added if name not in come],
        renamed=renames,
        changed=[
            Change(old, what, words)
            for old, new in pairs
            for what, words in _changes(before[old], after[new], became)
        ],
        repeated=_repeated(removed, before) | _repeated(added, after),
    )


def _repeated(lone: Mapping[str, Thing], nodes: Mapping[str, StoredNode]) -> dict[str, int]:
    """Ends that one graph alone has, and has many times; those of deep networks are read."""
    read = {_parts(reference)[1] for node in nodes.values() for reference in node.inputs}
    stems = Counter((_NUMBER.sub(r"\1", name), nodes[name].op) for name in lone if name not in read)
    return {stem: times for (stem, _), times in stems.items() if times >= _IN_A_LOOP}


def _nodes(graph: StoredGraph) -> Iterator[tuple[str, StoredNode]]:
    """All nodes by name; one of a function reads others of its function, by their full names."""
    for node in graph.nodes:
        yield node.name, node
    for function, nodes in graph.functions.items():
        for node in nodes:
            inputs = tuple(_REFERENCE.sub(rf"\1{function}/\2\3", one) for one in node.inputs)
            yield f"{function}/{node.name}", replace(node, inputs=inputs)


def _things(lone: Mapping[str, StoredNode], nodes: Mapping[str, StoredNode]) -> dict[str, Thing]:
    prints = _Fingerprints(nodes)
    words = "the same op, attributes and inputs"
    return {
        name: Thing(node.op, prints.of(name), f"also a node of type {node.op}", words)
        for name, node in lone.items()
    }


class _Fingerprints:
    """What a node computes, whatever it and those before it are called.

    Args:
        nodes: All nodes of the graph, by name.
    """

    def __init__(self, nodes: Mapping[str, StoredNode]) -> None:
        self._nodes = nodes
        self._found: dict[str, bytes] = {}

    def of(self, name: str) -> bytes:
        """The fingerprint of a node; the way back in a loop is left out, and so is any circle."""
        waiting, open_ = [name], set()
        while waiting:
            current = waiting[-1]
            if current in self._found or current not in self._nodes:
                waiting.pop()
                continue
            missing = [n for n in self._sources(current) if n not in self._found and n not in open_]
            if missing and current not in open_:
                open_.add(current)
                waiting += missing
                continue
            self._found[current] = self._hashed(self._nodes[current])
            waiting.pop()
        return self._found[name]

    def _sources(self, name: str) -> list[str]:
        sources = (_parts(reference)[1] for reference in self._nodes[name].inputs)
        return [s for s in sources if s in self._nodes and self._nodes[s].op not in _WAY_BACK]

    def _hashed(self, node: StoredNode) -> bytes:
        print_ = hashlib.blake2b(node.op.encode(), digest_size=16)
        for name, value in sorted(node.attrs.items()):
            if name not in _NOTES:
                print_.update(name.encode() + b"=")
                print_.update(value)
        for reference in node.inputs:
            control, source, output = _parts(reference)
            print_.update(self._found.get(source, b"open") + f"{control}{output}".encode())
        return print_.digest()


def _parts(reference: str) -> tuple[str, str, str]:
    """`"^"` or `""`, the node, and `":output"` or `""`."""
    found = _REFERENCE.fullmatch(reference)
    return (found[1], found[2], found[3].removesuffix(":0")) if found else ("", "", "")


def _changes(
    one: StoredNode, two: StoredNode, became: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if one.op != two.op:
        yield "op", f"{one.op}, then {two.op}"
    before = [_renamed(reference, became) for reference in one.inputs]
    after = [_renamed(reference, {}) for reference in two.inputs]
    if before != after:
        yield "inputs", _inputs_in_words(before, after)
    if one.device != two.device:
        yield "device", f"{one.device or 'none'}, then {two.device or 'none'}"
    for name in sorted({*one.attrs, *two.attrs} - _NOTES):
        try:
            words = _attr_in_words(name, one, two)
        except FormatError as exc:
            words = f"cannot be compared: {exc}"
        if words:
            yield name, words


def _renamed(reference: str, became: Mapping[str, str]) -> str:
    control, source, output = _parts(reference)
    return f"{control}{became.get(source, source)}{output}"


def _inputs_in_words(before: list[str], after: list[str]) -> str:
    """Names those that one side alone has; all of them where only the order differs."""
    gone = [one for one in before if one not in after]
    come = [one for one in after if one not in before]
    if not (gone or come):
        gone, come = before, after
    return f"{', '.join(gone) or 'none'}, then {', '.join(come) or 'none'}"


def _attr_in_words(name: str, one: StoredNode, two: StoredNode) -> str:
    if name not in one.attrs:
        return f"{_short(plain_value(two.attrs[name]))} in the second alone"
    if name not in two.attrs:
        return f"{_short(plain_value(one.attrs[name]))} in the first alone"
    if one.attrs[name] == two.attrs[name]:
        return ""
    if name == _VALUE and one.op == two.op == "Const":
        return _values_in_words(one.tensor(), two.tensor())
    before, after = plain_value(one.attrs[name]), plain_value(two.attrs[name])
    return f"{_short(before)}, then {_short(after)}" if before != after else ""


def _short(value: Any) -> str:
    """A value in words; of a long list how it begins, and how long it is."""
    if not isinstance(value, list) or len(value) <= _SHOWN_ITEMS:
        return str(value)
    shown = ", ".join(map(repr, value[:_SHOWN_ITEMS]))
    return f"[{shown}, … {len(value):,} in all]"


def _values_in_words(before: StoredTensor | None, after: StoredTensor | None) -> str:
    if before is None or after is None:
        return "none in one of them"
    if before.dtype != after.dtype:
        return f"{before.dtype.name}, then {after.dtype.name}"
    if before.shape != after.shape:
        return f"{list(before.shape)}, then {list(after.shape)}"
    return values_in_words(before.array(), after.array(), before.dtype.name)
