"""A product with trained weights, for any number of inputs side by side: `kernel` and `bias`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["linear"]


def linear(
    inputs: Tensor | Sequence[Tensor],
    output_size: int,
    bias: bool = True,
    bias_initializer: Any = None,
    kernel_initializer: Any = None,
) -> Tensor:
    """Multiplies inputs with "kernel" of the current variable scope, and adds "bias".

    A partitioner divides the kernel only.

    Args:
        inputs: A tensor `[B, D]`, or a list of them.
        output_size: The width of the result.
        bias: Whether a bias is added.
        bias_initializer: The initial bias; zeros unless given.
        kernel_initializer: The initial weights; the scope's own unless given.

    Returns:
        `[B, output_size]`.

    Raises:
        ValueError: An input is not of rank 2, or its width is not known.
    """
    parts: list[Any] = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    width = sum(_width(part) for part in parts)
    dtype = parts[0].dtype
    kernel = tf.get_variable(
        "kernel", [width, output_size], dtype=dtype, initializer=kernel_initializer
    )
    product = tf.matmul(parts[0] if len(parts) == 1 else tf.concat(parts, 1), kernel)
    if not bias:
        return product
    start = bias_initializer or tf.zeros_initializer()
    with tf.variable_scope(tf.get_variable_scope()) as scope:
        scope.set_partitioner(None)
        biases = tf.get_variable("bias", [output_size], dtype=dtype, initializer=start)
    return tf.nn.bias_add(product, biases)


def _width(part: Any) -> int:
    if part.shape.ndims != 2:
        raise ValueError(f"linear is expecting 2D arguments: {part.shape}")
    width = part.shape.as_list()[1]
    if width is None:
        raise ValueError(f"linear expects shape[1] to be provided for shape {part.shape}")
    return int(width)
