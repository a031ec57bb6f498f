"""What a place holds that is no frozen graph though one was asked for, and the way from it to one.

A training leaves checkpoints, `.meta` files, SavedModels and event files beside each other, and the
names alone do not tell them apart.
"""

from __future__ import annotations

from pathlib import Path

from graphkit._formats._wire import FormatError, as_bytes, fields
from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.export._checkpoints._files import is_checkpoint
from graphkit.export._graph_file import read_graph_file
from graphkit.records import iterate_records

__all__ = [
    "SAVED_MODEL_FILES",
    "is_event",
    "is_keras",
    "is_meta_graph",
    "is_saved_model",
    "is_tflite",
    "no_frozen_graph",
]

SAVED_MODEL_FILES = ("saved_model.pb", "saved_model.pbtxt")
_SAVED_MODEL_START = b"\x08\x01\x12"  # the schema's version, 1, then the first meta graph
_HDF5_START = b"\x89HDF\r\n\x1a\n"
_ARCHIVE_START = b"PK\x03\x04"
_TFLITE_MARK = b"TFL3"
_EVENT_FILE = b"brain.Event:"


def no_frozen_graph(path: Path) -> str | None:
    """Says what lies there, and how to come from it to a frozen graph.

    Args:
        path: A file that holds no graph, a folder, or a prefix.

    Returns:
        The words; None if it is of no kind that is known.
    """
    freezes = f"not a frozen graph; `graphkit freeze '{path}' -o MODEL.pb` (freeze) makes one of it"
    if is_saved_model(path):
        return f"is a SavedModel, {freezes}"
    if is_checkpoint(path) or is_meta_graph(path):
        return f"is of a checkpoint, {freezes}"
    return _no_graph_at_all(path) if path.is_file() else None


def _no_graph_at_all(path: Path) -> str | None:
    if is_tflite(path):
        return "is a TFLite model, no graph of TensorFlow; `graphkit infer` runs it"
    record = _first_record(path)
    if record is None:
        return None
    if is_event(record):
        return f"is an event file, no graph; `graphkit board '{path.parent}'` shows what is in it"
    return f"is a TFRecord file, no graph; `graphkit records show '{path}'` shows what is in it"


def is_saved_model(path: Path) -> bool:
    """Whether a folder is a SavedModel, or a file the binary graph in one."""
    if not path.is_file():
        return any((path / name).is_file() for name in SAVED_MODEL_FILES)
    with open(path, "rb") as opened:
        return opened.read(len(_SAVED_MODEL_START)) == _SAVED_MODEL_START


def is_keras(file: Path) -> bool:
    """Whether a file is HDF5, or an archive, as Keras writes them."""
    with open(file, "rb") as opened:
        return opened.read(len(_HDF5_START)).startswith((_HDF5_START, _ARCHIVE_START))


def is_tflite(file: Path) -> bool:
    """Whether a file is a TFLite model."""
    with open(file, "rb") as opened:
        return opened.read(8)[4:] == _TFLITE_MARK


def is_event(record: bytes) -> bool:
    """Whether a record is the one that every file of TensorBoard's events begins with."""
    try:
        versions = [as_bytes(value) for number, value in fields(memoryview(record)) if number == 3]
    except FormatError:
        return False
    return any(bytes(version).startswith(_EVENT_FILE) for version in versions)


def is_meta_graph(path: Path) -> bool:
    """Whether a file is a `.meta`, whatever its name: a graph with what belongs to it."""
    try:
        return path.is_file() and read_graph_file(path).kind == "meta graph"
    except CorruptFileError:
        return False


def _first_record(file: Path) -> bytes | None:
    """The record a TFRecord file begins with; its checksums leave no doubt that it is one."""
    try:
        return next(iterate_records(file), None)
    except (CorruptFileError, UnsafeFileError):
        return None
