"""Which file a damaged record is in: TensorFlow's errors say only at which byte."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from graphkit._tf import Graph, Operation, tf
from graphkit.errors import CorruptFileError, GraphkitError
from graphkit.readers._runner import names_before_shuffling
from graphkit.records import iterate_records

__all__ = ["DamagedRecord", "find_damaged_record"]

_OFFSET = re.compile(r"(?:corrupted|truncated) record at (\d+)")
_HEADER = 12  # bytes in front of a record's own, which TensorFlow's offsets count or not


class DamagedRecord(NamedTuple):
    """Where a record is that cannot be read.

    Attributes:
        path: The file.
        offset: The byte, of the decompressed content, where the record begins.
    """

    path: str
    offset: int


def find_damaged_record(graph: Graph, error: Exception) -> DamagedRecord | None:
    """Finds the record that an error of a reader or of a tf.data pipeline is about.

    The files of the graph's `TFRecordReader`s are read up to where TensorFlow says the record is.

    Args:
        graph: The graph that was run.
        error: What the run raised.

    Returns:
        The record; None if the error is about something else, or if the names of the files are
        computed and cannot be known from the graph.
    """
    if not isinstance(error, tf.errors.DataLossError):
        return None
    told = _OFFSET.search(error.message)
    offset = None if told is None else int(told[1])
    for path, compression in dict.fromkeys(_record_files(graph)):
        found = _damage(path, compression, offset)
        if found is not None and offset in (None, found, found + _HEADER):
            return DamagedRecord(path, found)
    return None


def _record_files(graph: Graph) -> Iterator[tuple[str, str]]:
    """The files of this machine that the readers of a graph read, and how they are compressed."""
    for op in graph.get_operations():
        reader = op.inputs[0].op if op.type.startswith("ReaderRead") else None
        if reader is None or not reader.type.startswith("TFRecordReader"):
            continue
        compression = reader.get_attr("compression_type").decode()
        for name in _names(op.inputs[1].op):
            if os.path.isfile(name):  # here, not in gs://…; a pipe would be waited for
                yield name, compression


def _names(queue: Operation) -> list[str]:
    """The file names that go into a queue, those that the graph holds."""
    found: list[str] = []
    for filler in queue.outputs[0].consumers():
        if filler.type.startswith("QueueEnqueue"):
            names = tf.get_static_value(names_before_shuffling(filler.inputs[1]))
            found += [] if names is None else [name.decode() for name in names.ravel().tolist()]
    return found


def _damage(path: str, compression: str, limit: int | None) -> int | None:
    """Where the first damaged record of a file begins; None if there is none up to a byte."""
    offset = 0
    try:
        for record in iterate_records(path, compression=compression):
            offset += len(record) + _HEADER + 4
            if limit is not None and offset > limit:
                return None
    except CorruptFileError as damage:
        return offset if damage.offset is None else damage.offset
    except GraphkitError:
        return None
    return None
