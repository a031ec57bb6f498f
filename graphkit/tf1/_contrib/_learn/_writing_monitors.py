"""contrib.learn's monitors that write: summaries, checkpoints, speeds, exports."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._monitors import BaseMonitor, EveryN, output_of
from graphkit.tf1._contrib._learn._value_monitors import PrintTensor

__all__ = [
    "CheckpointSaver",
    "ExportMonitor",
    "StepCounter",
    "SummarySaver",
    "get_default_monitors",
]


def _writer(make: Callable[[str], Any], folder: str) -> Any:
    """Makes what writes into a folder, which wants to be in a graph, whichever."""
    if not tf.executing_eagerly():
        return make(folder)
    with tf.Graph().as_default():
        return make(folder)


class SummarySaver(EveryN):
    """Writes summaries.

    Args:
        summary_op: The summary; the scaffold's unless given.
        save_steps: At which steps.
        output_dir: The folder; the estimator's unless given.
        summary_writer: What writes instead.
        scaffold: Has a summary.
    """

    def __init__(
        self,
        summary_op: Tensor | None,
        save_steps: int = 100,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
    ) -> None:
        super().__init__(save_steps)
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        if summary_writer is None and output_dir:
            self._summary_writer = _writer(tf.summary.FileWriter, output_dir)
        self._scaffold = scaffold

    def set_estimator(self, estimator: Any) -> None:
        """Writes where the estimator does, unless told where."""
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = _writer(tf.summary.FileWriter, estimator.model_dir)

    def every_n_step_begin(self, step: int) -> list[Any]:
        """Asks for the summary."""
        if self._summary_op is None and self._scaffold is not None:
            self._summary_op = self._scaffold.summary_op
        return [] if self._summary_op is None else [self._summary_op]

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Writes it."""
        if self._summary_op is not None and self._summary_writer:
            self._summary_writer.add_summary(output_of(outputs, self._summary_op), step)
        return False

    def end(self, session: Any = None) -> None:
        """Writes what still waits."""
        super().end(session)
        if self._summary_writer:
            self._summary_writer.flush()


class CheckpointSaver(BaseMonitor):
    """Writes checkpoints.

    Args:
        checkpoint_dir: The folder.
        save_secs: After how many seconds.
        save_steps: After how many steps.
        saver: What saves; the scaffold's unless given.
        checkpoint_basename: How their names begin.
        scaffold: Has a saver.

    Raises:
        ValueError: Both seconds and steps are given, or none.
    """

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
    ) -> None:
        super().__init__()
        if save_steps is None and save_secs is None:
            raise ValueError("Either save_steps or save_secs should be provided")
        if save_steps is not None and save_secs is not None:
            raise ValueError("Can not provide both save_steps and save_secs.")
        self._saver = saver
        self._scaffold = scaffold
        self._summary_writer = _writer(tf.summary.FileWriterCache.get, checkpoint_dir)
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._save_secs = save_secs
        self._save_steps = save_steps
        self._forget()

    def _forget(self) -> None:
        self._saved_time: float | None = None
        self._saved_step: int | None = None
        self._begun_step: int | None = None

    def begin(self, max_steps: int | None = None) -> None:
        """Starts to count."""
        super().begin(max_steps)
        self._forget()

    def step_begin(self, step: int) -> list[Any]:
        """Remembers the step."""
        super().step_begin(step)
        self._begun_step = step
        return []

    def post_step(self, step: int, session: Any) -> None:
        """Saves after the first step, and when it is time."""
        super().post_step(step, session)
        if self._saved_step is None or self._saved_time is None:
            due = True
        elif self._save_steps is not None:
            due = step >= self._saved_step + self._save_steps
        else:
            due = time.time() >= self._saved_time + (self._save_secs or 0)
        if due:
            self._save(step, session)

    def end(self, session: Any = None) -> None:
        """Saves the last step, where it is not."""
        super().end(session)
        self._save(self._begun_step, session)

    def _save(self, step: int | None, session: Any) -> None:
        if step == self._saved_step:
            return
        tf.logging.info("Saving checkpoints for %d into %s.", step, self._save_path)
        self._saved_time, self._saved_step = time.time(), step
        saver = self._scaffold.saver if self._saver is None else self._saver
        saver.save(session, self._save_path, global_step=step)
        said = tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=self._save_path)
        self._summary_writer.add_session_log(said, step)


class StepCounter(EveryN):
    """Writes how many steps there are in a second.

    Args:
        every_n_steps: At which steps.
        output_dir: The folder; the estimator's unless given.
        summary_writer: What writes instead.
    """

    def __init__(
        self,
        every_n_steps: int = 100,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        super().__init__(every_n_steps)
        self._reported: tuple[int, float] | None = None
        self._summary_writer = summary_writer
        if summary_writer is None and output_dir:
            self._summary_writer = _writer(tf.summary.FileWriterCache.get, output_dir)

    def set_estimator(self, estimator: Any) -> None:
        """Writes where the estimator does, unless told where."""
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = _writer(tf.summary.FileWriterCache.get, estimator.model_dir)

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Writes the speed since the last time."""
        now = time.time()
        if self._reported is not None and self._summary_writer:
            step_before, before = self._reported
            speed = (step - step_before) / (now - before)
            value = tf.Summary.Value(tag="global_step/sec", simple_value=speed)
            self._summary_writer.add_summary(tf.Summary(value=[value]), step)
        self._reported = step, now
        return None


class ExportMonitor(EveryN):
    """Exports the estimator, as a session bundle.

    Args:
        every_n_steps: At which steps.
        export_dir: The folder.
        input_fn: Makes features of serialized Examples, or, without arguments, features and labels.
        input_feature_key: Which of the features is what is fed.
        exports_to_keep: How many exports are kept.
        signature_fn: Says what the model takes and gives.
        default_batch_size: How many Examples are fed; None for any number.
    """

    def __init__(
        self,
        every_n_steps: int,
        export_dir: str,
        input_fn: Callable[..., Any] | None = None,
        input_feature_key: str | None = None,
        exports_to_keep: int | None = 5,
        signature_fn: Callable[..., Any] | None = None,
        default_batch_size: int | None = 1,
    ) -> None:
        super().__init__(every_n_steps)
        self._export_dir = export_dir
        self._exports_to_keep = exports_to_keep
        self._signature_fn = signature_fn
        self._settings = {
            "input_fn": input_fn,
            "default_batch_size": default_batch_size,
            "input_feature_key": input_feature_key,
            "use_deprecated_input_fn": input_fn is None,
        }
        self._last_export_dir: bytes | None = None

    @property
    def export_dir(self) -> str:
        """The folder."""
        return self._export_dir

    @property
    def exports_to_keep(self) -> int | None:
        """How many exports are kept."""
        return self._exports_to_keep

    @property
    def signature_fn(self) -> Callable[..., Any] | None:
        """What says what the model takes and gives."""
        return self._signature_fn

    @property
    def last_export_dir(self) -> bytes | None:
        """Where the last export is."""
        return self._last_export_dir

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Exports the latest checkpoint."""
        self._export()
        return None

    def end(self, session: Any = None) -> None:
        """Exports the last checkpoint."""
        super().end(session)
        if tf.train.latest_checkpoint(self._estimator.model_dir) is None:
            tf.logging.info("Skipping export at the end since model has not been saved yet.")
            return
        self._export()

    def _export(self) -> None:
        if not hasattr(self._estimator, "export"):
            raise ValueError(
                "ExportMonitor does not support `tf.estimator.Estimator. `. Please pass an "
                "ExportStrategy to Experiment instead."
            )
        try:
            self._last_export_dir = self._estimator.export(
                self.export_dir,
                exports_to_keep=self.exports_to_keep,
                signature_fn=self.signature_fn,
                **self._settings,
            )
        except RuntimeError:
            tf.logging.info("Skipping the export: the checkpoint has been exported before.")


def get_default_monitors(
    loss_op: Tensor | None = None,
    summary_op: Tensor | None = None,
    save_summary_steps: int = 100,
    output_dir: str | None = None,
    summary_writer: Any = None,
) -> list[Any]:
    """Makes the monitors of most trainings.

    Args:
        loss_op: A loss, which is logged.
        summary_op: A summary, which is written.
        save_summary_steps: At which steps.
        output_dir: Where summaries are written.
        summary_writer: What writes them instead.

    Returns:
        The monitors.
    """
    monitors: list[Any] = []
    if loss_op is not None:
        monitors.append(PrintTensor({"loss": loss_op.name}))
    if summary_op is not None:
        monitors.append(SummarySaver(summary_op, save_summary_steps, output_dir, summary_writer))
    return monitors
