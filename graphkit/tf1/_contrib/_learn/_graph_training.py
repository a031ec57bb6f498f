"""contrib.learn.graph_actions.train: a graph trained by a Supervisor, watched by monitors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._training_services import TrainingServices
from graphkit.tf1._contrib._learn._writing_monitors import get_default_monitors
from graphkit.tf1._namespace import load

__all__ = ["train"]

_global_step: Any = load("graphkit.tf1.contrib.framework:assert_or_get_global_step")


def train(
    graph: tf.Graph,
    output_dir: str,
    train_op: Any,
    loss_op: Tensor,
    global_step_tensor: Any = None,
    init_op: Any = None,
    init_feed_dict: Mapping[Any, Any] | None = None,
    init_fn: Callable[[Any], None] | None = None,
    log_every_steps: int = 10,
    supervisor_is_chief: bool = True,
    supervisor_master: str = "",
    supervisor_save_model_secs: int = 600,
    keep_checkpoint_max: int | None = 5,
    supervisor_save_summaries_steps: int = 100,
    feed_fn: Callable[[], Mapping[Any, Any]] | None = None,
    steps: int | None = None,
    fail_on_nan_loss: bool = True,
    monitors: Iterable[Any] | None = None,
    max_steps: int | None = None,
) -> Any:
    """Trains a graph until the last step, the end of its inputs, or a monitor's word.

    Args:
        graph: The graph.
        output_dir: Where checkpoints and summaries are written, and read from if there are any.
        train_op: The op of one step, which counts the global step.
        loss_op: A scalar.
        global_step_tensor: The global step; the graph's unless given.
        init_op: Initialises what no checkpoint has.
        init_feed_dict: Fed to `init_op`.
        init_fn: Called with the session after `init_op`.
        log_every_steps: How often the loss is logged.
        supervisor_is_chief: Whether this process writes.
        supervisor_master: The session's target.
        supervisor_save_model_secs: How often a checkpoint is written.
        keep_checkpoint_max: How many are kept.
        supervisor_save_summaries_steps: How often summaries are written, without `monitors`.
        feed_fn: Gives what is fed in each step.
        steps: How many more steps.
        fail_on_nan_loss: Whether a loss that is no number ends the training.
        monitors: Monitors.
        max_steps: How many steps in all.

    Returns:
        The last loss, or None where there was no step.

    Raises:
        ValueError: Both numbers of steps are given, or something is missing.
        NanLossDuringTrainingError: The loss is no number.
    """
    _check(output_dir, train_op, loss_op, steps, max_steps)
    with graph.as_default():
        step = _global_step(global_step_tensor)
        if step is None:
            raise ValueError('No "global_step" was provided or found in the graph.')
        writer = tf.summary.FileWriterCache.get(output_dir) if supervisor_is_chief else None
        if supervisor_is_chief and not monitors:
            monitors = _default_monitors(loss_op, writer, supervisor_save_summaries_steps)
        if steps:
            max_steps = _step_of(output_dir, step) + steps
        watching = _begun(monitors or (), supervisor_is_chief, max_steps)
        saver = tf.train.Saver(sharded=True, max_to_keep=keep_checkpoint_max)
    supervisor = tf.train.Supervisor(
        graph,
        init_op=init_op or tf.train.Supervisor.USE_DEFAULT,
        init_feed_dict=init_feed_dict,
        is_chief=supervisor_is_chief,
        logdir=output_dir,
        saver=saver,
        global_step=step,
        summary_op=None,
        summary_writer=writer,
        init_fn=init_fn,
    )
    session = supervisor.PrepareSession(supervisor_master, start_standard_services=False)
    supervisor.StartQueueRunners(session)
    loop = _Loop(session, [train_op, loss_op], step, watching, fail_on_nan_loss, log_every_steps)
    with session, _ended(supervisor, session, watching):
        if supervisor_is_chief:
            loop.serve_with(TrainingServices(supervisor, session, supervisor_save_model_secs))
        loop.run(supervisor.ShouldStop, feed_fn, max_steps)
    return loop.loss


def _default_monitors(loss: Tensor, writer: Any, every_steps: int) -> list[Any]:
    summaries = tf.summary.merge_all()
    found: list[Any] = get_default_monitors(loss, summaries, every_steps, summary_writer=writer)
    return found


def _begun(monitors: Iterable[Any], is_chief: bool, max_steps: int | None) -> list[Any]:
    """The monitors that watch this process; they may add to the graph."""
    watching = [monitor for monitor in monitors if is_chief or monitor.run_on_all_workers]
    for monitor in watching:
        monitor.begin(max_steps=max_steps)
    return watching


@contextmanager
def _ended(supervisor: Any, session: Any, monitors: list[Any]) -> Iterator[None]:
    """Ends a training, however it comes to its end: with a checkpoint, and a word to monitors."""
    try:
        yield
    finally:
        supervisor.Stop(close_summary_writer=False)
        if supervisor.is_chief:
            step = session.run(supervisor.global_step)
            supervisor.saver.save(session, supervisor.save_path, global_step=step)
            for monitor in monitors:
                monitor.end()


class _Loop:
    """The steps of a training, and the loss of the last."""

    def __init__(
        self,
        session: Any,
        fetches: list[Any],
        step: Any,
        monitors: list[Any],
        fail_on_nan: bool,
        log_every: int,
    ) -> None:
        self._session, self._step = session, step
        self._fetches = fetches
        self._monitors = monitors
        self._fail_on_nan, self._log_every = fail_on_nan, log_every
        self._serve: Callable[[int], None] = lambda step: None
        self.loss: Any = None

    def serve_with(self, services: TrainingServices) -> None:
        """Lets services do what they do, now and after each step."""
        services.start(self._session.run(self._step))
        self._serve = services.serve

    def run(self, should_stop: Callable[[], bool], feed_fn: Any, max_steps: int | None) -> None:
        """Runs steps until there is a reason to stop."""
        last = logged = self._session.run(self._step)
        try:
            while not should_stop() and (max_steps is None or last < max_steps):
                start = time.monotonic()
                if self._one(last + 1, feed_fn() if feed_fn else None):
                    return
                last = self._session.run(self._step)
                self._serve(last)
                if last - logged >= self._log_every or last == max_steps:
                    took = time.monotonic() - start
                    form = "training step %d, loss = %.5f (%.3f sec/batch)."
                    tf.logging.info(form, last, self.loss, took)
                    logged = last
        except (tf.errors.OutOfRangeError, StopIteration) as end:
            tf.logging.info("The inputs of the training have ended: %s", end)

    def _one(self, number: int, feed: Any) -> bool:
        """Runs a step, and says whether a monitor wants it to be the last."""
        asked = [each for monitor in self._monitors for each in monitor.step_begin(number)]
        wanted = list(dict.fromkeys(self._fetches + asked))
        values = self._session.run(wanted, feed)
        found = {
            each.name if isinstance(each, tf.Tensor) else each: value
            for each, value in zip(wanted, values, strict=True)
        }
        # Asked, every one of them, even if the first says stop.
        stops = [monitor.step_end(number, found) for monitor in self._monitors]
        self.loss = found[self._fetches[1].name]
        if np.isnan(self.loss) and self._fail_on_nan:
            raise tf.train.NanLossDuringTrainingError
        return any(stops)


def _check(
    output_dir: str, train_op: Any, loss_op: Any, steps: int | None, max_steps: int | None
) -> None:
    if steps is not None and max_steps is not None:
        raise ValueError("Can not provide both steps and max_steps.")
    if not output_dir:
        raise ValueError(f"Output directory should be non-empty {output_dir}.")
    for name, given in (("train_op", train_op), ("loss_op", loss_op)):
        if given is None:
            raise ValueError(f"Missing {name}.")


def _step_of(folder: str, step: Any) -> int:
    """The global step of the last checkpoint."""
    latest = tf.train.latest_checkpoint(folder)
    name = step.op.name
    if latest is None or not tf.train.NewCheckpointReader(latest).has_tensor(name):
        return 0
    return int(tf.train.load_variable(latest, name))
