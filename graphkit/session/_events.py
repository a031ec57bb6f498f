"""Event files for TensorBoard, written while a session runs."""

from __future__ import annotations

import os
from itertools import count
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.session._translate import translated

__all__ = ["EventLog", "merged_summary"]

_written = count()


class EventLog:
    """The event file of one runner: the graph at its start, then summaries and traces by step.

    Args:
        log_dir: The folder; TensorFlow names the file.
        graph: The graph, recorded once.

    Raises:
        RunError: The folder cannot be made or written.
    """

    def __init__(self, log_dir: str, graph: Graph) -> None:
        self._traced: set[str] = set()
        with graph.as_default():  # the writer refuses to be made while eager execution is on
            try:
                self.writer = tf.summary.FileWriter(log_dir, graph=graph, filename_suffix=_suffix())
            except tf.errors.OpError as error:
                message = f"no event file can be written in log_dir {log_dir!r}: {error.message}"
                raise translated(error, message) from error

    def add(self, summary: bytes, step: int) -> None:
        """Adds the value of a summary tensor.

        Args:
            summary: The serialised `tf.Summary`.
            step: Its step.
        """
        self.writer.add_summary(summary, step)

    def trace(self, run_metadata: Any, step: int) -> None:
        """Adds time and memory per op of one run, once for each step.

        Args:
            run_metadata: The `tf.RunMetadata` of a fully traced run.
            step: The run's step.
        """
        tag = f"step_{step:08d}"
        if tag not in self._traced:
            self._traced.add(tag)
            self.writer.add_run_metadata(run_metadata, tag, step)

    def resume(self, step: int) -> None:
        """Marks a restart, so that TensorBoard drops what an earlier run wrote past it.

        Args:
            step: The restored step.
        """
        started = tf.SessionLog(status=tf.SessionLog.START)
        self.writer.add_session_log(started, step)

    def flush(self) -> None:
        """Hands everything written so far to the file."""
        self.writer.flush()

    def close(self) -> None:
        """Writes the rest and ends the writer's thread."""
        self.writer.close()


def _suffix() -> str:
    """TensorFlow names files by the second; two writers of one second would share one file."""
    return f".{os.getpid()}.{next(_written)}"


def merged_summary(graph: Graph) -> Any:
    """One tensor with all summaries of a graph, as `tf.summary.merge_all` makes it.

    It is made once and kept in the collection `SUMMARY_OP`, so a second runner on the finalised
    graph finds it.

    Args:
        graph: The graph.

    Returns:
        The string tensor, or `None` when there is no summary or the graph is finalised without it.
    """
    made = graph.get_collection(tf.GraphKeys.SUMMARY_OP)
    if made:
        return made[0]
    if graph.finalized:
        return None
    with graph.as_default():
        merged = tf.summary.merge_all()
    if merged is not None:
        graph.add_to_collection(tf.GraphKeys.SUMMARY_OP, merged)
    return merged
