"""Writing TFRecord files: the frames of TensorFlow's writer, without TensorFlow."""

from __future__ import annotations

import weakref
from contextlib import AbstractContextManager, suppress
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from graphkit._aside import naming, part_of
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.records._compression import check_compression, compressor
from graphkit.records._framing import frame

_BUFFER = 1 << 20


class RecordWriter:
    """Writes records to a TFRecord file, byte for byte as `tf.python_io.TFRecordWriter` does.

    Better than TensorFlow 1: the file appears under its name only when it is whole. Until `close`
    the records lie aside, and an exception inside the `with` removes them; a file that was there
    before stays as it was. (With a compression, the decompressed content is byte-identical.)

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/io/TFRecordWriter.

    Args:
        path: The file to write; its folder has to exist.
        compression: "" (none), "GZIP" or "ZLIB".

    Raises:
        ArgumentError: There is no such compression.
        MissingFileError: The folder does not exist, or `path` is a folder.
        OSError: The system refuses the file, here or in `write` and `close`; it names `path`.
    """

    def __init__(self, path: str | PathLike[str], *, compression: str = "") -> None:
        check_compression("RecordWriter", compression or "")
        self._target = Path(path)
        self._part = part_of(self._target)
        self._compressor = compressor(compression) if compression else None
        with self._naming():
            self._file = open(self._part, "xb", buffering=_BUFFER)
        self._discard = weakref.finalize(self, _discard, self._file, self._part)
        self._count = 0

    @property
    def count(self) -> int:
        """How many records were written so far."""
        return self._count

    def write(self, record: bytes) -> None:
        """Appends one record.

        Args:
            record: Its bytes, such as `encode_example` gives; they may be none.

        Raises:
            ArgumentTypeError: `record` is not bytes.
            ArgumentError: The writer is closed.
        """
        if not isinstance(record, bytes):
            raise ArgumentTypeError("RecordWriter.write", "record", type(record), "bytes")
        if self._file.closed:
            raise ArgumentError("RecordWriter.write", "record", record[:20], "written before close")
        framed = frame(record)
        try:
            self._file.write(self._compressor.compress(framed) if self._compressor else framed)
        except OSError:
            with self._naming():  # here, since entering it for every record would take as long
                raise
        self._count += 1

    def close(self) -> None:
        """Finishes the file and gives it its name; a second call does nothing."""
        if not self._discard.alive:
            return
        try:
            with self._naming():
                if self._compressor:
                    self._file.write(self._compressor.flush())
                self._file.close()
                self._part.replace(self._target)
        finally:
            self._discard()

    def _naming(self) -> AbstractContextManager[None]:
        return naming([self._part], [self._target])

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._discard()


def _discard(opened: BinaryIO, part: Path) -> None:
    """Removes what a writer left that was never closed, also where the disk is full."""
    with suppress(OSError):
        opened.close()
    part.unlink(missing_ok=True)
