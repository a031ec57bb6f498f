"""contrib.rnn.AttentionCellWrapper: a cell that looks back at its own outputs."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._linear import linear
from graphkit.tf1._core._as_written import as_written

__all__ = ["AttentionCellWrapper"]


class AttentionCellWrapper(legacy_rnn.RNNCell):  # type: ignore[misc]
    """Lets a cell attend to its last outputs.

    Reference: https://arxiv.org/abs/1601.06733

    Args:
        cell: The cell.
        attn_length: How many outputs it sees.
        attn_size: The size of outputs; the cell's unless given.
        attn_vec_size: The size scores are computed in; `attn_size` unless given.
        input_size: The size inputs are brought to; their own unless given.
        state_is_tuple: Whether parts of the state are apart, not side by side.
        reuse: Whether variables are those made before.

    Raises:
        TypeError: `cell` is no cell.
        ValueError: `attn_length` is not positive, or the cell's state has parts and
            `state_is_tuple` is False.
    """

    def __init__(
        self,
        cell: Any,
        attn_length: int,
        attn_size: int | None = None,
        attn_vec_size: int | None = None,
        input_size: int | None = None,
        state_is_tuple: bool = True,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        if not all(hasattr(cell, name) for name in ("output_size", "state_size", "zero_state")):
            raise TypeError(f"The argument 'cell' ({cell}) is not an RNNCell.")
        if tf.nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(
                "Cell returns tuple of states, but the flag state_is_tuple is not set. "
                f"State size is: {cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        self._cell = cell
        self._length = attn_length
        self._size = cell.output_size if attn_size is None else attn_size
        self._vec_size = self._size if attn_vec_size is None else attn_vec_size
        self._input_size = input_size
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self) -> Any:
        """The sizes of the cell's state, of the last attention and of the outputs seen."""
        sizes = (self._cell.state_size, self._size, self._size * self._length)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return int(self._size)

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The state.

        Returns:
            The output `[B, attn_size]` and the next state.
        """
        if not self._state_is_tuple:
            sizes = [self._cell.state_size, self._size, self._size * self._length]
            state = tf.split(state, sizes, axis=1)
        inner, attention, seen = state
        seen = tf.reshape(seen, [-1, self._length, self._size])
        width = self._input_size or int(inputs.shape[1])
        output, inner = self._cell(linear([inputs, attention], width), inner)
        query = tf.concat(tf.nest.flatten(inner), 1)
        attention = self._attention(query, seen)
        with tf.variable_scope("attn_output_projection"):
            output = linear([output, attention], self._size)
        # The oldest output makes room for the newest.
        seen = tf.concat([seen[:, 1:], output[:, tf.newaxis]], 1)
        seen = tf.reshape(seen, [-1, self._length * self._size])
        following = (inner, attention, seen)
        return output, following if self._state_is_tuple else tf.concat(following, 1)

    def _attention(self, query: Tensor, seen: Tensor) -> Tensor:
        """The mean of the outputs seen, weighted by how well they fit."""
        with tf.variable_scope("attention"):
            kernel = tf.get_variable("attn_w", [1, 1, self._size, self._vec_size])
            scale = tf.get_variable("attn_v", [self._vec_size])
            features = tf.tensordot(seen, tf.squeeze(kernel, [0, 1]), 1)
            wanted = linear(query, self._vec_size)[:, tf.newaxis]
            scores = tf.reduce_sum(scale * tf.tanh(features + wanted), 2)
            weights = tf.nn.softmax(scores)[..., tf.newaxis]
            return tf.reshape(tf.reduce_sum(weights * seen, 1), [-1, self._size])
