"""contrib.learn's ValidationMonitor: measures an estimator while it is trained."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._interfaces import is_of_today
from graphkit.tf1._contrib._learn._monitors import EveryN

__all__ = ["ValidationMonitor"]


class ValidationMonitor(EveryN):
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
        super().__init__(every_n_steps, first_n_steps=-1)
        self.x = x
        self.y = y
        self.input_fn = input_fn
        self.batch_size = batch_size
        self.eval_steps = eval_steps
        self.metrics = metrics
        self.hooks = hooks
        self.early_stopping_rounds = early_stopping_rounds
        self.early_stopping_metric = early_stopping_metric
        self.early_stopping_metric_minimize = early_stopping_metric_minimize
        self.name = name
        self._interval = check_interval_secs
        self._checked: float | None = None
        self._evaluated: str | None = None
        self._best_step: int | None = None
        self._best_metrics: dict[str, Any] | None = None
        self._stopped = False

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
        best = self._best_metrics
        return None if best is None else best[self.early_stopping_metric]

    @property
    def best_metrics(self) -> dict[str, Any] | None:
        """All values when the best one was found."""
        return self._best_metrics

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Evaluates, where there is a new checkpoint.

        Args:
            step: The step.
            outputs: Nothing was asked for.

        Returns:
            Whether training ends.

        Raises:
            ValueError: There is no estimator, or it takes less than the monitor was given, or it
                does not measure `early_stopping_metric`.
        """
        if self._estimator is None:
            raise ValueError("Missing call to set_estimator.")
        now = time.monotonic()
        if self._interval is not None and self._checked is not None:
            if now - self._checked <= self._interval:
                return False
        self._checked = now
        checkpoint = tf.train.latest_checkpoint(self._estimator.model_dir)
        if checkpoint is None or checkpoint == self._evaluated:
            return False
        self._evaluated = checkpoint
        found = self._measured(checkpoint)
        told = ", ".join(f"{name} = {value}" for name, value in found.items())
        tf.logging.info("Validation (step %d): %s", step, told)
        return self._compare(step, found)

    def _measured(self, checkpoint: str) -> dict[str, Any]:
        arrays = {
            "x": self.x,
            "y": self.y,
            "batch_size": self.batch_size,
            "metrics": self.metrics,
        }
        if is_of_today(self._estimator):
            if any(value is not None for value in arrays.values()):
                raise ValueError(
                    "tf.estimator.Estimator does not support following arguments: x, y, "
                    "batch_size, metrics. Should set as `None` in ValidationMonitor"
                )
            arrays = {}
        found: dict[str, Any] = self._estimator.evaluate(
            input_fn=self.input_fn,
            steps=self.eval_steps,
            hooks=self.hooks,
            name=self.name,
            checkpoint_path=checkpoint,
            **arrays,
        )
        return found

    def _compare(self, step: int, found: dict[str, Any]) -> bool:
        """Remembers the best values, and says whether there are no better ones for too long."""
        rounds, metric = self.early_stopping_rounds, self.early_stopping_metric
        if rounds is None:
            return False
        if metric not in found:
            raise ValueError(f"Metric {metric} missing from outputs {sorted(found)}.")
        value, best = found[metric], self.best_value
        better = best is None or (
            value < best if self.early_stopping_metric_minimize else value > best
        )
        if self._best_step is None or better:
            self._best_step, self._best_metrics = step, dict(found)
        self._stopped = bool(step - self._best_step >= rounds)
        if self._stopped:
            best_step = self._best_step
            tf.logging.info(f"Stopping. Best step: {best_step} with {metric} = {self.best_value}.")
        return self._stopped
