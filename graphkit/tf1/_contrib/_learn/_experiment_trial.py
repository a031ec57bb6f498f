"""What every experiment does one step of: training, measuring and exporting an estimator."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from graphkit.tf1._contrib._learn._experiment_parts import strategies
from graphkit.tf1._contrib._learn._interfaces import Evaluable, Trainable
from graphkit.tf1._contrib._learn._monitors import replace_monitors_with_hooks
from graphkit.tf1._namespace import load

__all__ = ["Trial"]

_estimator: Any = load("graphkit.tf1.estimator")


class Trial:
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

    def _train(self, hooks: list[Any], **steps: Any) -> Any:
        hooks = replace_monitors_with_hooks(hooks, self._estimator)
        if self._old:
            return self._estimator.fit(input_fn=self._train_input_fn, monitors=hooks, **steps)
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

    def _evaluate_and_export(self) -> tuple[Any, list[Any]]:
        found = self._evaluate(name=None)
        return found, self._export(found)

    def _is_trained(self, found: Any) -> bool:
        step = (found or {}).get("global_step")
        return bool(step and self._train_steps and step >= self._train_steps)

    def _export(self, found: Any, checkpoint: str | None = None) -> list[Any]:
        folder = os.path.join(self._estimator.model_dir, "export")
        return [
            made.export(self._estimator, os.path.join(folder, made.name), checkpoint, found)
            for made in self._exports
        ]
