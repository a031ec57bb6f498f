"""The three forms of a cuDNN network's weights: one buffer, cuDNN's matrices, a cell's variables.

In the buffer lie all of cuDNN's matrices and then all of its biases, layer by layer, forwards
before backwards, which is the order cuDNN itself keeps. A layer has two matrices for each gate,
those of inputs before those of the state. A cell has one product for both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from graphkit._tf import Tensor, tf

__all__ = [
    "CudnnParamsFormatConverter",
    "CudnnParamsFormatConverterGRU",
    "CudnnParamsFormatConverterLSTM",
    "CudnnParamsFormatConverterRelu",
    "CudnnParamsFormatConverterTanh",
]


class CudnnParamsFormatConverter:
    """Brings the weights of a network of layers from one form to another.

    Args:
        num_layers: How many layers there are.
        num_units: The size U of a layer.
        input_size: The width of the inputs of the first layer.
        num_proj: The size outputs are projected to, in an LSTM; not projected unless given.
        input_mode: "linear_input": inputs are multiplied with weights.
        direction: "unidirectional" or "bidirectional".
    """

    _rnn_mode: ClassVar[str]
    _gates: ClassVar[int]

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_size: int,
        num_proj: int | None = None,
        input_mode: str = "linear_input",
        direction: str = "unidirectional",
    ) -> None:
        self._num_layers = num_layers
        self._num_units = num_units
        self._input_size = input_size
        self._num_proj = num_proj
        self._input_mode = input_mode
        self._direction = direction
        self._num_dirs = 1 if direction == "unidirectional" else 2

    @property
    def weight_shapes(self) -> list[tuple[int, int]]:
        """The shapes of cuDNN's matrices."""
        return [shape for width in self._widths for shape in self._shapes_behind(width)]

    @property
    def bias_shapes(self) -> list[list[int]]:
        """The shapes of cuDNN's biases: one for each matrix of each gate."""
        return [[self._num_units]] * (2 * self._gates * len(self._widths))

    def tf_canonical_to_opaque(
        self, tf_canonicals: Sequence[Tensor], weights_proj: Sequence[Tensor] | None = None
    ) -> Tensor:
        """Puts the variables of cells into one buffer.

        Args:
            tf_canonicals: The kernels of all cells, then their biases.
            weights_proj: The weights of projections, where there are any.

        Returns:
            The buffer, a vector.
        """
        weights, biases = self._tf_canonical_to_cu_canonical(tf_canonicals, weights_proj)
        return self._cu_canonical_to_opaque(weights, biases)

    def opaque_to_tf_canonical(self, opaque_param: Any) -> tuple[list[Tensor], ...]:
        """Takes the variables of cells out of a buffer.

        Args:
            opaque_param: The buffer.

        Returns:
            The kernels of all cells and their biases; and the projections, where there are any.
        """
        return self._cu_canonical_to_tf_canonical(*self._opaque_to_cu_canonical(opaque_param))

    @property
    def _widths(self) -> list[int]:
        """What each cell gets, layer by layer and direction by direction."""
        inner = (self._num_proj or self._num_units) * self._num_dirs
        layers = [self._input_size] + [inner] * (self._num_layers - 1)
        return [width for width in layers for _ in range(self._num_dirs)]

    def _shapes_behind(self, width: int) -> list[tuple[int, int]]:
        units, state = self._num_units, self._num_proj or self._num_units
        shapes = [(units, width)] * self._gates + [(units, state)] * self._gates
        return shapes + ([(self._num_proj, units)] if self._num_proj else [])

    def _opaque_to_cu_canonical(self, opaque_param: Any) -> tuple[list[Tensor], list[Tensor]]:
        shapes = [list(shape) for shape in self.weight_shapes] + self.bias_shapes
        parts = tf.split(tf.identity(opaque_param), [math.prod(shape) for shape in shapes])
        made = [tf.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]
        weights = len(self.weight_shapes)
        return made[:weights], made[weights:]

    def _cu_canonical_to_opaque(
        self, cu_weights: Sequence[Tensor], cu_biases: Sequence[Tensor]
    ) -> Tensor:
        return tf.concat([tf.reshape(part, [-1]) for part in (*cu_weights, *cu_biases)], 0)

    def _cu_canonical_to_tf_canonical(
        self, cu_weights: Sequence[Tensor], cu_biases: Sequence[Tensor]
    ) -> tuple[list[Tensor], ...]:
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        projections: list[Tensor] = []
        cells = len(self._widths)
        for of_cell, own_biases in zip(
            _chunks(cu_weights, cells), _chunks(cu_biases, cells), strict=True
        ):
            gates = 2 * self._gates
            weights += self._cudnn_to_tf_weights(*of_cell[:gates])
            biases += self._cudnn_to_tf_biases(*own_biases)
            projections += [tf.transpose(part) for part in of_cell[gates:]]
        return (weights, biases, projections) if self._num_proj else (weights, biases)

    def _tf_canonical_to_cu_canonical(
        self, tf_canonicals: Sequence[Tensor], weights_proj: Sequence[Tensor] | None
    ) -> tuple[list[Tensor], list[Tensor]]:
        half, cells = len(tf_canonicals) // 2, len(self._widths)
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        for number, (width, of_cell, own_biases) in enumerate(
            zip(
                self._widths,
                _chunks(tf_canonicals[:half], cells),
                _chunks(tf_canonicals[half:], cells),
                strict=True,
            )
        ):
            weights += self._tf_to_cudnn_weights(width, *of_cell)
            biases += self._tf_to_cudnn_biases(*own_biases)
            if weights_proj is not None:
                weights.append(tf.transpose(weights_proj[number]))
        return weights, biases

    def _cudnn_to_tf_weights(self, *cu_weights: Tensor) -> tuple[Tensor, ...]:
        """Makes a cell's kernels of cuDNN's matrices; each kind of network has its own."""
        raise NotImplementedError

    def _tf_to_cudnn_weights(self, width: int, *tf_weights: Tensor) -> list[Tensor]:
        """Makes cuDNN's matrices of the kernels of a cell whose inputs have that width."""
        raise NotImplementedError

    def _cudnn_to_tf_biases(self, *cu_biases: Tensor) -> tuple[Tensor, ...]:
        """Makes a cell's biases of cuDNN's."""
        raise NotImplementedError

    def _tf_to_cudnn_biases(self, *tf_biases: Tensor) -> list[Tensor]:
        """Makes cuDNN's biases of a cell's."""
        raise NotImplementedError


def _chunks(parts: Sequence[Tensor], count: int) -> list[list[Tensor]]:
    size = len(parts) // count
    return [list(parts[size * number : size * (number + 1)]) for number in range(count)]


def _product(inputs: Sequence[Tensor], hidden: Sequence[Tensor]) -> Tensor:
    """One kernel `[D + H, G U]` of matrices `[U, D]` and `[U, H]` for each gate."""
    gates = [tf.concat(pair, 1) for pair in zip(inputs, hidden, strict=True)]
    return tf.transpose(tf.concat(gates, 0))


def _matrices(kernel: Tensor, width: int, gates: int) -> tuple[list[Tensor], list[Tensor]]:
    """The matrices `[U, D]` and `[U, H]` of each gate of a kernel `[D + H, G U]`."""
    rows = tf.split(tf.transpose(kernel), gates, axis=0)
    return [row[:, :width] for row in rows], [row[:, width:] for row in rows]


def _halves(bias: Tensor, gates: int) -> list[Tensor]:
    """The biases of each gate, half with the inputs and half with the state: they are added."""
    halves: list[Tensor] = tf.split(bias * 0.5, gates, axis=0)
    return halves * 2


class _OneProduct(CudnnParamsFormatConverter):
    """Cells with one kernel and one bias, whose gates come in another order than cuDNN's."""

    # Which of cuDNN's gates each of a cell's gates is; it has to be its own inverse.
    _order: ClassVar[tuple[int, ...]] = (0,)

    def _reordered(self, parts: Sequence[Tensor]) -> list[Tensor]:
        return [parts[place] for place in self._order]

    def _cudnn_to_tf_weights(self, *cu_weights: Tensor) -> tuple[Tensor, ...]:
        inputs, hidden = _chunks(cu_weights, 2)
        return (_product(self._reordered(inputs), self._reordered(hidden)),)

    def _tf_to_cudnn_weights(self, width: int, *tf_weights: Tensor) -> list[Tensor]:
        inputs, hidden = _matrices(tf_weights[0], width, self._gates)
        return self._reordered(inputs) + self._reordered(hidden)

    def _cudnn_to_tf_biases(self, *cu_biases: Tensor) -> tuple[Tensor, ...]:
        inputs, hidden = _chunks(cu_biases, 2)
        sums = [one + other for one, other in zip(inputs, hidden, strict=True)]
        return (tf.concat(self._reordered(sums), 0),)

    def _tf_to_cudnn_biases(self, *tf_biases: Tensor) -> list[Tensor]:
        inputs, hidden = _chunks(_halves(tf_biases[0], self._gates), 2)
        return self._reordered(inputs) + self._reordered(hidden)


class CudnnParamsFormatConverterLSTM(_OneProduct):
    """Brings the weights of LSTMs from one form to another.

    cuDNN has the gates input, forget, new, output; a cell has input, new, forget, output.
    """

    _rnn_mode = "lstm"
    _gates = 4
    _order = (0, 2, 1, 3)


class CudnnParamsFormatConverterTanh(_OneProduct):
    """Brings the weights of plain networks with tanh from one form to another."""

    _rnn_mode = "rnn_tanh"
    _gates = 1


class CudnnParamsFormatConverterRelu(_OneProduct):
    """Brings the weights of plain networks with relu from one form to another."""

    _rnn_mode = "rnn_relu"
    _gates = 1


class CudnnParamsFormatConverterGRU(CudnnParamsFormatConverter):
    """Brings the weights of GRUs from one form to another.

    The candidate's two products stay apart, since one of them is closed by a gate.
    """

    _rnn_mode = "gru"
    _gates = 3

    def _cudnn_to_tf_weights(self, *cu_weights: Tensor) -> tuple[Tensor, ...]:
        inputs, hidden = _chunks(cu_weights, 2)
        return (
            _product(inputs[:2], hidden[:2]),
            tf.transpose(inputs[2]),
            tf.transpose(hidden[2]),
        )

    def _tf_to_cudnn_weights(self, width: int, *tf_weights: Tensor) -> list[Tensor]:
        gates, new, past = tf_weights
        inputs, hidden = _matrices(gates, width, 2)
        return [*inputs, tf.transpose(new), *hidden, tf.transpose(past)]

    def _cudnn_to_tf_biases(self, *cu_biases: Tensor) -> tuple[Tensor, ...]:
        inputs, hidden = _chunks(cu_biases, 2)
        return tf.concat(inputs[:2], 0) + tf.concat(hidden[:2], 0), inputs[2], hidden[2]

    def _tf_to_cudnn_biases(self, *tf_biases: Tensor) -> list[Tensor]:
        gates, new, past = tf_biases
        inputs, hidden = _chunks(_halves(gates, 2), 2)
        return [*inputs, new, *hidden, past]
