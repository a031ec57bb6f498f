"""One event file of one run, written as the run goes on.

What lies on disk afterwards:

    logs/run-20260102-030405/
        events.out.tfevents.1767322845.myhost.4711.0
"""

from __future__ import annotations

import itertools
import operator
import os
import socket
import threading
import time
from os import PathLike
from types import TracebackType
from typing import Any

import numpy.typing as npt

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UsageError
from graphkit.summaries._encode import (
    histogram_summary,
    image_summary,
    scalar_summary,
    text_summary,
)

__all__ = ["SummaryWriter"]

_file_count = itertools.count()


class SummaryWriter:
    """Writes summaries, graphs and run metadata into an event file that TensorBoard reads.

    TF1: `tf.summary.FileWriter`, which today's TensorFlow refuses to open while eager execution is
    on; this one needs no session, no graph and no thread of its own.

        with SummaryWriter("logs/first", graph=g.graph) as writer:
            writer.add(session.run(merged), step)
            writer.add_scalar("accuracy", 0.97, step)

    Args:
        log_dir: The folder of this run, created if needed; `logs/run-<date>-<time>` unless given.
        graph: A graph, or its `GraphDef`, to write first.
        flush_secs: How long an event may wait in memory before the next one takes it to disk;
            `flush` and `close` write at once.

    Raises:
        ArgumentError: The folder cannot be created or written, or `flush_secs` is negative.
    """

    def __init__(
        self,
        log_dir: str | PathLike[str] | None = None,
        *,
        graph: Graph | None = None,
        flush_secs: float = 10.0,
    ) -> None:
        if flush_secs < 0:
            raise ArgumentError("SummaryWriter", "flush_secs", flush_secs, "0 or more")
        folder = os.fspath(log_dir) if log_dir is not None else _default_folder()
        self._path = _create_event_file(folder)
        self._flush_secs = flush_secs
        self._flushed_at = time.monotonic()
        self._lock = threading.Lock()
        self._records: Any = tf.python_io.TFRecordWriter(self._path)
        self._write(tf.Event(wall_time=time.time(), file_version="brain.Event:2"))
        if graph is not None:
            self.add_graph(graph)
        self.flush()

    @property
    def path(self) -> str:
        """The event file."""
        return self._path

    def add(self, summary: Any, step: int) -> None:
        """Writes what a summary op gave.

        Args:
            summary: The bytes a session returned for a summary op, or a `tf.Summary`.
            step: The training step.

        Raises:
            ArgumentError: The bytes are no serialized `Summary`.
            ArgumentTypeError: `summary` is neither, or `step` is no integer.
            UsageError: The writer is closed.
        """
        self._write(_event(step, summary=_parsed(summary)))

    def add_scalar(self, tag: str, value: Any, step: int) -> None:
        """Writes one number; `value` is a real number or an array of one."""
        self._write(_event(step, summary=scalar_summary(tag, value)))

    def add_histogram(self, tag: str, values: npt.ArrayLike, step: int) -> None:
        """Writes the distribution of finite real numbers of any shape."""
        self._write(_event(step, summary=histogram_summary(tag, values)))

    def add_image(self, tag: str, pixels: npt.ArrayLike, step: int) -> None:
        """Writes one image: uint8, or floating between 0 and 1, `[H, W, C]`, C 1, 3 or 4."""
        self._write(_event(step, summary=image_summary(tag, pixels)))

    def add_text(self, tag: str, string: str, step: int) -> None:
        """Writes a string, which TensorBoard shows as Markdown."""
        self._write(_event(step, summary=text_summary(tag, string)))

    def add_graph(self, graph: Graph) -> None:
        """Writes a graph, or a `GraphDef` (a frozen one too), for TensorBoard's graph page.

        Raises:
            ArgumentTypeError: `graph` is neither.
        """
        if isinstance(graph, tf.Graph):
            graph = graph.as_graph_def(add_shapes=True)
        if not isinstance(graph, tf.GraphDef):
            raise ArgumentTypeError(
                "add_graph", "graph", type(graph).__name__, "a tf.Graph or tf.GraphDef"
            )
        self._write(tf.Event(wall_time=time.time(), graph_def=graph.SerializeToString()))

    def add_run_metadata(self, metadata: Any, tag: str, step: int) -> None:
        """Writes time and memory per op of one traced run, for TensorBoard's graph page.

        Args:
            metadata: The `tf.RunMetadata` the run filled.
            tag: A name no other run of this file has, such as `step 100`.
            step: The training step.

        Raises:
            ArgumentTypeError: `metadata` is no `tf.RunMetadata`, or `step` is no integer.
        """
        if not isinstance(metadata, tf.RunMetadata):
            raise ArgumentTypeError(
                "add_run_metadata", "metadata", type(metadata).__name__, "a tf.RunMetadata"
            )
        event = _event(step)
        event.tagged_run_metadata.tag = tag
        event.tagged_run_metadata.run_metadata = metadata.SerializeToString()
        self._write(event)

    def flush(self) -> None:
        """Puts everything written so far on disk."""
        with self._lock:
            if self._records is not None:
                self._flush()

    def close(self) -> None:
        """Puts everything on disk and closes the file; closing again does nothing."""
        with self._lock:
            if self._records is not None:
                self._records.close()
                self._records = None

    def __enter__(self) -> SummaryWriter:
        """Gives the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the file."""
        self.close()

    def _write(self, event: Any) -> None:
        with self._lock:
            if self._records is None:
                raise UsageError(f"SummaryWriter: {self._path} is closed; nothing can be added")
            self._records.write(event.SerializeToString())
            if time.monotonic() - self._flushed_at >= self._flush_secs:
                self._flush()

    def _flush(self) -> None:
        self._records.flush()
        self._flushed_at = time.monotonic()


def _default_folder() -> str:
    return os.path.join("logs", time.strftime("run-%Y%m%d-%H%M%S"))


def _create_event_file(folder: str) -> str:
    """Creates the folder and an empty event file in it, under a name no other writer has."""
    name = f"{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_file_count)}"
    path = os.path.join(folder, f"events.out.tfevents.{name}")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(path, "xb"):
            return path
    except OSError as exc:
        wanted = f"a folder that can be created and written ({exc.strerror})"
        raise ArgumentError("SummaryWriter", "log_dir", folder, wanted) from exc


def _event(step: int, **content: Any) -> Any:
    try:
        return tf.Event(wall_time=time.time(), step=operator.index(step), **content)
    except TypeError as exc:
        raise ArgumentTypeError("SummaryWriter", "step", type(step).__name__, "an integer") from exc
    except ValueError as exc:
        raise ArgumentError("SummaryWriter", "step", step, "within the range of int64") from exc


def _parsed(summary: Any) -> Any:
    if isinstance(summary, tf.Summary):
        return summary
    if not isinstance(summary, bytes):
        raise ArgumentTypeError(
            "SummaryWriter.add", "summary", type(summary).__name__, "bytes or a tf.Summary"
        )
    try:
        return tf.Summary.FromString(summary)
    except Exception as exc:
        raise ArgumentError(
            "SummaryWriter.add", "summary", summary[:20], "a serialized Summary"
        ) from exc
