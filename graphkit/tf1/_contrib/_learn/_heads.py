"""contrib.learn's heads: what stands on top of a model and makes loss, predictions and measures."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn import _head_losses as losses
from graphkit.tf1._contrib._learn._head_metrics import (
    MetricKey,
    binary_metrics,
    class_metrics,
    label_metrics,
    named,
)
from graphkit.tf1._contrib._learn._keys import PredictionKey, ProblemType
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps
from graphkit.tf1._namespace import load

__all__ = [
    "BinaryHead",
    "Head",
    "LabelsHead",
    "ManyClassesHead",
    "RegressionHead",
    "SvmHead",
    "require_mode",
    "trained",
]

_lookup: Any = load("graphkit.tf1.contrib.lookup")
_linear: Any = load("graphkit.tf1.contrib.layers:linear")


class Head(abc.ABC):
    """The top of a model."""

    @property
    @abc.abstractmethod
    def logits_dimension(self) -> int:
        """How many numbers the head needs of each example."""

    @abc.abstractmethod
    def create_model_fn_ops(
        self,
        features: Mapping[str, Any],
        mode: str,
        labels: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        logits: Tensor | None = None,
        logits_input: Tensor | None = None,
        scope: Any = None,
    ) -> ModelFnOps:
        """Makes what a model function returns.

        Args:
            features: Name to feature; the weights of examples are taken from them.
            mode: One of ModeKeys.
            labels: What is to be learned, or name to labels.
            train_op_fn: Makes the op that trains, of the loss.
            logits: Floats `[B, logits_dimension]`.
            logits_input: The last layer `[B, D]`, instead of `logits`.
            scope: The variable scope; the head's name unless given.

        Returns:
            Predictions, and what is needed to train and to measure.

        Raises:
            ValueError: Both or none of `logits` and `logits_input` are given, the mode is none, or
                nothing trains.
        """


def require_mode(mode: str) -> None:
    """Requires that a mode is one of ModeKeys.

    Args:
        mode: What a caller gave.

    Raises:
        ValueError: It is none.
    """
    if mode not in (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.INFER):
        raise ValueError(f"mode={mode} unrecognized.")


def trained(train_op_fn: Callable[[Tensor], Any] | None, loss: Tensor) -> Any:
    """Makes the op that trains.

    Args:
        train_op_fn: Makes it, of the loss.
        loss: A scalar.

    Returns:
        The op.

    Raises:
        ValueError: Nothing makes it.
    """
    if train_op_fn is None:
        raise ValueError("train_op_fn can not be None in TRAIN mode")
    with tf.name_scope(None, "train_op", [loss]):
        return train_op_fn(loss)


class _SingleHead(Head):
    """A head of one kind of labels.

    Args:
        dimension: How many logits there are.
        loss_fn: Makes the losses of labels, logits and weights.
        label_name: Which labels, where there are several.
        weight_column_name: The feature with the weights of examples.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        head_name: Appended to the names of measures; the variable scope.
    """

    problem = ProblemType.UNSPECIFIED
    scope = "head"

    def __init__(
        self,
        dimension: int,
        loss_fn: Callable[..., losses.Losses],
        label_name: str | None = None,
        weight_column_name: str | None = None,
        enable_centered_bias: bool = False,
        head_name: str | None = None,
    ) -> None:
        if dimension < 1:
            raise ValueError(f"Invalid logits_dimension {dimension}.")
        self._dimension = dimension
        self._loss_fn = loss_fn
        self.label_name = label_name
        self.weight_column_name = weight_column_name
        self._centered = enable_centered_bias
        self.head_name = head_name

    @property
    def logits_dimension(self) -> int:
        """How many numbers the head needs of each example."""
        return self._dimension

    def create_model_fn_ops(
        self,
        features: Mapping[str, Any],
        mode: str,
        labels: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        logits: Tensor | None = None,
        logits_input: Tensor | None = None,
        scope: Any = None,
    ) -> ModelFnOps:
        """As `Head` says."""
        require_mode(mode)
        with tf.variable_scope(scope, default_name=self.head_name or self.scope):
            logits = self._logits(logits, logits_input)
            bias = None
            if self._centered:
                bias = losses.centered_bias(self._dimension, self.head_name)
                logits = tf.nn.bias_add(logits, bias)
            predictions = self._predictions(logits)
            outputs = {self.head_name: (self.problem, self._served(predictions))}
            if mode == ModeKeys.INFER or labels is None:
                return ModelFnOps(mode, predictions, output_alternatives=outputs)
            wanted, ids = self._labels(labels)
            weights = _weights(features, self.weight_column_name)
            loss = self._loss_fn(ids, logits, weights)
            with tf.name_scope(""):
                suffix = f"/{self.head_name}" if self.head_name else ""
                tf.summary.scalar(f"{MetricKey.LOSS}{suffix}", tf.identity(loss.average))
            step = None
            if mode == ModeKeys.TRAIN:
                step = self._step(loss.training, train_op_fn, bias, ids, weights, logits)
            metrics = {MetricKey.LOSS: tf.metrics.mean(loss.average)}
            metrics.update(self._metrics(wanted, predictions, weights))
        measured = named(metrics, self.head_name)
        return ModelFnOps(mode, predictions, loss.training, step, measured, outputs)

    def _logits(self, logits: Tensor | None, logits_input: Tensor | None) -> Tensor:
        if logits is None:
            if logits_input is None:
                raise ValueError("Neither logits nor logits_input supplied.")
            return _linear(logits_input, self._dimension, scope="logits")
        if logits_input is not None:
            raise ValueError("Both logits and logits_input supplied.")
        logits = tf.convert_to_tensor(logits, name="logits")
        if logits.shape.rank is not None:
            logits.shape[-1:].assert_is_compatible_with([self._dimension])
        return logits

    def _step(
        self,
        loss: Tensor,
        train_op_fn: Callable[[Tensor], Any] | None,
        bias: Any,
        labels: Any,
        weights: Any,
        logits: Tensor,
    ) -> Any:
        step = trained(train_op_fn, loss)
        if bias is None:
            return step
        size = tf.shape(logits)[0]
        also = losses.centered_bias_step(bias, size, self._loss_fn, labels, weights)
        return tf.group(step, also)

    def _labels(self, labels: Any) -> tuple[Any, Any]:
        """Labels as they are given, and as the loss takes them."""
        chosen = labels[self.label_name] if isinstance(labels, Mapping) else labels
        if isinstance(chosen, tf.SparseTensor):
            raise ValueError("SparseTensor is not supported.")
        chosen = tf.convert_to_tensor(chosen)
        return chosen, chosen

    def _served(self, predictions: dict[str, Tensor]) -> dict[str, Tensor]:
        """What an export serves."""
        return predictions

    @abc.abstractmethod
    def _predictions(self, logits: Tensor) -> dict[str, Tensor]:
        """Name to what is predicted."""

    def _metrics(self, labels: Any, predictions: dict[str, Tensor], weights: Any) -> dict[str, Any]:
        """Name to what is measured besides the loss."""
        return {}


class RegressionHead(_SingleHead):
    """Numbers; `link_fn` makes them of logits."""

    problem = ProblemType.LINEAR_REGRESSION
    scope = "regression_head"
    link_fn: Callable[[Tensor], Tensor] = staticmethod(tf.identity)

    def _predictions(self, logits: Tensor) -> dict[str, Tensor]:
        scores = tf.squeeze(logits, 1) if self._dimension == 1 else logits
        return {PredictionKey.SCORES: self.link_fn(scores)}


def _two(logits: Tensor) -> Tensor:
    return tf.concat([tf.zeros_like(logits), logits], 1)


def _words_of_classes(probabilities: Tensor, words: Sequence[str] | None) -> Tensor:
    """A row of class names for each example, as serving wants them."""
    size, count = tf.shape(probabilities)[0], probabilities.shape.as_list()[1]
    row = tf.constant(words) if words else tf.as_string(tf.range(count))
    return tf.tile(tf.expand_dims(row, 0), [size, 1])


class _ClassHead(_SingleHead):
    words: Sequence[str] | None = None

    def _served(self, predictions: dict[str, Tensor]) -> dict[str, Tensor]:
        probabilities = predictions[PredictionKey.PROBABILITIES]
        classes = _words_of_classes(probabilities, self.words)
        return {PredictionKey.PROBABILITIES: probabilities, PredictionKey.CLASSES: classes}


class BinaryHead(_ClassHead):
    """Two classes; `thresholds` says from which probability on the second is predicted."""

    problem = ProblemType.LOGISTIC_REGRESSION
    scope = "binary_logistic_head"
    thresholds: Sequence[float] = (0.5,)

    def _predictions(self, logits: Tensor) -> dict[str, Tensor]:
        both = _two(logits)
        return {
            PredictionKey.LOGITS: logits,
            PredictionKey.LOGISTIC: tf.sigmoid(logits),
            PredictionKey.PROBABILITIES: tf.nn.softmax(both),
            PredictionKey.CLASSES: tf.argmax(both, 1),
        }

    def _metrics(self, labels: Any, predictions: dict[str, Tensor], weights: Any) -> dict[str, Any]:
        logistic, classes = predictions["logistic"], predictions["classes"]
        return binary_metrics(labels, logistic, classes, weights, self.thresholds)


class SvmHead(_SingleHead):
    """Two classes, as far apart as can be."""

    problem = ProblemType.LOGISTIC_REGRESSION
    scope = "binary_svm_head"

    def _predictions(self, logits: Tensor) -> dict[str, Tensor]:
        classes = tf.argmax(_two(logits), 1)
        return {PredictionKey.LOGITS: logits, PredictionKey.CLASSES: classes}

    def _metrics(self, labels: Any, predictions: dict[str, Tensor], weights: Any) -> dict[str, Any]:
        return {MetricKey.ACCURACY: tf.metrics.accuracy(labels, predictions["classes"], weights)}


class ManyClassesHead(_ClassHead):
    """Classes of which one is right; `words` names them."""

    problem = ProblemType.CLASSIFICATION
    scope = "multi_class_head"
    class_ids: Sequence[int] = ()

    def _labels(self, labels: Any) -> tuple[Any, Any]:
        given, ids = super()._labels(labels)
        if self.words:
            ids = _lookup.index_table_from_tensor(list(self.words)).lookup(given)
        return given, ids

    def _predictions(self, logits: Tensor) -> dict[str, Tensor]:
        classes = tf.argmax(logits, 1)
        if self.words:
            classes = _lookup.index_to_string_table_from_tensor(list(self.words)).lookup(classes)
        return {
            PredictionKey.LOGITS: logits,
            PredictionKey.PROBABILITIES: tf.nn.softmax(logits),
            PredictionKey.CLASSES: classes,
        }

    def _metrics(self, labels: Any, predictions: dict[str, Tensor], weights: Any) -> dict[str, Any]:
        ids = () if self.words else self.class_ids
        return class_metrics(labels, predictions, weights, ids)


class LabelsHead(_ClassHead):
    """Classes that exclude none of the others."""

    problem = ProblemType.CLASSIFICATION
    scope = "multi_label_head"
    class_ids: Sequence[int] = ()

    def _labels(self, labels: Any) -> tuple[Any, Any]:
        chosen = labels[self.label_name] if isinstance(labels, Mapping) else labels
        if isinstance(chosen, tf.SparseTensor):
            chosen = tf.cast(tf.sparse.to_indicator(chosen, self._dimension), tf.int64)
        return chosen, chosen

    def _predictions(self, logits: Tensor) -> dict[str, Tensor]:
        return {
            PredictionKey.LOGITS: logits,
            PredictionKey.PROBABILITIES: tf.sigmoid(logits),
            PredictionKey.CLASSES: tf.cast(logits > 0, tf.int64),
        }

    def _metrics(self, labels: Any, predictions: dict[str, Tensor], weights: Any) -> dict[str, Any]:
        return label_metrics(labels, predictions, weights, self.class_ids)


def _weights(features: Mapping[str, Any], name: str | None) -> Tensor | None:
    if not name:
        return None
    if name not in features:
        raise ValueError(f"Weights {name} missing from features {sorted(features)}.")
    weights = tf.cast(features[name], tf.float32)
    return tf.reshape(weights, [-1, 1]) if weights.shape.rank == 1 else weights
