"""A file as one HTML page: its tables, and its graph if it has one. It loads nothing.

Names are the writer's of the file. They stand in the page as escaped text only, the data of the
graph as JSON without angle brackets, and the page's own policy lets no script run but its one.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from graphkit.export._drawing._kinds import KINDS
from graphkit.export._drawing._scopes import Box, open_boxes
from graphkit.export._drawing._svg import measure
from graphkit.export._drawing._tree import tree_of
from graphkit.export._drawing._words import escaped, rounded, shape_in_words
from graphkit.export._tensor_info import TensorInfo

__all__ = ["page_of"]

_MOST_ROWS = 500
# The page shows them by itself, or they say what its heading does.
_NOT_LISTED = {"batch", "path", "kind", "bytes", "weights", "variables", "ops", "flops_by_op"}
_NUMBERS = ("parameters", "parameter_bytes", "flops", "nodes", "count", "global_step")
_WARNINGS = ("unsafe_ops", "unsafe_layers", "external_files", "uncounted_ops", "damage")
_OPENED_AT_FIRST = {"inputs", "outputs", *_WARNINGS}


def page_of(
    name: str,
    report: Mapping[str, Any],
    weights: Sequence[TensorInfo],
    graph: Box | None,
    most: int,
) -> str:
    """Writes the page of a file.

    Args:
        name: The file's name.
        report: What is said of it, as plain values.
        weights: Its weights.
        graph: Its graph, None if it has none.
        most: How many boxes the graph shows at first.

    Returns:
        The page.
    """
    source = files("graphkit.export._drawing")
    style, script = (source.joinpath(f"page.{kind}").read_text("utf-8") for kind in ("css", "js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    alone = "" if graph else ' class="alone"'
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escaped(name)}</title><style>{style}</style></head><body>",
            f"<header><h1>{escaped(name)}</h1>{''.join(_heading(report))}</header><main>",
            _canvas(graph, most) if graph else "",
            f"<aside{alone}>{''.join(_sections(report, weights))}</aside></main>",
            f"<script>{script}</script></body></html>\n",
        ]
    )


def _canvas(graph: Box, most: int) -> str:
    data = json.dumps(_data(graph, most), ensure_ascii=False, separators=(",", ":"))
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return (
        '<div id="graph"><div id="bar"><input id="search" type="search" placeholder="Search" '
        'aria-label="Search ops and scopes"><button id="more">Open more</button>'
        '<button id="less">Close</button><button id="fit">Fit</button></div>'
        '<ul id="found"></ul><div id="chosen"></div></div>'
        f'<script id="data" type="application/json">{safe}</script>'
    )


def _data(graph: Box, most: int) -> dict[str, Any]:
    boxes, waiting = [graph], [graph]
    numbers = {id(graph): 0}
    while waiting:
        for inner in waiting.pop().inside:
            numbers[id(inner)] = len(boxes)
            boxes.append(inner)
            waiting.append(inner)
    opened = open_boxes(graph, most)
    return {
        "boxes": [_plain(box, numbers) for box in boxes],
        "kinds": KINDS,
        "opened": [numbers[id(box)] for box in boxes if box.inside and box.path in opened],
        "flops": graph.flops,
    }


def _plain(box: Box, numbers: Mapping[int, int]) -> dict[str, Any]:
    return {
        "path": html.unescape(escaped(box.path)),
        "label": html.unescape(escaped(box.label)),
        "op": html.unescape(escaped(box.op)),
        "kind": box.kind,
        "shape": shape_in_words(box.shape),
        "flops": box.flops,
        "measure": measure(box),
        "inside": [numbers[id(inner)] for inner in box.inside],
        "rows": box.arrangement.rows,
        "ways": box.arrangement.ways,
    }


def _heading(report: Mapping[str, Any]) -> Iterator[str]:
    yield f"<span>{escaped(str(report['kind']))}</span>"
    yield f"<span><b>{rounded(report['bytes'])}B</b> on disk</span>"
    for key in _NUMBERS:
        value = report.get(key)
        if isinstance(value, int):
            title = f' title="{value:,}"'
            batch = f"FLOPs for a batch of {report.get('batch')}"
            words = key.replace("_", " ").replace("flops", batch)
            yield f"<span{title}><b>{rounded(value)}</b> {words}</span>"
    for key in ("tensorflow", "version", "keras_version"):
        if report.get(key):
            yield f"<span>{key.replace('_', ' ')} <b>{escaped(str(report[key]))}</b></span>"


def _sections(report: Mapping[str, Any], weights: Sequence[TensorInfo]) -> Iterator[str]:
    for key, value in report.items():
        if key in _NOT_LISTED or key in _NUMBERS or value in (None, "", [], {}):
            continue
        rows = list(_rows(value))
        opened = " open" if key in _OPENED_AT_FIRST else ""
        shade = ' class="warning"' if key in _WARNINGS else ""
        title = f"{key.replace('_', ' ').capitalize()} <span class=number>{len(rows)}</span>"
        yield f"<details{opened}><summary{shade}>{title}</summary><table>"
        yield from rows[:_MOST_ROWS]
        yield f"</table>{_left_out(len(rows))}</details>"
    yield from _operations(report)
    if weights:
        yield "<details open><summary>Parameters</summary>"
        yield from tree_of(weights)
        yield "</details>"


def _operations(report: Mapping[str, Any]) -> Iterator[str]:
    """How often each op occurs, and the operations it takes."""
    ops, flops = report.get("ops"), report.get("flops_by_op", {})
    if not ops:
        return
    most = max([*flops.values(), 1])
    yield f"<details open><summary>Operations <span class=number>{len(ops)}</span></summary><table>"
    yield "<tr><th>op</th><th class=number>count</th><th class=number>FLOPs</th><th></th></tr>"
    for op in sorted(ops, key=lambda op: (-flops.get(op, 0), -ops[op], op))[:_MOST_ROWS]:
        taken = flops.get(op, 0)
        bar = f'<meter max="1" value="{taken / most:.4f}"></meter>' if taken else ""
        words = rounded(taken) if taken else ""
        yield f"<tr><td>{escaped(op)}</td><td class=number>{ops[op]:,}</td>"
        yield f"<td class=number>{words}</td><td>{bar}</td></tr>"
    yield f"</table>{_left_out(len(ops))}</details>"


def _left_out(rows: int) -> str:
    return f"<p class=number>… {rows - _MOST_ROWS:,} more</p>" if rows > _MOST_ROWS else ""


def _rows(value: Any) -> Iterator[str]:
    """A row for each thing in a list or mapping; one for anything else."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield _row([name, *(inner.values() if isinstance(inner, Mapping) else [inner])])
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield _row(list(inner.values()) if isinstance(inner, Mapping) else [inner])
    else:
        yield _row([value])


def _row(cells: Sequence[Any]) -> str:
    return f"<tr>{''.join(map(_cell, cells))}</tr>"


def _cell(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"<td class=number>{value:,}</td>"
    if isinstance(value, Mapping):
        value = ", ".join(f"{key}: {_short(inner)}" for key, inner in value.items())
    return f"<td>{escaped('' if value is None else str(value))}</td>"


def _short(value: Any) -> str:
    return " ".join(map(str, value.values())) if isinstance(value, Mapping) else str(value)
