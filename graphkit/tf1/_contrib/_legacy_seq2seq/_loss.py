"""The weighted cross entropy of sequences that are lists of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graphkit._tf import Tensor, tf

__all__ = ["sequence_loss", "sequence_loss_by_example"]


def sequence_loss_by_example(
    logits: Sequence[Tensor],
    targets: Sequence[Tensor],
    weights: Sequence[Tensor],
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable[..., Tensor] | None = None,
    name: str | None = None,
) -> Tensor:
    """Computes the loss of each sequence.

    Args:
        logits: T tensors of scores `[B, V]`.
        targets: T tensors of the right ids `[B]`.
        weights: T tensors of what each step counts `[B]`.
        average_across_timesteps: Whether the loss is divided by the sum of the weights.
        softmax_loss_function: Another loss, called with `labels` and `logits`.
        name: The name scope.

    Returns:
        `[B]`.

    Raises:
        ValueError: The three lists are not of one length.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            "Lengths of logits, weights, and targets must be the same "
            f"{len(logits)}, {len(weights)}, {len(targets)}."
        )
    with tf.name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                labels = tf.reshape(target, [-1])
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            losses.append(loss * weight)
        total = tf.add_n(losses)
        return total / (tf.add_n(list(weights)) + 1e-12) if average_across_timesteps else total


def sequence_loss(
    logits: Sequence[Tensor],
    targets: Sequence[Tensor],
    weights: Sequence[Tensor],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable[..., Tensor] | None = None,
    name: str | None = None,
) -> Tensor:
    """Computes the loss of a batch.

    Args:
        logits: T tensors of scores `[B, V]`.
        targets: T tensors of the right ids `[B]`.
        weights: T tensors of what each step counts `[B]`.
        average_across_timesteps: Whether each loss is divided by the sum of its weights.
        average_across_batch: Whether the sum is divided by B.
        softmax_loss_function: Another loss, called with `labels` and `logits`.
        name: The name scope.

    Returns:
        A scalar.
    """
    with tf.name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        cost = tf.reduce_sum(
            sequence_loss_by_example(
                logits, targets, weights, average_across_timesteps, softmax_loss_function
            )
        )
        return cost / tf.cast(tf.shape(targets[0])[0], cost.dtype) if average_across_batch else cost
