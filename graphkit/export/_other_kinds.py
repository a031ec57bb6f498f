"""What a place holds that is no frozen graph though one was asked for, and the way from it to one.

A training leaves checkpoints, `.meta` files, SavedModels and event files beside each other, and the
names alone do not tell them apart.
"""

from __future__ import annotations

from pathlib import Path

from graphkit.errors import CorruptFileError
from graphkit.export._checkpoints._files import is_checkpoint
from graphkit.export._formats._graph_file import read_graph_file
from graphkit.export._formats._wire import FormatError, as_bytes, fields

__all__ = ["is_event", "is_keras", "is_saved_model", "is_tflite", "no_frozen_graph"]

_SAVED_MODEL_FILES = ("saved_model.pb", "saved_model.pbtxt")
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
    if is_saved_model(path):
        way = "load it into a session (tf.saved_model.load) and write that with freeze_session"
        return f"is a SavedModel, not a frozen graph; {way}"
    if is_checkpoint(path) or _is_meta_graph(path):
        way = f"`graphkit freeze '{path}' -o MODEL.pb` (freeze_checkpoint) makes one of it"
        return f"is of a checkpoint, not a frozen graph; {way}"
    return None


def is_saved_model(path: Path) -> bool:
    """Whether a folder is a SavedModel, or a file the binary graph in one."""
    if not path.is_file():
        return any((path / name).is_file() for name in _SAVED_MODEL_FILES)
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


def _is_meta_graph(path: Path) -> bool:
    try:
        return path.is_file() and read_graph_file(path).kind == "meta graph"
    except CorruptFileError:
        return False
