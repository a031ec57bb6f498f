"""contrib.rnn's cells whose units see only their own past."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, legacy_layers, legacy_rnn, tf
from graphkit.tf1._contrib._rnn._sizes import SizedAsLSTM, SizedByUnits
from graphkit.tf1._core._as_written import as_written
from graphkit.tf1._namespace import load

__all__ = ["IndRNNCell", "IndyGRUCell", "IndyLSTMCell", "SRUCell"]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple
_LayerRNNCell: Any = load("tf_keras.src.layers.rnn.legacy_cells:LayerRNNCell")


class _IndyCell(SizedByUnits, _LayerRNNCell):  # type: ignore[misc]
    """A cell whose weights are made when the width of its inputs is known."""

    def __init__(
        self, num_units: int, activation: Any, reuse: bool | None, name: str | None, dtype: Any
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = legacy_layers.InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation or tf.tanh

    def _width(self, inputs_shape: Any) -> int:
        width = tf.TensorShape(inputs_shape).as_list()[1]
        if width is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        return int(width)

    def _own_past(self, name: str, gates: int) -> Any:
        """The weights of each unit's own past, one for each gate."""
        start = tf.random_uniform_initializer(-1, 1, dtype=self.dtype)
        return self.add_weight(name, shape=[1, gates * self._num_units], initializer=start)

    def _bias(self, name: str, gates: int, initializer: Any = None) -> Any:
        start = initializer or tf.zeros_initializer(dtype=self.dtype)
        return self.add_weight(name, shape=[gates * self._num_units], initializer=start)


class SRUCell(_IndyCell):
    """A simple recurrent unit.

    Reference: https://arxiv.org/abs/1709.02755

    Args:
        num_units: The size of output and state, and of inputs.
        activation: The function of states; tanh unless given.
        reuse: Whether variables are those made before.
        name: The layer's name.
        **kwargs: `dtype`.
    """

    def __init__(
        self,
        num_units: int,
        activation: Callable[[Tensor], Tensor] | None = None,
        reuse: bool | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_units, activation, reuse, name, kwargs.get("dtype"))

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.

        Raises:
            ValueError: D is not known.
        """
        width = self._width(inputs_shape)
        self._kernel = self.add_weight("kernel", shape=[width, 4 * self._num_units])
        self._biases = self._bias("bias", 2)
        self.built = True

    @as_written
    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The state `[B, U]`.

        Returns:
            The output and the next state.
        """
        new, forget, reset, passed = tf.split(tf.matmul(inputs, self._kernel), 4, axis=1)
        gates = tf.sigmoid(tf.nn.bias_add(tf.concat([forget, reset], 1), self._biases))
        forget, reset = tf.split(gates, 2, axis=1)
        following = forget * state + (1.0 - forget) * new
        return reset * self._activation(following) + (1.0 - reset) * passed, following


class IndRNNCell(_IndyCell):
    """A plain network of independent units.

    Reference: https://arxiv.org/abs/1803.04831

    Args:
        num_units: The size of output and state.
        activation: The function of states; tanh unless given.
        reuse: Whether variables are those made before.
        name: The layer's name.
        dtype: The dtype of variables.
    """

    def __init__(
        self,
        num_units: int,
        activation: Callable[[Tensor], Tensor] | None = None,
        reuse: bool | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_units, activation, reuse, name, dtype)

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.

        Raises:
            ValueError: D is not known.
        """
        width = self._width(inputs_shape)
        self._kernel_w = self.add_weight("kernel_w", shape=[width, self._num_units])
        self._kernel_u = self._own_past("kernel_u", 1)
        self._biases = self._bias("bias", 1)
        self.built = True

    @as_written
    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The state `[B, U]`.

        Returns:
            The output, twice.
        """
        both = tf.matmul(inputs, self._kernel_w) + state * self._kernel_u
        output = self._activation(tf.nn.bias_add(both, self._biases))
        return output, output


class _InitializedCell(_IndyCell):
    """A cell with initializers for the weights of inputs and for biases."""

    def __init__(
        self,
        num_units: int,
        activation: Callable[[Tensor], Tensor] | None = None,
        reuse: bool | None = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_units, activation, reuse, name, dtype)
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    def _kernel(self, name: str, width: int, gates: int) -> Any:
        shape = [width, gates * self._num_units]
        return self.add_weight(name, shape=shape, initializer=self._kernel_initializer)


class IndyGRUCell(_InitializedCell):
    """A GRU of independent units.

    Args:
        num_units: The size of output and state.
        activation: The function of states; tanh unless given.
        reuse: Whether variables are those made before.
        kernel_initializer: The initial weights of inputs.
        bias_initializer: The initial biases; 1 for gates and 0 for candidates unless given.
        name: The layer's name.
        dtype: The dtype of variables.
    """

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.

        Raises:
            ValueError: D is not known.
        """
        width, ones = self._width(inputs_shape), tf.ones_initializer(dtype=self.dtype)
        self._gate_w = self._kernel("gates/kernel_w", width, 2)
        self._gate_u = self._own_past("gates/kernel_u", 2)
        self._gate_b = self._bias("gates/bias", 2, self._bias_initializer or ones)
        self._candidate_w = self._kernel("candidate/kernel", width, 1)
        self._candidate_u = self._own_past("candidate/kernel_u", 1)
        self._candidate_b = self._bias("candidate/bias", 1, self._bias_initializer)
        self.built = True

    @as_written
    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The state `[B, U]`.

        Returns:
            The output, twice.
        """
        gates = tf.matmul(inputs, self._gate_w) + tf.tile(state, [1, 2]) * self._gate_u
        reset, update = tf.split(tf.sigmoid(tf.nn.bias_add(gates, self._gate_b)), 2, axis=1)
        new = tf.matmul(inputs, self._candidate_w) + reset * state * self._candidate_u
        candidate = self._activation(tf.nn.bias_add(new, self._candidate_b))
        following = update * state + (1 - update) * candidate
        return following, following


class IndyLSTMCell(SizedAsLSTM, _InitializedCell):
    """An LSTM of independent units.

    Reference: https://arxiv.org/abs/1903.08023

    Args:
        num_units: The size of output and state.
        forget_bias: Added to the forget gate.
        activation: The function of states; tanh unless given.
        reuse: Whether variables are those made before.
        kernel_initializer: The initial weights of inputs.
        bias_initializer: The initial bias; zeros unless given.
        name: The layer's name.
        dtype: The dtype of variables.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        activation: Callable[[Tensor], Tensor] | None = None,
        reuse: bool | None = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            num_units, activation, reuse, kernel_initializer, bias_initializer, name, dtype
        )
        self._forget_bias = forget_bias

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.

        Raises:
            ValueError: D is not known.
        """
        self._kernel_w = self._kernel("kernel_w", self._width(inputs_shape), 4)
        self._kernel_u = self._own_past("kernel_u", 4)
        self._biases = self._bias("bias", 4, self._bias_initializer)
        self.built = True

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The two parts of the state `[B, U]`.

        Returns:
            The output and the next state.
        """
        c, h = state
        gates = tf.matmul(inputs, self._kernel_w) + tf.tile(h, [1, 4]) * self._kernel_u
        i, j, f, o = tf.split(tf.nn.bias_add(gates, self._biases), 4, axis=1)
        kept = c * tf.sigmoid(f + self._forget_bias)
        new_c = kept + tf.sigmoid(i) * self._activation(j)
        new_h = self._activation(new_c) * tf.sigmoid(o)
        return new_h, _LSTMStateTuple(new_c, new_h)
