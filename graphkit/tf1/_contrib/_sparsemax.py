"""contrib.sparsemax: a softmax that can be exactly zero."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["sparsemax", "sparsemax_loss"]


def sparsemax(logits: Any, name: str | None = None) -> Tensor:
    """Projects scores onto probabilities.

    Reference: https://arxiv.org/abs/1602.02068

    Args:
        logits: Scores `[B, C]`, float32 or float64.
        name: The name scope.

    Returns:
        Probabilities `[B, C]`; nan in rows that have nan or only infinite scores.
    """
    with tf.name_scope(name, "sparsemax", [logits]):
        z = tf.convert_to_tensor(logits, name="logits")
        ordered, _ = tf.nn.top_k(z, k=tf.shape(z)[1])
        sums = tf.cumsum(ordered, axis=1)
        ranks = tf.range(1, tf.cast(tf.shape(z)[1], z.dtype) + 1, dtype=z.dtype)
        supported = tf.reduce_sum(tf.cast(1 + ranks * ordered > sums, tf.int32), axis=1)
        last = tf.maximum(supported, 1) - 1
        total = tf.gather(sums, last[:, tf.newaxis], axis=1, batch_dims=1)
        threshold = (total - 1) / tf.cast(supported, z.dtype)[:, tf.newaxis]
        made = tf.maximum(tf.cast(0, z.dtype), z - threshold)
        lost = tf.logical_or(tf.equal(supported, 0), tf.is_nan(sums[:, -1]))
        return tf.where(lost, tf.fill(tf.shape(z), tf.cast(float("nan"), z.dtype)), made)


def sparsemax_loss(logits: Any, sparsemax: Any, labels: Any, name: str | None = None) -> Tensor:
    """Compares what `sparsemax` made with what was wanted.

    Args:
        logits: Scores `[B, C]`.
        sparsemax: Their sparsemax `[B, C]`.
        labels: Probabilities `[B, C]`.
        name: The name scope.

    Returns:
        Losses `[B]`.
    """
    with tf.name_scope(name, "sparsemax_loss", [logits, sparsemax, labels]):
        z = tf.convert_to_tensor(logits, name="logits")
        p = tf.convert_to_tensor(sparsemax, name="sparsemax")
        q = tf.convert_to_tensor(labels, name="labels")
        zero = tf.zeros_like(z)
        # Infinite scores count only where there is a probability.
        chosen = tf.where(tf.logical_or(p > 0, tf.is_nan(p)), p * (z - 0.5 * p), zero)
        unwanted = tf.logical_and(tf.equal(q, 0), tf.is_inf(z))
        wanted = tf.where(unwanted, zero, q * (0.5 * q - z))
        return tf.reduce_sum(chosen + wanted, axis=1)
