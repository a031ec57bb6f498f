"""contrib.learn's experiments: an estimator, and what it is trained and measured with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit.tf1._namespace import load

__all__ = ["Experiment", "run"]

_estimator: Any = load("graphkit.tf1.estimator")


class Experiment:
    """An estimator with its inputs.

    Args:
        estimator: The estimator.
        train_input_fn: Makes features and labels for training.
        eval_input_fn: Makes features and labels for measuring.
        eval_metrics: Name to a MetricSpec, for estimators of contrib.learn.
        train_steps: How many steps in all.
        eval_steps: How many steps a measurement takes.
        train_monitors: Hooks for training.
        eval_hooks: Hooks for measuring.
        eval_delay_secs: How long the first measurement waits.
        min_eval_frequency: Kept for callers that pass it.
        more: Kept for callers that pass more.
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
        eval_delay_secs: float = 120,
        min_eval_frequency: int | None = None,
        **more: Any,
    ) -> None:
        self._estimator = estimator
        self._train_input_fn = train_input_fn
        self._eval_input_fn = eval_input_fn
        self._eval_metrics = eval_metrics
        self._train_steps = train_steps
        self._eval_steps = eval_steps
        self._train_hooks = list(train_monitors or [])
        self._eval_hooks = list(eval_hooks or [])
        self._delay = eval_delay_secs

    @property
    def estimator(self) -> Any:
        """The estimator."""
        return self._estimator

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

    def train(self, delay_secs: float | None = None) -> Any:
        """Trains.

        Args:
            delay_secs: Kept for callers that pass it.

        Returns:
            The estimator.
        """
        return self._estimator.train(
            self._train_input_fn, hooks=self._train_hooks, max_steps=self._train_steps
        )

    def evaluate(self, delay_secs: float | None = None, name: str | None = None) -> Any:
        """Measures.

        Args:
            delay_secs: Kept for callers that pass it.
            name: Where the results are written.

        Returns:
            Name to value.
        """
        metrics = {"metrics": self._eval_metrics} if self._eval_metrics else {}
        return self._estimator.evaluate(
            input_fn=self._eval_input_fn,
            steps=self._eval_steps,
            hooks=self._eval_hooks,
            name=name,
            **metrics,
        )

    def train_and_evaluate(self) -> Any:
        """Trains, and measures whenever a checkpoint is written and at the end.

        Returns:
            The last measurement, and what was exported.
        """
        if self._eval_metrics:
            self.train()
            return self.evaluate(), []
        return _estimator.train_and_evaluate(
            self._estimator,
            _estimator.TrainSpec(
                self._train_input_fn, max_steps=self._train_steps, hooks=self._train_hooks
            ),
            _estimator.EvalSpec(
                self._eval_input_fn,
                steps=self._eval_steps,
                hooks=self._eval_hooks,
                start_delay_secs=int(self._delay),
            ),
        )


def run(
    experiment_fn: Callable[..., Experiment],
    output_dir: str | None = None,
    schedule: str | None = None,
    run_config: Any = None,
    hparams: Any = None,
) -> Any:
    """Makes an experiment and runs it.

    Args:
        experiment_fn: Makes it, of the output folder, or of `run_config` and `hparams`.
        output_dir: The folder.
        schedule: The method that is run; `train_and_evaluate` unless given.
        run_config: The settings of the run.
        hparams: The settings of the model.

    Returns:
        What the method returns.
    """
    if run_config is not None:
        experiment = experiment_fn(run_config=run_config, hparams=hparams)
    else:
        experiment = experiment_fn(output_dir=output_dir)
    return getattr(experiment, schedule or "train_and_evaluate")()
