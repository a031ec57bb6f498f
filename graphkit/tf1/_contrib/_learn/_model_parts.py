"""What a model function of contrib.learn is given and returns, and the metrics of a model."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from graphkit._tf import tf
from graphkit.errors import ArgumentError

__all__ = ["MetricSpec", "ModeKeys", "ModelFnOps"]


class ModeKeys:
    """What a model is made for."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


class _Made(NamedTuple):
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    output_alternatives: Any
    training_chief_hooks: Any
    training_hooks: Any
    scaffold: Any
    mode: Any


class ModelFnOps(_Made):
    """What a model function of contrib.learn returns.

    Args:
        mode: What the model is made for; the last part of the tuple.
        predictions: A tensor, or name to tensor.
        loss: A scalar.
        train_op: The op that trains.
        eval_metric_ops: Name to a metric's value and update.
        output_alternatives: Kept for callers that pass it.
        training_chief_hooks: Hooks of the chief.
        training_hooks: Hooks of every worker.
        scaffold: How a session is made ready.

    Raises:
        ValueError: The mode is none, what it needs is missing, the loss is no scalar, or the
            metrics are no dictionary.
        TypeError: A hook is none.
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: Any,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Any = None,
        output_alternatives: Any = None,
        training_chief_hooks: Any = None,
        training_hooks: Any = None,
        scaffold: Any = None,
    ) -> ModelFnOps:
        if mode not in (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.INFER):
            raise ValueError(f"Invalid mode {mode}.")
        needed = {
            "train_op": (train_op, (ModeKeys.TRAIN,)),
            "loss": (loss, (ModeKeys.TRAIN, ModeKeys.EVAL)),
            "predictions": (predictions, (ModeKeys.EVAL, ModeKeys.INFER)),
        }
        for name, (value, modes) in needed.items():
            if value is None and mode in modes:
                raise ValueError(f"Missing {name}.")
        if eval_metric_ops is not None and not isinstance(eval_metric_ops, Mapping):
            raise ValueError("eval_metric_ops must be a dict.")
        chief, hooks = list(training_chief_hooks or ()), list(training_hooks or ())
        for hook in hooks + chief:
            if not isinstance(hook, tf.train.SessionRunHook):
                raise TypeError(
                    "All hooks returned from model_fn must be SessionRunHook instances, got "
                    f"instance of {type(hook)}: {hook}"
                )
        return super().__new__(
            cls,
            _tensors(predictions),
            None if loss is None else _scalar(loss),
            train_op,
            dict(eval_metric_ops or {}),
            output_alternatives,
            chief,
            hooks,
            scaffold,
            mode,
        )


def _tensors(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {name: _tensors(part) for name, part in given.items()}
    return None if given is None else tf.convert_to_tensor_or_sparse_tensor(given)


def _scalar(loss: Any) -> Any:
    loss = tf.convert_to_tensor(loss)
    if loss.shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar: {loss}.")
    return loss if loss.shape.is_compatible_with([]) else tf.reshape(loss, [])


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
