"""What contrib.learn's heads measure, and what they call it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["MetricKey", "binary_metrics", "class_metrics", "label_metrics", "named"]

_broadcast: Any = load("tensorflow.python.ops.weights_broadcast_ops:broadcast_weights")
_Metrics = dict[str, tuple[Any, Any]]


class MetricKey:
    """What measurements are called."""

    LOSS = "loss"
    AUC = "auc"
    AUC_PR = "auc_precision_recall"
    CLASS_AUC = "auc/class%d"
    CLASS_AUC_PR = "auc_precision_recall/class%d"
    PREDICTION_MEAN = "labels/prediction_mean"
    CLASS_PREDICTION_MEAN = "labels/prediction_mean/class%d"
    CLASS_LOGITS_MEAN = "labels/logits_mean/class%d"
    CLASS_PROBABILITY_MEAN = "labels/probability_mean/class%d"
    LABEL_MEAN = "labels/actual_label_mean"
    CLASS_LABEL_MEAN = "labels/actual_label_mean/class%d"
    ACCURACY = "accuracy"
    ACCURACY_BASELINE = "accuracy/baseline_label_mean"
    ACCURACY_MEAN = "accuracy/threshold_%f_mean"
    PRECISION_MEAN = "precision/positive_threshold_%f_mean"
    RECALL_MEAN = "recall/positive_threshold_%f_mean"


def named(metrics: _Metrics, head_name: str | None) -> _Metrics:
    """Adds a head's name to those of its measurements.

    Args:
        metrics: Name to a value and its update.
        head_name: The head's name.

    Returns:
        The same under their full names.
    """
    return {f"{name}/{head_name}" if head_name else name: m for name, m in metrics.items()}


def _mean(values: Tensor, weights: Tensor | None, place: int | None = None) -> tuple[Any, Any]:
    values = tf.cast(values, tf.float32)
    if weights is not None:
        weights = _broadcast(weights, values)
    if place is not None:
        values = values[:, place]
        weights = None if weights is None else weights[:, place]
    made: tuple[Any, Any] = tf.metrics.mean(values, weights)
    return made


def _area(
    predictions: Tensor, labels: Tensor, weights: Tensor | None, curve: str
) -> tuple[Any, Any]:
    wanted = tf.cast(labels, tf.bool)
    if weights is not None:
        weights = _broadcast(weights, predictions)
    made: tuple[Any, Any] = tf.metrics.auc(wanted, predictions, weights, curve=curve)
    return made


def binary_metrics(
    labels: Tensor,
    logistic: Tensor,
    classes: Tensor,
    weights: Tensor | None,
    thresholds: Sequence[float],
) -> _Metrics:
    """Measures two classes.

    Args:
        labels: 0 or 1, `[B]` or `[B, 1]`.
        logistic: How probable 1 is, `[B, 1]`.
        classes: The more probable class, `[B]`.
        weights: Floats `[B, 1]`.
        thresholds: From which probability on 1 is predicted.

    Returns:
        Name to a value and its update.
    """
    key, metrics = MetricKey, tf.metrics
    found = {
        key.ACCURACY: metrics.accuracy(labels, classes, weights),
        key.PREDICTION_MEAN: _mean(logistic, weights),
        key.LABEL_MEAN: _mean(labels, weights),
        key.ACCURACY_BASELINE: _mean(labels, weights),
        key.AUC: _area(logistic, labels, weights, "ROC"),
        key.AUC_PR: _area(logistic, labels, weights, "PR"),
    }
    for threshold in thresholds:
        predicted = tf.cast(logistic >= threshold, tf.float32)
        found[key.ACCURACY_MEAN % threshold] = metrics.accuracy(labels, predicted, weights)
        for name, measure in (
            (key.PRECISION_MEAN, metrics.precision_at_thresholds),
            (key.RECALL_MEAN, metrics.recall_at_thresholds),
        ):
            value, update = measure(labels, logistic, [threshold], weights)
            found[name % threshold] = tf.squeeze(value), tf.squeeze(update)
    return found


def class_metrics(
    labels: Tensor,
    predictions: dict[str, Tensor],
    weights: Tensor | None,
    class_ids: Sequence[int],
) -> _Metrics:
    """Measures classes of which one is right.

    Args:
        labels: Class ids `[B]` or `[B, 1]`.
        predictions: The head's.
        weights: Floats `[B, 1]`.
        class_ids: The classes that are measured one by one.

    Returns:
        Name to a value and its update.
    """
    key, classes = MetricKey, predictions["classes"]
    found = {key.ACCURACY: tf.metrics.accuracy(labels, classes, weights)}
    for number in class_ids:
        is_predicted = tf.cast(tf.equal(tf.cast(classes, tf.int32), number), tf.float32)
        is_right = tf.cast(tf.equal(tf.cast(labels, tf.int32), number), tf.float32)
        found[key.CLASS_PREDICTION_MEAN % number] = tf.metrics.mean(is_predicted, weights)
        found[key.CLASS_LABEL_MEAN % number] = tf.metrics.mean(is_right, weights)
        probabilities, logits = predictions["probabilities"], predictions["logits"]
        found[key.CLASS_PROBABILITY_MEAN % number] = _mean(probabilities, weights, number)
        found[key.CLASS_LOGITS_MEAN % number] = _mean(logits, weights, number)
    return found


def label_metrics(
    labels: Tensor,
    predictions: dict[str, Tensor],
    weights: Tensor | None,
    class_ids: Sequence[int],
) -> _Metrics:
    """Measures classes that exclude none of the others.

    Args:
        labels: 0 or 1, `[B, N]`.
        predictions: The head's.
        weights: Floats `[B, 1]`.
        class_ids: The classes that are measured one by one.

    Returns:
        Name to a value and its update.
    """
    key, probabilities = MetricKey, predictions["probabilities"]
    found = {
        key.ACCURACY: tf.metrics.accuracy(labels, predictions["classes"], weights),
        key.AUC: _area(probabilities, labels, weights, "ROC"),
        key.AUC_PR: _area(probabilities, labels, weights, "PR"),
    }
    for number in class_ids:
        one = slice(number, number + 1)
        found[key.CLASS_PROBABILITY_MEAN % number] = _mean(probabilities, weights, number)
        found[key.CLASS_LOGITS_MEAN % number] = _mean(predictions["logits"], weights, number)
        found[key.CLASS_LABEL_MEAN % number] = _mean(labels, weights, number)
        found[key.CLASS_PREDICTION_MEAN % number] = _mean(predictions["classes"], weights, number)
        found[key.CLASS_AUC % number] = _area(probabilities[:, one], labels[:, one], weights, "ROC")
        found[key.CLASS_AUC_PR % number] = _area(
            probabilities[:, one], labels[:, one], weights, "PR"
        )
    return found
