"""A file as a picture: SVG for documents, or an HTML page to look around in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from graphkit.errors import ArgumentError
from graphkit.export._drawing._nodes import drawn_nodes
from graphkit.export._drawing._onnx_nodes import onnx_nodes
from graphkit.export._drawing._page import page_of
from graphkit.export._drawing._scopes import Box, build_boxes
from graphkit.export._drawing._svg import svg_of
from graphkit.export._drawing._tflite_nodes import tflite_nodes
from graphkit.export._graph_file import read_graph_file
from graphkit.export._inspection._flops import count_flops
from graphkit.export._inspection._graph import GraphDetails
from graphkit.export._inspection._inspect import FileReport, inspect_file
from graphkit.export._inspection._onnx import OnnxDetails, read_onnx_model
from graphkit.export._inspection._shapes import infer_shapes
from graphkit.export._inspection._tflite import TfliteDetails, read_tflite_graph

__all__ = ["draw_html", "draw_svg"]

_IN_PICTURE, _ON_PAGE = 48, 60


def draw_svg(
    path: str | PathLike[str],
    *,
    batch: int = 1,
    shapes: Mapping[str, Sequence[int]] | None = None,
) -> str:
    """Draws a graph as one SVG picture, collapsed by name scope until it can be read.

    Boxes are ops and scopes, with shapes, parameters and floating point operations. Weights are
    part of the op that reads them; what serves training alone is left out.

    Args:
        path: A graph (`.pb`, `.pbtxt`, `.meta`, a SavedModel) or a TFLite or ONNX model.
        batch: What an open first dimension of an input is taken for.
        shapes: Shapes that the graph leaves open, by the name of an input or any other node.

    Returns:
        The picture, a document that needs nothing else.

    Raises:
        ArgumentError: The file holds no graph, or an argument is as `inspect_file` refuses it.
        MissingFileError: There is no such file.
        CorruptFileError: The file is damaged, or of no kind that is described.
    """
    report = inspect_file(path, batch=batch, shapes=shapes)
    graph = _graph(report, shapes)
    if graph is None:
        raise ArgumentError(
            "draw_svg", "path", f"a {report.kind}", "a graph; a page (HTML) shows any file"
        )
    return svg_of(graph, Path(path).name, _IN_PICTURE)


def draw_html(
    path: str | PathLike[str],
    *,
    batch: int = 1,
    shapes: Mapping[str, Sequence[int]] | None = None,
) -> str:
    """Writes what `inspect_file` tells of any file as one HTML page, with its graph if it has one.

    In the graph scopes open and close, and ops are searched for. The page loads nothing from
    elsewhere, and runs no script but its own whatever names the file holds.

    Args:
        path: Any file that `inspect_file` takes.
        batch: What an open first dimension of an input is taken for.
        shapes: Shapes that the graph leaves open, by the name of an input or any other node.

    Returns:
        The page.

    Raises:
        ArgumentError: An argument is as `inspect_file` refuses it.
        MissingFileError: There is no such file.
        CorruptFileError: The file is damaged, or of no kind that is described.
    """
    report = inspect_file(path, batch=batch, shapes=shapes)
    graph = _graph(report, shapes)
    return page_of(Path(path).name, report.to_dict(), report.weights, graph, _ON_PAGE)


def _graph(report: FileReport, shapes: Mapping[str, Sequence[int]] | None) -> Box | None:
    if isinstance(report.details, TfliteDetails):
        batch = report.details.batch
        return build_boxes(tflite_nodes(read_tflite_graph(report.path, batch=batch)))
    given = {name: tuple(shape) for name, shape in (shapes or {}).items()}
    if isinstance(report.details, OnnxDetails):
        batch = report.details.batch
        return build_boxes(onnx_nodes(read_onnx_model(report.path, batch=batch, given=given)))
    if not isinstance(report.details, GraphDetails):
        return None
    graph = read_graph_file(report.path).graph
    inferred = infer_shapes(graph, batch=report.details.batch, given=given)
    return build_boxes(drawn_nodes(graph, inferred, count_flops(inferred)))
