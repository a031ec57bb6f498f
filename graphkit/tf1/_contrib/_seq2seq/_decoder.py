"""A decoder makes a sequence step by step; `dynamic_decode` runs it in a loop of the graph."""

from __future__ import annotations

import abc
from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["BasicDecoder", "BasicDecoderOutput", "Decoder", "dynamic_decode"]

_transpose: Any = load("tensorflow.python.ops.rnn:_transpose_batch_time")


class Decoder(metaclass=abc.ABCMeta):
    """Makes a batch of sequences, one step at a time."""

    @property
    @abc.abstractmethod
    def batch_size(self) -> Tensor:
        """B."""

    @property
    @abc.abstractmethod
    def output_size(self) -> Any:
        """The sizes of one step's outputs, without the batch."""

    @property
    @abc.abstractmethod
    def output_dtype(self) -> Any:
        """Their dtypes, in the same structure."""

    @abc.abstractmethod
    def initialize(self, name: str | None = None) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the first inputs and the first state."""

    @abc.abstractmethod
    def step(
        self, time: Tensor, inputs: Any, state: Any, name: str | None = None
    ) -> tuple[Any, Any, Any, Tensor]:
        """Gives the outputs, the next state, the next inputs and what is finished `[B]`."""

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Tensor) -> Any:
        """Turns all outputs `[T, B, …]` and the last state into what is given back."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether what a step calls finished is the whole truth, also about earlier steps."""
        return False


class BasicDecoderOutput(NamedTuple):
    """What a step of a `BasicDecoder` gives.

    Args:
        rnn_output: The cell's outputs, or the layer's behind it, `[B, V]`.
        sample_id: What they stand for `[B]`.
    """

    rnn_output: Any
    sample_id: Any


class BasicDecoder(Decoder):
    """A recurrent cell, and a helper that chooses its inputs.

    Args:
        cell: The cell.
        helper: The helper.
        initial_state: The cell's first state.
        output_layer: A layer behind the cell, before samples are taken.

    Raises:
        TypeError: `cell` is no cell, `helper` no helper, or `output_layer` no layer.
    """

    def __init__(
        self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None
    ) -> None:
        load("tensorflow.python.ops.rnn_cell_impl:assert_like_rnncell")("cell", cell)
        if not all(hasattr(helper, name) for name in ("initialize", "sample", "next_inputs")):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        if output_layer is not None and not callable(output_layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Tensor:
        """B."""
        return self._helper.batch_size

    @property
    def output_size(self) -> BasicDecoderOutput:
        """The sizes of one step's outputs, without the batch."""
        return BasicDecoderOutput(self._rnn_output_size(), self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """Their dtypes."""
        dtype = tf.nest.flatten(self._initial_state)[0].dtype
        outputs = tf.nest.map_structure(lambda _: dtype, self._rnn_output_size())
        return BasicDecoderOutput(outputs, self._helper.sample_ids_dtype)

    def initialize(self, name: str | None = None) -> tuple[Tensor, Any, Any]:
        """Gives which sequences are finished `[B]`, the first inputs and the first state."""
        return (*self._helper.initialize(), self._initial_state)

    def step(
        self, time: Tensor, inputs: Any, state: Any, name: str | None = None
    ) -> tuple[Any, Any, Any, Tensor]:
        """Gives the outputs, the next state, the next inputs and what is finished `[B]`."""
        with tf.name_scope(name, "BasicDecoderStep", (time, inputs, state)):
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            words = self._helper.sample(time=time, outputs=outputs, state=state)
            finished, inputs, state = self._helper.next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=words
            )
        return BasicDecoderOutput(outputs, words), state, inputs, finished

    def _rnn_output_size(self) -> Any:
        return size_behind(self._cell.output_size, self._output_layer)


def size_behind(size: Any, layer: Any) -> Any:
    """Works out the size of a cell's outputs behind a layer.

    Args:
        size: The cell's output size.
        layer: The layer, or None.

    Returns:
        The size, without the batch.
    """
    if layer is None:
        return size
    return tf.nest.map_structure(
        lambda part: layer.compute_output_shape(
            tf.TensorShape([None]).concatenate(tf.TensorShape(part))
        )[1:],
        size,
    )


class DecodedSequences(NamedTuple):
    """What `dynamic_decode` gives.

    Args:
        final_outputs: All outputs `[B, T, …]`.
        final_state: The last state.
        final_sequence_lengths: How long each sequence became, int32 `[B]`.
    """

    final_outputs: Any
    final_state: Any
    final_sequence_lengths: Tensor


def _shape_with_batch(batch_size: Tensor, size: Any) -> Any:
    static = tf.get_static_value(tf.convert_to_tensor(batch_size))
    return tf.TensorShape([static]).concatenate(tf.TensorShape(size))


def _zeros(batch_size: Tensor, size: Any, dtype: Any) -> Tensor:
    sizes = tf.TensorShape(size).as_list()
    zeros = tf.zeros(tf.concat([[batch_size], tf.constant(sizes, tf.int32)], 0), dtype)
    zeros.set_shape(_shape_with_batch(batch_size, size))
    return zeros


def dynamic_decode(
    decoder: Decoder,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
    **kwargs: Any,
) -> DecodedSequences:
    """Runs a decoder until every sequence is finished.

    Args:
        decoder: The decoder.
        output_time_major: Whether outputs are `[T, B, …]`.
        impute_finished: Whether a finished sequence keeps its state and gives zeros.
        maximum_iterations: The most steps, an int32 scalar; no limit unless given.
        parallel_iterations: How many steps the loop may overlap.
        swap_memory: Whether what the gradient needs may be moved off the GPU.
        scope: The variable scope; "decoder" unless given.
        kwargs: Kept for callers that pass more.

    Returns:
        All outputs, the last state, and how long each sequence became.

    Raises:
        TypeError: `decoder` is no decoder.
        ValueError: `maximum_iterations` is not a scalar.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with tf.variable_scope(scope, "decoder"):
        if maximum_iterations is not None:
            maximum_iterations = tf.convert_to_tensor(
                maximum_iterations, tf.int32, name="maximum_iterations"
            )
            if maximum_iterations.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        loop = _Loop(decoder, impute_finished, maximum_iterations)
        _, arrays, state, _, _, lengths = tf.while_loop(
            lambda time, arrays, state, inputs, finished, lengths: tf.logical_not(
                tf.reduce_all(finished)
            ),
            loop.step,
            loop.first(),
            parallel_iterations=parallel_iterations,
            swap_memory=swap_memory,
        )
        outputs = tf.nest.map_structure(lambda array: array.stack(), arrays)
        try:
            outputs, state = decoder.finalize(outputs, state, lengths)
        except NotImplementedError:
            pass
        if not output_time_major:
            outputs = tf.nest.map_structure(_transpose, outputs)
    return DecodedSequences(outputs, state, lengths)


class _Loop:
    """The loop of one `dynamic_decode`."""

    def __init__(
        self,
        decoder: Decoder,
        impute_finished: bool,
        maximum_iterations: Tensor | None,
    ) -> None:
        self._decoder = decoder
        self._impute = impute_finished
        self._limit = maximum_iterations
        self._zero_outputs: Any = None

    def first(self) -> tuple[Any, ...]:
        """Makes the loop's first variables."""
        finished, inputs, state = self._decoder.initialize()
        size, dtype = self._decoder.output_size, self._decoder.output_dtype
        batch_size = self._decoder.batch_size
        self._zero_outputs = tf.nest.map_structure(
            lambda s, d: _zeros(batch_size, s, d), size, dtype
        )
        arrays = tf.nest.map_structure(
            lambda s, d: tf.TensorArray(
                d, size=0, dynamic_size=True, element_shape=_shape_with_batch(batch_size, s)
            ),
            size,
            dtype,
        )
        if self._limit is not None:
            finished = tf.logical_or(finished, self._limit <= 0)
        lengths = tf.zeros_like(finished, dtype=tf.int32)
        return tf.constant(0), arrays, state, inputs, finished, lengths

    def step(
        self, time: Tensor, arrays: Any, state: Any, inputs: Any, finished: Tensor, lengths: Tensor
    ) -> tuple[Any, ...]:
        """Makes one step."""
        outputs, next_state, next_inputs, says_finished = self._decoder.step(time, inputs, state)
        if self._decoder.tracks_own_finished:
            next_finished = says_finished
        else:
            next_finished = tf.logical_or(says_finished, finished)
        if self._limit is not None:
            next_finished = tf.logical_or(next_finished, time + 1 >= self._limit)
        lengths = tf.where(tf.logical_not(finished), tf.fill(tf.shape(lengths), time + 1), lengths)
        tf.nest.assert_same_structure(state, next_state)
        tf.nest.assert_same_structure(self._zero_outputs, outputs)
        if self._impute:
            outputs = tf.nest.map_structure(
                lambda out, zero: tf.where(finished, zero, out), outputs, self._zero_outputs
            )
            next_state = tf.nest.map_structure(
                lambda new, old: _unless(finished, new, old), next_state, state
            )
        arrays = tf.nest.map_structure(lambda array, out: array.write(time, out), arrays, outputs)
        return time + 1, arrays, next_state, next_inputs, next_finished, lengths


def _unless(finished: Tensor, new: Any, old: Any) -> Any:
    """Keeps the old state of finished sequences; what has no batch axis passes."""
    if isinstance(old, tf.TensorArray) or new.shape.ndims == 0:
        return new
    new.set_shape(old.shape)
    return tf.where(finished, old, new)
