"""contrib.learn's ready models: hidden layers, a linear model, and the sum of both."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._feature_columns._inputs import input_from_feature_columns
from graphkit.tf1._contrib._feature_columns._weighted_sum import weighted_sum_from_feature_columns
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps
from graphkit.tf1._contrib._learn._sdca_model import sdca_model_fn
from graphkit.tf1._contrib._sdca import SDCAOptimizer
from graphkit.tf1._namespace import load

__all__ = ["combined_model_fn", "dnn_model_fn", "linear_model_fn"]

_layers: Any = load("graphkit.tf1.contrib.layers")
_DNN_RATE = 0.05
_LINEAR_RATE = 0.2


def dnn_model_fn(features: Any, labels: Any, mode: str, params: Mapping[str, Any]) -> Any:
    """Makes hidden layers below a head.

    Args:
        features: A tensor, or name to feature.
        labels: What is to be learned.
        mode: One of ModeKeys.
        params: The arguments of the estimator.

    Returns:
        What the head makes.
    """
    features, head = _named(features), params["head"]
    dropout = params["dropout"] if mode == ModeKeys.TRAIN else None

    def train(loss: Tensor) -> Any:
        return _layers.optimize_loss(
            loss=loss,
            global_step=tf.train.get_global_step(),
            learning_rate=_DNN_RATE,
            optimizer=_called(params["optimizer"] or "Adagrad"),
            gradient_multipliers=_multipliers(params["embedding_lr_multipliers"]),
            clip_gradients=params["gradient_clip_norm"],
            name="dnn",
            summaries=[],
        )

    with tf.variable_scope("dnn", partitioner=_whole()):
        logits = _hidden_layers(
            features,
            params["feature_columns"],
            params["hidden_units"],
            params["activation_fn"],
            dropout,
            head.logits_dimension,
        )
        return _top(head, features, mode, labels, train, logits)


def linear_model_fn(features: Any, labels: Any, mode: str, params: Mapping[str, Any]) -> Any:
    """Makes a linear model below a head.

    Args:
        features: A tensor, or name to feature.
        labels: What is to be learned.
        mode: One of ModeKeys.
        params: The arguments of the estimator.

    Returns:
        What the head makes.
    """
    if isinstance(params["optimizer"], SDCAOptimizer):
        return sdca_model_fn(features, labels, mode, params)
    features, head = _named(features), params["head"]
    columns = params["feature_columns"]
    optimizer = params["optimizer"] or tf.train.FtrlOptimizer(_linear_rate(columns))

    def train(loss: Tensor) -> Any:
        variables = tf.get_collection("linear")
        gradients = tf.gradients(loss, variables)
        if params["gradient_clip_norm"]:
            gradients, _ = tf.clip_by_global_norm(gradients, params["gradient_clip_norm"])
        pairs = list(zip(gradients, variables, strict=True))
        made = _made(optimizer, _LINEAR_RATE)
        return made.apply_gradients(pairs, global_step=tf.train.get_global_step())

    with tf.variable_scope("linear", partitioner=_whole()) as scope:
        logits = _linear(features, columns, head.logits_dimension, scope)
        return _top(head, features, mode, labels, train, logits)


def combined_model_fn(features: Any, labels: Any, mode: str, params: Mapping[str, Any]) -> Any:
    """Makes a linear model and hidden layers, and adds their logits.

    Args:
        features: A tensor, or name to feature.
        labels: What is to be learned.
        mode: One of ModeKeys.
        params: The arguments of the estimator.

    Returns:
        What the head makes.

    Raises:
        ValueError: There are columns of hidden layers without their sizes.
    """
    features, head = _named(features), params["head"]
    wide, deep = params["linear_feature_columns"], params["dnn_feature_columns"]
    if deep and not params["dnn_hidden_units"]:
        raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
    parts, size = [], head.logits_dimension
    if deep:
        units, activation = params["dnn_hidden_units"], params["dnn_activation_fn"]
        dropout = params["dnn_dropout"] if mode == ModeKeys.TRAIN else None
        with tf.variable_scope("dnn", partitioner=_whole()):
            parts.append(_hidden_layers(features, deep, units, activation, dropout, size))
    if wide:
        with tf.variable_scope("linear", partitioner=_whole()) as scope:
            parts.append(_linear(features, wide, size, scope))

    def train(loss: Tensor) -> Any:
        return _train_both(loss, wide, deep, params)

    return _top(head, features, mode, labels, train, sum(parts[1:], parts[0]))


def _train_both(loss: Tensor, wide: Any, deep: Any, params: Mapping[str, Any]) -> Any:
    step = tf.train.get_global_step()
    # Each part counted a step of its own, unless a program asked for one.
    once = params["fix_global_step_increment_bug"]

    def part(name: str, rate: float, optimizer: Any, multipliers: Any) -> Any:
        return _layers.optimize_loss(
            loss=loss,
            global_step=step,
            learning_rate=rate,
            optimizer=_called(optimizer),
            gradient_multipliers=multipliers,
            clip_gradients=params["gradient_clip_norm"],
            variables=tf.get_collection(name),
            name=name,
            summaries=[],
            increment_global_step=not once,
        )

    ops = []
    if deep:
        multipliers = _multipliers(params["embedding_lr_multipliers"])
        ops.append(part("dnn", _DNN_RATE, params["dnn_optimizer"] or "Adagrad", multipliers))
    if wide:
        ops.append(part("linear", _linear_rate(wide), params["linear_optimizer"] or "Ftrl", None))
    trained = tf.group(*ops)
    if not once:
        return trained
    with tf.control_dependencies([trained]):
        return tf.assign_add(step, 1).op


def _top(
    head: Any, features: Any, mode: str, labels: Any, train: Callable[[Tensor], Any], logits: Tensor
) -> Any:
    if hasattr(head, "create_model_fn_ops"):
        made: ModelFnOps = head.create_model_fn_ops(
            features=features, mode=mode, labels=labels, train_op_fn=train, logits=logits
        )
        return made
    # A head of tf.estimator.
    key = tf.estimator.ModeKeys.PREDICT if mode == ModeKeys.INFER else mode
    return head.create_estimator_spec(features, key, logits, labels=labels, train_op_fn=train)


def _named(features: Any) -> dict[str, Any]:
    return dict(features) if isinstance(features, Mapping) else {"": features}


def _hidden_layers(
    features: Mapping[str, Any],
    columns: Sequence[Any],
    units: Sequence[int],
    activation_fn: Any,
    dropout: float | None,
    outputs: int,
) -> Tensor:
    activation = _activation(activation_fn)
    with tf.variable_scope("input_from_feature_columns") as scope:
        net = input_from_feature_columns(features, columns, ["dnn"], scope=scope)
    for number, size in enumerate(units):
        net = _layer(net, size, f"hiddenlayer_{number}", activation, dropout)
    return _layer(net, outputs, "logits", None, None)


def _layer(net: Tensor, size: int, name: str, activation: Any, dropout: float | None) -> Tensor:
    with tf.variable_scope(name) as scope:
        net = _layers.fully_connected(
            net, size, activation_fn=activation, variables_collections=["dnn"], scope=scope
        )
        if dropout is not None:
            net = _layers.dropout(net, keep_prob=1.0 - dropout)
    _summarise(net, scope.name)
    return net


def _linear(
    features: Mapping[str, Any], columns: Sequence[Any], outputs: int, scope: Any
) -> Tensor:
    made = weighted_sum_from_feature_columns(features, columns, outputs, ["linear"], scope=scope)
    return made.predictions


def _whole() -> Any:
    """Cuts no variable, but makes it one of the kind that could be, which slots are named after."""
    return tf.min_max_variable_partitioner(max_partitions=1)


def _summarise(value: Tensor, name: str) -> None:
    tf.summary.scalar(f"{name}/fraction_of_zero_values", tf.nn.zero_fraction(value))
    tf.summary.histogram(f"{name}/activation", value)


def _linear_rate(columns: Sequence[Any]) -> float:
    return min(_LINEAR_RATE, 1.0 / math.sqrt(len(columns)))


def _activation(given: Any) -> Any:
    return getattr(tf.nn, given) if isinstance(given, str) else given or tf.nn.relu


def _called(optimizer: Any) -> Any:
    """An optimizer, its name, or what a function makes."""
    return optimizer() if callable(optimizer) else optimizer


def _made(optimizer: Any, rate: float) -> Any:
    if isinstance(optimizer, str):
        return _layers.OPTIMIZER_CLS_NAMES[optimizer](learning_rate=rate)
    return _called(optimizer)


def _multipliers(given: Mapping[Any, float] | None) -> dict[Any, float] | None:
    """Variable to multiplier, of column to multiplier."""
    found: dict[Any, float] = {}
    for column, rate in (given or {}).items():
        variables = [v for v in tf.get_collection("dnn") if f"/{column.name}/" in v.op.name]
        if not variables:
            raise ArgumentError(
                "contrib.learn", "embedding_lr_multipliers", column.name, "an embedding column"
            )
        found.update(dict.fromkeys(variables, rate))
    return found or None
