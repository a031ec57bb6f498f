"""The targets of contrib.layers: what a model of 2016 learns, before contrib.learn had heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._keys import ProblemType
from graphkit.tf1._contrib._target_metrics import Metric, get_default_binary_metrics_for_eval
from graphkit.tf1._namespace import load

__all__ = [
    "ProblemType",
    "binary_svm_target",
    "multi_class_target",
    "regression_target",
]

_mean: Any = load("tf_slim.metrics.metric_ops:streaming_mean")
_accuracy: Any = load("tf_slim.metrics.metric_ops:streaming_accuracy")
_hinge_loss: Any = load("tf_slim.losses.loss_ops:hinge_loss")


class _Target:
    """One thing that a model learns.

    Args:
        loss_fn: Each example's loss, from logits and labels.
        num_label_columns: How many logits an example has.
        label_name: Its name among several labels.
        weight_column_name: The feature that weighs examples.
    """

    problem_type = ProblemType.UNSPECIFIED

    def __init__(
        self,
        loss_fn: Callable[[Any, Any], Tensor],
        num_label_columns: int,
        label_name: str | None,
        weight_column_name: str | None,
    ) -> None:
        self._loss_fn = loss_fn
        self.num_label_columns = num_label_columns
        self.label_name = label_name
        self.weight_column_name = weight_column_name

    def get_weight_tensor(self, features: Mapping[str, Any]) -> Tensor | None:
        """Finds the weights of the examples.

        Args:
            features: Feature name to tensor.

        Returns:
            Floats `[B]`, or None where no feature weighs them.
        """
        if not self.weight_column_name:
            return None
        return tf.reshape(tf.cast(features[self.weight_column_name], tf.float32), [-1])

    def _losses(self, logits: Any, target: Any) -> Tensor:
        return self._loss_fn(
            logits, target[self.label_name] if isinstance(target, dict) else target
        )

    def training_loss(
        self, logits: Any, target: Any, features: Mapping[str, Any], name: str = "training_loss"
    ) -> Tensor:
        """Makes the loss that gradients are taken of: weighted, over the number of examples.

        Args:
            logits: Floats `[B, num_label_columns]`.
            target: Labels `[B]` or `[B, 1]`, or label name to labels.
            features: Feature name to tensor.
            name: The op's name.

        Returns:
            A scalar.
        """
        losses, weights = self._losses(logits, target), self.get_weight_tensor(features)
        if weights is not None:
            losses = tf.reshape(losses, [-1]) * weights
        return tf.reduce_mean(losses, name=name)

    def loss(self, logits: Any, target: Any, features: Mapping[str, Any]) -> Tensor:
        """Makes the loss that is reported: the weighted mean.

        Args:
            logits: Floats `[B, num_label_columns]`.
            target: Labels `[B]` or `[B, 1]`, or label name to labels.
            features: Feature name to tensor.

        Returns:
            A scalar.
        """
        losses, weights = self._losses(logits, target), self.get_weight_tensor(features)
        if weights is None:
            return tf.reduce_mean(losses, name="loss")
        weighted = tf.reduce_sum(tf.reshape(losses, [-1]) * weights)
        return tf.divide(weighted, tf.reduce_sum(weights), name="loss")

    def _measured(
        self,
        predictions: Tensor,
        labels: Any,
        metrics: Mapping[str, Metric] | None,
        features: Mapping[str, Any],
    ) -> dict[str, Any]:
        weights = self.get_weight_tensor(features)
        given = {} if weights is None else {"weights": weights}
        labels = tf.cast(labels, predictions.dtype)
        return {
            name: metric(predictions, labels, **given) for name, metric in (metrics or {}).items()
        }


class _RegressionTarget(_Target):
    problem_type = ProblemType.LINEAR_REGRESSION

    def logits_to_predictions(self, logits: Any, proba: bool = False) -> Tensor:
        """Makes predictions of logits: they are the same; `[B]` where there is one an example."""
        return tf.squeeze(logits, [1]) if self.num_label_columns == 1 else logits

    def get_eval_ops(
        self,
        features: Mapping[str, Any],
        logits: Any,
        labels: Any,
        metrics: Mapping[str, Metric] | None = None,
    ) -> dict[str, Any]:
        """Measures a model: its mean loss, and the metrics that are given; name to two ops."""
        found = {"loss": _mean(self.loss(logits, labels, features))}
        predictions = self.logits_to_predictions(logits)
        return found | self._measured(predictions, labels, metrics, features)


class _ClassTarget(_Target):
    problem_type = ProblemType.CLASSIFICATION

    def logits_to_predictions(self, logits: Any, proba: bool = False) -> Tensor:
        """Makes predictions of logits: classes `[B]`, or probabilities `[B, classes]`."""
        if self.num_label_columns == 1:
            logits = tf.concat([tf.zeros_like(logits), logits], 1)
        return tf.nn.softmax(logits) if proba else tf.argmax(logits, 1)

    def get_eval_ops(
        self,
        features: Mapping[str, Any],
        logits: Any,
        labels: Any,
        metrics: Mapping[Any, Metric] | None = None,
    ) -> dict[str, Any]:
        """Measures a model: its mean loss, what two classes have, and the metrics that are given.

        Args:
            features: Feature name to tensor.
            logits: Floats `[B, num_label_columns]`.
            labels: Classes `[B]` or `[B, 1]`.
            metrics: Name to metric, of classes; `(name, "probabilities")` is one of probabilities.
                The accuracy unless given.

        Returns:
            Name to a value and its update.

        Raises:
            ValueError: A metric's name is neither a string nor such a pair.
        """
        found = {"loss": _mean(self.loss(logits, labels, features))}
        if self.num_label_columns == 1:
            likely, right = tf.sigmoid(logits), tf.cast(labels, tf.float32)
            for name, metric in get_default_binary_metrics_for_eval([0.5]).items():
                found[name] = metric(likely, right)
        if metrics is None:
            metrics = {"accuracy": _accuracy}
        wanted: dict[bool, dict[str, Metric]] = {False: {}, True: {}}
        for key, metric in metrics.items():
            name, proba = _metric_name(key)
            wanted[proba][name] = metric
        for proba, chosen in wanted.items():
            if chosen:
                predictions = self.logits_to_predictions(logits, proba=proba)
                found |= self._measured(predictions, labels, chosen, features)
        return found


class _SvmTarget(_ClassTarget):
    def logits_to_predictions(self, logits: Any, proba: bool = False) -> Tensor:
        """Makes predictions of logits: classes `[B]`; a margin is no probability."""
        if proba:
            raise ValueError("logits to probabilities is not supported for _BinarySvmTargetColumn")
        return super().logits_to_predictions(logits)


def _metric_name(key: Any) -> tuple[str, bool]:
    """A metric's name, and whether it is one of probabilities."""
    if isinstance(key, str):
        return key, False
    if isinstance(key, tuple) and len(key) == 2 and key[1] in ("classes", "probabilities"):
        return key[0], key[1] == "probabilities"
    raise ValueError(
        f"Ignoring metric {key}. Its name should be a string, or a pair of one and either "
        "'classes' or 'probabilities'."
    )


def regression_target(
    label_name: str | None = None, weight_column_name: str | None = None, label_dimension: int = 1
) -> Any:
    """Makes the target of a linear regression.

    Args:
        label_name: Its name among several labels.
        weight_column_name: The feature that weighs examples.
        label_dimension: How many numbers an example's label is.

    Returns:
        The target.
    """
    return _RegressionTarget(_squared_error, label_dimension, label_name, weight_column_name)


def multi_class_target(
    n_classes: int, label_name: str | None = None, weight_column_name: str | None = None
) -> Any:
    """Makes the target of a classification; the loss is the cross entropy.

    Args:
        n_classes: How many classes there are.
        label_name: Its name among several labels.
        weight_column_name: The feature that weighs examples.

    Returns:
        The target.

    Raises:
        ValueError: There are fewer than two classes.
    """
    if n_classes < 2:
        raise ValueError(f"n_classes must be > 1 for classification; got {n_classes}")
    if n_classes == 2:
        return _ClassTarget(_log_loss, 1, label_name, weight_column_name)
    return _ClassTarget(_cross_entropy, n_classes, label_name, weight_column_name)


def binary_svm_target(label_name: str | None = None, weight_column_name: str | None = None) -> Any:
    """Makes the target of two classes that are parted with a margin; the loss is the hinge loss.

    Args:
        label_name: Its name among several labels.
        weight_column_name: The feature that weighs examples.

    Returns:
        The target.
    """
    return _SvmTarget(_margin_loss, 1, label_name, weight_column_name)


def _as_column(target: Any) -> Any:
    """Labels `[B, 1]`, since `[B]` would be broadcast over logits `[B, 1]`."""
    return tf.expand_dims(target, 1) if len(target.shape) == 1 else target


def _squared_error(logits: Any, target: Any) -> Any:
    target = _as_column(target)
    logits.shape.assert_is_compatible_with(target.shape)
    return tf.squared_difference(logits, tf.cast(target, tf.float32))


def _log_loss(logits: Any, target: Any) -> Any:
    labels = tf.cast(_as_column(target), tf.float32)
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


def _cross_entropy(logits: Any, target: Any) -> Any:
    if not target.dtype.is_integer:
        raise ValueError(f"Target's dtype should be integer. Instead got {target.dtype}.")
    labels = tf.squeeze(target, [1]) if len(target.shape) == 2 else target
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


def _margin_loss(logits: Any, target: Any) -> Any:
    fits = tf.Assert(
        tf.less_equal(tf.rank(target), 2),
        ["target's shape should be either [batch_size, 1] or [batch_size]"],
    )
    with tf.control_dependencies([fits]):
        labels = tf.reshape(target, [tf.shape(target)[0], 1])
    return _hinge_loss(logits, labels)
