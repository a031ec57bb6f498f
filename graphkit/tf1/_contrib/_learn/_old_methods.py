"""`fit`, `evaluate` and `predict` as contrib.learn's estimators had them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from graphkit.tf1._contrib._learn._model_parts import MetricSpec
from graphkit.tf1._namespace import load

__all__ = ["OldMethods"]

_estimator: Any = load("graphkit.tf1.estimator")


def _inputs(x: Any, y: Any, batch_size: int | None, forever: bool) -> Callable[[], Any]:
    """An input function over arrays, in order for evaluation and shuffled for training."""
    x = {key: np.asarray(v) for key, v in x.items()} if isinstance(x, Mapping) else np.asarray(x)
    count = len(next(iter(x.values())) if isinstance(x, dict) else x)
    made: Callable[[], Any] = _estimator.inputs.numpy_input_fn(
        x,
        None if y is None else np.asarray(y),
        batch_size=batch_size or count,
        num_epochs=None if forever else 1,
        shuffle=forever,
    )
    return made


class OldMethods:
    """`fit`, and `evaluate` and `predict` with their old arguments."""

    train: Callable[..., Any]

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable[[], Any] | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        monitors: Any = None,
        max_steps: int | None = None,
    ) -> Any:
        """Trains.

        Args:
            x: Features, an array or name to array.
            y: Labels.
            input_fn: Makes features and labels, instead of `x` and `y`.
            steps: How many more steps.
            batch_size: B; everything at once unless given.
            monitors: Hooks.
            max_steps: How many steps in all.

        Returns:
            This estimator.
        """
        source = input_fn or _inputs(x, y, batch_size, forever=True)
        for monitor in monitors or ():
            if hasattr(monitor, "set_estimator"):
                monitor.set_estimator(self)
        self.train(source, hooks=monitors, steps=steps, max_steps=max_steps)
        return self

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        feed_fn: Any = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: Mapping[str, Any] | None = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
        log_progress: bool = True,
    ) -> Any:
        """Measures.

        Args:
            x: Features, an array or name to array; an input function counts as `input_fn`.
            y: Labels.
            input_fn: Makes features and labels, instead of `x` and `y`.
            feed_fn: Kept for callers that pass it.
            batch_size: B; everything at once unless given.
            steps: How many steps; all unless given.
            metrics: Name to a MetricSpec, or to a function of predictions and labels.
            name: Where the results are written.
            checkpoint_path: The checkpoint; the latest unless given.
            hooks: Hooks.
            log_progress: Kept for callers that pass it.

        Returns:
            Name to value.
        """
        source = x if callable(x) else input_fn or _inputs(x, y, batch_size, forever=False)
        measured: Any = _estimator.add_metrics(self, _metric_fn(metrics)) if metrics else super()
        return measured.evaluate(
            source, steps=steps, hooks=hooks, checkpoint_path=checkpoint_path, name=name
        )

    def predict(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        outputs: Any = None,
        as_iterable: bool = True,
        **more: Any,
    ) -> Any:
        """Predicts.

        Args:
            x: Features, an array or name to array; an input function counts as `input_fn`.
            input_fn: Makes features, instead of `x`.
            batch_size: B; everything at once unless given.
            outputs: Which predictions; all unless given.
            as_iterable: Whether predictions come one by one, instead of as a list.
            more: As for `tf.estimator.Estimator.predict`.

        Returns:
            The predictions.
        """
        source = x if callable(x) else input_fn or _inputs(x, None, batch_size, forever=False)
        found = super().predict(source, predict_keys=outputs, **more)  # type: ignore[misc]
        return found if as_iterable else list(found)


def _metric_fn(metrics: Mapping[str, Any]) -> Callable[..., Any]:
    def metric_fn(features: Any, labels: Any, predictions: Any) -> dict[str, Any]:
        specs = {
            name: spec if isinstance(spec, MetricSpec) else MetricSpec(spec)
            for name, spec in metrics.items()
        }
        return {
            name: spec.create_metric_ops(features, labels, predictions)
            for name, spec in specs.items()
        }

    return metric_fn
