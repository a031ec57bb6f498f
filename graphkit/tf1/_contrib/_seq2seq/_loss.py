"""The cross entropy of sequences, weighted step by step."""

from __future__ import annotations

from collections.abc import Callable

from graphkit._tf import Tensor, tf

__all__ = ["sequence_loss"]


def sequence_loss(
    logits: Tensor,
    targets: Tensor,
    weights: Tensor,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., Tensor] | None = None,
    name: str | None = None,
) -> Tensor:
    """Computes the loss of a batch of sequences.

    Args:
        logits: Scores `[B, T, V]`.
        targets: The right ids `[B, T]`.
        weights: What each step counts `[B, T]`; zero for padding.
        average_across_timesteps: Whether steps are averaged, by weight.
        average_across_batch: Whether sequences are averaged, by weight.
        sum_over_timesteps: Whether steps are summed and divided by how many count.
        sum_over_batch: Whether sequences are summed and divided by how many count.
        softmax_loss_function: Another loss, called with `labels` and `logits`.
        name: The name scope.

    Returns:
        A scalar, `[T]`, `[B]` or `[B, T]`, as the averages are chosen.

    Raises:
        ValueError: A rank is wrong, or an axis is to be averaged and summed at once.
    """
    _check_ranks(logits, targets, weights)
    _check_averages(
        average_across_timesteps, sum_over_timesteps, average_across_batch, sum_over_batch
    )
    with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
        losses = _each_step(logits, targets, softmax_loss_function) * tf.reshape(weights, [-1])
        by_axis = tf.reshape(losses, tf.shape(logits)[:2])
        # An average is looked for first, then a sum; one over both axes comes before one over one.
        choices = (
            (average_across_timesteps, average_across_batch, False),
            (sum_over_timesteps, sum_over_batch, True),
        )
        for over_time, over_batch, summed in choices:
            if over_time and over_batch:
                return _over(losses, weights, None, summed)
        for over_time, over_batch, summed in choices:
            if over_time or over_batch:
                return _over(by_axis, weights, int(over_time), summed)
        return by_axis


def _check_ranks(logits: Tensor, targets: Tensor, weights: Tensor) -> None:
    if len(logits.shape) != 3:
        raise ValueError("Logits must be a [batch_size x sequence_length x logits] tensor")
    if len(targets.shape) != 2:
        raise ValueError("Targets must be a [batch_size x sequence_length] tensor")
    if len(weights.shape) != 2:
        raise ValueError("Weights must be a [batch_size x sequence_length] tensor")


def _check_averages(
    average_across_timesteps: bool,
    sum_over_timesteps: bool,
    average_across_batch: bool,
    sum_over_batch: bool,
) -> None:
    if average_across_timesteps and sum_over_timesteps:
        raise ValueError(
            "average_across_timesteps and sum_over_timesteps cannot be set to True at same time."
        )
    if average_across_batch and sum_over_batch:
        raise ValueError(
            "average_across_batch and sum_over_batch cannot be set to True at same time."
        )


def _each_step(logits: Tensor, targets: Tensor, loss: Callable[..., Tensor] | None) -> Tensor:
    flat_logits = tf.reshape(logits, [-1, tf.shape(logits)[2]])
    labels = tf.reshape(targets, [-1])
    if loss is None:
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=flat_logits)
    return loss(labels=labels, logits=flat_logits)


def _over(losses: Tensor, weights: Tensor, axis: int | None, summed: bool) -> Tensor:
    total = tf.reduce_sum(losses, axis=axis)
    if not summed:
        return total / (tf.reduce_sum(weights, axis=axis) + 1e-12)
    count = tf.cast(tf.math.count_nonzero(weights, axis=axis), total.dtype)
    return tf.math.divide_no_nan(total, count)
