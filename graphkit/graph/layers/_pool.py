"""Down-sampling: the largest, or the average, of each window."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_layers
from graphkit.graph.layers._inputs import Kind, checked_input
from graphkit.graph.layers._scope import check_options, layer_scope
from graphkit.graph.layers._sizes import (
    check_window_fits,
    checked_choice,
    checked_window,
    spatial_sizes,
)

__all__ = ["average_pooling2d", "average_pooling3d", "max_pooling2d", "max_pooling3d"]


def average_pooling2d(
    inputs: Tensor,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    *,
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """Adds average pooling over height and width.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/average_pooling2d.

    Args:
        inputs: Float, `[B, H, W, C]`; `[B, C, H, W]` with "channels_first".
        pool_size: Height and width of the window, one number for all or two.
        strides: Steps of the window, one number or two; `pool_size` unless given.
        padding: "valid" for none, or "same" to pad; padded places do not count.
        data_format: "channels_last" or "channels_first".
        name: The layer's name.

    Returns:
        The average of each window, `[B, H', W', C]` (channels second with "channels_first").

    Raises:
        ArgumentError: Another rank, a number below 1, a window larger than the input with "valid".
        ArgumentTypeError: Not such a tensor of a graph.
    """
    windows, borders = (pool_size, strides), (padding, data_format)
    return _pooling("average_pooling2d", inputs, windows, borders, 2, "float", name)


def average_pooling3d(
    inputs: Tensor,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    *,
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """Adds average pooling over depth, height and width.

    float64 is refused here: TensorFlow builds it (`tf.nn.avg_pool3d` still does) but has no kernel
    to run it.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/average_pooling3d.

    Args:
        inputs: Float of at most 32 bits, `[B, D, H, W, C]`; `[B, C, D, H, W]` with
            "channels_first".
        pool_size: Depth, height and width of the window, one number for all or three.
        strides: Steps of the window, one number or three; `pool_size` unless given.
        padding: "valid" for none, or "same" to pad; padded places do not count.
        data_format: "channels_last" or "channels_first".
        name: The layer's name.

    Returns:
        The average of each window, `[B, D', H', W', C]` (channels second with "channels_first").

    Raises:
        ArgumentError: Another rank, a number below 1, a window larger than the input with "valid".
        ArgumentTypeError: Not such a tensor of a graph.
    """
    windows, borders = (pool_size, strides), (padding, data_format)
    return _pooling(
        "average_pooling3d", inputs, windows, borders, 3, "float of at most 32 bits", name
    )


def max_pooling2d(
    inputs: Tensor,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    *,
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """Adds maximum pooling over height and width.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/max_pooling2d.

    Args:
        inputs: Float or integer, `[B, H, W, C]`; `[B, C, H, W]` with "channels_first".
        pool_size: Height and width of the window, one number for all or two.
        strides: Steps of the window, one number or two; `pool_size` unless given.
        padding: "valid" for none, or "same" to pad.
        data_format: "channels_last" or "channels_first".
        name: The layer's name.

    Returns:
        The maximum of each window, `[B, H', W', C]` (channels second with "channels_first").

    Raises:
        ArgumentError: Another rank, a number below 1, a window larger than the input with "valid".
        ArgumentTypeError: Not such a tensor of a graph.
    """
    windows, borders = (pool_size, strides), (padding, data_format)
    return _pooling("max_pooling2d", inputs, windows, borders, 2, "number", name)


def max_pooling3d(
    inputs: Tensor,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    *,
    data_format: str = "channels_last",
    name: str | None = None,
) -> Tensor:
    """Adds maximum pooling over depth, height and width.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/max_pooling3d.

    Args:
        inputs: Float of at most 32 bits, `[B, D, H, W, C]`; `[B, C, D, H, W]` with
            "channels_first".
        pool_size: Depth, height and width of the window, one number for all or three.
        strides: Steps of the window, one number or three; `pool_size` unless given.
        padding: "valid" for none, or "same" to pad.
        data_format: "channels_last" or "channels_first".
        name: The layer's name.

    Returns:
        The maximum of each window, `[B, D', H', W', C]` (channels second with "channels_first").

    Raises:
        ArgumentError: Another rank, a number below 1, a window larger than the input with "valid".
        ArgumentTypeError: Not such a tensor of a graph.
    """
    windows, borders = (pool_size, strides), (padding, data_format)
    return _pooling("max_pooling3d", inputs, windows, borders, 3, "float of at most 32 bits", name)


def _pooling(
    where: str,
    inputs: Tensor,
    windows: tuple[Any, Any],
    borders: tuple[str, str],
    axes: int,
    kind: Kind,
    name: str | None,
) -> Tensor:
    """Checks what all poolings have in common and makes the one called `where`."""
    given = checked_input(where, inputs, rank=axes + 2, kind=kind)
    padding = checked_choice(where, "padding", borders[0], ("valid", "same"))
    data_format = checked_choice(
        where, "data_format", borders[1], ("channels_last", "channels_first")
    )
    pool_size = checked_window(where, "pool_size", windows[0], axes)
    strides = pool_size if windows[1] is None else windows[1]
    strides = checked_window(where, "strides", strides, axes)
    spatial = spatial_sizes(given.sizes, data_format)
    check_window_fits(where, "pool_size", pool_size, spatial, padding)
    check_options(where, name, given.graph)
    with layer_scope(where, name, given.graph):
        return getattr(legacy_layers, where)(
            inputs, pool_size, strides, padding=padding, data_format=data_format, name=name
        )
