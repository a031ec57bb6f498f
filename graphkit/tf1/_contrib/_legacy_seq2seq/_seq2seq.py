"""contrib.legacy_seq2seq: sequences as lists of tensors, one for each step."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._legacy_seq2seq._attention import attention_decoder
from graphkit.tf1._contrib._legacy_seq2seq._embedding import (
    embedding_attention_decoder,
    embedding_rnn_decoder,
    feeding_back,
)
from graphkit.tf1._contrib._legacy_seq2seq._loss import sequence_loss, sequence_loss_by_example
from graphkit.tf1._contrib._legacy_seq2seq._rnn import either_decoder, rnn_decoder
from graphkit.tf1._contrib._rnn._wrappers import EmbeddingWrapper, OutputProjectionWrapper

__all__ = [
    "attention_decoder",
    "basic_rnn_seq2seq",
    "embedding_attention_decoder",
    "embedding_attention_seq2seq",
    "embedding_rnn_decoder",
    "embedding_rnn_seq2seq",
    "embedding_tied_rnn_seq2seq",
    "model_with_buckets",
    "one2many_rnn_seq2seq",
    "rnn_decoder",
    "sequence_loss",
    "sequence_loss_by_example",
    "tied_rnn_seq2seq",
]

Steps: TypeAlias = Sequence[Tensor]


def basic_rnn_seq2seq(
    encoder_inputs: Steps,
    decoder_inputs: Steps,
    cell: Any,
    dtype: Any = tf.float32,
    scope: Any = None,
) -> tuple[list[Tensor], Any]:
    """Encodes one sequence, and decodes another from the encoder's last state.

    Args:
        encoder_inputs: T tensors `[B, D]`.
        decoder_inputs: T tensors `[B, D]`.
        cell: The cell; the encoder gets a copy with weights of its own.
        dtype: The dtype of the first state.
        scope: The variable scope; "basic_rnn_seq2seq" unless given.

    Returns:
        T outputs, and the last state.
    """
    with tf.variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = tf.nn.static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(
    encoder_inputs: Steps,
    decoder_inputs: Steps,
    cell: Any,
    loop_function: Callable[[Tensor, int], Tensor] | None = None,
    dtype: Any = tf.float32,
    scope: Any = None,
) -> tuple[list[Tensor], Any]:
    """Encodes and decodes with the same weights.

    Args:
        encoder_inputs: T tensors `[B, D]`.
        decoder_inputs: T tensors `[B, D]`.
        cell: The cell.
        loop_function: From an output and its step to the next input.
        dtype: The dtype of the first state.
        scope: The variable scope; "combined_tied_rnn_seq2seq" unless given.

    Returns:
        T outputs, and the last state.
    """
    with tf.variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = tf.nn.static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        tf.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function, scope=scope)


def embedding_rnn_seq2seq(
    encoder_inputs: Steps,
    decoder_inputs: Steps,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: tuple[Any, Any] | None = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[list[Tensor], Any]:
    """Encodes words and decodes words.

    Args:
        encoder_inputs: T tensors of ids `[B]`.
        decoder_inputs: T tensors of ids `[B]`.
        cell: The cell; the encoder gets a copy with weights of its own.
        num_encoder_symbols: How many words the encoder knows.
        num_decoder_symbols: How many words the decoder knows.
        embedding_size: The length of a word's vector.
        output_projection: Weights `[units, V]` and biases `[V]` behind the decoder.
        feed_previous: Whether the decoder is fed its own words, a bool or a bool tensor.
        dtype: The dtype of the first state.
        scope: The variable scope; "embedding_rnn_seq2seq" unless given.

    Returns:
        T outputs, and the last state.
    """
    with tf.variable_scope(scope or "embedding_rnn_seq2seq") as scope:
        if dtype is not None:
            scope.set_dtype(dtype)
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        _, state = tf.nn.static_rnn(encoder, encoder_inputs, dtype=dtype or scope.dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(feed: bool) -> tuple[list[Tensor], Any]:
            return embedding_rnn_decoder(
                decoder_inputs,
                state,
                cell,
                num_decoder_symbols,
                embedding_size,
                output_projection=output_projection,
                feed_previous=feed,
            )

        return either_decoder(feed_previous, decode, state)


def embedding_tied_rnn_seq2seq(
    encoder_inputs: Steps,
    decoder_inputs: Steps,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_decoder_symbols: int | None = None,
    output_projection: tuple[Any, Any] | None = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[list[Tensor], Any]:
    """Encodes and decodes words with the same weights and vectors.

    Args:
        encoder_inputs: T tensors of ids `[B]`.
        decoder_inputs: T tensors of ids `[B]`.
        cell: The cell.
        num_symbols: How many words there are.
        embedding_size: The length of a word's vector.
        num_decoder_symbols: How many words the decoder gives; all unless given.
        output_projection: Weights `[units, V]` and biases `[V]` behind the decoder.
        feed_previous: Whether the decoder is fed its own words, a bool or a bool tensor.
        dtype: The dtype of the first state.
        scope: The variable scope; "embedding_tied_rnn_seq2seq" unless given.

    Returns:
        T outputs, and the last state.
    """
    with tf.variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as scope:
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size], dtype=scope.dtype)
        encoded, decoded = (
            [tf.nn.embedding_lookup(embedding, ids) for ids in inputs]
            for inputs in (encoder_inputs, decoder_inputs)
        )
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols or num_symbols)

        def decode(feed: bool) -> tuple[list[Tensor], Any]:
            loop = feeding_back(embedding, output_projection) if feed else None
            return tied_rnn_seq2seq(encoded, decoded, cell, loop_function=loop, dtype=scope.dtype)

        return either_decoder(feed_previous, decode, cell.zero_state(1, scope.dtype))


def embedding_attention_seq2seq(
    encoder_inputs: Steps,
    decoder_inputs: Steps,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: tuple[Any, Any] | None = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Tensor], Any]:
    """Encodes words, and decodes words with attention to the encoder's outputs.

    Args:
        encoder_inputs: T tensors of ids `[B]`.
        decoder_inputs: T tensors of ids `[B]`.
        cell: The cell; the encoder gets a copy with weights of its own.
        num_encoder_symbols: How many words the encoder knows.
        num_decoder_symbols: How many words the decoder knows.
        embedding_size: The length of a word's vector.
        num_heads: How many attentions there are.
        output_projection: Weights `[units, V]` and biases `[V]` behind the decoder.
        feed_previous: Whether the decoder is fed its own words, a bool or a bool tensor.
        dtype: The dtype of the first state.
        scope: The variable scope; "embedding_attention_seq2seq" unless given.
        initial_state_attention: Whether attention starts from the first state.

    Returns:
        T outputs, and the last state.
    """
    with tf.variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as scope:
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        outputs, state = tf.nn.static_rnn(encoder, encoder_inputs, dtype=scope.dtype)
        memory = tf.concat([tf.reshape(part, [-1, 1, cell.output_size]) for part in outputs], 1)
        output_size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decode(feed: bool) -> tuple[list[Tensor], Any]:
            return embedding_attention_decoder(
                decoder_inputs,
                state,
                memory,
                cell,
                num_decoder_symbols,
                embedding_size,
                num_heads=num_heads,
                output_size=output_size,
                output_projection=output_projection,
                feed_previous=feed,
                initial_state_attention=initial_state_attention,
            )

        return either_decoder(feed_previous, decode, state)


def one2many_rnn_seq2seq(
    encoder_inputs: Steps,
    decoder_inputs_dict: Mapping[str, Steps],
    enc_cell: Any,
    dec_cells_dict: Mapping[str, Any],
    num_encoder_symbols: int,
    num_decoder_symbols_dict: Mapping[str, int],
    embedding_size: int,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[dict[str, list[Tensor]], dict[str, Any]]:
    """Encodes one sequence of words, and decodes several.

    Args:
        encoder_inputs: T tensors of ids `[B]`.
        decoder_inputs_dict: Name to T tensors of ids `[B]`.
        enc_cell: The encoder's cell.
        dec_cells_dict: Name to the decoder's cell.
        num_encoder_symbols: How many words the encoder knows.
        num_decoder_symbols_dict: Name to how many words the decoder knows.
        embedding_size: The length of a word's vector.
        feed_previous: Whether decoders are fed their own words, a bool or a bool tensor.
        dtype: The dtype of the first state.
        scope: The variable scope; "one2many_rnn_seq2seq" unless given.

    Returns:
        Name to outputs, and name to the last state.
    """
    outputs, states = {}, {}
    with tf.variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as scope:
        encoder = EmbeddingWrapper(enc_cell, num_encoder_symbols, embedding_size)
        _, state = tf.nn.static_rnn(encoder, encoder_inputs, dtype=scope.dtype)
        for name, inputs in decoder_inputs_dict.items():
            words = num_decoder_symbols_dict[name]
            with tf.variable_scope(f"one2many_decoder_{name}", dtype=scope.dtype):
                cell = OutputProjectionWrapper(dec_cells_dict[name], words)

                def decode(
                    feed: bool, cell: Any = cell, inputs: Steps = inputs, words: int = words
                ) -> tuple[list[Tensor], Any]:
                    return embedding_rnn_decoder(
                        inputs, state, cell, words, embedding_size, feed_previous=feed
                    )

                outputs[name], states[name] = either_decoder(feed_previous, decode, state)
    return outputs, states


def model_with_buckets(
    encoder_inputs: Steps,
    decoder_inputs: Steps,
    targets: Steps,
    weights: Steps,
    buckets: Sequence[tuple[int, int]],
    seq2seq: Callable[[Steps, Steps], tuple[list[Tensor], Any]],
    softmax_loss_function: Callable[..., Tensor] | None = None,
    per_example_loss: bool = False,
    name: str | None = None,
) -> tuple[list[list[Tensor]], list[Tensor]]:
    """Makes one model for each length of sequences, all with the same weights.

    Args:
        encoder_inputs: Tensors for the longest sequence.
        decoder_inputs: Tensors for the longest sequence.
        targets: The right ids `[B]`, for the longest sequence.
        weights: What each step counts `[B]`, for the longest sequence.
        buckets: The lengths of encoder and decoder, from short to long.
        seq2seq: Makes a model of inputs for encoder and decoder.
        softmax_loss_function: Another loss, called with `labels` and `logits`.
        per_example_loss: Whether losses are `[B]` instead of scalars.
        name: The name scope.

    Returns:
        The outputs and the loss of each bucket.

    Raises:
        ValueError: There are fewer inputs than the last bucket needs.
    """
    for what, given, needed in (
        ("encoder_inputs", encoder_inputs, buckets[-1][0]),
        ("targets", targets, buckets[-1][1]),
        ("weights", weights, buckets[-1][1]),
    ):
        if len(given) < needed:
            raise ValueError(
                f"Length of {what} ({len(given)}) must be at least that of last bucket ({needed})."
            )
    loss = sequence_loss_by_example if per_example_loss else sequence_loss
    outputs: list[list[Tensor]] = []
    losses: list[Tensor] = []
    everything = [*encoder_inputs, *decoder_inputs, *targets, *weights]
    with tf.name_scope(name, "model_with_buckets", everything):
        for number, (encoder_steps, decoder_steps) in enumerate(buckets):
            with tf.variable_scope(tf.get_variable_scope(), reuse=True if number else None):
                made, _ = seq2seq(encoder_inputs[:encoder_steps], decoder_inputs[:decoder_steps])
                outputs.append(made)
                losses.append(
                    loss(
                        made,
                        targets[:decoder_steps],
                        weights[:decoder_steps],
                        softmax_loss_function=softmax_loss_function,
                    )
                )
    return outputs, losses
