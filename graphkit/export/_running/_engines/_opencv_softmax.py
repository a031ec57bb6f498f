"""Whether OpenCV takes a softmax along the axis that the graph means.

OpenCV 4 takes the second axis of its own layout and OpenCV 5 the last, whatever the graph says: the
channels of pictures in the one, the width of pictures in the other. Either is right for rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeGuard

import cv2

from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit.errors import CorruptFileError
from graphkit.export._inspection._shapes import ShapeMap, infer_shapes

__all__ = ["check_softmax"]

_TAKES_LAST = hasattr(cv2.dnn, "ENGINE_AUTO")  # since OpenCV 5
_PICTURES = (4, 5)


def check_softmax(path: Path, graph: StoredGraph, *, channels_last: bool) -> None:
    """Refuses a frozen graph of which OpenCV would compute other numbers, and not say so.

    Args:
        path: Where it lies.
        graph: The graph.
        channels_last: Whether it lays out pictures as NHWC.

    Raises:
        CorruptFileError: A softmax goes along another axis in OpenCV.
    """
    found = [node for node in graph.nodes if node.op == "Softmax" and node.inputs]
    shapes = infer_shapes(graph) if found else ShapeMap([])
    turned = _turned_back(graph)
    for node in found:
        shape = shapes.of(turned.get(node.name, node.inputs[0])).shape
        if shape is not None and not _is_right(len(shape), channels_last):
            reason = (
                f"OpenCV takes the softmax {node.name} along another axis than the graph; where "
                "the sizes of pictures are known, graphkit freeze MODEL -o NEW.pb --target opencv "
                "writes it so that it agrees"
            )
            raise CorruptFileError(path, reason)


def _is_right(rank: int, channels_last: bool) -> bool:
    if rank in _PICTURES:
        return channels_last is not _TAKES_LAST
    return _TAKES_LAST or rank == 2


def _turned_back(graph: StoredGraph) -> dict[str, str]:
    """What was turned into rows for a softmax and its result turned back, by the softmax's name.

    OpenCV leaves both out, and so takes the softmax of what it was before.
    """
    nodes = {node.name: node for node in graph.nodes}
    found = {}
    for node in graph.nodes:
        if node.op != "Reshape" or len(node.inputs) < 2:
            continue
        softmax, shape = (nodes.get(name) for name in node.inputs[:2])
        if not (_is(softmax, "Softmax") and _is(shape, "Shape")):
            continue
        rows = nodes.get(softmax.inputs[0])
        if _is(rows, "Reshape") and rows.inputs[0] == shape.inputs[0]:
            found[softmax.name] = rows.inputs[0]
    return found


def _is(node: StoredNode | None, op: str) -> TypeGuard[StoredNode]:
    return node is not None and node.op == op and bool(node.inputs)
