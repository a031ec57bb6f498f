"""contrib.rnn's cells that were written for one paper each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._linear import linear
from graphkit.tf1._contrib._rnn._sizes import CellAround, SizedAsLSTM, SizedByUnits
from graphkit.tf1._core._as_written import as_written
from graphkit.tf1._namespace import load

__all__ = ["HighwayWrapper", "LayerNormBasicLSTMCell", "NASCell", "UGRNNCell"]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple
_LayerRNNCell: Any = load("tf_keras.src.layers.rnn.legacy_cells:LayerRNNCell")


class LayerNormBasicLSTMCell(SizedAsLSTM, legacy_rnn.RNNCell):  # type: ignore[misc]
    """An LSTM with layer normalisation and recurrent dropout.

    References: https://arxiv.org/abs/1607.06450, https://arxiv.org/abs/1603.05118

    Args:
        num_units: The size of output and state.
        forget_bias: Added to the forget gate.
        input_size: Kept for callers that pass it.
        activation: The function of states.
        layer_norm: Whether there is normalisation.
        norm_gain: The initial gain.
        norm_shift: The initial shift.
        dropout_keep_prob: The chance that a new input to the state is kept.
        dropout_prob_seed: The seed of the choice.
        reuse: Whether variables are those made before.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: int | None = None,
        activation: Callable[[Tensor], Tensor] = tf.tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The two parts of the state `[B, U]`.

        Returns:
            The output `[B, U]` and the next state.
        """
        c, h = state
        joined = tf.concat([inputs, h], 1)
        kernel = tf.get_variable("kernel", [joined.shape[-1], 4 * self._num_units], joined.dtype)
        gates = tf.matmul(joined, kernel)
        if not self._layer_norm:
            bias = tf.get_variable("bias", [4 * self._num_units], joined.dtype)
            gates = tf.nn.bias_add(gates, bias)
        i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=1)
        if self._layer_norm:
            names = ("input", "transform", "forget", "output")
            i, j, f, o = (
                self._normed(part, name) for part, name in zip((i, j, f, o), names, strict=True)
            )
        new = self._activation(j)
        if tf.is_tensor(self._keep_prob) or self._keep_prob < 1:
            new = tf.nn.dropout(new, self._keep_prob, seed=self._seed)
        c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * new
        if self._layer_norm:
            c = self._normed(c, "state")
        h = self._activation(c) * tf.sigmoid(o)
        return h, _LSTMStateTuple(c, h)

    def _normed(self, part: Tensor, name: str) -> Tensor:
        starts = {"gamma": self._norm_gain, "beta": self._norm_shift}
        with tf.variable_scope(name):
            gamma, beta = (
                tf.get_variable(
                    key, part.shape[-1:], part.dtype, initializer=tf.constant_initializer(start)
                )
                for key, start in starts.items()
            )
        mean, variance = tf.nn.moments(part, [1], keep_dims=True)
        return tf.nn.batch_normalization(part, mean, variance, beta, gamma, 1e-12)


class NASCell(SizedAsLSTM, _LayerRNNCell):  # type: ignore[misc]
    """The cell that a search over architectures found.

    Reference: https://arxiv.org/abs/1611.01578

    Args:
        num_units: The size of the state.
        num_proj: The width of a projection behind it.
        use_bias: Whether there are biases.
        reuse: Whether variables are those made before.
        kwargs: As for every layer.
    """

    def __init__(
        self,
        num_units: int,
        num_proj: int | None = None,
        use_bias: bool = False,
        reuse: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_bias = use_bias

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables.

        Args:
            inputs_shape: `[B, D]`; D is known.

        Raises:
            ValueError: D is not known.
        """
        width = tf.TensorShape(inputs_shape).as_list()[-1]
        if width is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        units = self._num_units
        self._recurrent = self.add_weight("recurrent_kernel", [self.output_size, 8 * units])
        self._kernel = self.add_weight("kernel", [width, 8 * units])
        if self._use_bias:
            self._bias = self.add_weight("bias", [8 * units], initializer=tf.zeros_initializer())
        if self._num_proj is not None:
            self._projection = self.add_weight("projection_weights", [units, self._num_proj])
        self.built = True

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The two parts of the state.

        Returns:
            The output and the next state.
        """
        c, m = state
        from_state = tf.matmul(m, self._recurrent)
        if self._use_bias:
            from_state = tf.nn.bias_add(from_state, self._bias)
        s = tf.split(axis=1, num_or_size_splits=8, value=from_state)
        x = tf.split(axis=1, num_or_size_splits=8, value=tf.matmul(inputs, self._kernel))
        # The tree of the paper, leaves first.
        a = tf.tanh(tf.sigmoid(x[0] + s[0]) * tf.nn.relu(x[1] + s[1]))
        b = tf.tanh(tf.sigmoid(x[2] + s[2]) + tf.nn.relu(x[3] * s[3]))
        d = tf.tanh(tf.tanh(x[4] + s[4]) * tf.sigmoid(x[5] + s[5]))
        e = tf.sigmoid(tf.tanh(x[6] + s[6]) + tf.sigmoid(x[7] + s[7]))
        new_c = tf.tanh(a + c) * b
        new_m = tf.tanh(new_c * tf.tanh(d + e))
        if self._num_proj is not None:
            new_m = tf.matmul(new_m, self._projection)
        return new_m, _LSTMStateTuple(new_c, new_m)


class UGRNNCell(SizedByUnits, legacy_rnn.RNNCell):  # type: ignore[misc]
    """A network with one update gate.

    Reference: https://arxiv.org/abs/1611.09913

    Args:
        num_units: The size of output and state.
        initializer: The initial weights.
        forget_bias: Added to the gate.
        activation: The function of the candidate.
        reuse: Whether variables are those made before.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        forget_bias: float = 1.0,
        activation: Callable[[Tensor], Tensor] = tf.tanh,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation

    @as_written
    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The state `[B, U]`.

        Returns:
            The output, twice.
        """
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            both = linear([inputs, state], 2 * self._num_units)
        gate, candidate = tf.split(axis=1, num_or_size_splits=2, value=both)
        gate = tf.sigmoid(gate + self._forget_bias)
        following = gate * state + (1.0 - gate) * self._activation(candidate)
        return following, following


class HighwayWrapper(CellAround):
    """Lets inputs pass a cell, as far as gates say.

    Reference: https://arxiv.org/abs/1505.00387

    Args:
        cell: The cell; its outputs are as wide as its inputs.
        couple_carry_transform_gates: Whether one gate is what the other leaves.
        carry_bias_init: The initial bias of the gate that lets inputs pass.
    """

    def __init__(
        self,
        cell: Any,
        couple_carry_transform_gates: bool = True,
        carry_bias_init: float = 1.0,
    ) -> None:
        super().__init__()
        self._cell = cell
        self._coupled = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def __call__(self, inputs: Tensor, state: Any, scope: Any = None) -> tuple[Tensor, Any]:
        outputs, following = self._cell(inputs, state, scope=scope)
        carry = self._gate("carry", inputs, self._carry_bias_init)
        if self._coupled:
            transform = 1 - carry
        else:
            transform = self._gate("transform", inputs, -self._carry_bias_init)
        return inputs * carry + outputs * transform, following

    def _gate(self, name: str, inputs: Tensor, bias: float) -> Tensor:
        size = int(inputs.shape[-1])
        weights = tf.get_variable(f"{name}_w", [size, size])
        start = tf.constant_initializer(bias)
        biases = tf.get_variable(f"{name}_b", [size], initializer=start)
        return tf.sigmoid(tf.nn.xw_plus_b(inputs, weights, biases))
