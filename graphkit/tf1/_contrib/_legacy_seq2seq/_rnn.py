"""The plain decoder of contrib.legacy_seq2seq."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["either_decoder", "rnn_decoder"]


def rnn_decoder(
    decoder_inputs: Sequence[Tensor],
    initial_state: Any,
    cell: Any,
    loop_function: Callable[[Tensor, int], Tensor] | None = None,
    scope: Any = None,
) -> tuple[list[Tensor], Any]:
    """Runs a cell over inputs, or over what it gave itself.

    Args:
        decoder_inputs: T tensors `[B, D]`; only the first is used with a loop function.
        initial_state: The first state.
        cell: The cell.
        loop_function: From an output and its step to the next input.
        scope: The variable scope; "rnn_decoder" unless given.

    Returns:
        T outputs, and the last state.
    """
    with tf.variable_scope(scope or "rnn_decoder"):
        state = initial_state
        outputs: list[Tensor] = []
        for step, given in enumerate(decoder_inputs):
            if step:
                tf.get_variable_scope().reuse_variables()
            if loop_function is not None and outputs:
                with tf.variable_scope("loop_function", reuse=True):
                    given = loop_function(outputs[-1], step)
            output, state = cell(given, state)
            outputs.append(output)
    return outputs, state


def either_decoder(
    feed_previous: Any, decode: Callable[[bool], tuple[list[Tensor], Any]], state_like: Any
) -> tuple[list[Tensor], Any]:
    """Makes a decoder that is fed its own words or not, as a bool or a tensor says.

    Args:
        feed_previous: Whether it is, a bool or a bool scalar.
        decode: Makes the decoder, given a bool.
        state_like: A state of the decoder's structure.

    Returns:
        T outputs, and the last state.
    """
    if isinstance(feed_previous, bool):
        return decode(feed_previous)

    def branch(feed: bool) -> list[Tensor]:
        with tf.variable_scope(tf.get_variable_scope(), reuse=None if feed else True):
            outputs, state = decode(feed)
            return [*outputs, *tf.nest.flatten(state)]

    flat = tf.cond(feed_previous, lambda: branch(True), lambda: branch(False))
    steps = len(flat) - len(tf.nest.flatten(state_like))
    return flat[:steps], tf.nest.pack_sequence_as(state_like, flat[steps:])
