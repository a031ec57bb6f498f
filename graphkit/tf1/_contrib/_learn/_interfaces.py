"""What contrib.learn asked of everything that can be trained and measured."""

from __future__ import annotations

import abc
from typing import Any

from graphkit.tf1._namespace import load

__all__ = ["Evaluable", "NotFittedError", "Trainable", "is_of_today"]


class NotFittedError(ValueError, AttributeError):
    """An estimator is asked for something before it was trained."""


class Evaluable(abc.ABC):
    """What an Experiment can measure."""

    @property
    @abc.abstractmethod
    def model_dir(self) -> Any:
        """Where its checkpoints are."""

    @abc.abstractmethod
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        feed_fn: Any = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: Any = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
    ) -> Any:
        """Measures the model.

        Args:
            x: Features, an array or name to array.
            y: Labels.
            input_fn: Makes features and labels, instead of `x` and `y`.
            feed_fn: Gives what is fed in each step.
            batch_size: B.
            steps: How many steps; all unless given.
            metrics: Name to a MetricSpec.
            name: Where the results are written.
            checkpoint_path: The checkpoint; the latest unless given.
            hooks: Hooks.

        Returns:
            Name to value.
        """


class Trainable(abc.ABC):
    """What an Experiment can train."""

    @abc.abstractmethod
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        steps: int | None = None,
        batch_size: int | None = None,
        monitors: Any = None,
        max_steps: int | None = None,
    ) -> Any:
        """Trains the model.

        Args:
            x: Features, an array or name to array.
            y: Labels.
            input_fn: Makes features and labels, instead of `x` and `y`.
            steps: How many more steps.
            batch_size: B.
            monitors: Hooks.
            max_steps: How many steps in all.

        Returns:
            This object.
        """


def is_of_today(estimator: Any) -> bool:
    """Tells the estimators of `tf.estimator` from all others.

    Args:
        estimator: An estimator.

    Returns:
        Whether it is one of `tf.estimator`, and none of contrib.learn.
    """
    core = load("graphkit.tf1.estimator").Estimator
    return isinstance(estimator, core) and not isinstance(estimator, Evaluable)
