"""Convolutions over images and volumes."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_layers, tf
from graphkit.errors import ArgumentError
from graphkit.graph.layers._inputs import LayerInput, checked_input
from graphkit.graph.layers._scope import check_options, layer_scope
from graphkit.graph.layers._sizes import (
    channel_axis,
    check_window_fits,
    checked_choice,
    checked_size,
    checked_window,
    spatial_sizes,
)

__all__ = ["conv2d", "conv3d"]


def conv2d(
    inputs: Tensor,
    filters: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: str = "valid",
    *,
    data_format: str = "channels_last",
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = tf.zeros_initializer(),  # noqa: B008 - stateless
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
) -> Tensor:
    """Adds a convolution over height and width.

    Variables: `<name>/kernel [KH, KW, C, filters]`, `<name>/bias [filters]`; `<name>` is `conv2d`,
    `conv2d_1` … unless given.
    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/conv2d.

    Args:
        inputs: Float, `[B, H, W, C]` with C known; `[B, C, H, W]` with "channels_first".
        filters: How many outputs per place, above 0.
        kernel_size: Height and width of the kernel, one number for both or two.
        strides: Steps of the kernel, one number or two.
        padding: "valid" for none, or "same" for outputs as large as the inputs (over strides).
        data_format: "channels_last" or "channels_first".
        dilation_rate: Distance between the kernel's points; above 1 only with strides of 1.
        activation: A function or a name such as "relu"; none unless given.
        use_bias: Whether a bias is added.
        kernel_initializer: For the kernel; that of the variable scope, else Glorot uniform.
        bias_initializer: For the bias.
        kernel_regularizer: Makes a loss of the kernel, in `GraphKeys.REGULARIZATION_LOSSES`.
        bias_regularizer: The same for the bias.
        activity_regularizer: The same for the outputs.
        kernel_constraint: Projects the kernel after an optimizer changed it.
        bias_constraint: The same for the bias.
        trainable: Whether optimizers train the variables.
        name: The layer's name.
        reuse: True to share the variables of an earlier layer of that name.

    Returns:
        The outputs, `[B, H', W', filters]` (channels second with "channels_first").

    Raises:
        ArgumentError: Another rank, C unknown, a number below 1, a kernel larger than the input
            with "valid", strides and dilation both above 1, a name used twice without `reuse`.
        ArgumentTypeError: Not a float tensor of a graph, or `filters` is not a number.
    """
    return _convolution(
        "conv2d",
        inputs,
        filters,
        (kernel_size, strides, dilation_rate),
        (padding, data_format),
        {
            "activation": activation,
            "kernel_initializer": kernel_initializer,
            "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer,
            "bias_regularizer": bias_regularizer,
            "activity_regularizer": activity_regularizer,
            "kernel_constraint": kernel_constraint,
            "bias_constraint": bias_constraint,
        },
        {"use_bias": use_bias, "trainable": trainable, "name": name, "reuse": reuse},
    )


def conv3d(
    inputs: Tensor,
    filters: int,
    kernel_size: Any,
    strides: Any = 1,
    padding: str = "valid",
    *,
    data_format: str = "channels_last",
    dilation_rate: Any = 1,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = tf.zeros_initializer(),  # noqa: B008 - stateless
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
) -> Tensor:
    """Adds a convolution over depth, height and width.

    Variables: `<name>/kernel [KD, KH, KW, C, filters]`, `<name>/bias [filters]`; `<name>` is
    `conv3d`, `conv3d_1` … unless given.
    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/conv3d.

    Args:
        inputs: Float, `[B, D, H, W, C]` with C known; `[B, C, D, H, W]` with "channels_first".
        filters: How many outputs per place, above 0.
        kernel_size: Depth, height and width of the kernel, one number for all or three.
        strides: Steps of the kernel, one number or three.
        padding: "valid" for none, or "same" for outputs as large as the inputs (over strides).
        data_format: "channels_last" or "channels_first".
        dilation_rate: Distance between the kernel's points; above 1 only with strides of 1.
        activation: A function or a name such as "relu"; none unless given.
        use_bias: Whether a bias is added.
        kernel_initializer: For the kernel; that of the variable scope, else Glorot uniform.
        bias_initializer: For the bias.
        kernel_regularizer: Makes a loss of the kernel, in `GraphKeys.REGULARIZATION_LOSSES`.
        bias_regularizer: The same for the bias.
        activity_regularizer: The same for the outputs.
        kernel_constraint: Projects the kernel after an optimizer changed it.
        bias_constraint: The same for the bias.
        trainable: Whether optimizers train the variables.
        name: The layer's name.
        reuse: True to share the variables of an earlier layer of that name.

    Returns:
        The outputs, `[B, D', H', W', filters]` (channels second with "channels_first").

    Raises:
        ArgumentError: Another rank, C unknown, a number below 1, a kernel larger than the input
            with "valid", strides and dilation both above 1, a name used twice without `reuse`.
        ArgumentTypeError: Not a float tensor of a graph, or `filters` is not a number.
    """
    return _convolution(
        "conv3d",
        inputs,
        filters,
        (kernel_size, strides, dilation_rate),
        (padding, data_format),
        {
            "activation": activation,
            "kernel_initializer": kernel_initializer,
            "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer,
            "bias_regularizer": bias_regularizer,
            "activity_regularizer": activity_regularizer,
            "kernel_constraint": kernel_constraint,
            "bias_constraint": bias_constraint,
        },
        {"use_bias": use_bias, "trainable": trainable, "name": name, "reuse": reuse},
    )


_AXES = {"conv2d": 2, "conv3d": 3}


def _convolution(
    where: str,
    inputs: Tensor,
    filters: int,
    windows: tuple[Any, Any, Any],
    borders: tuple[str, str],
    functions: dict[str, Any],
    options: dict[str, Any],
) -> Tensor:
    """Checks what both convolutions have in common and makes the one called `where`."""
    given = checked_input(where, inputs, rank=_AXES[where] + 2, kind="float")
    padding = checked_choice(where, "padding", borders[0], ("valid", "same"))
    data_format = checked_choice(
        where, "data_format", borders[1], ("channels_last", "channels_first")
    )
    sizes = _checked_windows(where, given, windows, padding, data_format)
    filters = checked_size(where, "filters", filters)
    check_options(where, options["name"], given.graph, **functions)
    with layer_scope(where, options["name"], given.graph):
        return getattr(legacy_layers, where)(
            inputs,
            filters,
            padding=padding,
            data_format=data_format,
            **sizes,
            **functions,
            **options,
        )


def _checked_windows(
    where: str, given: LayerInput, windows: tuple[Any, Any, Any], padding: str, data_format: str
) -> dict[str, tuple[int, ...]]:
    names = ("kernel_size", "strides", "dilation_rate")
    sizes = {
        name: checked_window(where, name, value, _AXES[where])
        for name, value in zip(names, windows, strict=True)
    }
    if given.sizes[channel_axis(data_format)] is None:
        wanted = f"of a known number of channels ({data_format})"
        raise ArgumentError(where, "inputs", given.sizes, wanted)
    if max(sizes["strides"]) > 1 and max(sizes["dilation_rate"]) > 1:
        wanted = f"1 together with strides {sizes['strides']}"
        raise ArgumentError(where, "dilation_rate", sizes["dilation_rate"], wanted)
    spatial = spatial_sizes(given.sizes, data_format)
    check_window_fits(
        where, "kernel_size", sizes["kernel_size"], spatial, padding, sizes["dilation_rate"]
    )
    return sizes
