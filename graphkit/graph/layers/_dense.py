"""Fully connected layers, and the flattening that comes before them."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_layers, tf
from graphkit.errors import ArgumentError
from graphkit.graph.layers._inputs import checked_input
from graphkit.graph.layers._scope import check_options, layer_scope
from graphkit.graph.layers._sizes import checked_choice, checked_size

__all__ = ["dense", "flatten"]


def dense(
    inputs: Tensor,
    units: int,
    activation: Any = None,
    *,
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
    """Adds a fully connected layer: `activation(inputs · kernel + bias)` over the last axis.

    Variables: `<name>/kernel [D, units]`, `<name>/bias [units]`; `<name>` is `dense`, `dense_1` …
    unless given. See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/dense.

    Args:
        inputs: Float or complex, `[B, …, D]` with D known.
        units: How many outputs, above 0.
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
        The outputs, `[B, …, units]`, of the dtype of `inputs`.

    Raises:
        ArgumentError: Rank 0 or 1, D unknown, `units` below 1, a name used twice without `reuse`.
        ArgumentTypeError: Not a float tensor of a graph, or `units` is not a number.
    """
    given = checked_input("dense", inputs, min_rank=2, kind="float or complex")
    units = checked_size("dense", "units", units)
    if given.sizes[-1] is None:
        raise ArgumentError("dense", "inputs", given.sizes, "of a known size on the last axis")
    functions = {
        "activation": activation,
        "kernel_initializer": kernel_initializer,
        "bias_initializer": bias_initializer,
        "kernel_regularizer": kernel_regularizer,
        "bias_regularizer": bias_regularizer,
        "activity_regularizer": activity_regularizer,
        "kernel_constraint": kernel_constraint,
        "bias_constraint": bias_constraint,
    }
    check_options("dense", name, given.graph, **functions)
    with layer_scope("dense", name, given.graph):
        return legacy_layers.dense(
            inputs,
            units,
            use_bias=use_bias,
            trainable=trainable,
            name=name,
            reuse=reuse,
            **functions,
        )


def flatten(
    inputs: Tensor, *, data_format: str = "channels_last", name: str | None = None
) -> Tensor:
    """Adds a reshape that keeps the batch axis and joins all others.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/flatten.

    Args:
        inputs: Any dtype, `[B, …]`.
        data_format: "channels_last", or "channels_first" to move the channels back first.
        name: The layer's name.

    Returns:
        The same numbers, `[B, N]`; N is known where all joined sizes are.

    Raises:
        ArgumentError: Rank 0 or unknown, or no such data format.
        ArgumentTypeError: Not a tensor of a graph.
    """
    given = checked_input("flatten", inputs)
    data_format = checked_choice(
        "flatten", "data_format", data_format, ("channels_last", "channels_first")
    )
    check_options("flatten", name, given.graph)
    with layer_scope("flatten", name, given.graph):
        return legacy_layers.flatten(inputs, name=name, data_format=data_format)
