"""contrib.learn's estimators, as estimators of `tf.estimator` with their old methods."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.tf1._namespace import load

__all__ = [
    "DNNClassifier",
    "DNNLinearCombinedClassifier",
    "DNNLinearCombinedRegressor",
    "DNNRegressor",
    "Estimator",
    "LinearClassifier",
    "LinearRegressor",
    "MetricSpec",
    "ModeKeys",
    "ModelFnOps",
    "RunConfig",
]

_estimator: Any = load("graphkit.tf1.estimator")
_CombinedClassifier: Any = _estimator.DNNLinearCombinedClassifier
_CombinedRegressor: Any = _estimator.DNNLinearCombinedRegressor


class ModeKeys:
    """What a model is made for."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


class ModelFnOps(NamedTuple):
    """What a model function of contrib.learn returns.

    Args:
        mode: What the model is made for.
        predictions: A tensor, or name to tensor.
        loss: A scalar.
        train_op: The op that trains.
        eval_metric_ops: Name to a metric's value and update.
        output_alternatives: Kept for callers that pass it.
        training_chief_hooks: Hooks of the chief.
        training_hooks: Hooks of every worker.
        scaffold: How a session is made ready.
    """

    mode: Any
    predictions: Any = None
    loss: Any = None
    train_op: Any = None
    eval_metric_ops: Any = None
    output_alternatives: Any = None
    training_chief_hooks: Any = None
    training_hooks: Any = None
    scaffold: Any = None


class MetricSpec:
    """Says which metric is computed of what.

    Args:
        metric_fn: From predictions, labels and weights to a value and an update.
        prediction_key: Which predictions, where there are several.
        label_key: Which labels, where there are several.
        weight_key: The feature with weights.
    """

    def __init__(
        self,
        metric_fn: Callable[..., Any],
        prediction_key: str | None = None,
        label_key: str | None = None,
        weight_key: str | None = None,
    ) -> None:
        self.metric_fn = metric_fn
        self.prediction_key = prediction_key
        self.label_key = label_key
        self.weight_key = weight_key

    def create_metric_ops(self, inputs: Any, labels: Any, predictions: Any) -> Any:
        """Makes the metric.

        Args:
            inputs: The features.
            labels: The labels, or name to labels.
            predictions: The predictions, or name to predictions.

        Returns:
            Its value and its update.
        """
        arguments = inspect.signature(self.metric_fn).parameters
        weights = inputs[self.weight_key] if self.weight_key else None
        named = {"weights": weights} if weights is not None and "weights" in arguments else {}
        chosen = _chosen(predictions, self.prediction_key)
        label = _chosen(labels, self.label_key)
        first = next(iter(arguments), "")
        if first in ("labels", "label", "targets"):
            return self.metric_fn(label, chosen, **named)
        return self.metric_fn(chosen, label, **named)


def _chosen(given: Any, key: str | None) -> Any:
    if not isinstance(given, Mapping):
        return given
    if key is not None:
        return given[key]
    if len(given) == 1:
        return next(iter(given.values()))
    raise ArgumentError("MetricSpec", "key", None, f"one of {sorted(given)}")


def RunConfig(
    master: Any = None,
    num_cores: int = 0,
    log_device_placement: bool = False,
    gpu_memory_fraction: float = 1.0,
    tf_random_seed: int | None = None,
    save_summary_steps: int = 100,
    save_checkpoints_secs: int | None = 600,
    save_checkpoints_steps: int | None = None,
    keep_checkpoint_max: int = 5,
    keep_checkpoint_every_n_hours: float = 10000,
    log_step_count_steps: int = 100,
    protocol: str | None = None,
    evaluation_master: str = "",
    model_dir: str | None = None,
    session_config: Any = None,
    session_creation_timeout_secs: int = 7200,
) -> Any:
    """Makes the settings of a run, as a RunConfig of `tf.estimator`.

    Args:
        master: Kept for callers that pass it; TF_CONFIG names the cluster.
        num_cores: How many threads ops use; all for 0.
        log_device_placement: Whether the device of each op is logged.
        gpu_memory_fraction: How much of a GPU's memory is used.
        tf_random_seed: The seed of graphs.
        save_summary_steps: How often summaries are written.
        save_checkpoints_secs: How often checkpoints are written, in seconds.
        save_checkpoints_steps: How often checkpoints are written, in steps.
        keep_checkpoint_max: How many are kept.
        keep_checkpoint_every_n_hours: How often one is kept for good.
        log_step_count_steps: How often the speed is logged.
        protocol: How processes talk.
        evaluation_master: Kept for callers that pass it.
        model_dir: Where everything is written.
        session_config: A ConfigProto, instead of the settings above.
        session_creation_timeout_secs: How long a worker waits for the chief.

    Returns:
        The RunConfig.
    """
    if session_config is None:
        session_config = tf.ConfigProto(
            log_device_placement=log_device_placement,
            inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores,
            gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction),
            allow_soft_placement=True,
        )
    often = (
        {"save_checkpoints_steps": save_checkpoints_steps}
        if save_checkpoints_steps
        else {"save_checkpoints_secs": save_checkpoints_secs}
    )
    return _estimator.RunConfig(
        model_dir=model_dir,
        tf_random_seed=tf_random_seed,
        save_summary_steps=save_summary_steps,
        session_config=session_config,
        keep_checkpoint_max=keep_checkpoint_max,
        keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
        log_step_count_steps=log_step_count_steps,
        protocol=protocol,
        session_creation_timeout_secs=session_creation_timeout_secs,
        **often,
    )


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


class _OldMethods:
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


class Estimator(_OldMethods, _estimator.Estimator):  # type: ignore[misc]
    """An estimator of one's own, whose model function may return what contrib.learn's did.

    Args:
        model_fn: Makes the model: of features, labels and, as far as it takes them, mode, params,
            config and model_dir; returns predictions, loss and train op, or ModelFnOps.
        model_dir: Where everything is written.
        config: The settings of the run.
        params: Given to `model_fn`.
        feature_engineering_fn: Changes features and labels first.
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
        made = ModelFnOps(mode, *made)
    predictions = made.predictions
    return _estimator.EstimatorSpec(
        mode,
        predictions={"predictions": predictions} if tf.is_tensor(predictions) else predictions,
        loss=None if mode == _estimator.ModeKeys.PREDICT else made.loss,
        train_op=made.train_op if mode == _estimator.ModeKeys.TRAIN else None,
        eval_metric_ops=made.eval_metric_ops,
        training_hooks=made.training_hooks,
        training_chief_hooks=made.training_chief_hooks,
        scaffold=made.scaffold,
    )


class DNNClassifier(_OldMethods, _estimator.DNNClassifier):  # type: ignore[misc]
    """A classifier of hidden layers; the arguments are those of `tf.estimator.DNNClassifier`."""


class DNNRegressor(_OldMethods, _estimator.DNNRegressor):  # type: ignore[misc]
    """A regressor of hidden layers; the arguments are those of `tf.estimator.DNNRegressor`."""


class LinearClassifier(_OldMethods, _estimator.LinearClassifier):  # type: ignore[misc]
    """A linear classifier; the arguments are those of `tf.estimator.LinearClassifier`."""


class LinearRegressor(_OldMethods, _estimator.LinearRegressor):  # type: ignore[misc]
    """A linear regressor; the arguments are those of `tf.estimator.LinearRegressor`."""


class DNNLinearCombinedClassifier(_OldMethods, _CombinedClassifier):  # type: ignore[misc]
    """A wide and deep classifier, as `tf.estimator.DNNLinearCombinedClassifier`."""


class DNNLinearCombinedRegressor(_OldMethods, _CombinedRegressor):  # type: ignore[misc]
    """A wide and deep regressor, as `tf.estimator.DNNLinearCombinedRegressor`."""
