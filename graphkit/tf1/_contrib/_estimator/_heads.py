"""contrib.estimator's heads: today's, trained by optimizers of `tf.train` too."""

from __future__ import annotations

import inspect
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = [
    "binary_classification_head",
    "logistic_regression_head",
    "multi_class_head",
    "multi_head",
    "multi_label_head",
    "poisson_regression_head",
    "regression_head",
]

_HEADS = "tensorflow_estimator.python.estimator.head"
_MEAN = tf.losses.Reduction.SUM_OVER_BATCH_SIZE


class _AsBefore:
    """Takes a reduction of `tf.losses` and an optimizer of `tf.train`; today's want Keras's."""

    def __init__(self, *args: Any, **options: Any) -> None:
        made: Any = super().__init__
        given = inspect.signature(made).bind(*args, **options)
        if "loss_reduction" in given.arguments:
            given.arguments["loss_reduction"] = _reduction(given.arguments["loss_reduction"])
        made(*given.args, **given.kwargs)

    def create_estimator_spec(
        self, features: Any, mode: str, logits: Any, optimizer: Any = None, **more: Any
    ) -> Any:
        if isinstance(optimizer, tf.train.Optimizer):
            minimize, optimizer = optimizer.minimize, None
            more["train_op_fn"] = lambda loss: minimize(loss, tf.train.get_or_create_global_step())
            more.setdefault("update_ops", tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        made: Any = super()
        return made.create_estimator_spec(features, mode, logits, optimizer=optimizer, **more)


def _trained_as_before(name: str) -> Any:
    kind = load(f"{_HEADS}.{name}")
    return type(kind.__name__, (_AsBefore, kind), {"__doc__": kind.__doc__})


binary_classification_head = _trained_as_before("binary_class_head:BinaryClassHead")
logistic_regression_head = _trained_as_before("regression_head:LogisticRegressionHead")
multi_class_head = _trained_as_before("multi_class_head:MultiClassHead")
multi_head = _trained_as_before("multi_head:MultiHead")
multi_label_head = _trained_as_before("multi_label_head:MultiLabelHead")
_Poisson = _trained_as_before("regression_head:PoissonRegressionHead")
_Regression = _trained_as_before("regression_head:RegressionHead")


def _reduction(name: str) -> str:
    """The name that today's heads have for a reduction of `tf.losses`."""
    return name.removeprefix("weighted_")


def regression_head(
    weight_column: Any = None,
    label_dimension: int = 1,
    loss_reduction: Any = _MEAN,
    loss_fn: Any = None,
    inverse_link_fn: Any = None,
    name: str | None = None,
) -> Any:
    """Makes the head of a regression.

    Args:
        weight_column: The feature with the weights of examples.
        label_dimension: How many numbers are predicted.
        loss_reduction: How the losses of a batch are summed.
        loss_fn: Another loss, of labels and logits.
        inverse_link_fn: From logits to predictions.
        name: The head's name.

    Returns:
        The head.
    """
    return _Regression(
        label_dimension, weight_column, loss_reduction, loss_fn, inverse_link_fn, name
    )


def poisson_regression_head(
    weight_column: Any = None,
    label_dimension: int = 1,
    loss_reduction: Any = _MEAN,
    compute_full_loss: bool = True,
    name: str | None = None,
) -> Any:
    """Makes the head of a regression of counts.

    Args:
        weight_column: The feature with the weights of examples.
        label_dimension: How many counts are predicted.
        loss_reduction: How the losses of a batch are summed.
        compute_full_loss: Whether the constant part of the loss is in it.
        name: The head's name.

    Returns:
        The head.
    """
    return _Poisson(label_dimension, weight_column, loss_reduction, compute_full_loss, name)
