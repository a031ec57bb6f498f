"""A graph as an SVG picture that needs nothing else: no font, style sheet or script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphkit.export._drawing._geometry import Placed, Point, lay_out
from graphkit.export._drawing._kinds import KINDS
from graphkit.export._drawing._scopes import Box, open_boxes
from graphkit.export._drawing._words import escaped, fitted, rounded, shape_in_words

__all__ = ["measure", "svg_of"]

_MARGIN, _HEAD = 28.0, 64.0
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
_STYLE = f"""
text{{font-family:{_FONT};fill:#1c2430;font-size:12px}}
.n{{font-weight:600}} .s{{fill:#5b6675;font-size:10.5px}} .t{{font-size:17px;font-weight:650}}
.e{{fill:none;stroke:#9aa7b8;stroke-width:1.4}} .b{{fill:#fff;stroke:#cfd7e2}}
.o{{fill:#6c8ebf;fill-opacity:.05;stroke:#c4cfdd}}
""".replace("\n", "")


def svg_of(root: Box, title: str, most: int) -> str:
    """Draws a graph.

    Args:
        root: The whole graph.
        title: What it is.
        most: How many boxes may be in the picture.

    Returns:
        The picture, as a document of its own.
    """
    placed = lay_out(root, open_boxes(root, most))
    legend = [kind for kind in KINDS if kind in _kinds(placed)]
    width = max(placed.width + 2 * _MARGIN, 420.0)
    height = placed.height + _HEAD + 2 * _MARGIN
    shift = (width - placed.width) / 2
    words = f"{rounded(root.parameters)} parameters · {rounded(root.flops)} FLOPs"
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
            f"<title>{escaped(title)}</title><style>{_STYLE}</style>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#f7f9fc"/>',
            f'<text class="t" x="{_MARGIN}" y="36">{escaped(fitted(title, 44))}</text>',
            f'<text class="s" x="{_MARGIN}" y="55">{words} · {root.nodes:,} ops</text>',
            *_legend(legend, height - 12),
            f'<g transform="translate({shift:.1f} {_HEAD})">',
            *_inner(placed, max(root.flops, 1)),
            "</g></svg>\n",
        ]
    )


def _kinds(placed: Placed) -> set[str]:
    found, waiting = set(), [placed]
    while waiting:
        current = waiting.pop()
        waiting += current.inside
        if not current.opened:
            found.add(current.box.kind)
    return found


def _legend(kinds: Sequence[str], y: float) -> Iterator[str]:
    x = _MARGIN
    for kind in kinds:
        words, colour = KINDS[kind]
        yield f'<rect x="{x:.0f}" y="{y - 9:.0f}" width="10" height="10" rx="2.5" fill="{colour}"/>'
        yield f'<text class="s" x="{x + 15:.0f}" y="{y:.0f}">{words}</text>'
        x += 30 + 6.2 * len(words)


def _inner(placed: Placed, flops: int) -> Iterator[str]:
    for way in placed.ways:
        yield f'<path class="e" d="{_curve(way)}"/>'
    for inner in placed.inside:
        yield f'<g transform="translate({inner.x - inner.width / 2:.1f} {inner.y:.1f})">'
        yield from _opened(inner, flops) if inner.opened else _closed(inner, flops)
        yield "</g>"


def _opened(placed: Placed, flops: int) -> Iterator[str]:
    box = placed.box
    yield f"<title>{escaped(box.path)}</title>"
    yield f'<rect class="o" width="{placed.width:.1f}" height="{placed.height:.1f}" rx="10"/>'
    name = escaped(fitted(box.label, int(placed.width / 7.5)))
    yield f'<text class="n" x="14" y="20">{name}</text>'
    yield from _inner(placed, flops)


def _closed(placed: Placed, flops: int) -> Iterator[str]:
    box = placed.box
    colour = KINDS[box.kind][1]
    width, height = placed.width, placed.height
    yield f"<title>{escaped(box.path)}{f' ({escaped(box.op)})' if box.op else ''}</title>"
    if box.inside:  # a pile: there is more below
        yield f'<rect class="b" x="4" y="4" width="{width}" height="{height}" rx="8"/>'
    yield f'<rect class="b" width="{width}" height="{height}" rx="8"/>'
    yield f'<rect y="8" width="4" height="{height - 16}" fill="{colour}"/>'
    name = fitted(box.label, 28 if box.inside else 20)
    yield f'<text class="n" x="14" y="19">{escaped(name)}</text>'
    shape = shape_in_words(box.shape)
    if box.inside:
        yield f'<text class="s" x="14" y="34">{measure(box)}</text>'
        yield f'<text class="s" x="14" y="48">{escaped(shape)}</text>'
    else:
        words = " · ".join(filter(None, (box.op, shape)))
        yield f'<text class="s" x="14" y="34">{escaped(fitted(words, 28))}</text>'
    share = box.flops / flops * (width - 28)
    if share >= 1:
        y = height - 5
        yield f'<rect x="14" y="{y}" width="{share:.1f}" height="2.5" rx="1" fill="{colour}"/>'


def measure(box: Box) -> str:
    """How much is in a box, in words."""
    found = [f"{box.nodes:,} ops"]
    if box.parameters:
        found.append(f"{rounded(box.parameters)} params")
    if box.flops:
        found.append(f"{rounded(box.flops)} FLOPs")
    return " · ".join(found)


def _curve(points: Sequence[Point]) -> str:
    """Upright at both ends of every step."""
    (x, y), *others = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in others:
        middle = (y + to_y) / 2
        parts.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)
