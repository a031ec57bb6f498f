"""The decoder of contrib.legacy_seq2seq that looks at the encoder's outputs.

Reference: https://arxiv.org/abs/1412.7449
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._linear import linear

__all__ = ["attention_decoder"]


class _Heads:
    """Looks at a memory with several heads; made inside the decoder's variable scope."""

    def __init__(self, memory: Tensor, num_heads: int, dtype: Any) -> None:
        steps, size = memory.shape[1], memory.shape[2]
        self._steps = tf.shape(memory)[1] if steps is None else steps
        self._size = int(size)
        self._batch = tf.shape(memory)[0]
        # A 1-by-1 convolution applies the weights to every step at once.
        self._hidden = tf.reshape(memory, [-1, self._steps, 1, self._size])
        self._features, self._v = [], []
        for head in range(num_heads):
            weights = tf.get_variable(f"AttnW_{head}", [1, 1, self._size, self._size], dtype=dtype)
            self._features.append(tf.nn.conv2d(self._hidden, weights, [1, 1, 1, 1], "SAME"))
            self._v.append(tf.get_variable(f"AttnV_{head}", [self._size], dtype=dtype))
        self._dtype = dtype

    def nothing(self) -> list[Tensor]:
        """Gives what is seen before the first look."""
        shape = tf.stack([self._batch, self._size])
        seen = [tf.zeros(shape, dtype=self._dtype) for _ in self._v]
        for part in seen:
            part.set_shape([None, self._size])
        return seen

    def look(self, query: Any) -> list[Tensor]:
        """Gives what each head sees for a query, a state `[B, U]` or a structure of them."""
        flat = tf.nest.flatten(query)
        joined = flat[0] if len(flat) == 1 else tf.concat(flat, 1)
        return [self._look(head, joined) for head in range(len(self._v))]

    def _look(self, head: int, query: Tensor) -> Tensor:
        with tf.variable_scope(f"Attention_{head}"):
            y = tf.reshape(linear(query, self._size), [-1, 1, 1, self._size])
            score = tf.reduce_sum(self._v[head] * tf.tanh(self._features[head] + y), [2, 3])
            weight = tf.reshape(tf.nn.softmax(score), [-1, self._steps, 1, 1])
            return tf.reshape(tf.reduce_sum(weight * self._hidden, [1, 2]), [-1, self._size])


def attention_decoder(
    decoder_inputs: Sequence[Tensor],
    initial_state: Any,
    attention_states: Tensor,
    cell: Any,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: Callable[[Tensor, int], Tensor] | None = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Tensor], Any]:
    """Runs a cell over inputs, with attention to a memory in every step.

    Args:
        decoder_inputs: T tensors `[B, D]`; only the first is used with a loop function.
        initial_state: The first state.
        attention_states: The memory `[B, S, A]`; A is known.
        cell: The cell.
        output_size: The width of outputs; the cell's own unless given.
        num_heads: How many attentions there are.
        loop_function: From an output and its step to the next input.
        dtype: The dtype of variables.
        scope: The variable scope; "attention_decoder" unless given.
        initial_state_attention: Whether attention starts from the first state.

    Returns:
        T outputs `[B, output_size]`, and the last state.

    Raises:
        ValueError: There are no inputs or no heads, or the memory's size is not known.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if attention_states.shape[2] is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    size = cell.output_size if output_size is None else output_size
    with tf.variable_scope(scope or "attention_decoder", dtype=dtype) as scope:
        heads = _Heads(attention_states, num_heads, scope.dtype)
        state = initial_state
        outputs: list[Tensor] = []
        seen = heads.look(initial_state) if initial_state_attention else heads.nothing()
        for step, given in enumerate(decoder_inputs):
            if step:
                tf.get_variable_scope().reuse_variables()
            if loop_function is not None and outputs:
                with tf.variable_scope("loop_function", reuse=True):
                    given = loop_function(outputs[-1], step)
            if given.shape[1] is None:
                raise ValueError(f"Could not infer input size from input: {given.name}")
            cell_output, state = cell(linear([given, *seen], int(given.shape[1])), state)
            first_look = step == 0 and initial_state_attention
            with tf.variable_scope(tf.get_variable_scope(), reuse=True if first_look else None):
                seen = heads.look(state)
            with tf.variable_scope("AttnOutputProjection"):
                outputs.append(linear([cell_output, *seen], size))
    return outputs, state
