"""Batch normalization, which behaves differently while training and has updates to run."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_layers, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._types import checked_number
from graphkit.graph.layers._inputs import checked_flag, checked_input
from graphkit.graph.layers._scope import check_options, layer_scope

__all__ = ["batch_normalization"]


def batch_normalization(
    inputs: Tensor,
    *,
    training: bool | Tensor,
    axis: int = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = tf.zeros_initializer(),  # noqa: B008 - stateless
    gamma_initializer: Any = tf.ones_initializer(),  # noqa: B008 - stateless
    moving_mean_initializer: Any = tf.zeros_initializer(),  # noqa: B008 - stateless
    moving_variance_initializer: Any = tf.ones_initializer(),  # noqa: B008 - stateless
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    trainable: bool = True,
    fused: bool | None = None,
    name: str | None = None,
    reuse: Any = None,
) -> Tensor:
    """Adds batch normalization: `gamma · (inputs - mean) / sqrt(variance + epsilon) + beta`.

    Mean and variance are those of the batch while training, moving averages otherwise. The ops
    that update the averages go to `GraphKeys.UPDATE_OPS`; `make_train_op` runs them. `training`
    has no default here: TensorFlow 1's False made networks that trained without it.

    Variables: `<name>/gamma`, `<name>/beta`, `<name>/moving_mean`, `<name>/moving_variance`, each
    `[C]`; `<name>` is `batch_normalization`, `batch_normalization_1` … unless given. See
    https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/batch_normalization and
    Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167.

    Args:
        inputs: Float, `[B, …]` with a known size C on `axis`.
        training: A bool, or a bool tensor `[]` such as `GraphBuilder.switch` makes.
        axis: The axis of the features; 1 for "channels_first" images.
        momentum: How much of the moving average stays at each update, 0 to 1.
        epsilon: Keeps the division finite; above 0.
        center: Whether beta is added.
        scale: Whether gamma is multiplied.
        beta_initializer: For beta.
        gamma_initializer: For gamma.
        moving_mean_initializer: For the moving mean.
        moving_variance_initializer: For the moving variance.
        beta_regularizer: Makes a loss of beta, in `GraphKeys.REGULARIZATION_LOSSES`.
        gamma_regularizer: The same for gamma.
        beta_constraint: Projects beta after an optimizer changed it.
        gamma_constraint: The same for gamma.
        trainable: Whether optimizers train gamma and beta.
        fused: True for the fused op (rank 4), False for small ops, `None` for the best that fits.
        name: The layer's name.
        reuse: True to share the variables of an earlier layer of that name.

    Returns:
        The normalized inputs, of the same shape and dtype.

    Raises:
        ArgumentError: Rank below 2, C unknown, a number out of range, a `training` tensor that is
            not a scalar of the same graph, a name used twice without `reuse`.
        ArgumentTypeError: Not a float tensor of a graph, or `training` is not boolean.
    """
    where = "batch_normalization"
    given = checked_input(where, inputs, min_rank=2, kind="float")
    training = checked_flag(where, "training", training, given.graph)
    _check_numbers(where, axis, momentum, epsilon, given.sizes)
    functions = {
        "beta_initializer": beta_initializer,
        "gamma_initializer": gamma_initializer,
        "moving_mean_initializer": moving_mean_initializer,
        "moving_variance_initializer": moving_variance_initializer,
        "beta_regularizer": beta_regularizer,
        "gamma_regularizer": gamma_regularizer,
        "beta_constraint": beta_constraint,
        "gamma_constraint": gamma_constraint,
    }
    check_options(where, name, given.graph, **functions)
    if fused and len(given.sizes) != 4:
        raise ArgumentError(where, "fused", fused, f"None or False for rank {len(given.sizes)}")
    with layer_scope(where, name, given.graph):
        return legacy_layers.batch_normalization(
            inputs,
            axis=axis,
            momentum=momentum,
            epsilon=epsilon,
            center=center,
            scale=scale,
            training=training,
            trainable=trainable,
            fused=fused,
            name=name,
            reuse=reuse,
            **functions,
        )


def _check_numbers(
    where: str, axis: int, momentum: float, epsilon: float, sizes: list[int | None]
) -> None:
    if not isinstance(axis, int) or isinstance(axis, bool):
        raise ArgumentTypeError(where, "axis", repr(axis), "a whole number")
    rank = len(sizes)
    if not -rank <= axis < rank:
        raise ArgumentError(where, "axis", axis, f"from {-rank} to {rank - 1} for rank {rank}")
    if sizes[axis] is None:
        raise ArgumentError(where, "inputs", sizes, f"of a known size on axis {axis}")
    checked_number(where, "momentum", momentum, "from 0 to 1", lambda share: 0 <= share <= 1)
    checked_number(where, "epsilon", epsilon, "above 0", lambda number: number > 0)
