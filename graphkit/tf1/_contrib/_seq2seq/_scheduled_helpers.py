"""Helpers for scheduled sampling: now and then the decoder is fed its own word while training.

Reference: https://arxiv.org/abs/1506.03099
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._seq2seq._helpers import TrainingHelper

__all__ = ["ScheduledEmbeddingTrainingHelper", "ScheduledOutputTrainingHelper"]


def _probability(value: Any, shapes: tuple[int, ...]) -> Tensor:
    probability = tf.convert_to_tensor(value, name="sampling_probability")
    if probability.shape.ndims not in shapes:
        raise ValueError(
            f"sampling_probability must be of rank {' or '.join(map(str, shapes))}. saw shape: "
            f"{probability.shape}"
        )
    return probability


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Feeds the right word, or with a probability the vector of a word drawn from the outputs.

    Args:
        inputs: Inputs `[B, T, D]`.
        sequence_length: How many steps of each are read, int32 `[B]`.
        embedding: The matrix `[V, D]`, or a function from ids to vectors.
        sampling_probability: How often the own word is fed, a scalar or `[B]`.
        time_major: Whether the inputs are `[T, B, D]`.
        seed: The seed of the drawn words.
        scheduling_seed: The seed of when they are fed.
        name: The name scope.

    Raises:
        ValueError: `sampling_probability` is neither a scalar nor a vector.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        embedding: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        scheduling_seed: int | None = None,
        name: str | None = None,
    ) -> None:
        with tf.name_scope(name, "ScheduledEmbeddingSamplingWrapper", [embedding]):
            self._embedding_fn: Callable[[Tensor], Tensor] = (
                embedding
                if callable(embedding)
                else lambda ids: tf.nn.embedding_lookup(embedding, ids)
            )
            self._sampling_probability = _probability(sampling_probability, (0, 1))
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs, sequence_length, time_major, name)

    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Draws a word where the own word is to be fed, and gives -1 elsewhere."""
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs]):
            own = _drawn(self._sampling_probability, self.batch_size, self._scheduling_seed)
            words = tf.distributions.Categorical(logits=outputs).sample(seed=self._seed)
            return tf.where(own, words, tf.fill([self.batch_size], -1))

    def next_inputs(
        self, time: Tensor, outputs: Any, state: Any, sample_ids: Tensor, name: str | None = None
    ) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the next inputs and the same state."""
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs"):
            finished, inputs, state = super().next_inputs(time, outputs, state, sample_ids)
            own = sample_ids > -1
            vectors = self._embedding_fn(tf.where(own, sample_ids, tf.zeros_like(sample_ids)))
            return finished, tf.where(own, vectors, inputs), state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Feeds the right input, or with a probability the decoder's own output.

    Args:
        inputs: Inputs `[B, T, D]`.
        sequence_length: How many steps of each are read, int32 `[B]`.
        sampling_probability: How often the own output is fed, a scalar.
        time_major: Whether the inputs are `[T, B, D]`.
        seed: The seed of when it is fed.
        next_inputs_fn: From outputs to inputs; the outputs themselves unless given.
        auxiliary_inputs: Inputs `[B, T, A]` that are always added at the end.
        name: The name scope.

    Raises:
        ValueError: `sampling_probability` is not a scalar.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        next_inputs_fn: Callable[[Any], Any] | None = None,
        auxiliary_inputs: Any = None,
        name: str | None = None,
    ) -> None:
        with tf.name_scope(name, "ScheduledOutputTrainingHelper", [inputs]):
            self._sampling_probability = _probability(sampling_probability, (0,))
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn or (lambda outputs: outputs)
            self._auxiliary: TrainingHelper | None = None
            if auxiliary_inputs is not None:
                self._auxiliary = TrainingHelper(auxiliary_inputs, sequence_length, time_major)
                inputs = tf.concat([inputs, auxiliary_inputs], -1)
            super().__init__(inputs, sequence_length, time_major, name)

    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Says where the own output is to be fed: ones and zeros `[B]`."""
        with tf.name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs]):
            own = _drawn(self._sampling_probability, self.batch_size, self._seed)
            return tf.cast(own, tf.int32)

    def next_inputs(
        self, time: Tensor, outputs: Any, state: Any, sample_ids: Tensor, name: str | None = None
    ) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the next inputs and the same state."""
        with tf.name_scope(name, "ScheduledOutputTrainingHelperNextInputs"):
            finished, inputs, state = super().next_inputs(time, outputs, state, sample_ids)
            own = self._next_inputs_fn(outputs)
            if self._auxiliary is not None:
                more = self._auxiliary.next_inputs(time, outputs, state, sample_ids)[1]
                own = tf.concat([own, more], -1)
            return finished, tf.where(tf.cast(sample_ids, tf.bool), own, inputs), state


def _drawn(probability: Tensor, batch_size: Tensor, seed: int | None) -> Tensor:
    chances = tf.broadcast_to(probability, [batch_size])
    draw = tf.random_uniform([batch_size], dtype=probability.dtype, seed=seed)
    return draw < chances
