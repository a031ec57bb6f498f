"""Readers: ops that take work from a queue, mostly file names, and return keys and records.

TensorFlow 1's classes (https://www.tensorflow.org/api_docs/python/tf/compat/v1/ReaderBase) with
their arguments checked when they are made instead of in the middle of a run. A reader has `read`,
`read_up_to`, `num_records_produced`, `num_work_units_completed`, `serialize_state`,
`restore_state`, `supports_serialize`, `reset` and `reader_ref`.
"""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._checks import require_graph, require_number
from graphkit.readers._engine import built_element, looked_at
from graphkit.readers._queues import without_deprecation_warnings

__all__ = [
    "FixedLengthRecordReader",
    "IdentityReader",
    "TFRecordReader",
    "TextLineReader",
    "WholeFileReader",
]


class _Reader(tf.ReaderBase):  # type: ignore[misc]  # TensorFlow is untyped
    """A reader of which single records may be taken on tf.data."""

    def read(self, queue: Any, name: str | None = None) -> Any:
        """Takes the next record.

        Args:
            queue: Where its work, such as file names, comes from: a queue, or its handle.
            name: Name of the op, "ReaderReadV2" unless given.

        Returns:
            Key and record (string, `[]` each).
        """
        take = super().read
        return built_element(lambda name: take(queue, name), name, "ReaderReadV2")

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """Takes the next records of one file, fewer than were asked for at its end.

        Args:
            queue: Where its work comes from.
            num_records: How many records (int64, `[]`).
            name: Name of the op, "ReaderReadUpToV2" unless given.

        Returns:
            Keys and records (string, `[records]` each).
        """
        take = super().read_up_to
        default = "ReaderReadUpToV2"
        return built_element(lambda name: take(queue, num_records, name), name, default)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """How many records the reader has given.

        The queues deliver them where this is built before the queue runners are started.

        Args:
            name: Name of the op, "ReaderNumRecordsProducedV2" unless given.

        Returns:
            The number (int64, `[]`).
        """
        return looked_at(super().num_records_produced(name))

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """How many files the reader has come to the end of, as `num_records_produced` counts.

        Args:
            name: Name of the op, "ReaderNumWorkUnitsCompletedV2" unless given.

        Returns:
            The number (int64, `[]`).
        """
        return looked_at(super().num_work_units_completed(name))

    def reset(self, name: str | None = None) -> Operation:
        """Lets the reader begin anew, with the next file, where the queues deliver.

        Args:
            name: Name of the op, "ReaderResetV2" unless given.

        Returns:
            The op that does it.
        """
        return looked_at(super().reset(name))


class WholeFileReader(_Reader, tf.WholeFileReader):  # type: ignore[misc]  # TensorFlow is untyped
    """Reads each file as one record; the key is the file's name.

    Args:
        name: Name of the reader's op.

    Raises:
        NoGraphError: No graph is current.
    """

    def __init__(self, name: str | None = None) -> None:
        require_graph("WholeFileReader")
        with without_deprecation_warnings():
            super().__init__(name=name)


class TFRecordReader(_Reader, tf.TFRecordReader):  # type: ignore[misc]  # TensorFlow is untyped
    """Reads the records of TFRecord files; the key is `file:offset`.

    Args:
        name: Name of the reader's op.
        options: `tf.python_io.TFRecordOptions`, for compressed files.

    Raises:
        NoGraphError: No graph is current.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        require_graph("TFRecordReader")
        with without_deprecation_warnings():
            super().__init__(name=name, options=options)


class TextLineReader(_Reader, tf.TextLineReader):  # type: ignore[misc]  # TensorFlow is untyped
    """Reads the lines of text files, without their ends; the key is `file:line`.

    Args:
        skip_header_lines: How many lines to leave out at the head of each file.
        name: Name of the reader's op.

    Raises:
        ArgumentError: `skip_header_lines` is negative (in TensorFlow 1 a failure while running).
        ArgumentTypeError: `skip_header_lines` is no number.
        NoGraphError: No graph is current.
    """

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        require_graph("TextLineReader")
        _require_lengths("TextLineReader", skip_header_lines=skip_header_lines)
        with without_deprecation_warnings():
            super().__init__(skip_header_lines=skip_header_lines, name=name)


class FixedLengthRecordReader(
    _Reader,
    tf.FixedLengthRecordReader,  # type: ignore[misc]  # TensorFlow is untyped
):
    """Reads records of a fixed number of bytes; the key is `file:number`.

    Args:
        record_bytes: Bytes per record.
        header_bytes: Bytes to leave out at the head of each file.
        footer_bytes: Bytes to leave out at the end of each file.
        hop_bytes: Bytes from the start of a record to the start of the next; as long as the
            record unless given.
        name: Name of the reader's op.
        encoding: "ZLIB" or "GZIP" for compressed files.

    Raises:
        ArgumentError: `record_bytes` is below 1 or another length is negative (in TensorFlow 1 a
            failure while running).
        ArgumentTypeError: A length is no number.
        NoGraphError: No graph is current.
    """

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: int | None = None,
        name: str | None = None,
        encoding: str | None = None,
    ) -> None:
        where = "FixedLengthRecordReader"
        require_graph(where)
        require_number(where, "record_bytes", record_bytes, 1)
        _require_lengths(
            where, header_bytes=header_bytes, footer_bytes=footer_bytes, hop_bytes=hop_bytes
        )
        with without_deprecation_warnings():
            super().__init__(
                record_bytes=record_bytes,
                header_bytes=header_bytes,
                footer_bytes=footer_bytes,
                hop_bytes=hop_bytes,
                name=name,
                encoding=encoding,
            )


class IdentityReader(_Reader, tf.IdentityReader):  # type: ignore[misc]  # TensorFlow is untyped
    """Passes on the strings of the queue as both key and record; opens no file.

    Args:
        name: Name of the reader's op.

    Raises:
        NoGraphError: No graph is current.
    """

    def __init__(self, name: str | None = None) -> None:
        require_graph("IdentityReader")
        with without_deprecation_warnings():
            super().__init__(name=name)


def _require_lengths(where: str, **lengths: Any) -> None:
    """Refuses a negative length among those that were given."""
    for argument, value in lengths.items():
        if value is not None:
            require_number(where, argument, value, 0)
