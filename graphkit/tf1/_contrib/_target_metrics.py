"""What contrib.layers' targets of two classes measure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["Metric", "get_default_binary_metrics_for_eval"]

# A function of predictions, labels and `weights`, which gives a value and its update.
Metric: TypeAlias = Callable[..., tuple[Any, Any]]

_MEASURES = "tf_slim.metrics.metric_ops"
_mean: Any = load(f"{_MEASURES}:streaming_mean")
_accuracy: Any = load(f"{_MEASURES}:streaming_accuracy")
_auc: Any = load(f"{_MEASURES}:streaming_auc")
_precision: Any = load(f"{_MEASURES}:streaming_precision_at_thresholds")
_recall: Any = load(f"{_MEASURES}:streaming_recall_at_thresholds")


def get_default_binary_metrics_for_eval(thresholds: Sequence[float]) -> dict[str, Metric]:
    """Names what is measured of two classes.

    Args:
        thresholds: From which probability on the second is predicted.

    Returns:
        Name to a function of predictions, labels and `weights`, which gives a value and its update.
    """
    metrics: dict[str, Metric] = {
        "labels/prediction_mean": _prediction_mean,
        "labels/actual_target_mean": _label_mean,
        "accuracy/baseline_target_mean": _label_mean,
        "auc": _area,
    }
    at_a_threshold: dict[str, Metric] = {
        "accuracy/threshold_%f_mean": _accuracy_at,
        "precision/positive_threshold_%f_mean": functools.partial(_value_at, _precision),
        "recall/positive_threshold_%f_mean": functools.partial(_value_at, _recall),
    }
    for threshold in thresholds:
        for name, metric in at_a_threshold.items():
            metrics[name % threshold] = functools.partial(metric, threshold)
    return metrics


def _prediction_mean(predictions: Any, labels: Any, weights: Any = None) -> tuple[Any, Any]:
    found: tuple[Any, Any] = _mean(predictions, weights=weights)
    return found


def _label_mean(predictions: Any, labels: Any, weights: Any = None) -> tuple[Any, Any]:
    found: tuple[Any, Any] = _mean(labels, weights=weights)
    return found


def _as_floats(weights: Any) -> Any:
    return None if weights is None else tf.cast(weights, tf.float32)


def _area(predictions: Any, labels: Any, weights: Any = None) -> tuple[Any, Any]:
    found: tuple[Any, Any] = _auc(predictions, labels, weights=_as_floats(weights))
    return found


def _accuracy_at(
    threshold: float, predictions: Any, labels: Any, weights: Any = None
) -> tuple[Any, Any]:
    chosen = tf.cast(tf.greater_equal(predictions, threshold), tf.float32)
    found: tuple[Any, Any] = _accuracy(predictions=chosen, labels=labels, weights=weights)
    return found


def _value_at(
    metric: Any, threshold: float, predictions: Any, labels: Any, weights: Any = None
) -> tuple[Any, Any]:
    value, update = metric(
        predictions, labels=labels, thresholds=[threshold], weights=_as_floats(weights)
    )
    return tf.squeeze(value), update
