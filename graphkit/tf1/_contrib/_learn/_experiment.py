"""contrib.learn's experiments: an estimator, and what it is trained and measured with."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._experiment_parts import (
    AfterSaving,
    predicate,
    server,
    strategies,
)
from graphkit.tf1._contrib._learn._interfaces import Evaluable, Trainable
from graphkit.tf1._contrib._learn._keys import Environment
from graphkit.tf1._contrib._learn._run_config import RunConfig
from graphkit.tf1._contrib._learn._validation import ValidationMonitor
from graphkit.tf1._namespace import load

__all__ = ["Experiment"]

_estimator: Any = load("graphkit.tf1.estimator")


class Experiment:
    """An estimator with its inputs.

    Args:
        estimator: One of contrib.learn or of `tf.estimator`.
        train_input_fn: Makes features and labels for training.
        eval_input_fn: Makes features and labels for measuring.
        eval_metrics: Name to a MetricSpec, for estimators of contrib.learn.
        train_steps: How many steps in all; for ever unless given.
        eval_steps: How many steps a measurement takes; all unless given.
        train_monitors: Hooks for training.
        eval_hooks: Hooks for measuring.
        local_eval_frequency: After how many steps `local_run` measures; at the end unless given.
        eval_delay_secs: How long `evaluate` and the continuous measurements wait first.
        continuous_eval_throttle_secs: How long they take at least.
        min_eval_frequency: After how many steps `train_and_evaluate` looks for a new checkpoint to
            measure; 1 unless given, 0 to measure at the end only.
        delay_workers_by_global_step: Whether later workers wait for steps instead of seconds.
        export_strategies: What is exported after measuring: one ExportStrategy, or several.
        train_steps_per_iteration: How many steps `continuous_train_and_eval` trains at a time.
        checkpoint_and_export: Whether `train_and_evaluate` exports after every checkpoint as well.
        saving_listeners: Called around checkpoints, for estimators of `tf.estimator`.
        check_interval_secs: How long `train_and_evaluate` waits before it looks again.

    Raises:
        ValueError: The estimator is none, or an argument does not go with its kind.
    """

    def __init__(
        self,
        estimator: Any,
        train_input_fn: Callable[[], Any],
        eval_input_fn: Callable[[], Any],
        eval_metrics: Any = None,
        train_steps: int | None = None,
        eval_steps: int | None = 100,
        train_monitors: Any = None,
        eval_hooks: Any = None,
        local_eval_frequency: int | None = None,
        eval_delay_secs: float = 120,
        continuous_eval_throttle_secs: float = 60,
        min_eval_frequency: int | None = None,
        delay_workers_by_global_step: bool = False,
        export_strategies: Any = None,
        train_steps_per_iteration: int | None = None,
        checkpoint_and_export: bool = False,
        saving_listeners: Any = None,
        check_interval_secs: float = 5,
    ) -> None:
        self._old = isinstance(estimator, Evaluable) and isinstance(estimator, Trainable)
        if not self._old and not isinstance(estimator, _estimator.Estimator):
            raise ValueError(
                "`estimator` must implement `tf.contrib.learn.Evaluable` and `Trainable`, or be a "
                f"`tf.estimator.Estimator`; got {type(estimator).__name__}"
            )
        if not self._old and eval_metrics is not None:
            raise ValueError(
                "`eval_metrics` must be `None` with `tf.estimator.Estimator`. "
                "Use `eval_metric_ops` in `tf.estimator.EstimatorSpec` instead."
            )
        if self._old and saving_listeners is not None:
            raise ValueError("`saving_listeners` must be `None` with `tf.contrib.learn.Estimator`.")
        if not isinstance(train_steps_per_iteration, int | None):
            raise ValueError("`train_steps_per_iteration` must be an integer.")
        self._estimator = estimator
        self._train_input_fn = train_input_fn
        self._eval_input_fn = eval_input_fn
        self._eval_metrics = eval_metrics
        self._train_steps = train_steps
        self._eval_steps = eval_steps
        self._train_hooks = list(train_monitors or [])
        self._eval_hooks = list(eval_hooks or [])
        self._local_every = local_eval_frequency
        self._delay = eval_delay_secs
        self._throttle = continuous_eval_throttle_secs
        self._every = 1 if min_eval_frequency is None else min_eval_frequency
        self._wait_for_steps = delay_workers_by_global_step
        self._exports = strategies(export_strategies)
        self._steps_at_once = train_steps_per_iteration
        self._export_often = checkpoint_and_export
        self._listeners = saving_listeners
        self._interval = check_interval_secs

    @property
    def estimator(self) -> Any:
        """The estimator."""
        return self._estimator

    @property
    def eval_metrics(self) -> Any:
        """Name to a MetricSpec."""
        return self._eval_metrics

    @property
    def train_steps(self) -> int | None:
        """How many steps in all."""
        return self._train_steps

    @property
    def eval_steps(self) -> int | None:
        """How many steps a measurement takes."""
        return self._eval_steps

    def extend_train_hooks(self, additional_hooks: Any) -> None:
        """Adds hooks for training.

        Args:
            additional_hooks: The hooks.
        """
        self._train_hooks.extend(additional_hooks)

    def reset_export_strategies(self, new_export_strategies: Any = None) -> tuple[Any, ...]:
        """Changes what is exported.

        Args:
            new_export_strategies: One ExportStrategy, or several.

        Returns:
            Those before.
        """
        before, self._exports = self._exports, strategies(new_export_strategies)
        return before

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

    def _train(self, hooks: list[Any], **steps: Any) -> Any:
        if self._old:
            return self._estimator.fit(input_fn=self._train_input_fn, monitors=hooks, **steps)
        for hook in filter(lambda hook: hasattr(hook, "set_estimator"), hooks):
            hook.set_estimator(self._estimator)
        return self._estimator.train(
            self._train_input_fn, hooks=hooks, saving_listeners=self._listeners, **steps
        )

    def _evaluate(self, **options: Any) -> Any:
        if self._old:
            options["metrics"] = self._eval_metrics
        options.setdefault("steps", self._eval_steps)
        return self._estimator.evaluate(
            input_fn=self._eval_input_fn, hooks=self._eval_hooks, **options
        )

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

    def _evaluate_and_export(self) -> tuple[Any, list[Any]]:
        found = self._evaluate(name=None)
        return found, self._export(found)

    def _monitor(self, every: int) -> ValidationMonitor:
        return ValidationMonitor(
            input_fn=self._eval_input_fn,
            eval_steps=self._eval_steps,
            metrics=self._eval_metrics,
            every_n_steps=every,
            hooks=self._eval_hooks,
            check_interval_secs=self._interval,
        )

    def _is_trained(self, found: Any) -> bool:
        step = (found or {}).get("global_step")
        return bool(step and self._train_steps and step >= self._train_steps)

    def _export(self, found: Any, checkpoint: str | None = None) -> list[Any]:
        folder = os.path.join(self._estimator.model_dir, "export")
        return [
            made.export(self._estimator, os.path.join(folder, made.name), checkpoint, found)
            for made in self._exports
        ]
