"""contrib.learn's linear estimators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphkit.tf1._contrib._learn._classifiers import Classifier, Regressor
from graphkit.tf1._contrib._learn._model_fns import linear_model_fn
from graphkit.tf1._contrib._learn._ready import ReadyEstimator
from graphkit.tf1._contrib._sdca import SDCAOptimizer

__all__ = ["LinearClassifier", "LinearEstimator", "LinearRegressor"]


class LinearClassifier(Classifier):
    """A linear classifier.

    Args:
        feature_columns: The columns.
        model_dir: Where everything is written.
        n_classes: How many classes there are.
        weight_column_name: The feature with the weights of examples.
        optimizer: An optimizer, its name, or a function that makes it; Ftrl unless given.
        gradient_clip_norm: The largest norm of all gradients together.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        _joint_weight: Only False: one variable for all columns is not available.
        config: The settings of the run.
        feature_engineering_fn: Changes features and labels first.
        label_keys: The classes' names, where labels are words.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        _joint_weight: bool = False,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        label_keys: Sequence[str] | None = None,
    ) -> None:
        self._set_up(linear_model_fn, locals())


class LinearRegressor(Regressor):
    """A linear regressor.

    The other arguments are those of `LinearClassifier`.

    Args:
        label_dimension: How many numbers there are for each example.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        label_dimension: int = 1,
        _joint_weights: bool = False,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
    ) -> None:
        self._set_up(linear_model_fn, locals())


class LinearEstimator(ReadyEstimator):
    """A linear model below a head.

    The other arguments are those of `LinearClassifier`.

    Args:
        head: The head, from `contrib.learn.head` or `contrib.estimator`.

    Raises:
        ValueError: An argument has no value of its kind, or the optimizer is an SDCAOptimizer.
    """

    def __init__(
        self,
        feature_columns: Iterable[Any],
        head: Any,
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        gradient_clip_norm: float | None = None,
        _joint_weights: bool = False,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
    ) -> None:
        if isinstance(optimizer, SDCAOptimizer):
            raise ValueError("LinearEstimator does not support SDCA optimizer.")
        self._set_up(linear_model_fn, locals())
