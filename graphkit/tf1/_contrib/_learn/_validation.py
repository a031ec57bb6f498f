"""contrib.learn's ValidationMonitor: measures an estimator while it is trained."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import tf

__all__ = ["ValidationMonitor"]


class ValidationMonitor(tf.train.SessionRunHook):  # type: ignore[misc]
    """Evaluates the latest checkpoint every so many steps, and can end the training.

    Args:
        x: Features, an array or name to array.
        y: Labels.
        input_fn: Makes features and labels, instead of `x` and `y`.
        batch_size: B.
        eval_steps: How many steps an evaluation takes.
        every_n_steps: After how many steps it is made; nothing happens without a new checkpoint.
        metrics: Name to a MetricSpec.
        hooks: Hooks of the evaluation.
        early_stopping_rounds: After how many steps without a better value training ends.
        early_stopping_metric: Which value.
        early_stopping_metric_minimize: Whether smaller is better.
        name: Where the results are written.
        check_interval_secs: How long it waits before it looks for a checkpoint again.

    Raises:
        ValueError: There is nothing to evaluate on.
    """

    def __init__(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable[[], Any] | None = None,
        batch_size: int | None = None,
        eval_steps: int | None = None,
        every_n_steps: int = 100,
        metrics: Mapping[str, Any] | None = None,
        hooks: Any = None,
        early_stopping_rounds: int | None = None,
        early_stopping_metric: str = "loss",
        early_stopping_metric_minimize: bool = True,
        name: str | None = None,
        check_interval_secs: float | None = 5,
    ) -> None:
        if x is None and input_fn is None:
            raise ValueError("Either x or input_fn should be provided.")
        evaluation = {
            "x": x,
            "y": y,
            "input_fn": input_fn,
            "batch_size": batch_size,
            "steps": eval_steps,
            "metrics": metrics,
            "hooks": hooks,
            "name": name,
        }
        # An estimator of tf.estimator takes fewer of them.
        self._evaluation = {key: value for key, value in evaluation.items() if value is not None}
        self._interval = check_interval_secs
        self._checked: float | None = None
        self._every = every_n_steps
        self._rounds = early_stopping_rounds
        self._metric = early_stopping_metric
        self._minimize = early_stopping_metric_minimize
        self._estimator: Any = None
        self._evaluated: str | None = None
        self._last_step: int | None = None
        self._best_step: int | None = None
        self._best_metrics: dict[str, Any] | None = None
        self._stopped = False

    def set_estimator(self, estimator: Any) -> None:
        """Says what is evaluated.

        Args:
            estimator: The estimator that is trained.
        """
        self._estimator = estimator

    @property
    def early_stopped(self) -> bool:
        """Whether training was ended."""
        return self._stopped

    @property
    def best_step(self) -> int | None:
        """When the best value was found."""
        return self._best_step

    @property
    def best_value(self) -> Any:
        """The best value of the metric."""
        return None if self._best_metrics is None else self._best_metrics[self._metric]

    @property
    def best_metrics(self) -> dict[str, Any] | None:
        """All values when the best one was found."""
        return self._best_metrics

    def before_run(self, run_context: Any) -> Any:
        """Asks for the step.

        Args:
            run_context: The run.

        Returns:
            What is run as well.
        """
        return tf.train.SessionRunArgs(tf.train.get_global_step())

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Evaluates, when it is time.

        Args:
            run_context: The run.
            run_values: The step.
        """
        step = int(run_values.results) + 1
        if self._last_step is not None and step < self._last_step + self._every:
            return
        self._last_step = step
        if self._estimator is None:
            raise ValueError("Missing call to set_estimator.")
        if self._interval and self._checked is not None:
            if time.monotonic() - self._checked <= self._interval:
                return
        self._checked = time.monotonic()
        checkpoint = tf.train.latest_checkpoint(self._estimator.model_dir)
        if checkpoint is None or checkpoint == self._evaluated:
            return
        self._evaluated = checkpoint
        found = self._estimator.evaluate(checkpoint_path=checkpoint, **self._evaluation)
        if self._rounds is not None and self._metric not in found:
            raise ValueError(f"early_stopping_metric {self._metric!r} is not among {sorted(found)}")
        self._compare(step, found, run_context)

    def _compare(self, step: int, found: dict[str, Any], run_context: Any) -> None:
        if self._rounds is None:
            return
        value, best = found[self._metric], self.best_value
        if best is None or (value < best if self._minimize else value > best):
            self._best_step, self._best_metrics = step, dict(found)
        elif self._best_step is not None and step - self._best_step >= self._rounds:
            tf.logging.info("Stopping. Best step: %s with %s.", self._best_step, best)
            self._stopped = True
            run_context.request_stop()
