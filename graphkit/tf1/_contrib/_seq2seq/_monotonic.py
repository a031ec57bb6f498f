"""Attention that only moves forward.

Reference: https://arxiv.org/abs/1704.00784
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._seq2seq._mechanisms import BahdanauAttention, LuongAttention

__all__ = [
    "BahdanauMonotonicAttention",
    "LuongMonotonicAttention",
    "hardmax",
    "monotonic_attention",
    "safe_cumprod",
]


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Tensor:
    """Multiplies up in the space of logarithms, so that the gradient stays finite.

    Args:
        x: Numbers from 0 to 1.
        args: As for `tf.cumsum`.
        kwargs: As for `tf.cumsum`.

    Returns:
        The cumulative product.
    """
    with tf.name_scope(None, "SafeCumprod", [x]):
        x = tf.convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return tf.exp(tf.cumsum(tf.log(tf.clip_by_value(x, tiny, 1)), *args, **kwargs))


def hardmax(logits: Any, name: str | None = None) -> Tensor:
    """Gives one to the largest score of each row and zero to the rest.

    Args:
        logits: Scores `[…, T]`.
        name: The name scope.

    Returns:
        Zeros and ones of that shape.
    """
    with tf.name_scope(name, "Hardmax", [logits]):
        logits = tf.convert_to_tensor(logits, name="logits")
        depth = logits.shape[-1] if logits.shape[-1] is not None else tf.shape(logits)[-1]
        return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Tensor:
    """Works out where attention stops, given where it was.

    Args:
        p_choose_i: The chance that each step is chosen when it is reached `[B, T]`.
        previous_attention: The attention before `[B, T]`.
        mode: "recursive", "parallel" (approximate, fast) or "hard" (chances are 0 or 1).

    Returns:
        The attention `[B, T]`.

    Raises:
        ValueError: Another mode.
    """
    p = tf.convert_to_tensor(p_choose_i, name="p_choose_i")
    previous = tf.convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        batch = tf.shape(p)[0]
        passed = tf.concat([tf.ones((batch, 1), p.dtype), 1 - p[:, :-1]], 1)
        reached = tf.scan(
            lambda before, now: tf.reshape(now[0] * before + now[1], (batch,)),
            [tf.transpose(passed), tf.transpose(previous)],
            tf.zeros((batch,), p.dtype),
        )
        attention = p * tf.transpose(reached)
    elif mode == "parallel":
        passed = safe_cumprod(1 - p, axis=1, exclusive=True)
        attention = p * passed * tf.cumsum(previous / tf.clip_by_value(passed, 1e-10, 1.0), axis=1)
    elif mode == "hard":
        p = p * tf.cumsum(previous, axis=1)
        attention = p * tf.cumprod(1 - p, axis=1, exclusive=True)
    else:
        raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")
    attention.set_shape(previous.shape)
    return attention


class _Monotonic:
    """What both monotonic mechanisms share: chances of stopping instead of a softmax.

    It stands before the mechanism whose scores it takes.
    """

    _alignments_size: Any
    _probability_fn: Any

    def _stop_by(self, noise: float, seed: int | None, bias: float, mode: str) -> None:
        """Sets how scores become chances; scores get a bias, and noise while training."""
        self._noise, self._noise_seed, self._bias_init, self._mode = noise, seed, bias, mode
        self._probability_fn = self._stop

    def _score(self, query: Tensor) -> Tensor:
        score = super()._score(query)  # type: ignore[misc]
        start = tf.constant_initializer(self._bias_init)
        return score + tf.get_variable(
            "attention_score_bias", dtype=query.dtype, initializer=start, shape=()
        )

    def _stop(self, score: Tensor, previous: Tensor) -> Tensor:
        if self._noise > 0:
            noise = tf.random_normal(tf.shape(score), dtype=score.dtype, seed=self._noise_seed)
            score = score + self._noise * noise
        chances = tf.cast(score > 0, score.dtype) if self._mode == "hard" else tf.sigmoid(score)
        return monotonic_attention(chances, previous, self._mode)

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Tensor:
        """Makes the alignments before the first step: all on the memory's first step."""
        return tf.one_hot(
            tf.zeros((batch_size,), dtype=tf.int32), self._alignments_size, dtype=dtype
        )


class BahdanauMonotonicAttention(_Monotonic, BahdanauAttention):
    """Additive attention that only moves forward.

    Args:
        num_units: The size of queries and keys.
        memory: What is attended to `[B, T, D]`.
        memory_sequence_length: How many steps of each memory count, `[B]`; all unless given.
        normalize: Whether the attention vector is normalised and scores have a bias.
        score_mask_value: The score of steps that do not count; minus infinity unless given.
        sigmoid_noise: How much noise is added to scores while training.
        sigmoid_noise_seed: Its seed.
        score_bias_init: The initial value of the bias of scores.
        mode: As for `monotonic_attention`.
        dtype: The dtype of variables; float32 unless given.
        name: The name scope of the variables.
    """

    _scope = "bahdanau_monotonic_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
    ) -> None:
        super().__init__(
            num_units,
            memory,
            memory_sequence_length,
            normalize,
            score_mask_value=score_mask_value,
            dtype=dtype,
            name=name,
        )
        self._stop_by(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)


class LuongMonotonicAttention(_Monotonic, LuongAttention):
    """Multiplicative attention that only moves forward.

    Args:
        num_units: The size of queries and keys.
        memory: What is attended to `[B, T, D]`.
        memory_sequence_length: How many steps of each memory count, `[B]`; all unless given.
        scale: Whether scores have a trained factor.
        score_mask_value: The score of steps that do not count; minus infinity unless given.
        sigmoid_noise: How much noise is added to scores while training.
        sigmoid_noise_seed: Its seed.
        score_bias_init: The initial value of the bias of scores.
        mode: As for `monotonic_attention`.
        dtype: The dtype of variables; float32 unless given.
        name: The name scope of the variables.
    """

    _scope = "luong_monotonic_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "LuongMonotonicAttention",
    ) -> None:
        super().__init__(
            num_units,
            memory,
            memory_sequence_length,
            scale,
            score_mask_value=score_mask_value,
            dtype=dtype,
            name=name,
        )
        self._stop_by(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)
