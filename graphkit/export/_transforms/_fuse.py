"""What pads, resizes, shifts or activates becomes part of the convolution or product beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.export._graphs._nodes import op_of
from graphkit.export._transforms._network import (
    Network,
    add_constant,
    attribute,
    built_graph,
    constants,
    copied,
    full_name,
    value_of,
)
from graphkit.export._transforms._readers import Readers

__all__ = ["fuse"]

_FUSED = {"Conv2D": "_FusedConv2D", "MatMul": "_FusedMatMul"}
_ACTIVATIONS = ("Elu", "LeakyRelu", "Relu", "Relu6")
_FLOAT = tf.float32.as_datatype_enum
_FLOATS = {kind.as_datatype_enum for kind in (tf.half, tf.float32, tf.float64)}
_SUMS = ("Add", "AddV2")


def fuse(network: Network) -> Network:
    """Makes padding, resizing, bias and activation part of the convolution or product beside them.

    Zeros around an image become the convolution's own padding. A convolution or product of float32
    with a bias and an activation (Relu, Relu6, Elu, LeakyRelu or none) becomes `_FusedConv2D` or
    `_FusedMatMul`, which TensorFlow alone has. For a batch of one, mirrored borders and bilinear
    resizing go into `FusedPadConv2D` or `FusedResizeAndPadConv2D`; of a larger batch these give
    each image the result of the first, in every version of TensorFlow. What is needed elsewhere
    too stays.

    TF1: `fuse_convolutions` of `tensorflow.tools.graph_transforms`.
    """
    graph_def = copied(network.graph_def)
    fuser = _Fuser(graph_def, network)
    found = [fuser.fuse_before(node) for node in list(graph_def.node) if node.op == "Conv2D"]
    found += [fuser.fuse_behind(node) for node in graph_def.node if node.op in _FUSED]
    return network.with_graph(graph_def) if any(found) else network


class _Fuser:
    """Fuses the ops of one graph, in place.

    Args:
        graph_def: The graph.
        network: The network it is of.
    """

    def __init__(self, graph_def: Any, network: Network) -> None:
        self._graph_def = graph_def
        self._nodes = {node.name: node for node in graph_def.node}
        self._constants = constants(graph_def)
        self._readers = Readers(graph_def, network.outputs)
        self._graph = built_graph(network.graph_def)

    def fuse_before(self, conv: Any) -> bool:
        """Fuses what pads or resizes into the convolution behind it; tells whether it did."""
        if _is_nchw(conv) or any(name.startswith("^") for name in conv.input):
            return False
        return self._pads_with_zeros(conv) or self._mirrors_or_resizes(conv)

    def fuse_behind(self, linear: Any) -> bool:
        """Fuses a bias and what activates its sum; tells whether it did."""
        waits = any(name.startswith("^") for name in linear.input)
        if waits or _is_nchw(linear) or attribute(linear, "T").type != _FLOAT:
            return False
        bias = self._reader(linear)
        shift = None if bias is None else self._shift(bias, linear)
        if bias is None or shift is None:
            return False
        last = self._reader(bias)
        if last is None or last.op not in _ACTIVATIONS:
            last = bias
        last.CopyFrom(_with_bias(linear, bias, last, shift))
        return True

    def _pads_with_zeros(self, conv: Any) -> bool:
        pad = self._source(conv)
        if (
            pad is None
            or pad.op not in ("Pad", "PadV2")
            or attribute(conv, "padding").s != b"VALID"
        ):
            return False
        held = [self._constants.get(op_of(name)) for name in pad.input[1:]]
        if any(node is None for node in held):
            return False
        paddings, *filling = map(value_of, held)
        if any(filling) or paddings[[0, 3]].any():
            return False
        conv.input[0] = pad.input[0]
        conv.attr["padding"].s = b"EXPLICIT"
        conv.attr["explicit_paddings"].list.i[:] = paddings.ravel().tolist()
        return True

    def _mirrors_or_resizes(self, conv: Any) -> bool:
        if not self._is_plain(conv):
            return False
        first = self._source(conv)
        mirror = first if first is not None and _mirrors(first) else None
        resize = first if mirror is None else self._source(mirror)
        if resize is None or not _resizes(resize):
            resize = None
        last = resize or mirror
        if last is None:
            return False
        paddings = self._no_paddings(conv) if mirror is None else mirror.input[1]
        conv.CopyFrom(_with_border(conv, last.input[0], paddings, mirror, resize))
        return True

    def _is_plain(self, conv: Any) -> bool:
        """Tells whether those ops can do what a convolution does, and for as many images."""
        shape = self._graph.get_operation_by_name(conv.name).outputs[0].shape
        return (
            shape.rank == 4
            and shape[0] == 1
            and attribute(conv, "T").type in _FLOATS
            and attribute(conv, "padding").s != b"EXPLICIT"
            and set(attribute(conv, "dilations").list.i) <= {1}
        )

    def _no_paddings(self, conv: Any) -> str:
        value = np.zeros((4, 2), np.int32)
        name = add_constant(self._graph_def, set(self._nodes), f"{conv.name}/paddings", value)
        self._nodes[name] = self._graph_def.node[-1]
        return name

    def _source(self, node: Any) -> Any | None:
        """The op whose result is the first input of a node and goes nowhere else."""
        name = full_name(node.input[0])
        source = self._nodes[op_of(name)]
        waits = any(reference.startswith("^") for reference in source.input)
        return None if waits or self._readers.only(name) is None else source

    def _reader(self, node: Any) -> Any | None:
        """The op that alone reads the result of a node, and waits for nothing else."""
        consumer = self._readers.only(f"{node.name}:0")
        if consumer is None or any(name.startswith("^") for name in consumer.node.input):
            return None
        return consumer.node

    def _shift(self, bias: Any, linear: Any) -> str | None:
        """The numbers that are added to the channels of a result; None if something else is."""
        place = int(full_name(bias.input[0]) != f"{linear.name}:0")
        if bias.op == "BiasAdd":
            return None if place or _is_nchw(bias) else str(bias.input[1])
        if bias.op not in _SUMS:
            return None
        other = bias.input[1 - place]
        held = self._constants.get(op_of(other))
        shape = self._graph.get_operation_by_name(linear.name).outputs[0].shape
        is_vector = held is not None and bool(shape.rank) and value_of(held).shape == shape[-1:]
        return other if is_vector else None


def _is_nchw(node: Any) -> bool:
    return bytes(attribute(node, "data_format").s).startswith(b"NC")


def _mirrors(node: Any) -> bool:
    """Tells of what pads whether it is with a mirror of the image, by numbers of int32."""
    kind = attribute(node, "Tpaddings").type
    return node.op == "MirrorPad" and kind in (0, tf.int32.as_datatype_enum)


def _resizes(node: Any) -> bool:
    """Tells whether an op resizes as TensorFlow 1 did, without the half pixel of later ones."""
    if node.op != "ResizeBilinear" or attribute(node, "T").type != _FLOAT:
        return False
    return not attribute(node, "half_pixel_centers").b


def _with_border(conv: Any, image: str, paddings: str, mirror: Any, resize: Any) -> Any:
    """A convolution that resizes and mirrors what comes in, or one of them."""
    fused = type(conv)(name=conv.name, device=conv.device, op="FusedPadConv2D")
    fused.input.extend([image, paddings, conv.input[1]])
    for name in ("T", "strides", "padding"):
        fused.attr[name].CopyFrom(conv.attr[name])
    fused.attr["mode"].s = b"REFLECT" if mirror is None else mirror.attr["mode"].s
    if resize is not None:
        fused.op = "FusedResizeAndPadConv2D"
        fused.input.insert(1, resize.input[1])
        fused.attr["resize_align_corners"].b = attribute(resize, "align_corners").b
    return fused


def _with_bias(linear: Any, bias: Any, last: Any, shift: str) -> Any:
    """The fused op, under the name of the last of those it stands for."""
    fused = type(last)(name=last.name, device=last.device, op=_FUSED[linear.op])
    fused.input.extend([*linear.input, shift])
    for name, value in linear.attr.items():
        if not name.startswith(("_", "grad_")):
            fused.attr[name].CopyFrom(value)
    if linear.op == "Conv2D":
        fused.attr["TArgs"].list.type.append(_FLOAT)
    fused.attr["num_args"].i = 1
    fused.attr["fused_ops"].list.s.append(b"BiasAdd")
    if last is not bias:
        fused.attr["fused_ops"].list.s.append(last.op.encode())
    if last.op == "LeakyRelu":
        fused.attr["leakyrelu_alpha"].f = last.attr["alpha"].f if "alpha" in last.attr else 0.2
    return fused
