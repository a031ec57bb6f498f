"""Where boxes lie: sizes from the inside to the outside, then places row by row.

`page.js` does the same in the browser, where scopes are opened and closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from graphkit.export._drawing._layers import neighbours
from graphkit.export._drawing._scopes import Box

__all__ = ["Placed", "Point", "lay_out"]

OP_SIZE, SCOPE_SIZE = (196.0, 44.0), (228.0, 60.0)
SLOT, HEAD, PADDING = 16.0, 30.0, 18.0
GAP_X, GAP_Y = 22.0, 34.0
_SWEEPS = 8

Point = tuple[float, float]


@dataclass
class Placed:
    """A box and its place in the box around it.

    Attributes:
        box: What it is.
        opened: Whether what is inside is shown.
        width: Its width.
        height: Its height.
        x: The middle, from the left of the box around it.
        y: The upper end, from the top of the box around it.
        inside: The boxes in it.
        ways: The points each edge goes through.
    """

    box: Box
    opened: bool
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    inside: list[Placed] = field(default_factory=list)
    ways: list[list[Point]] = field(default_factory=list)


def lay_out(box: Box, opened: Set[str]) -> Placed:
    """Places a box and all that is shown in it.

    Args:
        box: The box.
        opened: The paths of the scopes whose inside is shown.
    """
    if not box.inside or box.path not in opened:
        return Placed(box, False, *(SCOPE_SIZE if box.inside else OP_SIZE))
    inside = [lay_out(inner, opened) for inner in box.inside]
    rows, ways = box.arrangement.rows, box.arrangement.ways
    widths = {item: inside[item].width if item >= 0 else SLOT for row in rows for item in row}
    middle = _columns(rows, ways, widths)
    left = min((middle[item] - widths[item] / 2 for item in middle), default=0.0)
    right = max((middle[item] + widths[item] / 2 for item in middle), default=0.0)
    bands: dict[int, Point] = {}
    y = HEAD + PADDING / 2
    for row in rows:
        height = max((inside[item].height for item in row if item >= 0), default=0.0)
        for item in row:
            bands[item] = (y, y + height)
            if item >= 0:
                placed = inside[item]
                placed.x = middle[item] - left + PADDING
                placed.y = y + (height - placed.height) / 2
                bands[item] = (placed.y, placed.y + placed.height)
        y += height + GAP_Y
    width = max(right - left + 2 * PADDING, SCOPE_SIZE[0])
    points = [_points(way, middle, bands, PADDING - left) for way in ways]
    return Placed(box, True, width, y - GAP_Y + PADDING, inside=inside, ways=points)


def _points(
    way: Sequence[int], middle: Mapping[int, float], bands: Mapping[int, Point], shift: float
) -> list[Point]:
    """From the lower edge of the first box, through both ends of each slot, to the last box."""
    points = [(middle[way[0]] + shift, bands[way[0]][1])]
    for item in way[1:-1]:
        points += [(middle[item] + shift, end) for end in bands[item]]
    return [*points, (middle[way[-1]] + shift, bands[way[-1]][0])]


def _columns(
    rows: Sequence[Sequence[int]], ways: Sequence[Sequence[int]], widths: Mapping[int, float]
) -> dict[int, float]:
    """The middle of each item: near those it is joined to, and clear of those beside it."""
    above, below = neighbours(ways)
    middle: dict[int, float] = {}
    for row in rows:
        middle.update(zip(row, _apart(row, [0.0] * len(row), widths), strict=True))
    for sweep in range(_SWEEPS):
        joined = below if sweep % 2 else above
        for row in reversed(rows) if sweep % 2 else rows:
            wanted = [_mean([middle[o] for o in joined.get(i, ())], middle[i]) for i in row]
            middle.update(zip(row, _apart(row, wanted, widths), strict=True))
    return middle


def _apart(row: Sequence[int], wanted: Sequence[float], widths: Mapping[int, float]) -> list[float]:
    """Places near the wanted ones, in their order, that do not overlap."""
    found: list[float] = []
    for place, item in enumerate(row):
        least = wanted[place]
        if place:
            before = row[place - 1]
            least = max(least, found[-1] + (widths[before] + widths[item]) / 2 + GAP_X)
        found.append(least)
    shift = _mean([one - other for one, other in zip(wanted, found, strict=True)], 0.0)
    return [one + shift for one in found]


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise
