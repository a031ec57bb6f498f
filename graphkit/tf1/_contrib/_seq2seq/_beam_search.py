"""Beam search: the likeliest sequences of a decoder, several kept in every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._seq2seq._attention_wrapper import AttentionWrapperState
from graphkit.tf1._contrib._seq2seq._beam_scores import beam_scores
from graphkit.tf1._contrib._seq2seq._decoder import Decoder
from graphkit.tf1._contrib._seq2seq._gather_tree import gather_tree, gather_tree_from_array
from graphkit.tf1._namespace import load

__all__ = [
    "BeamSearchDecoder",
    "BeamSearchDecoderOutput",
    "BeamSearchDecoderState",
    "FinalBeamSearchDecoderOutput",
]


class BeamSearchDecoderState(NamedTuple):
    """What a beam search keeps between steps.

    Args:
        cell_state: The cell's state `[B, W, …]`.
        log_probs: The logarithm of each beam's probability `[B, W]`.
        finished: Which beams have ended `[B, W]`.
        lengths: How long they are, int64 `[B, W]`.
        accumulated_attention_probs: How much of the memory each has looked at, or `()`.
    """

    cell_state: Any
    log_probs: Any
    finished: Any
    lengths: Any
    accumulated_attention_probs: Any


class BeamSearchDecoderOutput(NamedTuple):
    """What a step of a beam search gives, each `[B, W]`.

    Args:
        scores: What beams are ordered by.
        predicted_ids: Their words.
        parent_ids: The beams they continue.
    """

    scores: Any
    predicted_ids: Any
    parent_ids: Any


class FinalBeamSearchDecoderOutput(NamedTuple):
    """What a whole beam search gives.

    Args:
        predicted_ids: The sequences, best first, `[B, T, W]`.
        beam_search_decoder_output: The outputs of every step.
    """

    predicted_ids: Any
    beam_search_decoder_output: Any


class BeamSearchDecoder(Decoder):
    """A cell whose W likeliest sequences are followed.

    Args:
        cell: The cell.
        embedding: The matrix `[V, D]`, or a function from ids to vectors.
        start_tokens: The first word of each sequence, int32 `[B]`.
        end_token: The word that ends a sequence, an int32 scalar.
        initial_state: The cell's first state, of size `B * W` (see `tile_batch`).
        beam_width: W.
        output_layer: A layer behind the cell.
        length_penalty_weight: How much long sequences are favoured.
        coverage_penalty_weight: How much it counts to look at all of the memory.
        reorder_tensor_arrays: Whether arrays in the state are put in order at the end. 1.15 left
            some of them unordered, with a warning, although this was asked for.

    Raises:
        TypeError: `cell` is no cell, or `output_layer` no layer.
        ValueError: `start_tokens` is not a vector, or `end_token` is not a scalar.
    """

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: float = 0.0,
        coverage_penalty_weight: float = 0.0,
        reorder_tensor_arrays: bool = True,
    ) -> None:
        load("tensorflow.python.ops.rnn_cell_impl:assert_like_rnncell")("cell", cell)
        if output_layer is not None and not callable(output_layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._output_layer = output_layer
        self._reorder = reorder_tensor_arrays
        self._embedding_fn: Callable[[Tensor], Tensor] = (
            embedding if callable(embedding) else lambda ids: tf.nn.embedding_lookup(embedding, ids)
        )
        self._start_tokens = tf.convert_to_tensor(start_tokens, tf.int32, name="start_tokens")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = tf.convert_to_tensor(end_token, tf.int32, name="end_token")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = tf.size(self._start_tokens)
        self._static_batch = tf.get_static_value(self._batch_size)
        self._beam_width = beam_width
        self._length_weight = length_penalty_weight
        self._coverage_weight = coverage_penalty_weight
        self._initial_cell_state = tf.nest.map_structure(self._split, initial_state)
        start = tf.tile(tf.expand_dims(self._start_tokens, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(start)
        self._finished = tf.one_hot(
            tf.zeros([self._batch_size], tf.int32),
            depth=beam_width,
            on_value=False,
            off_value=True,
            dtype=tf.bool,
        )

    @property
    def batch_size(self) -> Tensor:
        """B."""
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """True: beams are reordered, so what was finished before says nothing."""
        return True

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        """W, of each output."""
        width = tf.TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(width, width, width)

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        """The dtypes of the outputs."""
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        return BeamSearchDecoderOutput(dtype, tf.int32, tf.int32)

    def initialize(self, name: str | None = None) -> tuple[Tensor, Any, Any]:
        """Gives the beams: only the first of each sequence is alive."""
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        alive = tf.one_hot(
            tf.zeros([self._batch_size], tf.int32),
            depth=self._beam_width,
            on_value=tf.zeros([], dtype),
            off_value=-tf.ones([], dtype) * float("inf"),
            dtype=dtype,
        )
        attention = attention_probabilities(self._initial_cell_state, self._coverage_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=alive,
            finished=self._finished,
            lengths=tf.zeros([self._batch_size, self._beam_width], tf.int64),
            accumulated_attention_probs=() if attention is None else attention,
        )
        return self._finished, self._start_inputs, state

    def step(
        self, time: Tensor, inputs: Any, state: Any, name: str | None = None
    ) -> tuple[Any, Any, Any, Tensor]:
        """Gives the outputs, the next state, the next inputs and what is finished `[B, W]`."""
        with tf.name_scope(name, "BeamSearchDecoderStep", (time, inputs)):
            cell_inputs = tf.nest.map_structure(self._merge, inputs)
            cell_state = tf.nest.map_structure(self._merge, state.cell_state)
            outputs, cell_state = self._cell(cell_inputs, cell_state)
            outputs = tf.nest.map_structure(self._split_output, outputs)
            cell_state = tf.nest.map_structure(self._split, cell_state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            result, following = self._best(outputs, cell_state, state)
            inputs = tf.cond(
                tf.reduce_all(following.finished),
                lambda: self._start_inputs,
                lambda: self._embedding_fn(result.predicted_ids),
            )
        return result, following, inputs, following.finished

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Tensor) -> Any:
        """Follows the beams back to whole sequences."""
        longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
        ids = gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end_token)
        if self._reorder:
            cell_state = tf.nest.map_structure(
                lambda part: (
                    gather_tree_from_array(part, outputs.parent_ids, final_state.lengths)
                    if isinstance(part, tf.TensorArray)
                    else part
                ),
                final_state.cell_state,
            )
            final_state = final_state._replace(cell_state=cell_state)
        return FinalBeamSearchDecoderOutput(ids, outputs), final_state

    def _best(
        self, logits: Tensor, cell_state: Any, state: Any
    ) -> tuple[BeamSearchDecoderOutput, BeamSearchDecoderState]:
        """Keeps the W best of all continuations."""
        attended: Any = ()
        attention = attention_probabilities(cell_state, self._coverage_weight)
        if attention is not None:
            alive = tf.expand_dims(tf.cast(tf.logical_not(state.finished), attention.dtype), 2)
            attended = state.accumulated_attention_probs + attention * alive
        total, scores = beam_scores(
            logits, state, attended, self._end_token, self._length_weight, self._coverage_weight
        )
        words = tf.shape(logits)[-1]
        flat = tf.shape(scores)[0], -1
        best, places = tf.nn.top_k(tf.reshape(scores, flat), k=self._beam_width)
        ids = tf.math.mod(places, words, name="next_beam_word_ids")
        parents = tf.math.floordiv(places, words)
        for tensor in (best, ids, parents):
            tensor.set_shape([self._static_batch, self._beam_width])

        def of_parent(part: Any) -> Any:
            if isinstance(part, tf.TensorArray) or part.shape.ndims == 0:
                return part
            taken = tf.gather(part, parents, batch_dims=1)
            taken.set_shape(part.shape)
            return taken

        was_finished = of_parent(state.finished)
        following = BeamSearchDecoderState(
            cell_state=tf.nest.map_structure(of_parent, cell_state),
            log_probs=tf.gather(tf.reshape(total, flat), places, batch_dims=1),
            finished=tf.logical_or(was_finished, tf.equal(ids, self._end_token)),
            lengths=of_parent(state.lengths) + tf.cast(tf.logical_not(was_finished), tf.int64),
            accumulated_attention_probs=tf.nest.map_structure(of_parent, attended),
        )
        return BeamSearchDecoderOutput(best, ids, parents), following

    def _split(self, part: Any) -> Any:
        """`[B * W, …]` to `[B, W, …]`."""
        if isinstance(part, tf.TensorArray) or part.shape.ndims == 0:
            return part
        return self._split_output(part)

    def _split_output(self, part: Tensor) -> Tensor:
        sizes = tf.concat([[self._batch_size, self._beam_width], tf.shape(part)[1:]], 0)
        split = tf.reshape(part, sizes)
        split.set_shape(
            tf.TensorShape([self._static_batch, self._beam_width]).concatenate(part.shape[1:])
        )
        return split

    def _merge(self, part: Any) -> Any:
        """`[B, W, …]` to `[B * W, …]`."""
        if isinstance(part, tf.TensorArray) or part.shape.ndims == 0:
            return part
        count = self._batch_size * self._beam_width
        merged = tf.reshape(part, tf.concat([[count], tf.shape(part)[2:]], 0))
        static = None if self._static_batch is None else self._static_batch * self._beam_width
        merged.set_shape(tf.TensorShape([static]).concatenate(part.shape[2:]))
        return merged


def attention_probabilities(state: Any, coverage_penalty_weight: float) -> Tensor | None:
    """Finds the alignments in a cell's state, for the coverage penalty.

    Args:
        state: The state.
        coverage_penalty_weight: Nothing is looked for when this is zero.

    Returns:
        Alignments `[B, W, T]`, averaged over mechanisms, or None.

    Raises:
        ValueError: The penalty is wanted, and the cell has no attention.
    """
    if coverage_penalty_weight == 0.0:
        return None
    found: list[Tensor] = []

    def look(part: Any) -> None:
        if isinstance(part, AttentionWrapperState):
            found.extend(tf.nest.flatten(part.alignments))
        elif isinstance(part, list | tuple):
            for inner in part:
                look(inner)

    look(state)
    if not found:
        raise ValueError("AttentionWrapper must be used when coverage penalty is enabled.")
    return found[0] if len(found) == 1 else tf.add_n(found) / len(found)
