"""The functions that make contrib.learn's heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn import _head_losses as losses
from graphkit.tf1._contrib._learn._heads import (
    BinaryHead,
    Head,
    LabelsHead,
    ManyClassesHead,
    RegressionHead,
    SvmHead,
)

__all__ = [
    "binary_svm_head",
    "multi_class_head",
    "multi_label_head",
    "no_op_train_fn",
    "poisson_regression_head",
    "regression_head",
]


def no_op_train_fn(loss: Tensor) -> Any:
    """Trains nothing.

    Args:
        loss: The loss.

    Returns:
        An op that does nothing.
    """
    return tf.no_op()


def regression_head(
    label_name: str | None = None,
    weight_column_name: str | None = None,
    label_dimension: int = 1,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    link_fn: Callable[[Tensor], Tensor] | None = None,
) -> Head:
    """Makes the head of a model of numbers, which minimises squares.

    Args:
        label_name: Which labels, where there are several.
        weight_column_name: The feature with the weights of examples.
        label_dimension: How many numbers there are for each example.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        head_name: Appended to the names of measures; the variable scope.
        link_fn: Makes predictions of logits; they are the same unless given.

    Returns:
        The head.
    """
    options = (label_name, weight_column_name, enable_centered_bias, head_name)
    head = RegressionHead(label_dimension, losses.mean_squared, *options)
    if link_fn is not None:
        head.link_fn = link_fn
    return head


def poisson_regression_head(
    label_name: str | None = None,
    weight_column_name: str | None = None,
    label_dimension: int = 1,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
) -> Head:
    """Makes the head of a model of counts.

    Args:
        label_name: Which labels, where there are several.
        weight_column_name: The feature with the weights of examples.
        label_dimension: How many counts there are for each example.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        head_name: Appended to the names of measures; the variable scope.

    Returns:
        The head.
    """
    options = (label_name, weight_column_name, enable_centered_bias, head_name)
    head = RegressionHead(label_dimension, losses.log_poisson, *options)
    head.link_fn = tf.exp
    return head


def multi_class_head(
    n_classes: int,
    label_name: str | None = None,
    weight_column_name: str | None = None,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    thresholds: Sequence[float] | None = None,
    metric_class_ids: Sequence[int] | None = None,
    loss_fn: Callable[..., Tensor] | None = None,
    label_keys: Sequence[str] | None = None,
) -> Head:
    """Makes the head of a model of classes of which one is right.

    Args:
        n_classes: How many there are.
        label_name: Which labels, where there are several.
        weight_column_name: The feature with the weights of examples.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        head_name: Appended to the names of measures; the variable scope.
        thresholds: Of two classes, from which probability on the second is predicted.
        metric_class_ids: Of more classes, those that are measured one by one.
        loss_fn: Makes another loss, of `labels`, `logits` and `weights`.
        label_keys: Of more classes, their names, where labels are words.

    Returns:
        The head.

    Raises:
        ValueError: There are fewer than two classes, an argument does not go with their number, or
            the loss lacks an argument.
    """
    if n_classes is None or n_classes < 2:
        raise ValueError(f"n_classes must be > 1 for classification: {n_classes}.")
    own = losses.custom(loss_fn) if loss_fn else None
    options = (label_name, weight_column_name, enable_centered_bias, head_name)
    if n_classes == 2:
        if metric_class_ids:
            raise ValueError("metric_class_ids invalid for n_classes==2.")
        if label_keys:
            raise ValueError("label_keys is not supported for n_classes=2.")
        binary = BinaryHead(1, own or losses.log_loss, *options)
        binary.thresholds = thresholds or (0.5,)
        return binary
    if label_keys and len(label_keys) != n_classes:
        raise ValueError("Length of label_keys must equal n_classes.")
    head = ManyClassesHead(n_classes, own or losses.softmax, *options)
    head.class_ids = _checked(metric_class_ids, n_classes)
    head.words = label_keys
    return head


def multi_label_head(
    n_classes: int,
    label_name: str | None = None,
    weight_column_name: str | None = None,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    thresholds: Sequence[float] | None = None,
    metric_class_ids: Sequence[int] | None = None,
    loss_fn: Callable[..., Tensor] | None = None,
) -> Head:
    """Makes the head of a model of classes that exclude none of the others.

    Args:
        n_classes: How many there are.
        label_name: Which labels, where there are several.
        weight_column_name: The feature with the weights of examples.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        head_name: Appended to the names of measures; the variable scope.
        thresholds: Kept for callers that pass it.
        metric_class_ids: The classes that are measured one by one.
        loss_fn: Makes another loss, of `labels`, `logits` and `weights`.

    Returns:
        The head.

    Raises:
        ValueError: There are fewer than two classes, or the loss lacks an argument.
    """
    if n_classes < 2:
        raise ValueError("n_classes must be > 1 for classification.")
    own = losses.custom(loss_fn) if loss_fn else None
    options = (label_name, weight_column_name, enable_centered_bias, head_name)
    head = LabelsHead(n_classes, own or losses.sigmoid, *options)
    head.class_ids = _checked(metric_class_ids, n_classes)
    return head


def binary_svm_head(
    label_name: str | None = None,
    weight_column_name: str | None = None,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
    thresholds: Sequence[float] | None = None,
) -> Head:
    """Makes the head of a support vector machine of two classes.

    Args:
        label_name: Which labels, where there are several.
        weight_column_name: The feature with the weights of examples.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        head_name: Appended to the names of measures; the variable scope.
        thresholds: Kept for callers that pass it.

    Returns:
        The head.
    """
    options = (label_name, weight_column_name, enable_centered_bias, head_name)
    return SvmHead(1, losses.hinge, *options)


def _checked(class_ids: Sequence[int] | None, n_classes: int) -> tuple[int, ...]:
    for number in class_ids or ():
        if not 0 <= number < n_classes:
            raise ValueError(f"Class ID {number} not in [0, {n_classes}).")
    return tuple(class_ids or ())
