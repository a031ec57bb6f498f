"""Ops that scale and shift each channel of what comes in, and the factors they do it by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graphkit.export._graphs._nodes import op_of
from graphkit.export._transforms._network import PASSES_ON, attribute, full_name, value_of

__all__ = ["Affine", "Layout", "affine_of", "passes_channels"]

Numbers = npt.NDArray[np.float64]

_BATCH_NORMS = {"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"}
_SUMS = {"Add", "AddV2"}
_QUOTIENTS = {"Div", "RealDiv"}


class Layout(NamedTuple):
    """How values lie between two ops.

    Attributes:
        rank: How many dimensions they have.
        channels: How many channels.
        axis: Which dimension holds them.
    """

    rank: int
    channels: int
    axis: int

    @property
    def channels_last(self) -> bool:
        """Whether the channels are the last dimension."""
        return self.axis == self.rank - 1

    @property
    def data_format(self) -> bytes:
        """What `BiasAdd` calls it."""
        return b"NHWC" if self.channels_last else b"NCHW"


class Affine(NamedTuple):
    """`y = x * scale + offset`, with a factor for each channel."""

    scale: Numbers
    offset: Numbers


def affine_of(
    node: Any, reference: str, layout: Layout, constants: Mapping[str, Any]
) -> Affine | None:
    """What an op does to each channel of one of its inputs.

    Args:
        node: The op.
        reference: The full name of that input.
        layout: How it lies.
        constants: The constants of the graph, by what gives their values.

    Returns:
        The factors; None if it does something else, or by what is no constant.
    """
    names = [full_name(name) for name in node.input]
    if any(name.startswith("^") for name in names) or names.count(reference) != 1:
        return None
    place = names.index(reference)
    if node.op in _BATCH_NORMS or node.op == "BatchNormWithGlobalNormalization":
        return _normalised(node, place, layout, constants)
    if len(names) != 2:
        return None
    is_bias = node.op == "BiasAdd"
    if is_bias and _text(node, "data_format", b"NHWC") != layout.data_format:
        return None
    read = _vector if is_bias else _broadcast
    other = read(names[1 - place], layout, constants)
    return None if other is None else _arithmetic(node.op, place, other)


def _arithmetic(op_type: str, place: int, other: Numbers) -> Affine | None:
    ones, zeros = np.ones_like(other), np.zeros_like(other)
    if op_type == "Mul":
        return Affine(other, zeros)
    if op_type in _QUOTIENTS and place == 0 and other.all():
        return Affine(1 / other, zeros)
    if op_type in _SUMS or (op_type == "BiasAdd" and place == 0):
        return Affine(ones, other)
    if op_type == "Sub":
        return Affine(ones, -other) if place == 0 else Affine(-ones, other)
    return None


def _normalised(
    node: Any, place: int, layout: Layout, constants: Mapping[str, Any]
) -> Affine | None:
    """A batch normalization by constant statistics."""
    old = node.op == "BatchNormWithGlobalNormalization"
    if place != 0 or (not old and _trains(node)):
        return None
    data_format = b"NHWC" if old else _text(node, "data_format", b"NHWC")
    if layout.channels_last != data_format.endswith(b"C"):
        return None
    found = [_vector(full_name(name), layout, constants) for name in node.input[1:5]]
    values = [value for value in found if value is not None]
    if len(values) < 4:
        return None
    if old:
        mean, variance, offset, scale = values
        scale = scale if node.attr["scale_after_normalization"].b else np.ones_like(scale)
        epsilon = node.attr["variance_epsilon"].f
    else:
        scale, offset, mean, variance = values
        epsilon = node.attr["epsilon"].f if "epsilon" in node.attr else 1e-4
    factor = scale / np.sqrt(variance + epsilon)
    return Affine(factor, offset - mean * factor)


def _trains(node: Any) -> bool:
    """Tells whether a batch normalization takes its statistics from the batch; so by default."""
    return node.attr["is_training"].b if "is_training" in node.attr else True


def _vector(reference: str, layout: Layout, constants: Mapping[str, Any]) -> Numbers | None:
    """A constant of one number for each channel; None if it is none."""
    value = _floats(reference, constants)
    return value if value is not None and value.shape == (layout.channels,) else None


def _broadcast(reference: str, layout: Layout, constants: Mapping[str, Any]) -> Numbers | None:
    """The same of a constant that arithmetic spreads over the other dimensions."""
    value = _floats(reference, constants)
    if value is None or value.ndim > layout.rank or value.size not in (1, layout.channels):
        return None
    shape = (1,) * (layout.rank - value.ndim) + value.shape
    if value.size > 1 and shape[layout.axis] != layout.channels:
        return None
    return np.broadcast_to(value.reshape(-1), (layout.channels,))


def _floats(reference: str, constants: Mapping[str, Any]) -> Numbers | None:
    node = constants.get(op_of(reference))
    value = None if node is None else value_of(node)
    return value.astype(np.float64) if value is not None and value.dtype.kind == "f" else None


def passes_channels(node: Any, layout: Layout, constants: Mapping[str, Any]) -> Layout | None:
    """How values lie behind an op that only moves them, and no channel into another."""
    if any(name.startswith("^") for name in node.input):
        return None
    if node.op in PASSES_ON:
        return layout
    if not layout.channels_last:
        return None
    if node.op == "BatchToSpaceND":
        blocks = constants.get(op_of(node.input[1]))
        inside = blocks is not None and value_of(blocks).size < layout.rank - 1
        return layout if inside else None
    if node.op == "Squeeze":
        axes = {axis % layout.rank for axis in attribute(node, "squeeze_dims").list.i}
        if axes and layout.axis not in axes:
            rank = layout.rank - len(axes)
            return Layout(rank, layout.channels, rank - 1)
    return None


def _text(node: Any, name: str, default: bytes) -> bytes:
    return bytes(node.attr[name].s) if name in node.attr else default
