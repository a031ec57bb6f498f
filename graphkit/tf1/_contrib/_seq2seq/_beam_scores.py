"""What a beam search orders its beams by: probability, corrected for length and coverage.

Reference: https://arxiv.org/abs/1609.08144, equation 14
"""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["beam_scores"]


def beam_scores(
    logits: Tensor,
    state: Any,
    attended: Any,
    end_token: Tensor,
    length_weight: float,
    coverage_weight: float,
) -> tuple[Tensor, Tensor]:
    """Scores every continuation of every beam.

    Args:
        logits: Scores of words `[B, W, V]`.
        state: The beams: their log_probs, finished and lengths `[B, W]`.
        attended: How much of the memory each has looked at `[B, W, T]`, or `()`.
        end_token: The word that ends a sequence.
        length_weight: How much long sequences are favoured.
        coverage_weight: How much it counts to look at all of the memory.

    Returns:
        The logarithms of the probabilities, and the scores, both `[B, W, V]`.
    """
    words = tf.shape(logits)[-1]
    chances = _only_end_when_finished(tf.nn.log_softmax(logits), end_token, state.finished)
    total = tf.expand_dims(state.log_probs, 2) + chances
    grows = tf.one_hot(end_token, words, on_value=0, off_value=1, dtype=tf.int64)
    alive = tf.cast(tf.logical_not(state.finished), tf.int64)
    lengths = tf.expand_dims(state.lengths, 2) + tf.expand_dims(alive, 2) * grows
    scores = total / _length_penalty(lengths, length_weight, total.dtype)
    if coverage_weight != 0.0:
        # Steps beyond a memory's end were never looked at; only beams that have ended are judged.
        counted = tf.where(tf.equal(attended, 0.0), tf.ones_like(attended), attended)
        seen = tf.reduce_sum(tf.log(tf.minimum(counted, 1.0)), 2)
        seen = seen * tf.cast(state.finished, seen.dtype)
        scores = scores + tf.expand_dims(seen, 2) * coverage_weight
    return total, scores


def _length_penalty(lengths: Tensor, weight: float, dtype: Any) -> Any:
    if tf.get_static_value(tf.convert_to_tensor(weight)) == 0:
        return 1.0
    return tf.pow((5.0 + tf.cast(lengths, dtype)) / 6.0, tf.cast(weight, dtype))


def _only_end_when_finished(chances: Tensor, end_token: Tensor, finished: Tensor) -> Tensor:
    """Lets a finished beam continue with the end token only, at no cost."""
    words = tf.shape(chances)[2]
    only_end = tf.one_hot(
        end_token, words, on_value=0.0, off_value=chances.dtype.min, dtype=chances.dtype
    )
    ended = tf.broadcast_to(tf.expand_dims(finished, 2), tf.shape(chances))
    return tf.where(ended, tf.zeros_like(chances) + only_end, chances)
