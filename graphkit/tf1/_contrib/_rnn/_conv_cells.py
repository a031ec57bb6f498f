"""contrib.rnn's LSTMs over pictures: products are convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._core._as_written import as_written

__all__ = ["Conv1DLSTMCell", "Conv2DLSTMCell", "Conv3DLSTMCell", "ConvLSTMCell"]

_LSTMStateTuple: Any = legacy_rnn.LSTMStateTuple
_CONVOLUTIONS = {1: tf.nn.conv1d, 2: tf.nn.conv2d, 3: tf.nn.conv3d}


class ConvLSTMCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """An LSTM whose inputs and states are pictures.

    Reference: https://arxiv.org/abs/1506.04214

    Args:
        conv_ndims: 1, 2 or 3: the axes of a picture.
        input_shape: The shape of an input, channels last, without the batch.
        output_channels: The channels of the state.
        kernel_shape: The shape of the filter, one number for each axis.
        use_bias: Whether a bias is added.
        skip_connection: Whether outputs have the inputs beside them.
        forget_bias: Added to the forget gate.
        initializers: Kept for callers that pass it.
        name: The layer's name.

    Raises:
        ValueError: `input_shape` has another number of axes.
    """

    def __init__(
        self,
        conv_ndims: int,
        input_shape: Sequence[int],
        output_channels: int,
        kernel_shape: Sequence[int],
        use_bias: bool = True,
        skip_connection: bool = False,
        forget_bias: float = 1.0,
        initializers: Any = None,
        name: str = "conv_lstm_cell",
    ) -> None:
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._conv_ndims = conv_ndims
        self._outer = list(input_shape[:-1])
        self._channels = output_channels
        self._kernel_shape = list(kernel_shape)
        self._use_bias = use_bias
        self._skip = skip_connection
        self._forget_bias = forget_bias
        self._seen = output_channels + (input_shape[-1] if skip_connection else 0)

    @property
    def state_size(self) -> Any:
        """The shapes of both parts of the state."""
        size = tf.TensorShape([*self._outer, self._channels])
        return _LSTMStateTuple(size, size)

    @property
    def output_size(self) -> Any:
        """The shape of the output."""
        return tf.TensorShape([*self._outer, self._seen])

    @as_written
    def call(self, inputs: Tensor, state: Any, scope: Any = None) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Pictures `[B, …, C]`.
            state: The two parts of the state `[B, …, output_channels]`.
            scope: Kept for callers that pass it.

        Returns:
            The output and the next state.
        """
        cell, hidden = state
        axis = self._conv_ndims + 1
        gates = tf.split(self._convolved(tf.concat([inputs, hidden], axis)), 4, axis=axis)
        i, j, f, o = gates
        new_cell = tf.sigmoid(f + self._forget_bias) * cell + tf.sigmoid(i) * tf.tanh(j)
        output = tf.tanh(new_cell) * tf.sigmoid(o)
        if self._skip:
            output = tf.concat([output, inputs], axis=-1)
        return output, _LSTMStateTuple(new_cell, output)

    def _convolved(self, picture: Tensor) -> Tensor:
        """Four gates side by side."""
        width, features = int(picture.shape[-1]), 4 * self._channels
        shape = [*self._kernel_shape, width, features]
        kernel = tf.get_variable("kernel", shape, dtype=picture.dtype)
        strides: Any = 1 if self._conv_ndims == 1 else [1] * (self._conv_ndims + 2)
        made = _CONVOLUTIONS[self._conv_ndims](picture, kernel, strides, padding="SAME")
        if not self._use_bias:
            return made
        start = tf.zeros_initializer()
        return made + tf.get_variable("biases", [features], picture.dtype, initializer=start)


class Conv1DLSTMCell(ConvLSTMCell):
    """A `ConvLSTMCell` over rows.

    Args:
        name: The layer's name.
        **kwargs: Those of `ConvLSTMCell`, but for `conv_ndims`.
    """

    def __init__(self, name: str = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """A `ConvLSTMCell` over pictures.

    Args:
        name: The layer's name.
        **kwargs: Those of `ConvLSTMCell`, but for `conv_ndims`.
    """

    def __init__(self, name: str = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """A `ConvLSTMCell` over volumes.

    Args:
        name: The layer's name.
        **kwargs: Those of `ConvLSTMCell`, but for `conv_ndims`.
    """

    def __init__(self, name: str = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=3, name=name, **kwargs)
