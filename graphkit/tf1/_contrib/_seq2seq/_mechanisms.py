"""Attention: how much each step of a memory matters to a query.

References: https://arxiv.org/abs/1409.0473 (Bahdanau), https://arxiv.org/abs/1508.04025 (Luong)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, legacy_layers, tf

__all__ = [
    "AttentionMechanism",
    "BahdanauAttention",
    "BaseMechanism",
    "LuongAttention",
    "axis_size",
]


class AttentionMechanism:
    """The base class of everything that can be given to an `AttentionWrapper`."""

    @property
    def alignments_size(self) -> Any:
        """How many steps the memory has."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of what is kept between steps."""
        raise NotImplementedError


class BaseMechanism(AttentionMechanism):
    """A memory behind a layer, masked beyond each sequence's end.

    Args:
        query_layer: A layer for queries, or None.
        memory: What is attended to `[B, T, D]`.
        probability_fn: From scores `[B, T]` and the state to alignments `[B, T]`.
        memory_sequence_length: How many steps of each memory count, `[B]`; all unless given.
        memory_layer: A layer for the memory, or None.
        score_mask_value: The score of steps that do not count; minus infinity unless given.
        custom_key_value_fn: From keys and values to other keys and values.
        name: The name scope.

    Raises:
        ValueError: D is not known.
    """

    def __init__(
        self,
        query_layer: Any,
        memory: Any,
        probability_fn: Callable[[Tensor, Tensor], Tensor],
        memory_sequence_length: Any = None,
        memory_layer: Any = None,
        score_mask_value: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None:
        self._query_layer = query_layer
        self._memory_layer = memory_layer
        self.dtype = tf.as_dtype(memory_layer.dtype)
        if score_mask_value is None:
            score_mask_value = self.dtype.as_numpy_dtype(-math.inf)
        self._mask_value = score_mask_value
        self._probability_fn = probability_fn
        with tf.name_scope(name, "BaseAttentionMechanismInit", [memory]):
            memory = tf.convert_to_tensor(memory, name="memory")
            if not memory.shape[2:].is_fully_defined():
                raise ValueError(
                    f"Expected memory {memory.name} to have fully defined inner dims, but saw "
                    f"shape: {memory.shape}"
                )
            self._lengths = (
                None
                if memory_sequence_length is None
                else tf.convert_to_tensor(memory_sequence_length, name="memory_sequence_length")
            )
            self._values = _masked_memory(memory, self._lengths)
            self._keys = memory_layer(self._values)
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            self._batch_size = axis_size(self._keys, 0)
            self._alignments_size = axis_size(self._keys, 1)

    @property
    def memory_layer(self) -> Any:
        """The layer for the memory."""
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        """The layer for queries."""
        return self._query_layer

    @property
    def values(self) -> Tensor:
        """The memory `[B, T, D]`, zero beyond each sequence's end."""
        return self._values

    @property
    def keys(self) -> Tensor:
        """The memory behind its layer `[B, T, U]`."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        """B, an int where it is known."""
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        """T, an int where it is known."""
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        """T: what is kept are the last alignments."""
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Tensor:
        """Makes the alignments before the first step.

        Args:
            batch_size: B.
            dtype: Their dtype.

        Returns:
            Zeros `[B, T]`.
        """
        return tf.zeros(tf.stack([batch_size, self._alignments_size]), dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Tensor:
        """Makes the state before the first step.

        Args:
            batch_size: B.
            dtype: Its dtype.

        Returns:
            The initial alignments `[B, T]`.
        """
        return self.initial_alignments(batch_size, dtype)

    def _aligned(self, score: Tensor, state: Tensor) -> Tensor:
        if self._lengths is not None:
            message = "All values in memory_sequence_length must be greater than zero."
            with tf.control_dependencies([tf.assert_positive(self._lengths, message=message)]):
                counts = tf.sequence_mask(self._lengths, maxlen=tf.shape(score)[1])
            score = tf.where(counts, score, self._mask_value * tf.ones_like(score))
        return self._probability_fn(score, state)


def axis_size(tensor: Tensor, axis: int) -> Any:
    """Reads a size.

    Args:
        tensor: Any tensor.
        axis: The axis.

    Returns:
        An int where the size is known, else an int32 scalar.
    """
    static = tensor.shape[axis]
    size = static.value if isinstance(static, tf.Dimension) else static
    return tf.shape(tensor)[axis] if size is None else size


def _masked_memory(memory: Tensor, lengths: Tensor | None) -> Tensor:
    if lengths is None:
        return memory
    mask = tf.sequence_mask(lengths, maxlen=tf.shape(memory)[1], dtype=memory.dtype)
    for _ in range(memory.shape.ndims - 2):
        mask = mask[..., tf.newaxis]
    return memory * mask


def _dense(units: int, name: str, dtype: Any) -> Any:
    return legacy_layers.Dense(units, name=name, use_bias=False, dtype=dtype)


def _probability_of(score_to_probability: Callable[[Tensor], Tensor]) -> Any:
    return lambda score, _: score_to_probability(score)


class _ScoredMechanism(BaseMechanism):
    """A mechanism whose alignments come from scores, with variables in a scope of its own."""

    _scope: str

    def __call__(self, query: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        with tf.variable_scope(None, self._scope, [query]):
            alignments = self._aligned(self._score(query), state)
        return alignments, alignments

    def _score(self, query: Tensor) -> Tensor:
        """How well each step of the memory fits a query `[B, T]`."""
        raise NotImplementedError


class BahdanauAttention(_ScoredMechanism):
    """Additive attention.

    Args:
        num_units: U, the size of queries and keys.
        memory: What is attended to `[B, T, D]`.
        memory_sequence_length: How many steps of each memory count, `[B]`; all unless given.
        normalize: Whether the attention vector is normalised and scores have a bias.
        probability_fn: From scores to alignments; softmax unless given.
        score_mask_value: The score of steps that do not count; minus infinity unless given.
        dtype: The dtype of variables; float32 unless given.
        custom_key_value_fn: From keys and values to other keys and values.
        name: The name scope of the variables.
    """

    _scope = "bahdanau_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: Callable[[Tensor], Tensor] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str = "BahdanauAttention",
    ) -> None:
        dtype = tf.float32 if dtype is None else dtype
        super().__init__(
            _dense(num_units, "query_layer", dtype),
            memory,
            _probability_of(probability_fn or tf.nn.softmax),
            memory_sequence_length,
            _dense(num_units, "memory_layer", dtype),
            score_mask_value,
            custom_key_value_fn,
            name,
        )
        self._num_units = num_units
        self._normalize = normalize

    def _score(self, query: Tensor) -> Tensor:
        queries = tf.expand_dims(self._query_layer(query), 1)
        v = tf.get_variable("attention_v", [self._num_units], dtype=query.dtype)
        if not self._normalize:
            return tf.reduce_sum(v * tf.tanh(self._keys + queries), [2])
        g = tf.get_variable(
            "attention_g",
            dtype=query.dtype,
            initializer=tf.constant_initializer(math.sqrt(1.0 / self._num_units)),
            shape=(),
        )
        b = tf.get_variable(
            "attention_b", [self._num_units], query.dtype, initializer=tf.zeros_initializer()
        )
        normed_v = g * v * tf.rsqrt(tf.reduce_sum(tf.square(v)))
        return tf.reduce_sum(normed_v * tf.tanh(self._keys + queries + b), [2])


class LuongAttention(_ScoredMechanism):
    """Multiplicative attention.

    Args:
        num_units: The size of queries and keys.
        memory: What is attended to `[B, T, D]`.
        memory_sequence_length: How many steps of each memory count, `[B]`; all unless given.
        scale: Whether scores have a trained factor.
        probability_fn: From scores to alignments; softmax unless given.
        score_mask_value: The score of steps that do not count; minus infinity unless given.
        dtype: The dtype of variables; float32 unless given.
        custom_key_value_fn: From keys and values to other keys and values.
        name: The name scope of the variables.
    """

    _scope = "luong_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: Callable[[Tensor], Tensor] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str = "LuongAttention",
    ) -> None:
        dtype = tf.float32 if dtype is None else dtype
        super().__init__(
            None,
            memory,
            _probability_of(probability_fn or tf.nn.softmax),
            memory_sequence_length,
            _dense(num_units, "memory_layer", dtype),
            score_mask_value,
            custom_key_value_fn,
            name,
        )
        self._num_units = num_units
        self._scale = scale

    def _score(self, query: Tensor) -> Tensor:
        depth, units = query.shape[-1], self._keys.shape[-1]
        if depth != units:
            raise ValueError(
                "Incompatible or unknown inner dimensions between query and keys.  Query "
                f"({query}) has units: {depth}.  Keys ({self._keys}) have units: {units}.  "
                "Perhaps you need to set num_units to the the keys' dimension."
            )
        score = tf.squeeze(tf.matmul(query[:, tf.newaxis], self._keys, transpose_b=True), [1])
        if self._scale:
            g = tf.get_variable(
                "attention_g", dtype=query.dtype, initializer=tf.ones_initializer(), shape=()
            )
            score = g * score
        return score
