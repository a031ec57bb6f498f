"""Reading batch norms that are made of single ops: y * scale + (beta - mean * scale).

The scale is gamma / sqrt(variance + epsilon), or without gamma.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from graphkit._tf import Operation, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._quantize._layers import ADDITIONS, read_weights, scope_of

__all__ = ["Parts", "read_parts"]


class Parts(NamedTuple):
    """What a batch norm of single ops is made of.

    Args:
        layer: The convolution or product before it.
        output: What it gives.
        gamma: What the normalized output is multiplied by, `[C]`, if it is.
        beta: What is added then, `[C]`.
        mean: The mean it normalizes with, `[C]`.
        variance: The variance it normalizes with, `[C]`.
        epsilon: What is added to the variance.
    """

    layer: Operation
    output: Tensor
    gamma: Tensor | None
    beta: Tensor
    mean: Tensor
    variance: Tensor
    epsilon: float


class _OtherForm(Exception):
    """The ops are put together in another way; it does not leave this file."""


def _of_type(tensors: Iterable[Tensor], *types: str) -> Tensor:
    """The first tensor that an op of one of these types makes."""
    for tensor in tensors:
        if tensor.op.type in types:
            return tensor
    raise _OtherForm


def _other(tensors: Iterable[Tensor], known: Tensor) -> Tensor:
    """The one tensor besides one that is known."""
    others = [tensor for tensor in tensors if tensor is not known]
    if len(others) != 1:
        raise _OtherForm
    return others[0]


def _read_scale(scale: Tensor) -> tuple[Tensor | None, Tensor, float]:
    """Gamma, variance and epsilon of a scale."""
    gamma, root = None, _of_type([scale, *scale.op.inputs], "Rsqrt")
    if root is not scale:
        gamma = _other(_of_type([scale], "Mul").op.inputs, root)
    variance, epsilon = _of_type(root.op.inputs, *ADDITIONS).op.inputs
    value = tf.get_static_value(epsilon)
    if value is None:
        raise _OtherForm
    return gamma, variance, float(value)


def _parts(op: Operation, normed: Tensor) -> Parts:
    scale = _other(op.inputs, normed)
    gamma, variance, epsilon = _read_scale(scale)
    output = _of_type([t for user in op.outputs[0].consumers() for t in user.outputs], *ADDITIONS)
    beta, moved = _of_type(output.op.inputs, "Sub").op.inputs
    mean = _other(_of_type([moved], "Mul").op.inputs, scale)
    return Parts(normed.op, output, gamma, beta, mean, variance, epsilon)


def read_parts(op: Operation) -> Parts | None:
    """Reads a batch norm.

    Args:
        op: The op it may begin with.

    Returns:
        Its parts; None where no layer is before the op, or it is no batch norm.

    Raises:
        ArgumentError: By its name it is a batch norm, but its ops are put together otherwise.
    """
    if op.type != "Mul" or "batchnorm" not in scope_of(op):
        return None
    layers = [tensor for tensor in op.inputs if read_weights(tensor.op) is not None]
    if not layers:
        return None
    try:
        return _parts(op, layers[0])
    except _OtherForm:
        raise ArgumentError(
            "contrib.quantize",
            "input_graph",
            op.name,
            "a graph whose batch norms scale and shift as tf.nn.batch_normalization does",
        ) from None
