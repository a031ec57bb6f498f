"""Local contrast normalization: brightness and contrast count only against the surroundings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._types import checked_number
from graphkit.graph.layers._inputs import checked_input
from graphkit.graph.layers._scope import check_options, layer_scope
from graphkit.graph.layers._sizes import checked_size

__all__ = ["local_contrast_normalization"]


def local_contrast_normalization(
    inputs: Tensor,
    *,
    window_size: int = 9,
    sigma: float | None = None,
    epsilon: float = 1e-4,
    across_channels: bool = True,
    name: str | None = None,
) -> Tensor:
    """Adds local contrast normalization, which TensorFlow never had (it has only LRN).

    With w a Gaussian window whose weights sum to 1, over places p and, `across_channels`, over all
    channels c alike:

        v = x - Σ w·x                    subtract the local mean
        s = sqrt(max(Σ w·v², epsilon²))  the local standard deviation
        y = v / max(mean(s), s)          divide; mean(s) over the whole image

    Flat regions have s far below mean(s), so they are not blown up into noise; a wholly flat image
    gives zeros, and gradients stay finite. At the border the window is cut off and its weights
    are scaled to sum to 1 again, so no dark frame appears.

    See Jarrett, Kavukcuoglu, Ranzato and LeCun 2009, "What is the best multi-stage architecture
    for object recognition?", https://doi.org/10.1109/ICCV.2009.5459469.

    Args:
        inputs: float32 or float64, `[B, H, W, C]` with C known.
        window_size: Height and width of the window, an odd number.
        sigma: Standard deviation of the Gaussian, above 0; a quarter of `window_size` unless given.
        epsilon: The smallest standard deviation, above 0.
        across_channels: Whether all channels share one mean and deviation per place (as in the
            paper), or each has its own.
        name: The name scope.

    Returns:
        The normalized inputs, of the same shape and dtype.

    Raises:
        ArgumentError: Another rank, C unknown, an even window, a number not above 0.
        ArgumentTypeError: Not a float32 or float64 tensor of a graph.
    """
    where = "local_contrast_normalization"
    given = checked_input(where, inputs, rank=4, kind="float")
    if given.dtype not in (tf.float32, tf.float64):
        raise ArgumentTypeError(where, "inputs", given.dtype.name, "float32 or float64")
    if given.sizes[-1] is None:
        raise ArgumentError(where, "inputs", given.sizes, "of a known number of channels")
    window_size = checked_size(where, "window_size", window_size)
    if window_size % 2 == 0:
        raise ArgumentError(where, "window_size", window_size, "an odd number")
    sigma = window_size / 4 if sigma is None else sigma
    for argument, value in (("sigma", sigma), ("epsilon", epsilon)):
        checked_number(where, argument, value, "above 0", lambda number: number > 0)
    check_options(where, name, given.graph)
    weights = _gaussian(window_size, sigma, given.dtype.as_numpy_dtype)
    with layer_scope(where, name, given.graph), tf.name_scope(name, where, [inputs]):
        return _normalized(tf.convert_to_tensor(inputs), weights, epsilon, across_channels)


def _gaussian(size: int, sigma: float, dtype: Any) -> NDArray[Any]:
    """Returns the weights of one axis; the window is their outer product with themselves."""
    places = np.arange(size) - size // 2
    weights: NDArray[Any] = np.exp(-0.5 * (places / sigma) ** 2)
    return np.asarray(weights / weights.sum(), dtype)


def _normalized(
    x: Tensor,
    weights: NDArray[Any],
    epsilon: float,
    across_channels: bool,
) -> Tensor:
    def local_mean(values: Tensor) -> Tensor:
        if across_channels:
            values = tf.reduce_mean(values, axis=-1, keepdims=True)
        inside = _smoothed(tf.ones_like(values[:1]), weights)
        return _smoothed(values, weights) / inside

    # Weights that sum to 1 do not see an offset; without it a bright flat image is exactly flat.
    offset = x[:, :1, :1, :1] if across_channels else x[:, :1, :1, :]
    x -= tf.stop_gradient(offset)
    centred = x - local_mean(x)
    deviation = tf.sqrt(tf.maximum(local_mean(tf.square(centred)), epsilon**2))
    typical = tf.reduce_mean(deviation, axis=[1, 2], keepdims=True)
    return centred / tf.maximum(typical, deviation)


def _smoothed(values: Tensor, weights: NDArray[Any]) -> Tensor:
    """Applies the window as two passes, one per axis, to each channel by itself."""
    channels = values.shape[-1]
    for shape in ((-1, 1, 1, 1), (1, -1, 1, 1)):
        kernel = np.tile(weights.reshape(shape), (1, 1, channels, 1))
        values = tf.nn.depthwise_conv2d(values, kernel, strides=[1, 1, 1, 1], padding="SAME")
    return values
