"""Event files back into values: every event is kept, none is sampled away."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from os import PathLike
from typing import Any

import numpy as np
from tensorboard import data_compat
from tensorboard.compat.proto import event_pb2
from tensorboard.util import tensor_util

from graphkit._tf import tf
from graphkit.errors import CorruptFileError, DataError, MissingFileError
from graphkit.records import iterate_records
from graphkit.summaries._event_log import (
    EventLog,
    HistogramEvent,
    ImageEvent,
    ScalarEvent,
    TextEvent,
)

__all__ = ["read_events"]

_MARK = "tfevents"
# A graph is one record, and can be as large as protobuf lets it.
_LONGEST = 2**31 - 1
_MOST_NUMBERS = 2**20


def read_events(log_dir_or_file: str | PathLike[str]) -> EventLog:
    """Reads an event file, or all those of one run's folder.

    Both kinds of summary are understood: those of TF1 and the tensors of TF2. What a file holds
    before the place where it is damaged or cut short is given; `warnings` says so.

    Args:
        log_dir_or_file: The folder of one run, or one event file of any name.

    Returns:
        The values by tag.

    Raises:
        MissingFileError: The path does not exist, or the folder holds no event file (folders below
            it that do are named).
        CorruptFileError: Not one event can be read from any of the files.
    """
    paths = _event_files(os.fspath(log_dir_or_file))
    reader = _Reader(EventLog(paths))
    events = sum(reader.read_file(path) for path in paths)
    if not events:
        reason = "; ".join(reader.log.warnings) or "it is empty"
        raise CorruptFileError(paths[0], f"no event can be read: {reason}")
    return reader.log


def _event_files(path: str) -> list[str]:
    if os.path.isfile(path):
        return [path]
    if not os.path.isdir(path):
        raise MissingFileError(path)
    found = sorted(os.path.join(path, name) for name in os.listdir(path) if _MARK in name)
    if found:
        return found
    runs = sorted({folder for folder, _, names in os.walk(path) if any(_MARK in n for n in names)})
    hint = f"; one of the folders below it does: {', '.join(runs[:5])}" if runs else ""
    raise MissingFileError(path, f"holds no event file (named *{_MARK}*){hint}")


def _check_size(tensor: Any) -> None:
    """Refuses a tensor of few bytes that would unfold into more than any summary holds."""
    claimed = math.prod(max(0, dim.size) for dim in tensor.tensor_shape.dim)
    if claimed > max(_MOST_NUMBERS, tensor.ByteSize()):
        raise ValueError(f"a tensor of {tensor.ByteSize()} bytes claims {claimed} numbers")


class _Reader:
    """Sorts events into a log.

    Which plugin a tag belongs to may be said only with its first value; it is remembered here.
    """

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._plugins: dict[str, str] = {}
        self._adders: dict[str, Callable[[Any, Any, str], None]] = {
            "scalars": self._add_scalar,
            "histograms": self._add_histogram,
            "images": self._add_images,
            "text": self._add_text,
        }

    def read_file(self, path: str) -> int:
        """Adds the events of one file up to where it is damaged; gives how many there were."""
        count = 0
        try:
            for record in iterate_records(path, compression="", max_record_bytes=_LONGEST):
                count += self._add_record(record, path)
        except DataError as exc:
            self.log.warnings.append(f"{exc}; what stands before it was read")
        return count

    def _add_record(self, record: bytes, path: str) -> bool:
        try:
            self._add_event(event_pb2.Event.FromString(record), path)
        except Exception as exc:  # what a hostile record provokes has many classes
            self.log.warnings.append(f"{path}: a record holds no event and was left out ({exc})")
            return False
        return True

    def _add_event(self, event: Any, path: str) -> None:
        content = event.WhichOneof("what")
        if content == "graph_def":
            self.log.graph = tf.GraphDef.FromString(event.graph_def)
        elif content == "tagged_run_metadata":
            tagged = event.tagged_run_metadata
            self.log.run_metadata[tagged.tag] = tf.RunMetadata.FromString(tagged.run_metadata)
        elif content == "summary":
            for value in event.summary.value:
                with np.errstate(over="ignore"):  # edges beyond float32 become infinite
                    migrated = data_compat.migrate_value(value)
                self._add_value(migrated, event, path)

    def _add_value(self, value: Any, event: Any, path: str) -> None:
        _check_size(value.tensor)
        named = value.metadata.plugin_data.plugin_name
        plugin = named or self._plugins.get(value.tag, "")
        self._plugins[value.tag] = plugin
        if plugin in self._adders:
            self._adders[plugin](value, event, path)

    def _add_scalar(self, value: Any, event: Any, path: str) -> None:
        number = float(tensor_util.make_ndarray(value.tensor).item())
        scalar = ScalarEvent(event.step, event.wall_time, number)
        self.log.scalars.setdefault(value.tag, []).append(scalar)

    def _add_histogram(self, value: Any, event: Any, path: str) -> None:
        buckets = tensor_util.make_ndarray(value.tensor).astype(np.float64).reshape(-1, 3)
        histogram = HistogramEvent(event.step, event.wall_time, buckets)
        self.log.histograms.setdefault(value.tag, []).append(histogram)

    def _add_images(self, value: Any, event: Any, path: str) -> None:
        """Adds each image of a tensor `[width, height, image, image …]`."""
        images = self.log.images.setdefault(value.tag, [])
        for encoded in tensor_util.make_ndarray(value.tensor).ravel()[2:]:
            images.append(ImageEvent(event.step, event.wall_time, encoded, path))

    def _add_text(self, value: Any, event: Any, path: str) -> None:
        strings = tensor_util.make_ndarray(value.tensor).ravel()
        decoded = tuple(string.decode("utf-8", "replace") for string in strings)
        text = TextEvent(event.step, event.wall_time, decoded)
        self.log.texts.setdefault(value.tag, []).append(text)
