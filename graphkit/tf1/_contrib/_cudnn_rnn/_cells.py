"""contrib.cudnn_rnn's cells: the steps that cuDNN's layers make, with variables of their own."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._rnn._block_cells import LSTMBlockCell
from graphkit.tf1._core._as_written import as_written

__all__ = ["CudnnCompatibleGRUCell", "CudnnCompatibleLSTMCell", "gru_step"]


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """The LSTM of `CudnnLSTM`, whose checkpoints it can read.

    Args:
        num_units: The size of output and state.
        reuse: Whether variables are those made before.
    """

    def __init__(self, num_units: int, reuse: bool | None = None) -> None:
        super().__init__(num_units, forget_bias=0.0, reuse=reuse, name="cudnn_compatible_lstm_cell")


def gru_step(gates: Tensor, new: Tensor, past: Tensor, state: Tensor) -> Tensor:
    """Makes the step of cuDNN's GRU, which closes the past after multiplying it, not before.

    Args:
        gates: What opens and what keeps, before the sigmoid `[B, 2 U]`.
        new: The candidate's part of the inputs, with its bias `[B, U]`.
        past: The candidate's part of the state, with its bias `[B, U]`.
        state: The state `[B, U]`.

    Returns:
        The next state `[B, U]`.
    """
    reset, update = tf.split(tf.sigmoid(gates), 2, axis=1)
    return (1 - update) * tf.tanh(new + reset * past) + update * state


class CudnnCompatibleGRUCell(legacy_rnn.GRUCell):  # type: ignore[misc]
    """The GRU of `CudnnGRU`, whose checkpoints it can read.

    Args:
        num_units: The size of output and state.
        reuse: Whether variables are those made before.
        kernel_initializer: The initial weights.
    """

    def __init__(
        self, num_units: int, reuse: bool | None = None, kernel_initializer: Any = None
    ) -> None:
        super().__init__(num_units, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.

        Raises:
            ValueError: D is not known.
        """
        width = tf.TensorShape(inputs_shape).as_list()[1]
        if width is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        units = self._num_units
        new, past = "candidate/input_projection", "candidate/hidden_projection"
        gates = self._kernel("gates", width + units, 2 * units)
        self._gates = gates, self._bias("gates", 2 * units, 1.0)
        kernels = self._kernel(new, width, units), self._kernel(past, units, units)
        self._new = kernels[0], self._bias(new, units, 0.0)
        self._past = kernels[1], self._bias(past, units, 0.0)
        self.built = True

    def _kernel(self, name: str, rows: int, columns: int) -> Any:
        shape = [rows, columns]
        return self.add_weight(f"{name}/kernel", shape, initializer=self._kernel_initializer)

    def _bias(self, name: str, columns: int, start: float) -> Any:
        initializer = tf.constant_initializer(start) if start else tf.zeros_initializer()
        return self.add_weight(f"{name}/bias", [columns], initializer=initializer)

    @as_written
    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The state `[B, U]`.

        Returns:
            The output `[B, U]`, twice.
        """
        following = gru_step(
            tf.nn.xw_plus_b(tf.concat([inputs, state], 1), *self._gates),
            tf.nn.xw_plus_b(inputs, *self._new),
            tf.nn.xw_plus_b(state, *self._past),
            state,
        )
        return following, following
