"""contrib.learn's estimator of a program's own model of two classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._head_metrics import MetricKey
from graphkit.tf1._contrib._learn._keys import ProblemType
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps

__all__ = ["LogisticRegressor"]


def LogisticRegressor(
    model_fn: Callable[..., Any],
    thresholds: Sequence[float] | None = None,
    model_dir: str | None = None,
    config: Any = None,
    feature_engineering_fn: Callable[..., Any] | None = None,
) -> Estimator:
    """Makes an estimator that measures probabilities of two classes.

    Args:
        model_fn: From features, labels and mode to probabilities, loss and train op.
        thresholds: From which probability on the second class is predicted; 0.5 unless given.
        model_dir: Where everything is written.
        config: The settings of the run.
        feature_engineering_fn: Changes features and labels first.

    Returns:
        The estimator.
    """

    def measured(features: Any, labels: Any, mode: str, params: Any) -> ModelFnOps:
        predictions, loss, train_op = model_fn(features, labels, mode)
        metrics = None
        if mode == ModeKeys.EVAL:
            metrics = _metrics(labels, predictions, params["thresholds"] or [0.5])
        served = {"head": (ProblemType.LOGISTIC_REGRESSION, {"predictions": predictions})}
        return ModelFnOps(mode, predictions, loss, train_op, metrics, served)

    params = {"thresholds": thresholds}
    return Estimator(measured, model_dir, config, params, feature_engineering_fn)


def _metrics(labels: Any, predictions: Tensor, thresholds: Sequence[float]) -> dict[str, Any]:
    if isinstance(labels, Mapping) and len(labels) == 1:
        (labels,) = labels.values()
    found = {
        MetricKey.PREDICTION_MEAN: tf.metrics.mean(predictions),
        MetricKey.LABEL_MEAN: tf.metrics.mean(labels),
        MetricKey.ACCURACY_BASELINE: tf.metrics.mean(labels),
        MetricKey.AUC: tf.metrics.auc(labels, predictions),
    }
    for threshold in thresholds:
        classes = tf.cast(predictions >= threshold, tf.float32)
        found[MetricKey.ACCURACY_MEAN % threshold] = tf.metrics.accuracy(labels, classes)
        found[MetricKey.PRECISION_MEAN % threshold] = tf.metrics.precision(labels, classes)
        found[MetricKey.RECALL_MEAN % threshold] = tf.metrics.recall(labels, classes)
    return found
