"""contrib.rnn.CoupledInputForgetGateLSTMCell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._rnn._sizes import SizedAsLSTM
from graphkit.tf1._core._as_written import as_written
from graphkit.tf1._namespace import load

__all__ = ["CoupledInputForgetGateLSTMCell", "in_shards", "known_width"]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple


def known_width(inputs: Tensor) -> int:
    """Reads the width of inputs.

    Args:
        inputs: Inputs `[B, D]`.

    Returns:
        D.

    Raises:
        ValueError: D is not known.
    """
    width = inputs.shape.with_rank(2).as_list()[1]
    if width is None:
        raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
    return int(width)


def in_shards(name: str, shape: list[int], dtype: Any, shards: int) -> Tensor:
    """Makes weights in several variables, the first a row larger where rows do not come out even.

    Args:
        name: What the variables' names begin with.
        shape: The shape of all together `[R, …]`.
        dtype: The dtype.
        shards: How many variables there are.

    Returns:
        All of them, one below the other.

    Raises:
        ValueError: There are more shards than rows.
    """
    if shards > shape[0]:
        raise ValueError(f"Too many shards: shape={shape}, num_shards={shards}")
    rows, rest = divmod(shape[0], shards)
    sizes = [rows + (number < rest) for number in range(shards)]
    parts = [
        tf.get_variable(f"{name}_{number}", [size, *shape[1:]], dtype=dtype)
        for number, size in enumerate(sizes)
    ]
    return parts[0] if shards == 1 else tf.concat(parts, 0, name=f"{name}/concat")


class CoupledInputForgetGateLSTMCell(SizedAsLSTM, legacy_rnn.RNNCell):  # type: ignore[misc]
    """An LSTM that takes in as much as it forgets.

    Reference: https://arxiv.org/abs/1503.04069

    Args:
        num_units: The size of the cell.
        use_peepholes: Whether gates see the cell.
        initializer: Kept for callers that pass it.
        num_proj: The size outputs are projected to; not projected unless given.
        proj_clip: What projected outputs are cut to.
        num_unit_shards: Into how many variables weights are divided.
        num_proj_shards: Into how many variables weights of the projection are divided.
        forget_bias: Added to the forget gate.
        state_is_tuple: Whether the parts of the state are apart, not side by side.
        activation: The function of states.
        reuse: Whether variables are those made before.
        layer_norm: Whether there is layer normalisation.
        norm_gain: Its initial gain.
        norm_shift: Its initial shift.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int = 1,
        num_proj_shards: int = 1,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Callable[[Tensor], Tensor] = tf.tanh,
        reuse: bool | None = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._shards = (num_unit_shards, num_proj_shards)
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_start = (norm_gain, norm_shift)

    @property
    def state_size(self) -> Any:
        """The sizes of both parts of the state, or their sum."""
        sizes = super().state_size
        return sizes if self._state_is_tuple else sum(sizes)

    def _normed(self, x: Tensor, scope: str) -> Tensor:
        if not self._layer_norm:
            return x
        gain, shift = (tf.constant_initializer(value) for value in self._norm_start)
        with tf.variable_scope(scope):
            tf.get_variable("gamma", x.shape[-1:], initializer=gain)
            tf.get_variable("beta", x.shape[-1:], initializer=shift)
        return load("tf_slim:layer_norm")(x, reuse=True, scope=scope)

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`; D is known.
            state: The state.

        Returns:
            The output and the next state.

        Raises:
            ValueError: D is not known, or there are more shards than rows.
        """
        units, dtype = self._num_units, inputs.dtype
        split = state if self._state_is_tuple else tf.split(state, [units, self.output_size], 1)
        c_before, m_before = split
        rows = known_width(inputs) + self.output_size
        kernel = in_shards("W", [rows, 3 * units], dtype, self._shards[0])
        start = tf.zeros_initializer()
        bias = tf.get_variable("B", [3 * units], dtype=dtype, initializer=start)
        gates = tf.matmul(tf.concat([inputs, m_before], 1), kernel)
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, bias)
        j, f, o = tf.split(gates, 3, axis=1)
        j, f, o = self._normed(j, "transform"), self._normed(f, "forget"), self._normed(o, "output")
        if self._use_peepholes:
            of_f, of_o = (tf.get_variable(f"W_{g}_diag", [units], dtype=dtype) for g in ("F", "O"))
            f += of_f * c_before
        forget = tf.sigmoid(f + self._forget_bias)
        c = forget * c_before + (1 - forget) * self._activation(j)
        c = self._normed(c, "state")
        m = tf.sigmoid(o + of_o * c if self._use_peepholes else o) * self._activation(c)
        m = self._projected(m)
        return m, _LSTMStateTuple(c, m) if self._state_is_tuple else tf.concat([c, m], 1)

    def _projected(self, m: Tensor) -> Tensor:
        if self._num_proj is None:
            return m
        shape = [self._num_units, self._num_proj]
        m = tf.matmul(m, in_shards("W_P", shape, m.dtype, self._shards[1]))
        clip = self._proj_clip
        return m if clip is None else tf.clip_by_value(m, -clip, clip)
