"""contrib.rnn's networks over a whole sequence at once: the fused LSTM, and what wraps cells so."""

from __future__ import annotations

import abc
from typing import Any

from graphkit._tf import Tensor, legacy_layers, legacy_rnn, tf
from graphkit.tf1._contrib._rnn._block_cells import known_width
from graphkit.tf1._core._as_written import as_written

__all__ = [
    "FusedRNNCell",
    "FusedRNNCellAdaptor",
    "LSTMBlockFusedCell",
    "LSTMBlockWrapper",
    "TimeReversedFusedRNN",
]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple


class FusedRNNCell(metaclass=abc.ABCMeta):
    """A recurrent network over a whole sequence at once."""

    @abc.abstractmethod
    def __call__(
        self,
        inputs: Tensor,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Tensor, Any]:
        """Runs over inputs `[T, B, D]`; gives outputs `[T, B, U]` and the last state."""


class FusedRNNCellAdaptor(FusedRNNCell):
    """Runs an ordinary cell over a whole sequence.

    Args:
        cell: The cell.
        use_dynamic_rnn: Whether the loop is in the graph, instead of a copy for each step.
    """

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(
        self,
        inputs: Tensor,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Tensor, Any]:
        options = {
            "sequence_length": sequence_length,
            "initial_state": initial_state,
            "dtype": dtype,
            "scope": scope,
        }
        if self._use_dynamic_rnn:
            made: tuple[Tensor, Any] = tf.nn.dynamic_rnn(
                self._cell, inputs, time_major=True, **options
            )
            return made
        outputs, state = tf.nn.static_rnn(self._cell, tf.unstack(inputs), **options)
        return tf.stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """Runs a fused cell backwards in time.

    Args:
        cell: The fused cell.
    """

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    def __call__(
        self,
        inputs: Tensor,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Tensor, Any]:
        def reverse(part: Tensor) -> Tensor:
            if sequence_length is None:
                return tf.reverse(part, [0])
            return tf.reverse_sequence(part, sequence_length, seq_axis=0, batch_axis=1)

        outputs, state = self._cell(
            reverse(inputs),
            initial_state=initial_state,
            dtype=dtype,
            sequence_length=sequence_length,
            scope=scope,
        )
        return tf.nest.map_structure(reverse, outputs), state


class LSTMBlockWrapper(legacy_layers.Layer):  # type: ignore[misc]
    """The base class of LSTMs over a whole sequence."""


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """An LSTM over a whole sequence in one op.

    Args:
        num_units: The size of output and state.
        forget_bias: Added to the forget gate's bias.
        cell_clip: What the state is cut to; not cut for None.
        use_peephole: Whether gates see the state.
        reuse: Whether variables are those made before.
        dtype: The dtype of variables.
        name: The layer's name; "lstm_fused_cell" unless given.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        reuse: bool | None = None,
        dtype: Any = None,
        name: str = "lstm_fused_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._clip = -1.0 if cell_clip is None else cell_clip
        self._peephole = use_peephole
        self.input_spec = legacy_layers.InputSpec(ndim=3)

    @property
    def num_units(self) -> int:
        """The size of output and state."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Makes the variables.

        Args:
            input_shape: `[T, B, D]`; D is known.
        """
        width, units = known_width(input_shape), self._num_units
        self._kernel = self.add_weight("kernel", [width + units, units * 4])
        self._bias = self.add_weight("bias", [units * 4], initializer=tf.constant_initializer(0.0))
        if self._peephole:
            names = ("w_i_diag", "w_f_diag", "w_o_diag")
            self._diagonals = [self.add_weight(name, [units]) for name in names]
        self.built = True

    @as_written
    def call(
        self,
        inputs: Tensor,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
    ) -> tuple[Tensor, Any]:
        """Runs over a sequence.

        Args:
            inputs: Inputs `[T, B, D]`.
            initial_state: The first cell and hidden state `[B, U]`; zeros unless given.
            dtype: The dtype, where there is no first state.
            sequence_length: How many steps count `[B]`; outputs beyond are zero.

        Returns:
            Outputs `[T, B, U]`, and the last state.

        Raises:
            ValueError: There is neither a first state nor a dtype, or the state has not two parts.
        """
        if initial_state is None and dtype is None:
            raise ValueError("Either initial_state or dtype needs to be specified")
        if initial_state is not None and (tf.is_tensor(initial_state) or len(initial_state) != 2):
            raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
        steps, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]
        dtype = inputs.dtype if dtype is None else dtype
        if initial_state is None:
            zeros = tf.zeros(tf.stack([batch, self._num_units]), dtype)
            initial_state = (zeros, zeros)
        longest = steps if sequence_length is None else tf.reduce_max(sequence_length)
        if self._peephole:
            wci, wcf, wco = self._diagonals
        else:
            wci = wcf = wco = tf.zeros([self._num_units], dtype)
        _, cells, _, _, _, _, outputs = tf.raw_ops.BlockLSTM(
            seq_len_max=tf.cast(longest, tf.int64),
            x=inputs,
            cs_prev=initial_state[0],
            h_prev=initial_state[1],
            w=self._kernel,
            wci=wci,
            wcf=wcf,
            wco=wco,
            b=self._bias,
            forget_bias=self._forget_bias,
            cell_clip=self._clip,
            use_peephole=self._peephole,
        )
        if sequence_length is None:
            return outputs, _LSTMStateTuple(cells[-1], outputs[-1])
        mask = tf.transpose(tf.sequence_mask(sequence_length, steps, dtype))
        last = tf.stack([tf.cast(sequence_length, tf.int32), tf.range(batch)], 1)
        final = [
            tf.gather_nd(tf.concat([first[tf.newaxis], part], 0), last)
            for first, part in zip(initial_state, (cells, outputs), strict=True)
        ]
        return outputs * mask[..., tf.newaxis], _LSTMStateTuple(*final)
