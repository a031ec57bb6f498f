"""The shapes of ONNX's convolutions and poolings; channels stand before what windows move over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graphkit._formats._onnx import OnnxNode
from graphkit.export._inspection._facts import Facts, Shape, Unknown

__all__ = ["ONNX_WINDOW_RULES"]


def _convolution(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    batch, _, *image = inputs.shape(0)
    filters, _, *window = inputs.shape(1)
    return [(batch, filters, *_moved(node, image, window))]


def _transposed(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    batch, _, *image = inputs.shape(0)
    _, each, *window = inputs.shape(1)
    channels = None if each is None else each * node.integer("group", 1)
    asked = node.integers("output_shape")
    return [(batch, channels, *(asked[-len(image) :] or _spread(node, image, window)))]


def _pooling(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    batch, channels, *image = inputs.shape(0)
    pooled = (batch, channels, *_moved(node, image, node.integers("kernel_shape")))
    return [pooled, pooled]


def _global(_node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    batch, channels, *image = inputs.shape(0)
    return [(batch, channels, *[1] * len(image))]


def _space_to_depth(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    side = node.integer("blocksize")
    batch, channels, height, width = _whole(inputs.shape(0))
    return [(batch, channels * side**2, height // side, width // side)]


def _depth_to_space(node: OnnxNode, inputs: Facts) -> Sequence[Shape]:
    side = node.integer("blocksize")
    batch, channels, height, width = _whole(inputs.shape(0))
    return [(batch, channels // side**2, height * side, width * side)]


def _whole(shape: Shape) -> list[int]:
    if any(size is None for size in shape):
        raise Unknown
    return [size or 0 for size in shape]


def _moved(
    node: OnnxNode, image: Sequence[int | None], window: Sequence[int | None]
) -> list[int | None]:
    strides, dilations, around = _settings(node, len(image))
    auto, up = node.text("auto_pad", "NOTSET"), node.integer("ceil_mode")
    found: list[int | None] = []
    for place, (size, side) in enumerate(zip(image, window, strict=True)):
        if size is None or side is None:
            found.append(None)
            continue
        stride = strides[place]
        if auto.startswith("SAME"):
            found.append(-(-size // stride))
            continue
        padded = size if auto == "VALID" else size + around[place] + around[place + len(image)]
        room = padded - (side - 1) * dilations[place] - 1
        steps = -(-room // stride) if up else room // stride
        # A window that would begin in the padding behind the image is left out.
        if up and steps * stride >= size + around[place]:
            steps -= 1
        found.append(max(0, steps + 1))
    return found


def _spread(
    node: OnnxNode, image: Sequence[int | None], window: Sequence[int | None]
) -> list[int | None]:
    strides, dilations, around = _settings(node, len(image))
    more = node.integers("output_padding") or (0,) * len(image)
    same = node.text("auto_pad", "NOTSET").startswith("SAME")
    found: list[int | None] = []
    for place, (size, side) in enumerate(zip(image, window, strict=True)):
        if size is None or side is None:
            found.append(None)
        elif same:
            found.append(size * strides[place])
        else:
            reach = (side - 1) * dilations[place] + 1
            cut = around[place] + around[place + len(image)]
            found.append(strides[place] * (size - 1) + more[place] + reach - cut)
    return found


def _settings(node: OnnxNode, rank: int) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    strides = node.integers("strides") or (1,) * rank
    dilations = node.integers("dilations") or (1,) * rank
    return strides, dilations, node.integers("pads") or (0,) * (2 * rank)


ONNX_WINDOW_RULES: dict[str, Callable[[OnnxNode, Facts], Sequence[Shape]]] = {
    "AveragePool": _pooling,
    "Conv": _convolution,
    "ConvInteger": _convolution,
    "ConvTranspose": _transposed,
    "DepthToSpace": _depth_to_space,
    "GlobalAveragePool": _global,
    "GlobalLpPool": _global,
    "GlobalMaxPool": _global,
    "LpPool": _pooling,
    "MaxPool": _pooling,
    "SpaceToDepth": _space_to_depth,
}
