"""contrib.learn.ops: embeddings, losses of a linear layer, and sequences decoded step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = [
    "categorical_variable",
    "embedding_lookup",
    "mean_squared_error_regressor",
    "rnn_decoder",
    "rnn_seq2seq",
    "seq2seq_inputs",
    "sequence_classifier",
    "softmax_classifier",
]


def embedding_lookup(params: Any, ids: Any, name: str | None = "embedding_lookup") -> Tensor:
    """Looks up rows for ids of any shape.

    Args:
        params: The rows `[N, E]`.
        ids: The ids `[...]`.
        name: The name scope.

    Returns:
        The rows `[..., E]`.
    """
    with tf.name_scope(name, "embedding_lookup"):
        params, ids = tf.convert_to_tensor(params), tf.convert_to_tensor(ids)
        shape = tf.shape(ids)
        flat = tf.nn.embedding_lookup(params, tf.reshape(ids, [-1]), name=name)
        found = tf.reshape(flat, tf.concat([shape, [-1]], 0))
        found.set_shape(ids.shape.concatenate(params.shape[1:]))
        return found


def categorical_variable(tensor_in: Any, n_classes: int, embedding_size: int, name: str) -> Tensor:
    """Makes a trainable row for each class, and looks rows up.

    Args:
        tensor_in: The classes' ids `[...]`.
        n_classes: How many classes there are.
        embedding_size: E.
        name: The variable scope; the variable is `NAME_embeddings` in it.

    Returns:
        The rows `[..., E]`.
    """
    with tf.variable_scope(name):
        rows = tf.get_variable(f"{name}_embeddings", [n_classes, embedding_size])
        return embedding_lookup(rows, tensor_in)


def mean_squared_error_regressor(
    tensor_in: Any, labels: Tensor, weights: Any, biases: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Predicts numbers by a linear layer, and says how wrong they are.

    Args:
        tensor_in: Features `[B, D]`.
        labels: The right numbers `[B]` or `[B, K]`.
        weights: `[D, K]`.
        biases: `[K]`.
        name: The name scope.

    Returns:
        The numbers, shaped like `labels`; and their mean squared error, a scalar.
    """
    with tf.name_scope(name, "mean_squared_error_regressor"):
        predictions = tf.nn.xw_plus_b(tensor_in, weights, biases)
        if len(labels.shape) == 1:
            predictions = tf.squeeze(predictions, [1])
        return predictions, tf.losses.mean_squared_error(labels, predictions)


def softmax_classifier(
    tensor_in: Any,
    labels: Tensor,
    weights: Any,
    biases: Any,
    class_weight: Any = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Predicts classes by a linear layer, and says how wrong they are.

    Args:
        tensor_in: Features `[B, D]`.
        labels: The right classes `[B, K]`, one-hot.
        weights: `[D, K]`.
        biases: `[K]`.
        class_weight: What logits are multiplied with, `[K]`.
        name: The name scope.

    Returns:
        Probabilities `[B, K]` and their cross entropy, a scalar.
    """
    with tf.name_scope(name, "softmax_classifier"):
        logits = tf.nn.xw_plus_b(tensor_in, weights, biases)
        if class_weight is not None:
            logits = tf.multiply(logits, class_weight)
        return tf.nn.softmax(logits), tf.losses.softmax_cross_entropy(labels, logits)


def sequence_classifier(
    decoding: Sequence[Tensor],
    labels: Sequence[Tensor],
    sampling_decoding: Sequence[Tensor] | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Predicts a class at each of T steps, and says how wrong they are.

    Args:
        decoding: Logits `[B, K]`, T of them.
        labels: The right classes `[B, K]`, one-hot, T of them.
        sampling_decoding: Logits that predictions come from; `decoding` unless given.
        name: The name scope.

    Returns:
        Probabilities `[B, T, K]`, and the sum of all cross entropies, a scalar.
    """
    with tf.name_scope(name, "sequence_classifier"):
        sampled = sampling_decoding or decoding
        losses, predictions = [], []
        for step, logits in enumerate(decoding):
            losses.append(
                tf.nn.softmax_cross_entropy_with_logits(
                    labels=labels[step], logits=logits, name=f"sequence_loss/xent_raw{step}"
                )
            )
            predictions.append(tf.nn.softmax(sampled[step]))
        loss = tf.reduce_sum(tf.add_n(losses, "sequence_loss/xent"), name="sequence_loss")
        return tf.stack(predictions, 1), loss


def seq2seq_inputs(
    x: Any,
    y: Any,
    input_length: int,
    output_length: int,
    sentinel: Tensor | None = None,
    name: str | None = None,
) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Cuts sequences into steps, for an encoder and a decoder.

    Args:
        x: What is read `[B, T, D]`.
        y: What is written `[B, U, K]`.
        input_length: Kept for callers that pass it.
        output_length: Kept for callers that pass it.
        sentinel: Stands before and behind what is written `[B, K]`; zeros unless given.
        name: The name scope.

    Returns:
        The encoder's inputs, T of them; the decoder's inputs and its outputs, U + 1 of each.
    """
    with tf.name_scope(name, "seq2seq_inputs"):
        read, written = tf.unstack(x, axis=1), tf.unstack(y, axis=1)
        if sentinel is None:
            width = tf.dimension_value(written[0].shape[1])
            sentinel = tf.zeros(tf.stack([tf.shape(x)[0], width]))
            sentinel.set_shape(written[0].shape)
        return read, [sentinel, *written], [*written, sentinel]


def rnn_decoder(
    decoder_inputs: Sequence[Tensor], initial_state: Any, cell: Any, scope: Any = None
) -> tuple[list[Tensor], list[Any], list[Tensor], list[Any]]:
    """Decodes step by step, fed what is right, and again fed what it gave the step before.

    Args:
        decoder_inputs: What is right `[B, D]`, T of them.
        initial_state: The state at first.
        cell: The cell.
        scope: The variable scope; "dnn_decoder" unless given.

    Returns:
        Outputs and states where it is fed what is right, T and T + 1 of them; and outputs and
        states where it is fed its own.
    """
    with tf.variable_scope(scope or "dnn_decoder"):
        outputs, states = [], [initial_state]
        with tf.name_scope("training"):
            for step, given in enumerate(decoder_inputs):
                if step > 0:
                    tf.get_variable_scope().reuse_variables()
                output, state = cell(given, states[-1])
                outputs.append(output)
                states.append(state)
        own_outputs, own_states = outputs[:1], [initial_state, *states[:1]]
        with tf.name_scope("sampling"):
            for _ in decoder_inputs[1:]:
                output, state = cell(own_outputs[-1], own_states[-1])
                own_outputs.append(output)
                own_states.append(state)
    return outputs, states, own_outputs, own_states


def rnn_seq2seq(
    encoder_inputs: Sequence[Tensor],
    decoder_inputs: Sequence[Tensor],
    encoder_cell: Any,
    decoder_cell: Any = None,
    dtype: Any = tf.float32,
    scope: Any = None,
) -> tuple[list[Tensor], list[Any], list[Tensor], list[Any]]:
    """Encodes a sequence, and decodes another from the state that is left.

    Args:
        encoder_inputs: What is read `[B, D]`, T of them.
        decoder_inputs: What is right `[B, K]`, U of them.
        encoder_cell: The encoder's cell.
        decoder_cell: The decoder's; the encoder's unless given.
        dtype: The state's dtype.
        scope: The variable scope; "rnn_seq2seq" unless given.

    Returns:
        As `rnn_decoder` does.
    """
    with tf.variable_scope(scope or "rnn_seq2seq"):
        static_rnn = load("graphkit.tf1.contrib.rnn").static_rnn
        _, state = static_rnn(encoder_cell, encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, decoder_cell or encoder_cell)
