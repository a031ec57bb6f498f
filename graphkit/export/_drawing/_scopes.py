"""Nodes by name scope: boxes within boxes, few enough in each to be looked at."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from graphkit.export._drawing._kinds import kind_of
from graphkit.export._drawing._layers import Arrangement, arrange
from graphkit.export._drawing._nodes import DrawnNode
from graphkit.export._inspection._facts import Shape

__all__ = ["Box", "build_boxes", "open_boxes"]

_DEEPEST = 40
_MOST_IN_ONE = 48
_SMALLEST_PART = 6


@dataclass(eq=False)
class Box:
    """An op, or a scope with what lies in it.

    Attributes:
        path: Its full name.
        label: The part of it that its scope does not say.
        op: Its op type; "" of a scope.
        kind: What it does, by `kind_of`; of a scope, what most of its operations do.
        shape: What it gives to others, if that is one shape and known.
        parameters: How many numbers the weights in it hold.
        flops: The floating point operations in it.
        nodes: How many ops are in it.
        inside: The boxes of a scope.
        arrangement: Where they lie, and the ways between them.
    """

    path: str
    label: str
    op: str = ""
    kind: str = "other"
    shape: Shape | None = None
    parameters: int = 0
    flops: int = 0
    nodes: int = 1
    inside: list[Box] = field(default_factory=list)
    arrangement: Arrangement = field(default_factory=Arrangement)


@dataclass
class _Scope:
    """A scope while names are sorted into it."""

    nodes: list[tuple[str, DrawnNode]] = field(default_factory=list)
    scopes: dict[str, _Scope] = field(default_factory=dict)


def build_boxes(nodes: Sequence[DrawnNode]) -> Box:
    """Sorts nodes into their scopes.

    Scopes of one box are that box; of too many, those that follow each other become one.

    Args:
        nodes: The nodes.

    Returns:
        The box of the whole graph.
    """
    ranks = _ranks(nodes)
    root = _box("", "", _sorted_in(nodes), ranks)
    _connect(root, nodes, ranks)
    return root


def open_boxes(root: Box, most: int) -> set[str]:
    """Chooses which scopes to show open, the largest first, so that `most` boxes are to be seen.

    Of a large graph the scopes that are a small part of it stay closed, all alike.

    Args:
        root: The whole graph.
        most: How many closed boxes and ops there may be.

    Returns:
        The paths of the open ones.
    """
    opened = {root.path}
    least = root.nodes / _SMALLEST_PART if root.nodes > most else 0
    shown = list(root.inside)
    while True:
        room = most - len(shown)
        wide = [box for box in shown if box.inside and box.nodes >= least]
        fitting = [box for box in wide if len(box.inside) - 1 <= room]
        if not fitting:
            return opened
        largest = max(fitting, key=lambda box: box.nodes)
        opened.add(largest.path)
        shown.remove(largest)
        shown += largest.inside


def _sorted_in(nodes: Iterable[DrawnNode]) -> _Scope:
    listed = [(node, node.name.split("/", _DEEPEST)) for node in nodes]
    scopes = {"/".join(parts[:depth]) for _, parts in listed for depth in range(1, len(parts))}
    root = _Scope()
    for node, parts in listed:
        inside = parts if node.name in scopes else parts[:-1]
        place = root
        for part in inside:
            place = place.scopes.setdefault(part, _Scope())
        place.nodes.append((parts[-1], node))
    return root


def _box(path: str, label: str, scope: _Scope, ranks: dict[str, int]) -> Box:
    boxes = [_leaf(name, node) for name, node in scope.nodes]
    for name, inner in scope.scopes.items():
        boxes.append(_box(f"{path}/{name}" if path else name, name, inner, ranks))
    if len(boxes) == 1 and path:
        only = boxes[0]
        only.label = f"{label}/{only.label}"
        return only
    first = {id(box): min(ranks[leaf.path] for leaf in _leaves(box)) for box in boxes}
    boxes.sort(key=lambda box: first[id(box)])
    return _scope_of(path, label, _in_groups(path, boxes))


def _in_groups(path: str, boxes: list[Box]) -> list[Box]:
    while len(boxes) > _MOST_IN_ONE:
        size = max(2, min(_MOST_IN_ONE, math.isqrt(len(boxes)) + 1))
        parts = [boxes[start : start + size] for start in range(0, len(boxes), size)]
        boxes = [part[0] if len(part) == 1 else _group(path, part) for part in parts]
    return boxes


def _group(path: str, boxes: list[Box]) -> Box:
    first, last = boxes[0].label.split(" … ")[0], boxes[-1].label.split(" … ")[-1]
    # No name in a file has this path: it ends as none of its nodes does.
    return _scope_of(f"{path}/{boxes[0].path} …", f"{first} … {last}", boxes)


def _leaf(label: str, node: DrawnNode) -> Box:
    return Box(
        node.name,
        label,
        node.op,
        kind_of(node.op),
        node.shape,
        node.parameters,
        node.flops,
    )


def _scope_of(path: str, label: str, boxes: list[Box]) -> Box:
    work: Counter[str] = Counter()
    for box in boxes:
        work[box.kind] += box.flops * 1000 + box.nodes
    return Box(
        path,
        label,
        kind=work.most_common(1)[0][0] if work else "other",
        parameters=sum(box.parameters for box in boxes),
        flops=sum(box.flops for box in boxes),
        nodes=sum(box.nodes for box in boxes),
        inside=boxes,
    )


def _leaves(box: Box) -> Iterator[Box]:
    waiting = [box]
    while waiting:
        current = waiting.pop()
        if current.inside:
            waiting += current.inside
        elif current.op:
            yield current


def _connect(root: Box, nodes: Sequence[DrawnNode], ranks: dict[str, int]) -> None:
    """Draws the ways between boxes of one scope, and says what shape a scope gives."""
    above: dict[str, list[Box]] = {}
    places: dict[int, int] = {}
    for chain in _chains(root):
        places.update((id(inner), place) for place, inner in enumerate(chain[-1].inside))
        if chain[-1].op:
            above[chain[-1].path] = chain
    edges: dict[int, set[tuple[int, int]]] = {}
    given: dict[int, set[Shape | None]] = {}
    for node in nodes:
        for source in node.sources:
            one, two = above[source], above[node.name]
            depth = next((d for d in range(min(len(one), len(two))) if one[d] is not two[d]), 0)
            if depth:
                ends = (places[id(one[depth])], places[id(two[depth])])
                edges.setdefault(id(one[depth - 1]), set()).add(ends)
                for box in one[depth:-1]:
                    given.setdefault(id(box), set()).add(one[-1].shape)
    for *_, box in _chains(root):
        if box.inside:
            box.arrangement = arrange(len(box.inside), sorted(edges.get(id(box), ())))
            shapes = given.get(id(box), set())
            box.shape = next(iter(shapes)) if len(shapes) == 1 else None


def _chains(root: Box) -> Iterator[list[Box]]:
    """Every box behind the scopes it lies in."""
    waiting = [[root]]
    while waiting:
        chain = waiting.pop()
        yield chain
        waiting += [[*chain, inner] for inner in chain[-1].inside]


def _ranks(nodes: Sequence[DrawnNode]) -> dict[str, int]:
    """The place of each node in an order in which what is read comes first, loops aside.

    What reads nothing, as weights do, has the place of what reads it: its scope is to lie there.
    """
    readers: dict[str, list[str]] = {}
    waits = {node.name: len(node.sources) for node in nodes}
    for node in nodes:
        for source in node.sources:
            readers.setdefault(source, []).append(node.name)
    order = {node.name: place for place, node in enumerate(nodes)}
    ready = [name for name, count in waits.items() if not count]
    ranks: dict[str, int] = {}
    for name in ready:
        ranks[name] = len(ranks)
        for reader in readers.get(name, ()):
            waits[reader] -= 1
            if not waits[reader]:
                ready.append(reader)
    behind = len(ranks)
    found = {name: ranks.get(name, behind + place) for name, place in order.items()}
    for node in nodes:
        if not node.sources and node.name in readers:
            found[node.name] = min(found[reader] for reader in readers[node.name])
    return found
