"""contrib.learn's experiments: an estimator, and what it is trained and measured with."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._experiment_parts import AfterSaving, predicate, server
from graphkit.tf1._contrib._learn._experiment_trial import Trial
from graphkit.tf1._contrib._learn._keys import Environment
from graphkit.tf1._contrib._learn._run_config import RunConfig
from graphkit.tf1._contrib._learn._validation import ValidationMonitor

__all__ = ["Experiment"]


class Experiment(Trial):
    """The ways to run a trial: its training and its measurements, one by one and in turns."""

    def train(self, delay_secs: float | None = None) -> Any:
        """Trains.

        Args:
            delay_secs: How long it waits first; unless given, later workers of a cluster wait, 5
                seconds for each worker before them.

        Returns:
            The estimator.
        """
        hooks = list(self._train_hooks)
        config = self._estimator.config
        if isinstance(config, RunConfig) and config.environment == Environment.CLOUD:
            if config.cluster_spec and config.master:
                server(self._estimator.config)
        if delay_secs is None:
            task = config.task_id or 0
            if self._wait_for_steps:
                hooks.append(tf.train.GlobalStepWaiterHook(int(8000 * math.log(task + 1))))
            delay_secs = 0 if self._wait_for_steps else min(60, task * 5)
        time.sleep(delay_secs)
        return self._train(hooks, max_steps=self._train_steps)

    def evaluate(self, delay_secs: float | None = None, name: str | None = None) -> Any:
        """Measures.

        Args:
            delay_secs: How long it waits first; `eval_delay_secs` unless given.
            name: Where the results are written.

        Returns:
            Name to value.
        """
        time.sleep(self._delay if delay_secs is None else delay_secs)
        return self._evaluate(name=name or "one_pass")

    def train_and_evaluate(self) -> tuple[Any, list[Any]]:
        """Trains, and measures new checkpoints and at the end.

        Returns:
            The last measurement, and what was exported.
        """
        return self._train_and_evaluate(self._every)

    def local_run(self) -> tuple[Any, list[Any]]:
        """Trains, and measures every `local_eval_frequency` steps and at the end.

        Returns:
            The last measurement, and what was exported.
        """
        return self._train_and_evaluate(self._local_every)

    def continuous_train_and_eval(
        self, continuous_eval_predicate_fn: Callable[..., bool] | None = None
    ) -> tuple[Any, Any]:
        """Trains and measures in turns.

        Args:
            continuous_eval_predicate_fn: Says of the last measurement, and of its checkpoint as
                `checkpoint_path` if it takes that, whether to go on.

        Returns:
            The last measurement, and what was exported.
        """
        go_on = predicate(continuous_eval_predicate_fn)
        steps = self._steps_at_once or (int(self._train_steps / 10) if self._train_steps else 1000)
        found, exported, checkpoint = None, None, None
        while go_on(found, checkpoint) and not self._is_trained(found):
            self._train(self._train_hooks, steps=steps)
            checkpoint = tf.train.latest_checkpoint(self._estimator.model_dir)
            found = self._evaluate(name="one_pass", checkpoint_path=checkpoint)
            exported = self._export(found)
        return found, exported

    def continuous_eval(
        self,
        delay_secs: float | None = None,
        throttle_delay_secs: float | None = None,
        evaluate_checkpoint_only_once: bool = True,
        continuous_eval_predicate_fn: Callable[..., bool] | None = None,
        name: str = "continuous",
    ) -> None:
        """Measures new checkpoints until the last step was trained.

        Args:
            delay_secs: How long it waits first; `eval_delay_secs` unless given.
            throttle_delay_secs: How long a turn takes at least.
            evaluate_checkpoint_only_once: Whether a checkpoint is measured once only.
            continuous_eval_predicate_fn: Says of the last measurement whether to go on.
            name: Where the results are written.
        """
        go_on = predicate(continuous_eval_predicate_fn)
        time.sleep(self._delay if delay_secs is None else delay_secs)
        pause = self._throttle if throttle_delay_secs is None else throttle_delay_secs
        found: Any = None
        before = None
        while go_on(found, before) and not self._is_trained(found):
            start = time.monotonic()
            latest = tf.train.latest_checkpoint(self._estimator.model_dir)
            if latest is None or (evaluate_checkpoint_only_once and latest == before):
                found = {}
            else:
                found = self._evaluate(name=name, checkpoint_path=latest) or {}
                self._export(found, latest)
                before = latest
            time.sleep(max(0, pause - (time.monotonic() - start)))

    def continuous_eval_on_train_data(
        self,
        delay_secs: float | None = None,
        throttle_delay_secs: float | None = None,
        continuous_eval_predicate_fn: Callable[..., bool] | None = None,
        name: str = "continuous_on_train_data",
    ) -> None:
        """Measures new checkpoints on what is trained with; exports nothing.

        Args:
            delay_secs: How long it waits first; `eval_delay_secs` unless given.
            throttle_delay_secs: How long a turn takes at least.
            continuous_eval_predicate_fn: Says of the last measurement whether to go on.
            name: Where the results are written.
        """
        kept = self._eval_input_fn, self._exports
        self._eval_input_fn, self._exports = self._train_input_fn, ()
        try:
            self.continuous_eval(
                delay_secs,
                throttle_delay_secs,
                continuous_eval_predicate_fn=continuous_eval_predicate_fn,
                name=name,
            )
        finally:
            self._eval_input_fn, self._exports = kept

    def test(self) -> Any:
        """Trains one step, measures one and exports.

        Returns:
            The measurement.
        """
        self._train(self._train_hooks, steps=1)
        found = self._evaluate(name="one_pass", steps=1)
        self._export(found)
        return found

    def run_std_server(self) -> None:
        """Serves this process's part of the cluster until it is ended.

        Raises:
            ValueError: The settings name no cluster or no task.
        """
        server(self._estimator.config).join()

    def _train_and_evaluate(self, every: int | None) -> tuple[Any, list[Any]]:
        kept, config = list(self._train_hooks), self._estimator.config
        listener = None
        if self._export_often and (config.save_checkpoints_secs or config.save_checkpoints_steps):
            listener = AfterSaving(self._evaluate_and_export)
            saver = tf.train.CheckpointSaverHook(
                self._estimator.model_dir,
                config.save_checkpoints_secs,
                config.save_checkpoints_steps,
                listeners=[listener],
            )
            self._train_hooks.append(saver)
        elif every:
            self._train_hooks.append(self._monitor(every))
        try:
            self.train(delay_secs=0)
        finally:
            self._train_hooks = kept
        return listener.found if listener else self._evaluate_and_export()

    def _monitor(self, every: int) -> ValidationMonitor:
        return ValidationMonitor(
            input_fn=self._eval_input_fn,
            eval_steps=self._eval_steps,
            metrics=self._eval_metrics,
            every_n_steps=every,
            hooks=self._eval_hooks,
            check_interval_secs=self._interval,
        )
