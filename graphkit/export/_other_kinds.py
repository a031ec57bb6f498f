"""What a place holds that is no frozen graph though one was asked for, and the way from it to one.

A training leaves checkpoints, `.meta` files, SavedModels and event files beside each other, and the
names alone do not tell them apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from graphkit._tf import tf
from graphkit.export._checkpoint_files import is_checkpoint

__all__ = ["is_event", "is_saved_model", "no_frozen_graph", "parse_meta_graph"]

_SAVED_MODEL_FILES = ("saved_model.pb", "saved_model.pbtxt")
_SAVED_MODEL_START = b"\x08\x01\x12"  # the schema's version, 1, then the first meta graph
_EVENT_FILE = "brain.Event:"


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
    if is_checkpoint(path) or (path.is_file() and parse_meta_graph(path.read_bytes())):
        way = f"`graphkit freeze '{path}' -o MODEL.pb` (freeze_checkpoint) makes one of it"
        return f"is of a checkpoint, not a frozen graph; {way}"
    return None


def is_saved_model(path: Path) -> bool:
    """Whether a folder is a SavedModel, or a file the binary graph in one."""
    if not path.is_file():
        return any((path / name).is_file() for name in _SAVED_MODEL_FILES)
    with open(path, "rb") as opened:
        return opened.read(len(_SAVED_MODEL_START)) == _SAVED_MODEL_START


def is_event(record: bytes) -> bool:
    """Whether a record is the one that every file of TensorBoard's events begins with."""
    try:
        return bool(tf.Event.FromString(record).file_version.startswith(_EVENT_FILE))
    except DecodeError:
        return False


def parse_meta_graph(data: bytes) -> Any:
    """The `GraphDef` in a `.meta` file; None if the bytes are none."""
    try:
        graph_def = tf.MetaGraphDef.FromString(data).graph_def
    except DecodeError:
        return None
    return graph_def if graph_def.node else None
