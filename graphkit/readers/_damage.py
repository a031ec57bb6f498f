"""Which file a damaged record is in: TensorFlow's errors say only at which byte."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import CorruptFileError, GraphkitError
from graphkit.readers._files import is_remote
from graphkit.readers._runner import ancestors, names_before_shuffling, variable_of
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

    The files of the graph's `TFRecordReader`s, also those of a pattern, are read up to where
    TensorFlow says the record is.

    Args:
        graph: The graph that was run.
        error: What the run raised; where queues deliver in a plain `tf.Session`, what the
            coordinator's `join` raised, as the run has `OutOfRangeError` there.

    Returns:
        The record; None if the error is about something else, or if the names of the files are
        computed and cannot be known from the graph. A file that is cut inside the 12 bytes in front
        of a record ends there for TensorFlow, without an error.
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
    """The file names that go into a queue: those that the graph holds, or has patterns of."""
    found: list[str] = []
    for filler in queue.outputs[0].consumers():
        if filler.type.startswith("QueueEnqueue"):
            listed = names_before_shuffling(filler.inputs[1])
            names = _constants(listed)
            found += _matched(listed.op) if names is None else names
    return found


def _matched(listing: Operation) -> list[str]:
    """The files that match the patterns a list of names is made from, also in a variable."""
    above = ancestors([listing])
    variables = [variable for op in above if (variable := variable_of(op)[0]) is not None]
    above += ancestors([variable.initializer for variable in variables])
    patterns = [_constants(op.inputs[0]) for op in above if op.type == "MatchingFiles"]
    local = [one for known in patterns if known for one in known if not is_remote(one)]
    return [name for one in local for name in sorted(tf.gfile.Glob(one))]


def _constants(strings: Tensor) -> list[str] | None:
    known = tf.get_static_value(strings)
    return None if known is None else [one.decode() for one in known.ravel().tolist()]


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
