"""The decoders of contrib.legacy_seq2seq whose inputs are words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._legacy_seq2seq._attention import attention_decoder
from graphkit.tf1._contrib._legacy_seq2seq._rnn import rnn_decoder

__all__ = ["embedding_attention_decoder", "embedding_rnn_decoder", "feeding_back"]


def feeding_back(
    embedding: Any, output_projection: tuple[Any, Any] | None, update_embedding: bool = True
) -> Callable[[Tensor, int], Tensor]:
    """Makes the loop function that feeds the likeliest word.

    Args:
        embedding: The words' vectors `[V, D]`.
        output_projection: Weights and biases between the decoder and the words, or None.
        update_embedding: Whether the gradient reaches the vectors through the words.

    Returns:
        From an output and its step to the next input.
    """

    def loop_function(previous: Tensor, _: int) -> Tensor:
        if output_projection is not None:
            previous = tf.nn.xw_plus_b(previous, output_projection[0], output_projection[1])
        vectors = tf.nn.embedding_lookup(embedding, tf.argmax(previous, 1))
        return vectors if update_embedding else tf.stop_gradient(vectors)

    return loop_function


def embedding_rnn_decoder(
    decoder_inputs: Sequence[Tensor],
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: tuple[Any, Any] | None = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[list[Tensor], Any]:
    """Runs a cell over words.

    Args:
        decoder_inputs: T tensors of ids `[B]`.
        initial_state: The first state.
        cell: The cell.
        num_symbols: How many words there are, V.
        embedding_size: The length of a word's vector.
        output_projection: Weights `[units, V]` and biases `[V]` behind the cell.
        feed_previous: Whether the cell is fed its own words.
        update_embedding_for_previous: Whether the gradient reaches vectors through these words.
        scope: The variable scope; "embedding_rnn_decoder" unless given.

    Returns:
        T outputs, and the last state.

    Raises:
        ValueError: The shapes of the projection do not fit.
    """
    with tf.variable_scope(scope or "embedding_rnn_decoder") as scope:
        if output_projection is not None:
            weights, biases = (
                tf.convert_to_tensor(part, dtype=scope.dtype) for part in output_projection
            )
            weights.shape.assert_is_compatible_with([None, num_symbols])
            biases.shape.assert_is_compatible_with([num_symbols])
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop = (
            feeding_back(embedding, output_projection, update_embedding_for_previous)
            if feed_previous
            else None
        )
        vectors = [tf.nn.embedding_lookup(embedding, ids) for ids in decoder_inputs]
        return rnn_decoder(vectors, initial_state, cell, loop_function=loop)


def embedding_attention_decoder(
    decoder_inputs: Sequence[Tensor],
    initial_state: Any,
    attention_states: Tensor,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: tuple[Any, Any] | None = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Tensor], Any]:
    """Runs a cell over words, with attention to a memory in every step.

    Args:
        decoder_inputs: T tensors of ids `[B]`.
        initial_state: The first state.
        attention_states: The memory `[B, S, A]`.
        cell: The cell.
        num_symbols: How many words there are, V.
        embedding_size: The length of a word's vector.
        num_heads: How many attentions there are.
        output_size: The width of outputs; the cell's own unless given.
        output_projection: Weights `[units, V]` and biases `[V]` behind the cell.
        feed_previous: Whether the cell is fed its own words.
        update_embedding_for_previous: Whether the gradient reaches vectors through these words.
        dtype: The dtype of variables.
        scope: The variable scope; "embedding_attention_decoder" unless given.
        initial_state_attention: Whether attention starts from the first state.

    Returns:
        T outputs, and the last state.

    Raises:
        ValueError: The biases of the projection do not fit.
    """
    if output_projection is not None:
        biases = tf.convert_to_tensor(output_projection[1], dtype=dtype)
        biases.shape.assert_is_compatible_with([num_symbols])
    with tf.variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop = (
            feeding_back(embedding, output_projection, update_embedding_for_previous)
            if feed_previous
            else None
        )
        vectors = [tf.nn.embedding_lookup(embedding, ids) for ids in decoder_inputs]
        return attention_decoder(
            vectors,
            initial_state,
            attention_states,
            cell,
            output_size=output_size,
            num_heads=num_heads,
            loop_function=loop,
            initial_state_attention=initial_state_attention,
        )
