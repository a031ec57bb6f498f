"""contrib.learn's linear estimators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphkit.tf1._contrib._learn._classifiers import Classifier, Regressor, require_parts
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._head_makers import multi_class_head, regression_head
from graphkit.tf1._contrib._learn._model_fns import linear_model_fn

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
        require_parts(_joint_weight)
        head = multi_class_head(
            n_classes,
            weight_column_name=weight_column_name,
            enable_centered_bias=enable_centered_bias,
            label_keys=label_keys,
        )
        params = {
            "head": head,
            "feature_columns": tuple(feature_columns or ()),
            "optimizer": optimizer,
            "gradient_clip_norm": gradient_clip_norm,
        }
        super().__init__(linear_model_fn, model_dir, config, params, feature_engineering_fn)


class LinearRegressor(Regressor):
    """A linear regressor.

    Args:
        feature_columns: The columns.
        model_dir: Where everything is written.
        weight_column_name: The feature with the weights of examples.
        optimizer: An optimizer, its name, or a function that makes it; Ftrl unless given.
        gradient_clip_norm: The largest norm of all gradients together.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        label_dimension: How many numbers there are for each example.
        _joint_weights: Only False: one variable for all columns is not available.
        config: The settings of the run.
        feature_engineering_fn: Changes features and labels first.

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
        require_parts(_joint_weights)
        head = regression_head(
            weight_column_name=weight_column_name,
            label_dimension=label_dimension,
            enable_centered_bias=enable_centered_bias,
        )
        params = {
            "head": head,
            "feature_columns": tuple(feature_columns or ()),
            "optimizer": optimizer,
            "gradient_clip_norm": gradient_clip_norm,
        }
        super().__init__(linear_model_fn, model_dir, config, params, feature_engineering_fn)


class LinearEstimator(Estimator):
    """A linear model below a head.

    Args:
        feature_columns: The columns.
        head: The head, from `contrib.learn.head` or `contrib.estimator`.
        model_dir: Where everything is written.
        weight_column_name: The feature with the weights of examples.
        optimizer: An optimizer, its name, or a function that makes it; Ftrl unless given.
        gradient_clip_norm: The largest norm of all gradients together.
        _joint_weights: Only False: one variable for all columns is not available.
        config: The settings of the run.
        feature_engineering_fn: Changes features and labels first.

    Raises:
        ValueError: An argument has no value of its kind.
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
        require_parts(_joint_weights)
        params = {
            "head": head,
            "feature_columns": tuple(feature_columns or ()),
            "optimizer": optimizer,
            "gradient_clip_norm": gradient_clip_norm,
        }
        super().__init__(linear_model_fn, model_dir, config, params, feature_engineering_fn)
