"""A frozen graph or an ONNX model, run by OpenCV; without TensorFlow.

OpenCV keeps pictures as NCHW. What a frozen graph lays out as NHWC is turned on the way in and
back on the way out, so that a model takes and gives the same arrays whichever engine runs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit.errors import CorruptFileError, RunError
from graphkit.export._graph_file import read_graph_file
from graphkit.export._inspection._graph import describe_graph
from graphkit.export._inspection._onnx import describe_onnx, is_onnx
from graphkit.export._running._engines._beside import check_beside
from graphkit.export._running._engines._opencv_apart import check_readable
from graphkit.export._running._engines._opencv_names import opencv_names
from graphkit.export._running._engines._opencv_softmax import check_softmax
from graphkit.export._running._model import Arrays, Model
from graphkit.export._tensor_info import TensorInfo

if TYPE_CHECKING:
    from graphkit.session import SessionConfig

__all__ = ["OpenCvModel"]

# The axes of a batch of pictures, or of videos, in OpenCV's order, by rank.
_RANKS = (4, 5)
_log: Any = getattr(cv2.utils, "logging", cv2)  # OpenCV 4 has its log one level up
_NARROW = ("uint8", "int8", "float16", "bool")


class OpenCvModel(Model):
    """A model in a `cv2.dnn.Net`.

    OpenCV takes its time to say no: what it has no layer for it may name only when it runs.

    Attributes:
        channels_last: Whether the file lays pictures out as NHWC, as frozen graphs do.
    """

    engine = "opencv"

    def __init__(self, path: Path, allow: Collection[str], config: SessionConfig | None) -> None:
        nodes: dict[str, StoredNode]
        if is_onnx(path):
            details = describe_onnx(path)
            check_beside(path, details.external_files)
            inputs, outputs = details.inputs, details.outputs
            self.channels_last, self._kept = False, frozenset[str]()
            nodes = {}
        else:
            inputs, outputs, graph = _graph_interface(path)
            nodes = {node.name: node for node in graph.nodes}
            self.channels_last = _lays_channels_last(nodes)
            check_softmax(path, graph, channels_last=self.channels_last)
            names = [info.name for info in outputs]
            self._kept = frozenset(name for name in names if _puts_channels_first(nodes, name))
        with _quiet(), _refusal(path):
            self._net, self._layers = _read_net(path, [info.name for info in outputs], nodes)
        super().__init__(path, inputs, outputs)

    def close(self) -> None:
        """Lets go of the network."""
        super().close()
        self._net = None

    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        try:
            with _quiet():
                for name, value in feeds.items():
                    self._net.setInput(self._turned_in(value), name)
                asked = list(dict.fromkeys(self._layers))
                found = dict(zip(asked, self._net.forward(asked), strict=True))
        except (cv2.error, TypeError) as exc:
            raise RunError(f"{self.path}: OpenCV failed: {_said(exc)}") from exc
        given = (info.name for info in self.outputs)
        values = {name: found[layer] for name, layer in zip(given, self._layers, strict=True)}
        return [self._turned_out(name, values[name]) for name in names]

    def _turned_in(self, value: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if value.dtype.name in _NARROW:
            value = value.astype(np.float32)
        if self.channels_last and value.ndim in _RANKS:
            value = np.moveaxis(value, -1, 1)
        return np.ascontiguousarray(value)

    def _turned_out(self, name: str, value: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if self.channels_last and value.ndim in _RANKS and name not in self._kept:
            return np.ascontiguousarray(np.moveaxis(value, 1, -1))
        return np.asarray(value)


def _graph_interface(path: Path) -> tuple[list[TensorInfo], list[TensorInfo], StoredGraph]:
    """Inputs and outputs of a frozen graph, and the graph."""
    file = read_graph_file(path)
    if file.kind != "graph":
        raise CorruptFileError(path, f"is a {file.kind}; OpenCV reads frozen graphs")
    details = describe_graph(file)
    outputs = [TensorInfo(name, "float32", None) for name in details.outputs]
    return details.inputs, outputs, file.graph


def _lays_channels_last(nodes: Mapping[str, StoredNode]) -> bool:
    return not any(node.text("data_format").startswith("NC") for node in nodes.values())


def _puts_channels_first(nodes: Mapping[str, StoredNode], name: str) -> bool:
    """Whether a tensor was turned to NCHW by the graph itself; OpenCV takes that for its own."""
    node = nodes.get(name)
    for _ in nodes:  # as long as a chain can be that is no circle
        if node is None or node.op != "Identity" or not node.inputs:
            break
        node = nodes.get(node.inputs[0])
    if node is None or node.op != "Transpose" or len(node.inputs) < 2:
        return False
    axes = nodes.get(node.inputs[1])
    tensor = axes.tensor() if axes is not None else None
    return tensor is not None and tensor.written.tolist() in ([0, 3, 1, 2], [0, 4, 1, 2, 3])


def _read_net(
    path: Path, outputs: list[str], nodes: Mapping[str, StoredNode]
) -> tuple[Any, list[str]]:
    """The network, and what it calls its outputs.

    The only end of a graph goes by the name of whatever OpenCV merged it with; OpenCV 5 forgets
    what is no end unless it is asked for, and then gives the rest only if it is asked for too.
    """
    if is_onnx(path):
        check_readable(path, "readNetFromONNX")
        return cv2.dnn.readNetFromONNX(str(path)), outputs
    check_readable(path, "readNetFromTensorflow")
    net = cv2.dnn.readNetFromTensorflow(str(path))
    ends = list(net.getUnconnectedOutLayersNames())
    if len(ends) == len(outputs) == 1:
        return net, ends
    names = opencv_names(nodes, {*net.getLayerNames(), *ends}, outputs)
    if hasattr(cv2.dnn, "ENGINE_AUTO") and not set(names) <= set(ends):
        asked = list(dict.fromkeys(names))
        net = cv2.dnn.readNetFromTensorflow(str(path), "", cv2.dnn.ENGINE_AUTO, asked)
    return net, names


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps OpenCV from printing what it raises as well."""
    level = _log.getLogLevel()
    _log.setLogLevel(0)
    try:
        yield
    finally:
        _log.setLogLevel(level)


@contextmanager
def _refusal(path: Path) -> Iterator[None]:
    try:
        yield
    except cv2.error as exc:
        raise CorruptFileError(path, f"OpenCV refuses it: {_said(exc)}") from exc


def _said(error: Exception) -> str:
    """OpenCV's message without the place in its own source."""
    return " ".join(str(getattr(error, "err", "") or error).split())
