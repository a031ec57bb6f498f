"""contrib.rnn's cells made of one op each: LSTMBlockCell, GRUBlockCell and the fused LSTM."""

from __future__ import annotations

import abc
from typing import Any

from graphkit._tf import Tensor, legacy_layers, legacy_rnn, tf

__all__ = [
    "FusedRNNCell",
    "FusedRNNCellAdaptor",
    "GRUBlockCell",
    "GRUBlockCellV2",
    "LSTMBlockCell",
    "LSTMBlockFusedCell",
    "LSTMBlockWrapper",
    "TimeReversedFusedRNN",
]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple


class _BlockCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """A cell whose variables are made when the width of its inputs is known."""

    _names: dict[str, str]

    def _variable(self, name: str, shape: list[Any], initializer: Any = None) -> Any:
        return self.add_weight(self._names[name], shape=shape, initializer=initializer)


class LSTMBlockCell(_BlockCell):
    """An LSTM whose step is one op; checkpoints are those of `BasicLSTMCell`.

    Args:
        num_units: The size of output and state.
        forget_bias: Added to the forget gate's bias.
        cell_clip: What the state is cut to; not cut for None or a value that is not positive.
        use_peephole: Whether gates see the state.
        dtype: Kept for callers that pass it.
        reuse: Whether variables are those made before.
        name: The layer's name; "lstm_cell" unless given.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: bool | None = None,
        name: str = "lstm_cell",
    ) -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._clip = -1.0 if cell_clip is None else cell_clip
        self._peephole = use_peephole
        self._names = {
            "W": "kernel",
            "b": "bias",
            "wci": "w_i_diag",
            "wcf": "w_f_diag",
            "wco": "w_o_diag",
        }
        self.input_spec = legacy_layers.InputSpec(ndim=2)

    @property
    def state_size(self) -> Any:
        """The sizes of both parts of the state."""
        return _LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.
        """
        width = _known_width(inputs_shape)
        units = self._num_units
        self._kernel = self._variable("W", [width + units, units * 4])
        self._bias = self._variable("b", [units * 4], tf.constant_initializer(0.0))
        if self._peephole:
            self._diagonals = [self._variable(name, [units]) for name in ("wci", "wcf", "wco")]
        self.built = True

    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The two parts of the state `[B, U]`.

        Returns:
            The output `[B, U]` and the next state.

        Raises:
            ValueError: The state does not have two parts.
        """
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        if self._peephole:
            wci, wcf, wco = self._diagonals
        else:
            wci = wcf = wco = tf.zeros([self._num_units])
        _, cs, _, _, _, _, h = tf.raw_ops.LSTMBlockCell(
            x=inputs,
            cs_prev=state[0],
            h_prev=state[1],
            w=self._kernel,
            wci=wci,
            wcf=wcf,
            wco=wco,
            b=self._bias,
            forget_bias=self._forget_bias,
            cell_clip=self._clip,
            use_peephole=self._peephole,
        )
        return h, _LSTMStateTuple(cs, h)


def _lstm_gradient(op: Any, *gradients: Tensor) -> list[Tensor]:
    """TensorFlow kept the op and its gradient's kernel, and dropped what joins them."""
    x, cs_prev, h_prev, w, wci, wcf, wco, b = op.inputs
    i, cs, f, o, ci, co, _ = op.outputs
    grads = tf.raw_ops.LSTMBlockCellGrad(
        x=x,
        cs_prev=cs_prev,
        h_prev=h_prev,
        w=w,
        wci=wci,
        wcf=wcf,
        wco=wco,
        b=b,
        i=i,
        cs=cs,
        f=f,
        o=o,
        ci=ci,
        co=co,
        cs_grad=gradients[1],
        h_grad=gradients[6],
        use_peephole=op.get_attr("use_peephole"),
    )
    gates = grads.dicfo
    from_both = tf.matmul(gates, w, transpose_b=True)
    width = tf.shape(x)[1]
    x_grad, h_grad = from_both[:, :width], from_both[:, width:]
    x_grad.set_shape(x.shape)
    h_grad.set_shape(h_prev.shape)
    w_grad = tf.matmul(tf.concat([x, h_prev], 1), gates, transpose_a=True)
    peepholes = [grads.wci_grad, grads.wcf_grad, grads.wco_grad]
    return [x_grad, grads.cs_prev_grad, h_grad, w_grad, *peepholes, tf.reduce_sum(gates, 0)]


def _gru_gradient(op: Any, *gradients: Tensor) -> list[Tensor]:
    """TensorFlow kept the op and its gradient's kernel, and dropped what joins them."""
    x, h_prev, w_ru, w_c, b_ru, b_c = op.inputs
    r, u, c, _ = op.outputs
    grads = tf.raw_ops.GRUBlockCellGrad(
        x=x,
        h_prev=h_prev,
        w_ru=w_ru,
        w_c=w_c,
        b_ru=b_ru,
        b_c=b_c,
        r=r,
        u=u,
        c=c,
        d_h=gradients[3],
    )
    gates, candidate = grads.d_r_bar_u_bar, grads.d_c_bar
    w_ru_grad = tf.matmul(tf.concat([x, h_prev], 1), gates, transpose_a=True)
    w_c_grad = tf.matmul(tf.concat([x, h_prev * r], 1), candidate, transpose_a=True)
    biases = [tf.reduce_sum(gates, 0), tf.reduce_sum(candidate, 0)]
    return [grads.d_x, grads.d_h_prev, w_ru_grad, w_c_grad, *biases]


tf.RegisterGradient("LSTMBlockCell")(_lstm_gradient)
tf.RegisterGradient("GRUBlockCell")(_gru_gradient)


def _known_width(shape: Any) -> int:
    width = tf.TensorShape(shape).as_list()[-1]
    if width is None:
        raise ValueError(f"Expecting inputs_shape[1] to be set: {shape}")
    return int(width)


class GRUBlockCell(_BlockCell):
    """A GRU whose step is one op.

    Args:
        num_units: The size of output and state.
        cell_size: The same, by its old name.
        reuse: Whether variables are those made before.
        name: The layer's name; "gru_cell" unless given.

    Raises:
        ValueError: Not exactly one of the two sizes is given.
    """

    def __init__(
        self,
        num_units: int | None = None,
        cell_size: int | None = None,
        reuse: bool | None = None,
        name: str = "gru_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size = int(num_units if cell_size is None else cell_size)  # type: ignore[arg-type]
        self._names = {
            "gates_k": "w_ru",
            "gates_b": "b_ru",
            "candidate_k": "w_c",
            "candidate_b": "b_c",
        }
        self.input_spec = legacy_layers.InputSpec(ndim=2)

    @property
    def state_size(self) -> int:
        """The size of the state."""
        return self._cell_size

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._cell_size

    def build(self, input_shape: Any) -> None:
        """Makes the variables.

        Args:
            input_shape: `[B, D]`; D is known.
        """
        width, units = _known_width(input_shape), self._cell_size
        self._gates = (
            self._variable("gates_k", [width + units, units * 2]),
            self._variable("gates_b", [units * 2], tf.constant_initializer(1.0)),
        )
        self._candidate = (
            self._variable("candidate_k", [width + units, units]),
            self._variable("candidate_b", [units], tf.constant_initializer(0.0)),
        )
        self.built = True

    def call(self, inputs: Tensor, h_prev: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            h_prev: The state `[B, U]`.

        Returns:
            The output `[B, U]`, twice.
        """
        _, _, _, h = tf.raw_ops.GRUBlockCell(
            x=inputs,
            h_prev=h_prev,
            w_ru=self._gates[0],
            w_c=self._candidate[0],
            b_ru=self._gates[1],
            b_c=self._candidate[1],
        )
        return h, h


class GRUBlockCellV2(GRUBlockCell):
    """A `GRUBlockCell` whose checkpoints are those of `GRUCell`."""

    def build(self, input_shape: Any) -> None:
        """Makes the variables.

        Args:
            input_shape: `[B, D]`; D is known.
        """
        self._names = {
            "gates_k": "gates/kernel",
            "gates_b": "gates/bias",
            "candidate_k": "candidate/kernel",
            "candidate_b": "candidate/bias",
        }
        super().build(input_shape)


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
        width, units = _known_width(input_shape), self._num_units
        self._kernel = self.add_weight("kernel", [width + units, units * 4])
        self._bias = self.add_weight("bias", [units * 4], initializer=tf.constant_initializer(0.0))
        if self._peephole:
            names = ("w_i_diag", "w_f_diag", "w_o_diag")
            self._diagonals = [self.add_weight(name, [units]) for name in names]
        self.built = True

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
        """
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
