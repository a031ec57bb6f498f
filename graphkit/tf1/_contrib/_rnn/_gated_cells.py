"""contrib.rnn's cells with gates of their own: grouped, crossed, in phases."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._linear import linear
from graphkit.tf1._contrib._rnn._coupled_cell import known_width
from graphkit.tf1._contrib._rnn._sizes import CellAround, SizedAsLSTM, SizedByUnits
from graphkit.tf1._core._as_written import as_written
from graphkit.tf1._namespace import load

__all__ = [
    "CompiledWrapper",
    "GLSTMCell",
    "IntersectionRNNCell",
    "PhasedLSTMCell",
]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple


class GLSTMCell(SizedAsLSTM, legacy_rnn.RNNCell):  # type: ignore[misc]
    """An LSTM whose weights are divided into groups that do not see each other.

    Reference: https://arxiv.org/abs/1703.10722

    Args:
        num_units: The size of the cell.
        initializer: The initial weights.
        num_proj: The size outputs are projected to; not projected unless given.
        number_of_groups: How many groups there are.
        forget_bias: Added to the forget gate.
        activation: The function of the cell.
        reuse: Whether variables are those made before.

    Raises:
        ValueError: A size cannot be divided into the groups.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        num_proj: int | None = None,
        number_of_groups: int = 1,
        forget_bias: float = 1.0,
        activation: Callable[[Tensor], Tensor] = tf.tanh,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        for name, size in (("num_units", num_units), ("num_proj", num_proj or 0)):
            if size % number_of_groups:
                raise ValueError(f"{name} must be divisible by number_of_groups")
        self._num_units = num_units
        self._initializer = initializer
        self._num_proj = num_proj
        self._groups = number_of_groups
        self._forget_bias = forget_bias
        self._activation = activation

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`; D is known.
            state: The two parts of the state.

        Returns:
            The output and the next state.

        Raises:
            ValueError: D is not known, or cannot be divided into the groups.
        """
        c_before, m_before = state
        width = inputs.shape.as_list()[1]
        if width is None:
            raise ValueError("input size must be statically known")
        if width % self._groups:
            raise ValueError(
                f"input size ({width}) must be divisible by number_of_groups ({self._groups})"
            )
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            i, j, f, o = self._gates(inputs, m_before)
        c = tf.sigmoid(f + self._forget_bias) * c_before + tf.sigmoid(i) * tf.tanh(j)
        m = tf.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            with tf.variable_scope("projection"):
                m = linear(m, self._num_proj, bias=False)
        return m, _LSTMStateTuple(c, m)

    def _gates(self, inputs: Tensor, before: Tensor) -> list[Tensor]:
        parts = []
        split = (tf.split(part, self._groups, axis=1) for part in (inputs, before))
        for group, both in enumerate(zip(*split, strict=True)):
            with tf.variable_scope(f"group{group}"):
                gates = linear(tf.concat(both, 1), 4 * self._num_units // self._groups, bias=False)
            parts.append(tf.split(gates, 4, axis=1))
        start = tf.zeros_initializer()
        biases = [
            tf.get_variable(f"bias_{gate}", [self._num_units], inputs.dtype, initializer=start)
            for gate in "ijfo"
        ]
        gates = [tf.concat(of_one, 1) for of_one in zip(*parts, strict=True)]
        return [tf.nn.bias_add(gate, bias) for gate, bias in zip(gates, biases, strict=True)]


class IntersectionRNNCell(SizedByUnits, legacy_rnn.RNNCell):  # type: ignore[misc]
    """A network whose inputs and states pass gates in both directions.

    Reference: https://arxiv.org/abs/1611.09913

    Args:
        num_units: The size of output and state.
        num_in_proj: `num_units`, where inputs of another size are to be projected.
        initializer: The initial weights.
        forget_bias: Added to the gates.
        y_activation: The function of outputs.
        reuse: Whether variables are those made before.
    """

    def __init__(
        self,
        num_units: int,
        num_in_proj: int | None = None,
        initializer: Any = None,
        forget_bias: float = 1.0,
        y_activation: Callable[[Tensor], Tensor] = tf.nn.relu,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._num_in_proj = num_in_proj
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._y_activation = y_activation

    @as_written
    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`; D is known.
            state: The state `[B, U]`.

        Returns:
            The output and the next state.

        Raises:
            ValueError: D is not known, or not U and there is no projection.
        """
        width = known_width(inputs)
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            if width != self._num_units:
                if not self._num_in_proj:
                    raise ValueError(
                        "Must have input size == output size for Intersection RNN. To fix, "
                        "num_in_proj should be set to num_units at cell init."
                    )
                with tf.variable_scope("in_projection"):
                    inputs = linear(inputs, self._num_units)
            both = linear(tf.concat([inputs, state], 1), 4 * self._num_units)
        gate_h, h, gate_y, y = tf.split(both, 4, axis=1)
        gate_h = tf.sigmoid(gate_h + self._forget_bias)
        gate_y = tf.sigmoid(gate_y + self._forget_bias)
        following = gate_h * state + (1.0 - gate_h) * tf.tanh(h)
        return gate_y * inputs + (1.0 - gate_y) * self._y_activation(y), following


class PhasedLSTMCell(SizedAsLSTM, legacy_rnn.RNNCell):  # type: ignore[misc]
    """An LSTM whose units are open only in their own part of a cycle; inputs are `(time, x)`.

    Reference: https://arxiv.org/abs/1610.09513

    Args:
        num_units: The size of output and state.
        use_peepholes: Whether gates see the cell.
        leak: How far units are open when they are closed.
        ratio_on: The part of a cycle they are open in.
        trainable_ratio_on: Whether that is trained.
        period_init_min: The shortest initial period.
        period_init_max: The longest initial period.
        reuse: Whether variables are those made before.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        leak: float = 0.001,
        ratio_on: float = 0.1,
        trainable_ratio_on: bool = True,
        period_init_min: float = 1.0,
        period_init_max: float = 1000.0,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse, autocast=False)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._leak = leak
        self._ratio_on = ratio_on
        self._trainable_ratio_on = trainable_ratio_on
        self._period_range = (period_init_min, period_init_max)

    @as_written
    def call(self, inputs: tuple[Tensor, Tensor], state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Times `[B, 1]`, float32 or float64, and inputs `[B, D]`.
            state: The two parts of the state `[B, U]`.

        Returns:
            The output and the next state.
        """
        c_before, h_before = state
        time, x = inputs
        seen = [x, h_before]
        with tf.variable_scope("mask_gates"):
            masked = [*seen, c_before] if self._use_peepholes else seen
            gates = tf.sigmoid(linear(masked, 2 * self._num_units))
        take, forget = tf.split(gates, 2, axis=1)
        with tf.variable_scope("new_input"):
            new = tf.tanh(linear(seen, self._num_units))
        c = c_before * forget + take * new
        with tf.variable_scope("output_gate"):
            masked = [*seen, c] if self._use_peepholes else seen
            h = tf.tanh(c) * tf.sigmoid(linear(masked, self._num_units))
        k = self._openness(time)
        c, h = k * c + (1 - k) * c_before, k * h + (1 - k) * h_before
        return h, _LSTMStateTuple(c, h)

    def _openness(self, time: Tensor) -> Tensor:
        """How far each unit is open at a time `[B, U]`."""
        low, high = (math.log(period) for period in self._period_range)

        def periods(shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
            return tf.exp(tf.random_uniform(shape, low, high, dtype))

        def phases(shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
            return tf.random_uniform(shape, 0.0, period.initial_value, dtype)

        size = [self._num_units]
        period = tf.get_variable("period", size, initializer=periods)
        phase = tf.get_variable("phase", size, initializer=phases)
        start = tf.constant_initializer(self._ratio_on)
        trained = self._trainable_ratio_on
        ratio_on = tf.get_variable("ratio_on", size, initializer=start, trainable=trained)
        shifted = time - tf.cast(phase, time.dtype)
        cycle = tf.cast(period, time.dtype)
        # The rest of a division has the slope of the dividend, whatever the divisor.
        rest = tf.stop_gradient(tf.mod(shifted, cycle) - shifted) + shifted
        passed = tf.cast(rest / cycle, tf.float32)
        rising = 2 * passed / ratio_on
        k = tf.where(passed < ratio_on, 2 - rising, self._leak * passed)
        return tf.where(passed < 0.5 * ratio_on, rising, k)


class CompiledWrapper(CellAround):
    """Compiles the ops of a cell with XLA.

    Args:
        cell: The cell.
        compile_stateful: Whether ops with a state are compiled too.
    """

    def __init__(self, cell: Any, compile_stateful: bool = False) -> None:
        super().__init__()
        self._cell = cell
        self._compile_stateful = compile_stateful

    def __call__(self, inputs: Tensor, state: Any, scope: Any = None) -> tuple[Tensor, Any]:
        definitions = load("tensorflow.python.framework.op_def_registry")

        def compiled(node: Any) -> bool:
            definition = definitions.get(node.op)
            return self._compile_stateful or not (definition and definition.is_stateful)

        with tf.xla.experimental.jit_scope(compile_ops=compiled):
            made: tuple[Tensor, Any] = self._cell(inputs, state, scope=scope)
            return made
