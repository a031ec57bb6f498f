"""The metrics that a program of contrib.learn asks of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit.tf1._contrib._learn._model_parts import MetricSpec

__all__ = ["add_metrics"]


def add_metrics(spec: Any, metrics: Mapping[Any, Any], features: Any, labels: Any) -> Any:
    """Measures more of a model.

    Args:
        spec: The EstimatorSpec of the model.
        metrics: Name to a MetricSpec, or to a function of predictions and labels; or, name and
            key of the predictions to such a function.
        features: The features.
        labels: The labels, or name to labels.

    Returns:
        The EstimatorSpec with these metrics; they replace the model's own of the same name.

    Raises:
        ValueError: A metric names predictions of a model that has only one kind.
    """
    found = dict(spec.eval_metric_ops or {})
    for name, metric in sorted(metrics.items(), key=lambda pair: str(pair[0])):
        if isinstance(metric, MetricSpec):
            found[name] = metric.create_metric_ops(features, labels, spec.predictions)
        elif isinstance(name, tuple):
            found[name[0]] = _of_head(name, metric, spec.predictions, labels)
        else:
            found[name] = MetricSpec(metric).create_metric_ops(features, labels, spec.predictions)
    return spec._replace(eval_metric_ops=found)


def _of_head(name: tuple[Any, ...], metric: Any, predictions: Any, labels: Any) -> Any:
    if len(name) != 2:
        raise ValueError(f"Invalid metric for {name}: a tuple of {len(name)}, expected 2.")
    if not isinstance(predictions, Mapping):
        raise ValueError(
            f"Metrics passed provide (name, prediction), but predictions are not dict: {name}"
        )
    key = name[1]
    if isinstance(labels, Mapping):
        labels = labels[key] if key in labels else next(iter(labels.values()))
    return metric(predictions[key], labels)
