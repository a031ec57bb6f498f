"""contrib.rnn.TimeFreqLSTMCell: an LSTM that goes along time and along frequencies."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._rnn._coupled_cell import in_shards
from graphkit.tf1._contrib._rnn._frequency_windows import windows
from graphkit.tf1._core._as_written import as_written

__all__ = ["TimeFreqLSTMCell"]


class TimeFreqLSTMCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """An LSTM that passes its output from one window of a spectrum to the next.

    Reference: Sainath and Li, "Modeling Time-Frequency Patterns with LSTM vs. Convolutional
    Architectures for LVCSR Tasks", INTERSPEECH 2016.

    Args:
        num_units: The size U of each window's cell.
        use_peepholes: Whether gates see the cell.
        cell_clip: What the cell is cut to; not cut unless given.
        initializer: Kept for callers that pass it.
        num_unit_shards: Into how many variables weights are divided.
        forget_bias: Added to the forget gate.
        feature_size: The width of a window.
        frequency_skip: How far one window is from the next.
        reuse: Whether variables are those made before.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: Any = None,
        frequency_skip: int = 1,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._shards = num_unit_shards
        self._forget_bias = forget_bias
        self._window = (feature_size, frequency_skip)

    @property
    def state_size(self) -> int:
        """The size of one window's state; the state of N windows is N times as wide."""
        return 2 * self._num_units

    @property
    def output_size(self) -> int:
        """The size of one window's output; N windows give N side by side."""
        return self._num_units

    @as_written
    def call(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Makes one step in time, over all N windows.

        Args:
            inputs: Spectra `[B, D]`; D is known.
            state: The cells and outputs of all windows `[B, 2 N U]`.

        Returns:
            The outputs of all windows `[B, N U]` and the next state.

        Raises:
            ValueError: D is not known, or the state is too narrow.
        """
        units, parts = self._num_units, windows(inputs, *self._window)
        seen = int(parts[0].shape[1]) + 2 * units
        kernel = in_shards("W", [seen, 4 * units], inputs.dtype, self._shards)
        bias = tf.get_variable("B", [4 * units], inputs.dtype, initializer=tf.zeros_initializer())
        diagonals = self._diagonals(inputs.dtype)
        below = tf.zeros(tf.stack([tf.shape(inputs)[0], units]), inputs.dtype)
        outputs, following = [], []
        for number, part in enumerate(parts):
            c, m = (tf.slice(state, [0, (2 * number + n) * units], [-1, units]) for n in range(2))
            gates = tf.nn.bias_add(tf.matmul(tf.concat([part, m, below], 1), kernel), bias)
            c, below = self._step(tf.split(gates, 4, axis=1), c, diagonals)
            outputs.append(below)
            following += [c, below]
        return tf.concat(outputs, 1), tf.concat(following, 1)

    def _diagonals(self, dtype: Any) -> list[Any]:
        """The weights gates see the cell with: forget, input, output."""
        if not self._use_peepholes:
            return []
        shape = [self._num_units]
        return [tf.get_variable(f"W_{gate}_diag", shape, dtype) for gate in "FIO"]

    def _step(
        self, gates: list[Tensor], before: Tensor, diagonals: list[Any]
    ) -> tuple[Tensor, Tensor]:
        i, j, f, o = gates
        if diagonals:
            f += diagonals[0] * before
            i += diagonals[1] * before
        c = tf.sigmoid(f + self._forget_bias) * before + tf.sigmoid(i) * tf.tanh(j)
        if self._cell_clip is not None:
            c = tf.clip_by_value(c, -self._cell_clip, self._cell_clip)
        if diagonals:
            o += diagonals[2] * c
        return c, tf.sigmoid(o) * tf.tanh(c)
