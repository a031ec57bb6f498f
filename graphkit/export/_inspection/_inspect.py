"""What is in a file, whatever its name says."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit._formats._wire import FormatError
from graphkit.errors import ArgumentError, CorruptFileError, UnsafeFileError
from graphkit.export._checkpoints._files import find_checkpoint, is_part_of_checkpoint
from graphkit.export._graph_file import read_graph_file
from graphkit.export._graphs._op_kinds import VARIABLES
from graphkit.export._inspection._checkpoint import CheckpointDetails, describe_checkpoint
from graphkit.export._inspection._events import EventsDetails, describe_events
from graphkit.export._inspection._graph import GraphDetails, describe_graph
from graphkit.export._inspection._keras_apart import describe_keras_apart
from graphkit.export._inspection._keras_details import KerasDetails
from graphkit.export._inspection._onnx import OnnxDetails, describe_onnx, is_onnx
from graphkit.export._inspection._tflite import TfliteDetails, describe_tflite
from graphkit.export._inspection._tree import parameter_tree
from graphkit.export._other_kinds import is_event, is_keras, is_saved_model, is_tflite
from graphkit.export._printable import printable
from graphkit.export._tensor_info import TensorInfo
from graphkit.records import RecordsSummary, describe_records, iterate_records

__all__ = ["FileReport", "inspect_file"]

_BARE = ("", "dtype", "kind", "name", "shape")
_LIMIT = 2**31 - 1
_SUPPORTED = (
    "a frozen graph (.pb, .pbtxt), a .meta, a SavedModel, a checkpoint, a model of Keras (.h5, "
    ".keras), a TFLite or ONNX model or a TFRecord file"
)


@dataclass(frozen=True)
class FileReport:
    """What a file holds.

    Attributes:
        path: The file, or the prefix of the checkpoint.
        kind: "frozen graph" (with its weights apart too), "graph" (with variables), "meta graph",
            "SavedModel", "checkpoint", "Keras model", "Keras weights", "TFLite model", "ONNX
            model", "TFRecord" or "event file" (the TFRecord file of a `SummaryWriter`).
        bytes: Its size on disk.
        details: What there is to say about that kind.
    """

    path: Path
    kind: str
    bytes: int
    details: (
        GraphDetails
        | CheckpointDetails
        | KerasDetails
        | TfliteDetails
        | OnnxDetails
        | RecordsSummary
        | EventsDetails
    )

    def to_text(self) -> str:
        """The same for people, one thing per line; nothing is said of what the file leaves open."""
        lines = [f"{self.path}: {self.kind}, {self.bytes:,} bytes"]
        for key, value in self.to_dict().items():
            if key not in ("path", "kind", "bytes") and value not in (None, ""):
                lines += map(printable, _lines(key.replace("_", " "), value))
        return "\n".join(lines)

    def to_tree(self) -> str:
        """The variables as a tree of their scopes, with the parameters of each.

        Raises:
            ArgumentError: It is a file of records, which have no variables.
        """
        details = self.details
        if isinstance(details, (RecordsSummary, EventsDetails)):
            wanted = "a graph or a checkpoint, which have variables"
            raise ArgumentError("to_tree", "path", f"a {self.kind}", wanted)
        head = f"{self.path}: {self.kind}, {details.parameters:,} parameters"
        return "\n".join([head, *parameter_tree(self.weights)])

    @property
    def weights(self) -> list[TensorInfo]:
        """The variables of a checkpoint, the weights of a model or graph; records have none."""
        if isinstance(self.details, (RecordsSummary, EventsDetails)):
            return []
        if isinstance(self.details, CheckpointDetails):
            return self.details.variables
        return self.details.weights

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values for JSON, the details beside the kind."""
        head = {"path": str(self.path), "kind": self.kind, "bytes": self.bytes}
        return head | {k: _plain(v) for k, v in asdict(self.details).items() if k not in head}


def inspect_file(
    path: str | PathLike[str],
    *,
    batch: int = 1,
    shapes: Mapping[str, Sequence[int]] | None = None,
) -> FileReport:
    """Tells what is in a graph, a checkpoint, a model or a record file, by its content.

    Nothing in it is executed, and TensorFlow is needed for graphs in text form only.

    Args:
        path: A file; of a checkpoint also its prefix or its folder, of a SavedModel its folder.
        batch: What an open first dimension of the input of a graph, TFLite or ONNX model is taken
            for, to count its floating point operations.
        shapes: Shapes that a graph leaves open, by the name of an input or any other node; of an
            ONNX model, of an input.

    Returns:
        The report.

    Raises:
        ArgumentError: `batch` is less than 1, a shape is given for what is no node of the graph, or
            the file holds no graph.
        MissingFileError: There is no such file, or the folder holds neither checkpoint nor
            SavedModel.
        CorruptFileError: The file is damaged, or of no kind that is described.
        UnsafeFileError: It claims to be larger than anything that can be read.
    """
    if batch < 1:
        raise ArgumentError("inspect_file", "batch", batch, "1 or more")
    file = Path(path)
    graph = functools.partial(_graph_report, batch=batch, shapes=shapes)
    if is_saved_model(file):
        return graph(file)
    if not file.is_file() or Path(f"{file}.index").is_file():
        return _checkpoint_report(file)
    if not file.stat().st_size:
        raise CorruptFileError(file, "is empty")
    for is_of_kind, describe in _BY_CONTENT:
        if is_of_kind(file):
            report = describe(file, batch)
            if shapes:
                raise ArgumentError("inspect_file", "path", f"a {report.kind}", "a graph")
            return report
    return _onnx_report(file, batch, shapes) if is_onnx(file) else graph(file)


def _checkpoint_report(path: Path, _batch: int = 1) -> FileReport:
    prefix = find_checkpoint(path)
    details = describe_checkpoint(prefix)
    return FileReport(prefix, "checkpoint", details.bytes, details)


def _keras_report(file: Path, _batch: int) -> FileReport:
    details = describe_keras_apart(file)
    kind = "Keras model" if details.model else "Keras weights"
    return FileReport(file, kind, file.stat().st_size, details)


def _tflite_report(file: Path, batch: int) -> FileReport:
    details = describe_tflite(file, batch=batch)
    return FileReport(file, "TFLite model", file.stat().st_size, details)


def _onnx_report(file: Path, batch: int, shapes: Mapping[str, Sequence[int]] | None) -> FileReport:
    given = {name: tuple(shape) for name, shape in (shapes or {}).items()}
    details = describe_onnx(file, batch=batch, given=given)
    return FileReport(file, "ONNX model", file.stat().st_size, details)


def _is_records(file: Path) -> bool:
    """Tells by the first record, whose checksums leave no doubt."""
    try:
        return next(iterate_records(file), None) is not None
    except CorruptFileError:
        return False
    except UnsafeFileError:
        return True


def _records_report(file: Path, _batch: int) -> FileReport:
    if is_event(next(iterate_records(file))):
        return FileReport(file, "event file", file.stat().st_size, describe_events(file))
    records = describe_records(file)
    return FileReport(file, "TFRecord", records.bytes, records)


def _graph_report(
    path: Path, *, batch: int, shapes: Mapping[str, Sequence[int]] | None
) -> FileReport:
    if path.stat().st_size > _LIMIT:
        raise UnsafeFileError(path, f"larger than 2 GiB, and not {_SUPPORTED}")
    try:
        file = read_graph_file(path)
        given = {name: tuple(shape) for name, shape in (shapes or {}).items()}
        details = describe_graph(file, batch=batch, shapes=given)
    except (CorruptFileError, FormatError) as exc:
        reason = getattr(exc, "reason", exc)
        raise CorruptFileError(path, f"is damaged, or not {_SUPPORTED}: {reason}") from exc
    kind = file.kind
    holds_all = details.weights_apart or not any(op in VARIABLES for op in details.ops)
    if kind == "graph" and holds_all:
        kind = "frozen graph"
    return FileReport(path, kind, file.path.stat().st_size, details)


_BY_CONTENT: tuple[tuple[Callable[[Path], bool], Callable[[Path, int], FileReport]], ...] = (
    (is_part_of_checkpoint, _checkpoint_report),
    (is_keras, _keras_report),
    (is_tflite, _tflite_report),
    (_is_records, _records_report),
)


def _lines(title: str, value: Any) -> list[str]:
    """One line for a number or a word; one each, indented, for what a list or mapping holds."""
    if isinstance(value, dict):
        value = [
            {"name": name} | (v if isinstance(v, dict) else {"": v}) for name, v in value.items()
        ]
    if not isinstance(value, list):
        return [f"{title}: {value:,}" if type(value) is int else f"{title}: {value}"]
    return [f"{title}: {len(value)}", *(f"  {_row(item)}" for item in value)]


def _row(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    shown = ((key, f"{v:,}" if type(v) is int else str(v)) for key, v in item.items())
    cells = (f"{key} {value}" if key not in _BARE else value for key, value in shown)
    return "  ".join(cell for cell in cells if cell != "None")


def _plain(value: Any) -> Any:
    """Turns paths into strings and tuples into lists, all the way down."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value
