"""contrib.learn's recurrent estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._keys import PredictionKey, ProblemType
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps
from graphkit.tf1._contrib._learn._rnn_parts import (
    PredictionType,
    RNNKeys,
    construct_rnn_cell,
    dict_to_state_tuple,
    mask_activations_and_labels,
    select_last_activations,
    state_tuple_to_dict,
)
from graphkit.tf1._namespace import load

__all__ = ["DynamicRnnEstimator"]

_layers: Any = load("graphkit.tf1.contrib.layers")
_optimizers: Any = load("graphkit.tf1.contrib.layers:OPTIMIZER_SUMMARIES")
_NAMES = {
    PredictionType.SINGLE_VALUE: "SingleValueDynamicRNN",
    PredictionType.MULTIPLE_VALUE: "MultiValueDynamicRNN",
}


class DynamicRnnEstimator(Estimator):
    """A recurrent network over columns of sequences.

    Args:
        problem_type: LINEAR_REGRESSION or CLASSIFICATION of ProblemType.
        prediction_type: SINGLE_VALUE or MULTIPLE_VALUE: one prediction for a sequence, or one for
            each step. The feature "sequence_length" says how many steps count.
        sequence_feature_columns: The columns of steps.
        context_feature_columns: The columns of sequences, which every step sees.
        num_classes: How many classes there are.
        num_units: The size of the cell, or of each of several.
        cell_type: "basic_rnn", "lstm", "gru", or a class of cells.
        optimizer: An optimizer, its name, or a function that makes it.
        learning_rate: The step, where `optimizer` is a name.
        predict_probabilities: Whether classes' probabilities are predicted as well.
        momentum: The momentum, where `optimizer` is "Momentum".
        gradient_clipping_norm: The largest norm of all gradients together.
        dropout_keep_probabilities: How much is kept before each cell, and after the last, in
            training.
        model_dir: Where everything is written.
        feature_engineering_fn: Changes features and labels first.
        config: The settings of the run.

    Raises:
        ValueError: There is no such problem or prediction, or the number of classes is missing.
    """

    def __init__(
        self,
        problem_type: int,
        prediction_type: int,
        sequence_feature_columns: Iterable[Any],
        context_feature_columns: Iterable[Any] | None = None,
        num_classes: int | None = None,
        num_units: int | Sequence[int] | None = None,
        cell_type: Any = "basic_rnn",
        optimizer: Any = "SGD",
        learning_rate: float | None = 0.1,
        predict_probabilities: bool = False,
        momentum: float | None = None,
        gradient_clipping_norm: float | None = 5.0,
        dropout_keep_probabilities: Sequence[float] | None = None,
        model_dir: str | None = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        config: Any = None,
    ) -> None:
        if prediction_type not in _NAMES:
            raise ValueError(
                "prediction_type must be one of PredictionType.MULTIPLE_VALUE or "
                f"PredictionType.SINGLE_VALUE; got {prediction_type}"
            )
        target, kind = _target(problem_type, num_classes)
        name = _NAMES[prediction_type] + kind
        predictions = partial(_predictions, target, problem_type, predict_probabilities)
        by_step = prediction_type == PredictionType.MULTIPLE_VALUE

        def train(loss: Tensor) -> Any:
            made = optimizer
            if optimizer == "Momentum":
                made = tf.train.MomentumOptimizer(learning_rate, momentum)
            return _layers.optimize_loss(
                loss,
                None,
                learning_rate,
                made,
                clip_gradients=gradient_clipping_norm,
                summaries=_optimizers,
            )

        def model_fn(features: Mapping[str, Any], labels: Any, mode: str) -> ModelFnOps:
            step = metrics = loss = None
            with tf.name_scope(name):
                lengths = features.get(RNNKeys.SEQUENCE_LENGTH_KEY)
                inputs = _inputs(features, sequence_feature_columns, context_feature_columns)
                kept = dropout_keep_probabilities if mode == ModeKeys.TRAIN else None
                cell = construct_rnn_cell(num_units or 0, cell_type, kept)
                start = dict_to_state_tuple(features, cell)
                outputs, state = _unrolled(cell, inputs, start, target.num_label_columns)
                found = predictions(outputs, lengths, by_step)
                if mode != ModeKeys.INFER:
                    loss = _loss(target, outputs, labels, lengths, features, by_step)
                    metrics = _metrics(problem_type, found, labels, lengths, by_step)
                if mode == ModeKeys.TRAIN:
                    step = train(loss)
                everything = {**found, **state_tuple_to_dict(state)}
            served = None if by_step else {"dynamic_rnn_output": (problem_type, found)}
            return ModelFnOps(mode, everything, loss, step, metrics, served)

        super().__init__(model_fn, model_dir, config, feature_engineering_fn=feature_engineering_fn)


def _target(problem_type: int, num_classes: int | None) -> tuple[Any, str]:
    if problem_type == ProblemType.LINEAR_REGRESSION:
        return _layers.regression_target(), "Regressor"
    if problem_type != ProblemType.CLASSIFICATION:
        raise ValueError(
            "problem_type must be either ProblemType.LINEAR_REGRESSION or "
            f"ProblemType.CLASSIFICATION; got {problem_type}"
        )
    if not num_classes:
        raise ValueError("For CLASSIFICATION problem_type, num_classes must be specified.")
    return _layers.multi_class_target(n_classes=num_classes), "Classifier"


def _inputs(features: Mapping[str, Any], columns: Any, context_columns: Any) -> Tensor:
    """What the network sees `[B, T, D]`: each step, and beside it what its sequence has."""
    steps = _layers.sequence_input_from_feature_columns(features, columns)
    if context_columns is None:
        return steps
    context = tf.expand_dims(_layers.input_from_feature_columns(features, context_columns), 1)
    return tf.concat([steps, tf.tile(context, [1, tf.shape(steps)[1], 1])], 2)


def _unrolled(cell: Any, inputs: Tensor, start: Any, size: int) -> tuple[Tensor, Any]:
    with tf.name_scope("RNN"):
        outputs, state = tf.nn.dynamic_rnn(
            cell, inputs, initial_state=start, dtype=tf.float32, swap_memory=True
        )
        return _layers.fully_connected(outputs, size, activation_fn=None), state


def _predictions(
    target: Any,
    problem_type: int,
    with_probabilities: bool,
    outputs: Tensor,
    lengths: Any,
    by_step: bool,
) -> dict[str, Tensor]:
    """Classes or numbers: one of each sequence `[B]`, or one of each step `[B, T]`."""
    is_classes = problem_type == ProblemType.CLASSIFICATION
    key = PredictionKey.CLASSES if is_classes else PredictionKey.SCORES
    shape = tf.shape(outputs)
    if by_step:
        logits = tf.reshape(outputs, [-1, shape[2]])
    else:
        logits = select_last_activations(outputs, lengths)
    if not with_probabilities:
        found = target.logits_to_predictions(logits, proba=False)
        return {key: tf.reshape(found, shape[:2]) if by_step else found}
    chances = target.logits_to_predictions(logits, proba=True)
    found = tf.argmax(chances, 1)
    if by_step:
        found = tf.reshape(found, shape[:2])
        chances = tf.reshape(chances, tf.concat([shape[:2], tf.shape(chances)[1:]], 0))
    return {PredictionKey.PROBABILITIES: chances, key: found}


def _loss(
    target: Any, outputs: Tensor, labels: Any, lengths: Any, features: Any, by_step: bool
) -> Tensor:
    if by_step:
        logits, labels = mask_activations_and_labels(outputs, labels, lengths)
    else:
        logits = select_last_activations(outputs, lengths)
    loss: Tensor = target.loss(logits, labels, features)
    return loss


def _metrics(
    problem_type: int, found: Mapping[str, Tensor], labels: Any, lengths: Any, by_step: bool
) -> dict[str, Any]:
    if problem_type != ProblemType.CLASSIFICATION:
        return {}
    classes = found[PredictionKey.CLASSES]
    if by_step:
        classes, labels = mask_activations_and_labels(classes, labels, lengths)
    return {"accuracy": tf.metrics.accuracy(labels, classes)}
