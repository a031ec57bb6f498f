"""Weights in fewer bits: rounded in place, or stored small and widened when the graph runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import free_name, op_of
from graphkit.export._transforms._network import (
    Network,
    copied,
    value_of,
)

__all__ = ["quantize_weights", "round_weights"]

Weights = npt.NDArray[np.float32]

_MOST_LEVELS = 2**16
_LARGEST_INT8 = 127


def round_weights(network: Network, *, levels: int = 256, min_elements: int = 1024) -> Network:
    """Rounds weights to a few values each, so that the file packs better; dtypes stay.

    Args:
        network: The network.
        levels: How many values a weight may have, evenly from its least to its greatest.
        min_elements: How large a weight has to be.
    """
    if not 2 <= levels <= _MOST_LEVELS:
        raise ArgumentError("round_weights", "levels", levels, f"2 to {_MOST_LEVELS}")
    graph_def = copied(network.graph_def)
    for node, value in _weights(network, graph_def, min_elements):
        if np.isfinite(value).all():
            _set(node, _rounded(value, levels))
    return replace(network, graph_def=graph_def)


def quantize_weights(
    network: Network,
    *,
    dtype: str = "float16",
    per_channel: bool = True,
    min_elements: int = 1024,
) -> Network:
    """Stores weights as float16 or int8 and widens them when the graph runs.

    Weights that hold what is no number, or a number beyond float16's range, stay as they are.

    Args:
        network: The network.
        dtype: "float16" or "int8".
        per_channel: Whether each output channel of an int8 weight has a scale of its own.
        min_elements: How large a weight has to be.
    """
    if dtype not in ("float16", "int8"):
        raise ArgumentError("quantize_weights", "dtype", dtype, "'float16' or 'int8'")
    graph_def = copied(network.graph_def)
    depthwise = _depthwise_weights(graph_def)
    taken = {node.name for node in graph_def.node}
    for node, value in _weights(network, graph_def, min_elements):
        if dtype == "float16":
            with np.errstate(over="ignore"):
                half = value.astype(np.float16)
            if (np.isfinite(half) == np.isfinite(value)).all():
                _widen(graph_def, taken, node, half, None)
        elif np.isfinite(value).all():
            channels = (2 if node.name in depthwise else 1) if per_channel else 0
            _widen(graph_def, taken, node, *_as_int8(value, channels))
    return replace(network, graph_def=graph_def)


def _weights(network: Network, graph_def: Any, least: int) -> Iterator[tuple[Any, Weights]]:
    """The constants of float32 that are large enough, in branches and loops too."""
    if least < 0:
        raise ArgumentError("weights", "min_elements", least, "0 or more")
    for node in list(graph_def.node):
        dtype = node.attr["dtype"].type if node.op == "Const" else None
        if dtype == tf.float32.as_datatype_enum and node.name not in network.kept:
            value = value_of(node)
            if value.size and value.size >= least:
                yield node, value


def _rounded(value: Weights, levels: int) -> Weights:
    least, greatest = float(value.min()), float(value.max())
    if least == greatest:
        return value
    step = (greatest - least) / (levels - 1)
    rounded = least + np.round((value.astype(np.float64) - least) / step) * step
    return np.clip(rounded, least, greatest).astype(np.float32)


def _as_int8(value: Weights, channels: int) -> tuple[npt.NDArray[np.int8], Weights]:
    """Whole numbers and what to multiply them by, one scale for each of the last dimensions."""
    channels = min(channels, value.ndim - 1) if value.ndim > 1 else 0
    axes = tuple(range(value.ndim - channels))
    scale = np.abs(value).max(axis=axes, keepdims=True) / np.float32(_LARGEST_INT8)
    scale = np.where(scale == 0, 1, scale).astype(np.float32)
    whole = np.clip(np.round(value / scale), -_LARGEST_INT8, _LARGEST_INT8).astype(np.int8)
    return whole, scale if channels else scale.reshape(())


def _depthwise_weights(graph_def: Any) -> set[str]:
    """The constants whose channels are two dimensions."""
    nodes = {node.name: node for node in graph_def.node}
    found = set()
    for node in graph_def.node:
        if node.op == "DepthwiseConv2dNative":
            source = nodes[op_of(node.input[1])]
            while source.op == "Identity":
                source = nodes[op_of(source.input[0])]
            found.add(source.name)
    return found


def _set(node: Any, value: npt.NDArray[Any]) -> None:
    """Gives a constant another value; what else is said of it stays."""
    tensor = node.attr["value"].tensor
    tensor.CopyFrom(tf.make_tensor_proto(value))
    if value.dtype == np.float16:  # TensorFlow writes three bytes for each of these
        tensor.ClearField("half_val")
        tensor.tensor_content = value.astype("<f2").tobytes()
    node.attr["dtype"].type = tensor.dtype


def _widen(
    graph_def: Any, taken: set[str], node: Any, stored: npt.NDArray[Any], scale: Weights | None
) -> None:
    """Lets a constant's name give the stored values as float32 again."""
    name, waits = node.name, list(node.input)
    small = graph_def.node.add()
    small.CopyFrom(node)
    small.name = free_name(taken, f"{name}/{stored.dtype.name}")
    _set(small, stored)
    if scale is None:
        _cast(node, name, small)
        return
    factor, wide = graph_def.node.add(), graph_def.node.add()
    make_constant(factor, free_name(taken, f"{name}/scale"), scale)
    factor.input.extend(waits)
    _cast(wide, free_name(taken, f"{name}/cast"), small)
    node.Clear()
    node.name, node.op = name, "Mul"
    node.attr["T"].type = tf.float32.as_datatype_enum
    node.input.extend([wide.name, factor.name])


def _cast(node: Any, name: str, source: Any) -> None:
    """Makes a node the float32 of what another one holds."""
    node.Clear()
    node.name, node.op = name, "Cast"
    node.input.append(source.name)
    node.attr["SrcT"].type = source.attr["dtype"].type
    node.attr["DstT"].type = tf.float32.as_datatype_enum
