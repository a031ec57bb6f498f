"""contrib.learn's estimators, as estimators of `tf.estimator` with their old methods."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from graphkit.tf1._contrib._learn._base_estimator import BaseEstimator
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps
from graphkit.tf1._namespace import load

__all__ = [
    "DNNClassifier",
    "DNNEstimator",
    "DNNLinearCombinedClassifier",
    "DNNLinearCombinedEstimator",
    "DNNLinearCombinedRegressor",
    "DNNRegressor",
    "Estimator",
    "LinearClassifier",
    "LinearEstimator",
    "LinearRegressor",
]

_estimator: Any = load("graphkit.tf1.estimator")
_CombinedClassifier: Any = _estimator.DNNLinearCombinedClassifier
_CombinedRegressor: Any = _estimator.DNNLinearCombinedRegressor
_CombinedEstimator: Any = _estimator.DNNLinearCombinedEstimator


class Estimator(BaseEstimator, _estimator.Estimator):  # type: ignore[misc]
    """An estimator of one's own, whose model function may return what contrib.learn's did.

    Args:
        model_fn: Makes the model: of features, labels and, as far as it takes them, mode, params,
            config and model_dir; returns predictions, loss and train op, or ModelFnOps.
        model_dir: Where everything is written.
        config: The settings of the run.
        params: Given to `model_fn`.
        feature_engineering_fn: Changes features and labels first.

    Raises:
        ValueError: `params` are given and the function takes none.
    """

    def __init__(
        self,
        model_fn: Callable[..., Any],
        model_dir: str | None = None,
        config: Any = None,
        params: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
    ) -> None:
        wanted = set(inspect.signature(model_fn).parameters)
        if params is not None and "params" not in wanted:
            raise ValueError(
                f"Estimator's model_fn ({model_fn}) does not have a params argument, but params "
                f"({params}) were passed to the Estimator's constructor."
            )

        def adapted(features: Any, labels: Any, mode: str, params: Any, config: Any) -> Any:
            old_mode = ModeKeys.INFER if mode == _estimator.ModeKeys.PREDICT else mode
            if feature_engineering_fn is not None:
                features, labels = feature_engineering_fn(features, labels)
            offered = {
                "mode": old_mode,
                "params": params,
                "config": config,
                "model_dir": self.model_dir,
            }
            given = {name: value for name, value in offered.items() if name in wanted}
            return _spec(model_fn(features, labels, **given), mode)

        super().__init__(adapted, model_dir=model_dir, config=config, params=params or {})


def _spec(made: Any, mode: str) -> Any:
    if isinstance(made, _estimator.EstimatorSpec):
        return made
    if not isinstance(made, ModelFnOps):
        if len(made) != 3:
            raise ValueError(
                f"Unrecognized value returned by model_fn, {made}; please return ModelFnOps."
            )
        made = ModelFnOps(mode, *made)
    return _estimator.EstimatorSpec(
        mode,
        predictions=made.predictions,
        loss=None if mode == _estimator.ModeKeys.PREDICT else made.loss,
        train_op=made.train_op if mode == _estimator.ModeKeys.TRAIN else None,
        eval_metric_ops=made.eval_metric_ops,
        training_hooks=made.training_hooks,
        training_chief_hooks=made.training_chief_hooks,
        scaffold=made.scaffold,
    )


class DNNClassifier(BaseEstimator, _estimator.DNNClassifier):  # type: ignore[misc]
    """A classifier of hidden layers; the arguments are those of `tf.estimator.DNNClassifier`."""


class DNNRegressor(BaseEstimator, _estimator.DNNRegressor):  # type: ignore[misc]
    """A regressor of hidden layers; the arguments are those of `tf.estimator.DNNRegressor`."""


class LinearClassifier(BaseEstimator, _estimator.LinearClassifier):  # type: ignore[misc]
    """A linear classifier; the arguments are those of `tf.estimator.LinearClassifier`."""


class LinearRegressor(BaseEstimator, _estimator.LinearRegressor):  # type: ignore[misc]
    """A linear regressor; the arguments are those of `tf.estimator.LinearRegressor`."""


class DNNLinearCombinedClassifier(BaseEstimator, _CombinedClassifier):  # type: ignore[misc]
    """A wide and deep classifier, as `tf.estimator.DNNLinearCombinedClassifier`."""


class DNNLinearCombinedRegressor(BaseEstimator, _CombinedRegressor):  # type: ignore[misc]
    """A wide and deep regressor, as `tf.estimator.DNNLinearCombinedRegressor`."""


class DNNEstimator(BaseEstimator, _estimator.DNNEstimator):  # type: ignore[misc]
    """Hidden layers below a head; the arguments are those of `tf.estimator.DNNEstimator`."""


class LinearEstimator(BaseEstimator, _estimator.LinearEstimator):  # type: ignore[misc]
    """A linear model below a head; the arguments are those of `tf.estimator.LinearEstimator`."""


class DNNLinearCombinedEstimator(BaseEstimator, _CombinedEstimator):  # type: ignore[misc]
    """A wide and deep model below a head, as `tf.estimator.DNNLinearCombinedEstimator`."""
