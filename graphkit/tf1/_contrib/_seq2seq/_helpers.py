"""What a decoder is fed: the right sequence while training, or its own last word."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = [
    "CustomHelper",
    "GreedyEmbeddingHelper",
    "Helper",
    "InferenceHelper",
    "SampleEmbeddingHelper",
    "TrainingHelper",
]

_transpose: Callable[[Tensor], Tensor] = load("tensorflow.python.ops.rnn:_transpose_batch_time")


class Helper(metaclass=abc.ABCMeta):
    """Chooses the inputs of a decoder, step by step."""

    @property
    @abc.abstractmethod
    def batch_size(self) -> Tensor:
        """B, an int32 scalar."""

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one sequence's sample, without the batch."""
        return tf.TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        return tf.int32

    @abc.abstractmethod
    def initialize(self, name: str | None = None) -> tuple[Tensor, Any]:
        """Gives which sequences are empty `[B]`, and the first inputs."""

    @abc.abstractmethod
    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Chooses what the outputs of a step stand for."""

    @abc.abstractmethod
    def next_inputs(
        self, time: Tensor, outputs: Any, state: Any, sample_ids: Tensor, name: str | None = None
    ) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the next inputs and the next state."""


class CustomHelper(Helper):
    """A helper of three functions.

    Args:
        initialize_fn: As `Helper.initialize`, without arguments.
        sample_fn: As `Helper.sample`, with named arguments.
        next_inputs_fn: As `Helper.next_inputs`, with named arguments.
        sample_ids_shape: The shape of one sequence's sample; a scalar unless given.
        sample_ids_dtype: The dtype of samples; int32 unless given.
    """

    def __init__(
        self,
        initialize_fn: Callable[..., Any],
        sample_fn: Callable[..., Any],
        next_inputs_fn: Callable[..., Any],
        sample_ids_shape: Any = None,
        sample_ids_dtype: Any = None,
    ) -> None:
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size: Tensor | None = None
        self._sample_ids_shape = tf.TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or tf.int32

    @property
    def batch_size(self) -> Tensor:
        """B; known once the helper is initialised."""
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one sequence's sample, without the batch."""
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        return self._sample_ids_dtype

    def initialize(self, name: str | None = None) -> tuple[Tensor, Any]:
        """Gives which sequences are empty `[B]`, and the first inputs."""
        with tf.name_scope(name, "CustomHelperInitialize"):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = tf.size(finished)
        return finished, inputs

    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Chooses what the outputs of a step stand for."""
        with tf.name_scope(name, "CustomHelperSample", (time, outputs, state)):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(
        self, time: Tensor, outputs: Any, state: Any, sample_ids: Tensor, name: str | None = None
    ) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the next inputs and the next state."""
        with tf.name_scope(name, "CustomHelperNextInputs", (time, outputs, state)):
            following: tuple[Tensor, Any, Any] = self._next_inputs_fn(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )
            return following


class TrainingHelper(Helper):
    """Feeds the right sequence, whatever the decoder says.

    Args:
        inputs: Inputs `[B, T, …]`, or a structure of them.
        sequence_length: How many steps of each are read, int32 `[B]`.
        time_major: Whether the inputs are `[T, B, …]`.
        name: The name scope.

    Raises:
        ValueError: `sequence_length` is not a vector.
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None
    ) -> None:
        with tf.name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            inputs = tf.nest.map_structure(tf.convert_to_tensor, inputs)
            self._inputs = inputs
            if not time_major:
                inputs = tf.nest.map_structure(_transpose, inputs)
            self._input_tas = tf.nest.map_structure(_unstacked, inputs)
            self._sequence_length = tf.convert_to_tensor(sequence_length, name="sequence_length")
            if self._sequence_length.shape.ndims != 1:
                raise ValueError(
                    "Expected sequence_length to be a vector, but received shape: "
                    f"{self._sequence_length.shape}"
                )
            self._zero_inputs = tf.nest.map_structure(lambda part: tf.zeros_like(part[0]), inputs)
            self._batch_size = tf.size(self._sequence_length)

    @property
    def inputs(self) -> Any:
        """The inputs, as they were given."""
        return self._inputs

    @property
    def sequence_length(self) -> Tensor:
        """How many steps of each are read."""
        return self._sequence_length

    @property
    def batch_size(self) -> Tensor:
        """B."""
        return self._batch_size

    def initialize(self, name: str | None = None) -> tuple[Tensor, Any]:
        """Gives which sequences are empty `[B]`, and the first inputs."""
        with tf.name_scope(name, "TrainingHelperInitialize"):
            return self._read(tf.constant(0))

    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Takes the likeliest word."""
        with tf.name_scope(name, "TrainingHelperSample", [time, outputs]):
            return tf.cast(tf.argmax(outputs, axis=-1), tf.int32)

    def next_inputs(
        self, time: Tensor, outputs: Any, state: Any, sample_ids: Tensor, name: str | None = None
    ) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the next inputs and the same state."""
        with tf.name_scope(name, "TrainingHelperNextInputs", [time, outputs, state]):
            finished, inputs = self._read(time + 1)
            return finished, inputs, state

    def _read(self, time: Tensor) -> tuple[Tensor, Any]:
        finished = time >= self._sequence_length
        inputs = tf.cond(
            tf.reduce_all(finished),
            lambda: self._zero_inputs,
            lambda: tf.nest.map_structure(lambda array: array.read(time), self._input_tas),
        )
        for part, zero in zip(
            tf.nest.flatten(inputs), tf.nest.flatten(self._zero_inputs), strict=True
        ):
            part.set_shape(zero.shape)
        return finished, inputs


def _unstacked(inputs: Tensor) -> Any:
    array = tf.TensorArray(
        dtype=inputs.dtype, size=tf.shape(inputs)[0], element_shape=inputs.shape[1:]
    )
    return array.unstack(inputs)


class GreedyEmbeddingHelper(Helper):
    """Feeds the decoder's own likeliest word.

    Args:
        embedding: The matrix `[V, D]`, or a function from ids `[B]` to vectors `[B, D]`.
        start_tokens: The first word of each sequence, int32 `[B]`.
        end_token: The word that ends a sequence, an int32 scalar.

    Raises:
        ValueError: `start_tokens` is not a vector, or `end_token` is not a scalar.
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        self._embedding_fn: Callable[[Tensor], Tensor] = (
            embedding if callable(embedding) else lambda ids: tf.nn.embedding_lookup(embedding, ids)
        )
        self._start_tokens = tf.convert_to_tensor(start_tokens, tf.int32, name="start_tokens")
        self._end_token = tf.convert_to_tensor(end_token, tf.int32, name="end_token")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = tf.size(self._start_tokens)
        self._start_inputs = self._embedding_fn(self._start_tokens)

    @property
    def batch_size(self) -> Tensor:
        """B."""
        return self._batch_size

    def initialize(self, name: str | None = None) -> tuple[Tensor, Any]:
        """Gives that no sequence is finished, and the first words' vectors."""
        return tf.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Takes the likeliest word."""
        _require_tensor(outputs)
        return tf.argmax(outputs, axis=-1, output_type=tf.int32)

    def next_inputs(
        self, time: Tensor, outputs: Any, state: Any, sample_ids: Tensor, name: str | None = None
    ) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the words' vectors and the same state."""
        finished = tf.equal(sample_ids, self._end_token)
        inputs = tf.cond(
            tf.reduce_all(finished),
            lambda: self._start_inputs,
            lambda: self._embedding_fn(sample_ids),
        )
        return finished, inputs, state


def _require_tensor(outputs: Any) -> None:
    if not tf.is_tensor(outputs):
        raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Feeds a word drawn from what the decoder says.

    Args:
        embedding: The matrix `[V, D]`, or a function from ids `[B]` to vectors `[B, D]`.
        start_tokens: The first word of each sequence, int32 `[B]`.
        end_token: The word that ends a sequence, an int32 scalar.
        softmax_temperature: What scores are divided by; above 1 rarer words come more often.
        seed: The seed of the draw.
    """

    def __init__(
        self,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        softmax_temperature: float | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature = softmax_temperature
        self._seed = seed

    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Draws a word for each sequence."""
        _require_tensor(outputs)
        if self._softmax_temperature is not None:
            outputs = outputs / self._softmax_temperature
        return tf.distributions.Categorical(logits=outputs).sample(seed=self._seed)


class InferenceHelper(Helper):
    """Feeds what a function makes of the decoder's own outputs.

    Args:
        sample_fn: From outputs to samples.
        sample_shape: The shape of one sequence's sample.
        sample_dtype: The dtype of samples.
        start_inputs: The first inputs `[B, …]`.
        end_fn: From samples to which sequences end `[B]`.
        next_inputs_fn: From samples to the next inputs; the samples themselves unless given.
    """

    def __init__(
        self,
        sample_fn: Callable[[Any], Tensor],
        sample_shape: Any,
        sample_dtype: Any,
        start_inputs: Any,
        end_fn: Callable[[Tensor], Tensor],
        next_inputs_fn: Callable[[Tensor], Any] | None = None,
    ) -> None:
        self._sample_fn = sample_fn
        self._end_fn = end_fn
        self._sample_shape = tf.TensorShape(sample_shape)
        self._sample_dtype = sample_dtype
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = tf.shape(start_inputs)[0]
        self._start_inputs = tf.convert_to_tensor(start_inputs, name="start_inputs")

    @property
    def batch_size(self) -> Tensor:
        """B."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one sequence's sample, without the batch."""
        return self._sample_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        return self._sample_dtype

    def initialize(self, name: str | None = None) -> tuple[Tensor, Any]:
        """Gives that no sequence is finished, and the first inputs."""
        return tf.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Tensor, outputs: Any, state: Any, name: str | None = None) -> Tensor:
        """Makes samples of the outputs."""
        return self._sample_fn(outputs)

    def next_inputs(
        self, time: Tensor, outputs: Any, state: Any, sample_ids: Tensor, name: str | None = None
    ) -> tuple[Tensor, Any, Any]:
        """Gives which sequences end `[B]`, the next inputs and the same state."""
        make = self._next_inputs_fn
        return self._end_fn(sample_ids), make(sample_ids) if make else sample_ids, state
