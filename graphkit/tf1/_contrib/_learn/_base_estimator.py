"""`fit`, `evaluate` and `predict` as contrib.learn's estimators had them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._data_feeder import setup_train_data_feeder
from graphkit.tf1._contrib._learn._exports import Exporting
from graphkit.tf1._contrib._learn._interfaces import Evaluable, NotFittedError, Trainable
from graphkit.tf1._contrib._learn._metrics import add_metrics
from graphkit.tf1._contrib._learn._monitors import replace_monitors_with_hooks
from graphkit.tf1._namespace import load

__all__ = ["BaseEstimator", "SKCompat"]

_estimator: Any = load("graphkit.tf1.estimator")
_Core: Any = _estimator.Estimator


class BaseEstimator(Exporting, Evaluable, Trainable):
    """What contrib.learn's estimators do that those of `tf.estimator` do otherwise."""

    _model_dir: Any
    _metrics: Mapping[Any, Any] | None = None
    _label_kinds: Any = None

    @property
    def model_dir(self) -> Any:
        """Where everything is written."""
        return self._model_dir

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
            x: Features: an array, a DataFrame, name to array, or an iterator.
            y: Labels of the same kind.
            input_fn: Makes features and labels, instead of `x` and `y`.
            steps: How many more steps.
            batch_size: B; everything at once unless given.
            monitors: Monitors and hooks.
            max_steps: How many steps in all.

        Returns:
            This estimator.

        Raises:
            ValueError: Both or none of `x` and `input_fn` are given, or both numbers of steps.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        source, hooks = _source(x, y, input_fn, None, batch_size, shuffle=True, epochs=None)
        hooks += replace_monitors_with_hooks(monitors, self)
        _Core.train(self, source, hooks=hooks, steps=steps, max_steps=max_steps)
        return self

    def partial_fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable[[], Any] | None = None,
        steps: int | None = 1,
        batch_size: int | None = None,
        monitors: Any = None,
    ) -> Any:
        """Trains one more step, or several.

        Args:
            x: Features: an array, a DataFrame, name to array, or an iterator.
            y: Labels of the same kind.
            input_fn: Makes features and labels, instead of `x` and `y`.
            steps: How many more steps.
            batch_size: B; everything at once unless given.
            monitors: Monitors and hooks.

        Returns:
            This estimator.
        """
        return self.fit(x, y, input_fn, steps, batch_size, monitors)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Any = None,
        feed_fn: Any = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: Mapping[Any, Any] | None = None,
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
            feed_fn: Gives what is fed in each step.
            batch_size: B; everything at once unless given.
            steps: How many steps; all unless given.
            metrics: Name to a MetricSpec, or to a function of predictions and labels.
            name: Where the results are written.
            checkpoint_path: The checkpoint; the latest unless given.
            hooks: Hooks.
            log_progress: Kept for callers that pass it.

        Returns:
            Name to value.

        Raises:
            ValueError: Both or none of `x` and `input_fn` are given, or `metrics` is no dictionary.
            NotFittedError: The estimator was not trained.
        """
        if metrics is not None and not isinstance(metrics, Mapping):
            raise ValueError(f"Metrics argument should be None or dict. Got {metrics}.")
        if callable(x):
            x, input_fn = None, x
        source, feeding = _source(x, y, input_fn, feed_fn, batch_size, shuffle=False, epochs=1)
        checkpoint_path = checkpoint_path or self._checkpoint()
        self._metrics = metrics
        try:
            return _Core.evaluate(
                self,
                source,
                steps=steps or None,
                hooks=[*feeding, *(hooks or ())],
                checkpoint_path=checkpoint_path,
                name=name,
            )
        finally:
            self._metrics = None

    def predict(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        outputs: Any = None,
        as_iterable: bool = True,
        iterate_batches: bool = False,
        **more: Any,
    ) -> Any:
        """Predicts.

        Args:
            x: Features, an array or name to array; an input function counts as `input_fn`.
            input_fn: Makes features, instead of `x`.
            batch_size: B; everything at once unless given.
            outputs: Which predictions; all unless given.
            as_iterable: Whether predictions come one by one, instead of in one array each.
            iterate_batches: Whether they come batch by batch.
            more: As for `tf.estimator.Estimator.predict`.

        Returns:
            The predictions, as the model function gives them: arrays, or name to array.

        Raises:
            ValueError: Both or none of `x` and `input_fn` are given.
            NotFittedError: The estimator was not trained.
        """
        if callable(x):
            x, input_fn = None, x
        source, feeding = _source(x, None, input_fn, None, batch_size, shuffle=False, epochs=1)
        hooks = [*feeding, *more.pop("hooks", ())]
        more.setdefault("checkpoint_path", None)
        more["checkpoint_path"] = more["checkpoint_path"] or self._checkpoint()
        found = _Core.predict(
            self,
            source,
            predict_keys=outputs,
            hooks=hooks if feeding else [*hooks, _OncePerConstant()],
            yield_single_examples=as_iterable and not iterate_batches,
            **more,
        )
        if as_iterable:
            return found
        # Only features that were given as arrays end, so an input function is read once.
        return _joined(list(found) if feeding else [next(found)])

    def _assert_members_are_not_overridden(self) -> None:
        """Lets programs derive from estimators, which tf.estimator's refuse."""

    def _checkpoint(self) -> str:
        latest: str | None = tf.train.latest_checkpoint(self._model_dir)
        if latest is None:
            raise NotFittedError(f"Couldn't find trained model at {self._model_dir}.")
        return latest

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> Any:
        """Gives the model placeholders of labels to predict with, and measures what is asked."""
        if self._feature_kinds is None:
            self._feature_kinds = _kinds_of_features(features)
        if labels is not None:
            self._label_kinds = _kinds(labels)
        elif mode == _estimator.ModeKeys.PREDICT:
            labels = _placeholders(self._label_kinds)
        spec = super()._call_model_fn(features, labels, mode, config)  # type: ignore[misc]
        if mode == _estimator.ModeKeys.EVAL and self._metrics:
            spec = add_metrics(spec, self._metrics, features, labels)
        return spec

    def _call_model_fn_eval(self, input_fn: Callable[[], Any], config: Any) -> Any:
        """Lets a model's own metric "loss" be, which tf.estimator's estimators refuse."""
        mode = _estimator.ModeKeys.EVAL
        features, labels, hooks = self._get_features_and_labels_from_input_fn(input_fn, mode)  # type: ignore[attr-defined]
        spec = self._call_model_fn(features, labels, mode, config)
        metrics = {"loss": tf.metrics.mean(spec.loss), **spec.eval_metric_ops}
        update = tf.group(*(update for _, update in metrics.values()))
        values = {name: value for name, (value, _) in metrics.items()}
        return spec.scaffold, spec.evaluation_hooks, hooks, update, values


class SKCompat:
    """An estimator that is used like one of scikit-learn.

    Args:
        estimator: The estimator.
    """

    def __init__(self, estimator: BaseEstimator) -> None:
        self._estimator = estimator

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = 128,
        steps: int | None = None,
        max_steps: int | None = None,
        monitors: Any = None,
    ) -> SKCompat:
        """Trains.

        Args:
            x: Features, an array or name to array.
            y: Labels of the same kind.
            batch_size: B.
            steps: How many more steps.
            max_steps: How many steps in all.
            monitors: Monitors and hooks.

        Returns:
            This object.
        """
        self._estimator.fit(x, y, None, steps, batch_size, monitors, max_steps)
        return self

    def score(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = 128,
        steps: int | None = None,
        metrics: Mapping[Any, Any] | None = None,
        name: str | None = None,
    ) -> Any:
        """Measures.

        Args:
            x: Features, an array or name to array.
            y: Labels of the same kind.
            batch_size: B.
            steps: How many steps; all unless given.
            metrics: Name to a MetricSpec.
            name: Where the results are written.

        Returns:
            Name to value.
        """
        return self._estimator.evaluate(
            x, y, batch_size=batch_size, steps=steps, metrics=metrics, name=name
        )

    def predict(self, x: Any, batch_size: int | None = 128, outputs: Any = None) -> Any:
        """Predicts.

        Args:
            x: Features, an array or name to array.
            batch_size: B.
            outputs: Which predictions; all unless given.

        Returns:
            The predictions `[N, ...]`, or name to predictions.
        """
        return BaseEstimator.predict(
            self._estimator, x, batch_size=batch_size, outputs=outputs, as_iterable=False
        )


class _OncePerConstant(tf.train.SessionRunHook):  # type: ignore[misc]
    """Ends predictions of features that never change, after they were given once."""

    def begin(self) -> None:
        graph = tf.get_default_graph()
        self._ends = not graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS) and not any(
            "Iterator" in op.type for op in graph.get_operations()
        )

    def after_run(self, run_context: Any, run_values: Any) -> None:
        if self._ends:
            run_context.request_stop()


def _source(
    x: Any,
    y: Any,
    input_fn: Callable[[], Any] | None,
    feed_fn: Any,
    batch_size: int | None,
    **order: Any,
) -> tuple[Callable[[], Any], list[Any]]:
    """What makes the inputs, and the hooks that feed them."""
    if input_fn is not None:
        if x is not None or y is not None:
            raise ValueError("Can not provide both input_fn and x or y.")
        if batch_size is not None:
            raise ValueError("Can not provide both input_fn and batch_size.")
        return input_fn, [tf.train.FeedFnHook(feed_fn)] if feed_fn else []
    if x is None:
        raise ValueError("Either x or input_fn must be provided.")
    if tf.is_tensor(x) or tf.is_tensor(y):
        raise ValueError("Inputs cannot be tensors. Please provide input_fn.")
    if feed_fn is not None:
        raise ValueError("Can not provide both feed_fn and x or y.")
    feeder = setup_train_data_feeder(x, y, None, batch_size, **order)
    return feeder.input_builder, [tf.train.FeedFnHook(feeder.get_feed_dict_fn())]


def _kinds(labels: Any) -> Any:
    if isinstance(labels, Mapping):
        return {name: _kinds(label) for name, label in labels.items()}
    make = tf.sparse.placeholder if isinstance(labels, tf.SparseTensor) else tf.placeholder
    return make, labels.dtype, labels.shape


def _kinds_of_features(features: Any) -> Any:
    parts = features.values() if isinstance(features, Mapping) else [features]
    return _kinds(features) if all(tf.is_tensor(part) for part in parts) else None


def _placeholders(kinds: Any) -> Any:
    """Labels to predict with: nobody feeds them, but a model may make its loss in every mode."""
    if kinds is None:
        return None
    if isinstance(kinds, Mapping):
        return {name: _placeholders(kind) for name, kind in kinds.items()}
    make, dtype, shape = kinds
    return make(dtype, None if shape.rank is None else [None, *shape.as_list()[1:]])


def _joined(batches: list[Any]) -> Any:
    if isinstance(batches[0], Mapping):
        return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    return np.concatenate(batches)
