"""One block of a grid LSTM: the weights of its two LSTMs, and their step over all windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._rnn._coupled_cell import in_shards

__all__ = ["GridBlock", "GridOptions"]


class GridOptions(NamedTuple):
    """What all blocks of a grid LSTM have in common."""

    units: int
    shards: int
    forget_bias: float
    clip: float | None
    peepholes: bool
    shared: bool
    coupled: bool


class _Weights(NamedTuple):
    """The weights of one LSTM; peepholes are pairs, for the cells along frequencies and time."""

    kernel: Tensor
    bias: Tensor
    peepholes: dict[str, list[Any]]


class GridBlock:
    """Makes the variables of a block, and its step.

    Args:
        options: What all blocks have in common.
        number: The block's number.
        window: One of its windows `[B, F]`.
    """

    def __init__(self, options: GridOptions, number: int, window: Tensor) -> None:
        self._options = options
        self._number = number
        self._seen = int(window.shape[1]) + 2 * options.units
        self._gate_names = "IJO" if options.coupled else "IJFO"
        # In this order programs find them among the trainable variables.
        frequency = self._kernel("f", window.dtype)
        time = None if options.shared else self._kernel("t", window.dtype)
        self._frequency = _Weights(*frequency, self._peepholes("freq", window.dtype))
        self._time = self._frequency
        if time is not None:
            self._time = _Weights(*time, self._peepholes("time", window.dtype))

    def _kernel(self, along: str, dtype: Any) -> tuple[Tensor, Tensor]:
        """The weights and the bias of all gates."""
        width = len(self._gate_names) * self._options.units
        name, shape = f"{along}_{self._number}", [self._seen, width]
        kernel = in_shards(f"W_{name}", shape, dtype, self._options.shards)
        start = tf.zeros_initializer()
        return kernel, tf.get_variable(f"B_{name}", [width], dtype, initializer=start)

    def _peepholes(self, along: str, dtype: Any) -> dict[str, list[Any]]:
        """For each gate the weights it sees both cells with."""
        if not self._options.peepholes:
            return {}
        shape = [self._options.units]
        return {
            gate: [
                tf.get_variable(f"W_{gate}_diag_{along}{of}_{self._number}", shape, dtype)
                for of in "ft"
            ]
            for gate in ("IO" if self._options.coupled else "FIO")
        }

    def step(
        self, windows: Sequence[Tensor], states: Sequence[tuple[Tensor, Tensor]]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Makes one step in time, window after window.

        Args:
            windows: Windows `[B, F]`.
            states: For each window, cell and output `[B, U]` of the LSTM along time.

        Returns:
            For each window the outputs along time and along frequencies; and for each window
            cell and output along time.
        """
        first = windows[0]
        zeros = tf.zeros(tf.stack([tf.shape(first)[0], self._options.units]), first.dtype)
        zeros.set_shape([first.shape[0], self._options.units])
        c_frequency = m_frequency = zeros
        outputs: list[Tensor] = []
        following: list[Tensor] = []
        for window, (c_time, m_time) in zip(windows, states, strict=True):
            seen = tf.concat([window, m_time, m_frequency], 1)
            before = (c_frequency, c_time)
            along_frequency = self._gates(self._frequency, seen)
            along_time = along_frequency if self._options.shared else self._gates(self._time, seen)
            c_frequency = self._cell(self._frequency, along_frequency, before, before[0])
            c_time = self._cell(self._time, along_time, before, before[1])
            after = (c_frequency, c_time)
            m_frequency = self._output(self._frequency, along_frequency, after, c_frequency)
            m_time = self._output(self._time, along_time, after, c_time)
            outputs += [m_time, m_frequency]
            following += [c_time, m_time]
        return outputs, following

    def _gates(self, weights: _Weights, seen: Tensor) -> dict[str, Tensor]:
        made = tf.nn.bias_add(tf.matmul(seen, weights.kernel), weights.bias)
        parts = tf.split(made, len(self._gate_names), axis=1)
        return dict(zip(self._gate_names, parts, strict=True))

    def _cell(
        self,
        weights: _Weights,
        gates: dict[str, Tensor],
        cells: tuple[Tensor, Tensor],
        before: Tensor,
    ) -> Tensor:
        take = tf.sigmoid(_peeping(weights, gates, "I", cells))
        if self._options.coupled:
            keep = 1.0 - take
        else:
            keep = tf.sigmoid(_peeping(weights, gates, "F", cells) + self._options.forget_bias)
        cell = keep * before + take * tf.tanh(gates["J"])
        clip = self._options.clip
        return cell if clip is None else tf.clip_by_value(cell, -clip, clip)

    def _output(
        self,
        weights: _Weights,
        gates: dict[str, Tensor],
        cells: tuple[Tensor, Tensor],
        cell: Tensor,
    ) -> Tensor:
        return tf.sigmoid(_peeping(weights, gates, "O", cells)) * tf.tanh(cell)


def _peeping(
    weights: _Weights, gates: dict[str, Tensor], gate: str, cells: tuple[Tensor, Tensor]
) -> Tensor:
    """A gate before its sigmoid, which sees the cells where there are peepholes."""
    made = gates[gate]
    for diagonal, cell in zip(weights.peepholes.get(gate, ()), cells, strict=False):
        made += diagonal * cell
    return made
