"""contrib.rnn's cells whose step is one op: LSTMBlockCell and GRUBlockCell."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_layers, legacy_rnn, tf
from graphkit.tf1._contrib._rnn._block_gradients import gru_gradient, lstm_gradient
from graphkit.tf1._contrib._rnn._sizes import SizedAsLSTM, SizedByUnits
from graphkit.tf1._core._as_written import as_written

__all__ = ["GRUBlockCell", "GRUBlockCellV2", "LSTMBlockCell", "known_width"]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple

tf.RegisterGradient("LSTMBlockCell")(lstm_gradient)
tf.RegisterGradient("GRUBlockCell")(gru_gradient)


def known_width(shape: Any) -> int:
    """The last size of a shape, which has to be known to make variables."""
    width = tf.TensorShape(shape).as_list()[-1]
    if width is None:
        raise ValueError(f"Expecting inputs_shape[1] to be set: {shape}")
    return int(width)


class _BlockCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """A cell whose variables are made when the width of its inputs is known."""

    _names: dict[str, str]

    def _variable(self, name: str, shape: list[Any], initializer: Any = None) -> Any:
        return self.add_weight(self._names[name], shape=shape, initializer=initializer)


class LSTMBlockCell(SizedAsLSTM, _BlockCell):
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

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.
        """
        width = known_width(inputs_shape)
        units = self._num_units
        self._kernel = self._variable("W", [width + units, units * 4])
        self._bias = self._variable("b", [units * 4], tf.constant_initializer(0.0))
        if self._peephole:
            self._diagonals = [self._variable(name, [units]) for name in ("wci", "wcf", "wco")]
        self.built = True

    @as_written
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
            wci = wcf = wco = tf.zeros([self._num_units], inputs.dtype)
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


class GRUBlockCell(SizedByUnits, _BlockCell):
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
        self._num_units = int(num_units if cell_size is None else cell_size)  # type: ignore[arg-type]
        self._names = {
            "gates_k": "w_ru",
            "gates_b": "b_ru",
            "candidate_k": "w_c",
            "candidate_b": "b_c",
        }
        self.input_spec = legacy_layers.InputSpec(ndim=2)

    def build(self, input_shape: Any) -> None:
        """Makes the variables.

        Args:
            input_shape: `[B, D]`; D is known.
        """
        width, units = known_width(input_shape), self._num_units
        self._gates = (
            self._variable("gates_k", [width + units, units * 2]),
            self._variable("gates_b", [units * 2], tf.constant_initializer(1.0)),
        )
        self._candidate = (
            self._variable("candidate_k", [width + units, units]),
            self._variable("candidate_b", [units], tf.constant_initializer(0.0)),
        )
        self.built = True

    @as_written
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
