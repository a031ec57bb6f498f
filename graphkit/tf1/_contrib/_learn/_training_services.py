"""What a Supervisor's threads do beside a training, done between its steps.

Of threads, chance would say which checkpoints and events a short training leaves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from graphkit._tf import tf

__all__ = ["TrainingServices"]


class _Timer:
    """Says whether it is time again; the first time it is."""

    def __init__(self, every_secs: float) -> None:
        self._every = every_secs
        self._last: float | None = None

    def is_due(self) -> bool:
        now = time.monotonic()
        due = self._last is None or now - self._last >= self._every
        if due:
            self._last = now
        return due


class TrainingServices:
    """Writes checkpoints and how fast the steps are, and tells in the events when it began.

    Args:
        supervisor: The chief's, with a saver, the global step and a summary writer.
        session: Its session.
        save_secs: How often a checkpoint is written; 0 for never.
        measure_secs: How often the speed is written.
    """

    def __init__(
        self, supervisor: Any, session: Any, save_secs: float, measure_secs: float = 120
    ) -> None:
        self._supervisor, self._session = supervisor, session
        self._services: list[tuple[_Timer, Callable[[int], None]]] = [
            (_Timer(measure_secs), self._measure)
        ]
        if save_secs:
            self._services.append((_Timer(save_secs), self._save))
        self._measured = 0
        self._since = time.monotonic()

    def start(self, step: int) -> None:
        """Tells the events that the training begins, and serves for the first time.

        Args:
            step: The global step.
        """
        log = tf.SessionLog(status=tf.SessionLog.START)
        self._supervisor.summary_writer.add_session_log(log, step)
        self._measured = step
        self.serve(step)

    def serve(self, step: int) -> None:
        """Does what it is time for.

        Args:
            step: The global step.
        """
        for timer, act in self._services:
            if timer.is_due():
                act(step)

    def _measure(self, step: int) -> None:
        now = time.monotonic()
        speed = (step - self._measured) / max(now - self._since, 1e-9)
        self._measured, self._since = step, now
        value = tf.Summary.Value(tag="global_step/sec", simple_value=speed)
        self._supervisor.summary_writer.add_summary(tf.Summary(value=[value]), step)

    def _save(self, step: int) -> None:
        path = self._supervisor.save_path
        self._supervisor.saver.save(self._session, path, global_step=step)
        log = tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=path)
        self._supervisor.summary_writer.add_session_log(log, step)
