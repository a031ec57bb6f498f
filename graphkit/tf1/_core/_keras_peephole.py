"""`tf.keras.experimental.PeepholeLSTMCell`: an LSTM cell whose gates see its state."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["PeepholeLSTMCell"]

_Cell: Any = load("tf_keras.src.layers.rnn.lstm:LSTMCell")
_initializers: Any = load("tf_keras.initializers")
_GATES = ("input_gate", "forget_gate", "output_gate")


class PeepholeLSTMCell(_Cell):  # type: ignore[misc]
    """An LSTM cell with a weight from each number of its state to each gate.

    Args:
        units: How many numbers the cell gives.
        activation: What the state and what comes in go through.
        recurrent_activation: What the gates go through.
        kwargs: The other arguments of `tf.keras.layers.LSTMCell`.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation, recurrent_activation, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Makes the weights.

        Args:
            input_shape: The shape of what the cell gets, `[B, D]`.
        """
        super().build(input_shape)
        for gate in _GATES:
            name = f"{gate}_peephole_weights"
            # One initializer gives the same random numbers each time it is called.
            initializer = _initializers.get(_initializers.serialize(self.kernel_initializer))
            weights = self.add_weight(shape=(self.units,), name=name, initializer=initializer)
            setattr(self, name, weights)

    def _compute_carry_and_output(self, x: Any, h_tm1: Any, c_tm1: Any) -> tuple[Any, Any]:
        """The state and its gate, from inputs and outputs for each gate apart."""
        kernels = tf.split(self.recurrent_kernel, 4, axis=1)
        i, f, c, o = (
            part + tf.matmul(h, kernel) for part, h, kernel in zip(x, h_tm1, kernels, strict=True)
        )
        return self._stepped([i, f, c, o], c_tm1)

    def _compute_carry_and_output_fused(self, z: Any, c_tm1: Any) -> tuple[Any, Any]:
        """The state and its gate, from the sums of each gate."""
        return self._stepped(z, c_tm1)

    def _stepped(self, sums: Any, before: Any) -> tuple[Any, Any]:
        i, f, c, o = sums
        i = self.recurrent_activation(i + self.input_gate_peephole_weights * before)
        f = self.recurrent_activation(f + self.forget_gate_peephole_weights * before)
        state = f * before + i * self.activation(c)
        return state, self.recurrent_activation(o + self.output_gate_peephole_weights * state)
