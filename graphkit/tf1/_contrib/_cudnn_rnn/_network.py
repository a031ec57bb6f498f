"""What cuDNN computes: layers of cells over time, in one or both directions, as ops of any device.

Reference: https://docs.nvidia.com/deeplearning/cudnn (recurrent networks), and the equations of
`CudnnCompatibleGRUCell` and `LSTMBlockCell`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._cudnn_rnn._cells import gru_step

__all__ = ["NetworkOutput", "run_network"]


class NetworkOutput(NamedTuple):
    """What a network gives.

    Args:
        outputs: The last layer's outputs `[T, B, directions * U]`.
        states: The last state of each layer and direction, `[layers * directions, B, U]`; one
            tensor for each part of the state.
    """

    outputs: Tensor
    states: tuple[Tensor, ...]


def _lstm(inputs: Tensor, state: Any, weights: Sequence[Tensor]) -> tuple[Tensor, Any]:
    (kernel, bias), (h, c) = weights, state
    gates = tf.nn.xw_plus_b(tf.concat([inputs, h], 1), kernel, bias)
    i, j, f, o = tf.split(gates, 4, axis=1)
    c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(j)
    h = tf.sigmoid(o) * tf.tanh(c)
    return h, (h, c)


def _gru(inputs: Tensor, state: Any, weights: Sequence[Tensor]) -> tuple[Tensor, Any]:
    (gates, new, past, gates_bias, new_bias, past_bias), (h,) = weights, state
    following = gru_step(
        tf.nn.xw_plus_b(tf.concat([inputs, h], 1), gates, gates_bias),
        tf.nn.xw_plus_b(inputs, new, new_bias),
        tf.nn.xw_plus_b(h, past, past_bias),
        h,
    )
    return following, (following,)


def _plain(activation: Callable[[Tensor], Tensor]) -> Callable[..., tuple[Tensor, Any]]:
    def step(inputs: Tensor, state: Any, weights: Sequence[Tensor]) -> tuple[Tensor, Any]:
        (kernel, bias), (h,) = weights, state
        following = activation(tf.nn.xw_plus_b(tf.concat([inputs, h], 1), kernel, bias))
        return following, (following,)

    return step


_STEPS = {"gru": _gru, "lstm": _lstm, "rnn_relu": _plain(tf.nn.relu), "rnn_tanh": _plain(tf.tanh)}


class _GivenCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """A cell of weights that are tensors."""

    def __init__(self, mode: str, weights: Sequence[Tensor], units: int, parts: int) -> None:
        super().__init__()
        self._step, self._weights_given = _STEPS[mode], tuple(weights)
        self._units, self._parts = units, parts

    @property
    def state_size(self) -> tuple[int, ...]:
        """The sizes of the parts of the state."""
        return (self._units,) * self._parts

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._units

    def __call__(self, inputs: Tensor, state: Any, scope: Any = None) -> tuple[Tensor, Any]:
        return self._step(inputs, state, self._weights_given)


def run_network(
    mode: str,
    inputs: Tensor,
    states: Sequence[Tensor],
    cells: Sequence[Sequence[Tensor]],
    units: int,
    directions: int,
    lengths: Any = None,
    between: Callable[[Tensor], Tensor] | None = None,
) -> NetworkOutput:
    """Runs layers over a sequence.

    Args:
        mode: "lstm", "gru", "rnn_relu" or "rnn_tanh".
        inputs: Inputs `[T, B, D]`.
        states: The parts of the first states, `[layers * directions, B, U]` each.
        cells: The weights of each cell, layer by layer, forwards before backwards.
        units: U.
        directions: 1 or 2.
        lengths: How many steps of each sequence count, int32 `[B]`; all unless given.
        between: What outputs go through from one layer to the next, or None.

    Returns:
        The outputs, zero beyond the lengths, and the last states.
    """
    last: list[Any] = []
    for number, weights in enumerate(cells):
        backwards = number % directions == 1
        if not backwards:
            if number and between is not None:
                inputs = between(inputs)
            found: list[Tensor] = []
        cell = _GivenCell(mode, weights, units, len(states))
        outputs, state = tf.nn.dynamic_rnn(
            cell,
            _turned(inputs, lengths) if backwards else inputs,
            lengths,
            tuple(part[number] for part in states),
            time_major=True,
            scope=f"layer_{number}",
        )
        found.append(_turned(outputs, lengths) if backwards else outputs)
        last.append(state)
        if len(found) == directions:
            inputs = tf.concat(found, 2)
    return NetworkOutput(inputs, tuple(tf.stack(parts) for parts in zip(*last, strict=True)))


def _turned(steps: Tensor, lengths: Any) -> Tensor:
    if lengths is None:
        return tf.reverse(steps, [0])
    return tf.reverse_sequence(steps, lengths, seq_axis=0, batch_axis=1)
