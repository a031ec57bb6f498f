"""Boxes in rows, so that what is read lies above what reads it and few ways cross.

The old way of Sugiyama: rows by the longest path, a slot in every row for each way that passes it,
then rows sorted by where their neighbours lie.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Arrangement", "arrange", "neighbours"]

_SWEEPS = 6
_MOST_SLOTS = 1500


@dataclass
class Arrangement:
    """Where the boxes of a scope lie.

    Attributes:
        rows: The boxes of each row by number, from left to right; negative ones are slots through
            which ways pass.
        ways: For each edge the boxes and slots it goes through; one that leads upwards, in a loop,
            from its lower end.
    """

    rows: list[list[int]] = field(default_factory=list)
    ways: list[list[int]] = field(default_factory=list)


def arrange(boxes: int, edges: Sequence[tuple[int, int]]) -> Arrangement:
    """Arranges boxes.

    Args:
        boxes: How many there are; a lower number is to lie higher where an edge leaves it open.
        edges: Pairs of boxes: what is read, and what reads it.

    Returns:
        The rows, and a way for each edge.
    """
    order = _order(boxes, edges)
    ends = {
        (one, two) if order[one] < order[two] else (two, one) for one, two in edges if one != two
    }
    down = sorted(ends, key=lambda edge: (order[edge[0]], order[edge[1]]))
    row = _rows(boxes, down)
    rows: list[list[int]] = [[] for _ in range(max(row, default=-1) + 1)]
    for box in range(boxes):
        rows[row[box]].append(box)
    passes = sum(row[two] - row[one] - 1 for one, two in down) <= _MOST_SLOTS
    ways, slot = [], -1
    for one, two in down:
        way = [one]
        for between in range(row[one] + 1, row[two]) if passes else ():
            rows[between].append(slot)
            way.append(slot)
            slot -= 1
        ways.append([*way, two])
    _sort(rows, ways)
    return Arrangement(rows, ways)


def _order(boxes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The turn of each box: after all it reads; of a loop, first what is read from outside."""
    readers: dict[int, set[int]] = {}
    for one, two in edges:
        if one != two:
            readers.setdefault(one, set()).add(two)
    waits = Counter(two for found in readers.values() for two in found)
    ready = [(waits[box], True, box) for box in range(boxes)]  # True: nothing it reads had its turn
    heapq.heapify(ready)
    order: dict[int, int] = {}
    while ready:
        waiting, _, box = heapq.heappop(ready)
        if box in order or waiting != waits[box]:
            continue  # told again since, with less to wait for
        order[box] = len(order)
        for reader in readers.get(box, ()):
            waits[reader] -= 1
            heapq.heappush(ready, (waits[reader], False, reader))
    return [order[box] for box in range(boxes)]


def _rows(boxes: int, down: Sequence[tuple[int, int]]) -> list[int]:
    row = [0] * boxes
    below: dict[int, list[int]] = {}
    for one, two in down:  # sorted, so that all that leads to `one` has been
        row[two] = max(row[two], row[one] + 1)
        below.setdefault(one, []).append(two)
    fed = {two for _, two in down}
    for box, readers in below.items():
        if box not in fed:  # an input lies next to what reads it
            row[box] = min(row[reader] for reader in readers) - 1
    return row


def neighbours(
    ways: Sequence[Sequence[int]],
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Lists what lies next to each item on the ways through it.

    Args:
        ways: For each edge what it goes through.

    Returns:
        The neighbours above each item, and those below.
    """
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for way in ways:
        for one, two in itertools.pairwise(way):
            above.setdefault(two, []).append(one)
            below.setdefault(one, []).append(two)
    return above, below


def _sort(rows: list[list[int]], ways: Sequence[Sequence[int]]) -> None:
    above, below = neighbours(ways)
    for sweep in range(_SWEEPS):
        joined = below if sweep % 2 else above
        place = {item: (i + 0.5) / len(row) for row in rows for i, item in enumerate(row)}
        for row in reversed(rows) if sweep % 2 else rows:
            row.sort(key=lambda item: _middle(item, joined, place))
            place.update((item, (i + 0.5) / len(row)) for i, item in enumerate(row))


def _middle(item: int, joined: dict[int, list[int]], place: dict[int, float]) -> float:
    found = [place[other] for other in joined.get(item, ())]
    return sum(found) / len(found) if found else place[item]
