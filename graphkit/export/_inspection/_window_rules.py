"""The shapes of convolutions and poolings: a window moves over rows and columns in strides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graphkit._formats._graph import StoredNode
from graphkit.export._inspection._facts import Facts, Shape, Unknown

__all__ = ["WINDOW_RULES", "channels_of", "window_of"]


def channels_of(node: StoredNode, rank: int) -> int:
    """Which dimension of an image holds its channels."""
    return 1 if node.text("data_format").startswith("NC") else rank - 1


def window_of(node: StoredNode, rank: int) -> list[int]:
    """The size of a pooling's window in the dimensions of the image."""
    sizes = node.integers("ksize")
    return [sizes[place] for place in _inner(node, rank)]


def _inner(node: StoredNode, rank: int) -> list[int]:
    """The dimensions the window moves over: all but batch and channels."""
    if rank < 3:
        raise Unknown
    return [place for place in range(1, rank) if place != channels_of(node, rank)]


def _moved(
    node: StoredNode, image: Shape, window: Sequence[int | None], channels: int | None
) -> Shape:
    rank = len(image)
    strides = node.integers("strides") or [1] * rank
    dilations = node.integers("dilations") or [1] * rank
    around = node.integers("explicit_paddings")
    padding = node.text("padding")
    shape = list(image)
    for place, size in zip(_inner(node, rank), window, strict=True):
        before_after = sum(around[2 * place : 2 * place + 2]) if padding == "EXPLICIT" else 0
        shape[place] = _steps(
            image[place], size, strides[place], dilations[place], padding == "SAME", before_after
        )
    shape[channels_of(node, rank)] = channels
    return tuple(shape)


def _steps(
    size: int | None, window: int | None, stride: int, dilation: int, same: bool, around: int
) -> int | None:
    if size is None or window is None:
        return None
    if same:
        return -(-size // stride)
    return max(0, (size + around - (window - 1) * dilation - 1) // stride + 1)


def _convolution(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    *window, _, filters = inputs.shape(1)
    return [_moved(node, inputs.shape(0), window, filters)]


def _depthwise(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    *window, channels, each = inputs.shape(1)
    filters = None if channels is None or each is None else channels * each
    return [_moved(node, inputs.shape(0), window, filters)]


def _pooling(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    image = inputs.shape(0)
    window = window_of(node, len(image))
    pooled = _moved(node, image, window, image[channels_of(node, len(image))])
    return [pooled, pooled]


def _dilation(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    image, (height, width, _) = inputs.shape(0), inputs.shape(1)
    shape = list(image)
    for place, size in ((1, height), (2, width)):
        stride, rate = node.integers("strides")[place], node.integers("rates")[place]
        same = node.text("padding") == "SAME"
        shape[place] = _steps(image[place], size, stride, rate, same, 0)
    return [tuple(shape)]


def _back_to_input(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    sizes, gradient = inputs.value(0), inputs.shape(2)
    return [sizes if len(sizes) == len(gradient) else (gradient[0], *sizes, inputs.shape(1)[-2])]


def _back_to_filter(_node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    return [inputs.value(1)]


def _bias_gradient(node: StoredNode, inputs: Facts) -> Sequence[Shape]:
    shape = inputs.shape(0)
    return [(shape[channels_of(node, len(shape))],)]


WINDOW_RULES: dict[str, Callable[[StoredNode, Facts], Sequence[Shape | None]]] = {
    "AvgPool": _pooling,
    "AvgPool3D": _pooling,
    "BiasAddGrad": _bias_gradient,
    "Conv2D": _convolution,
    "Conv2DBackpropFilter": _back_to_filter,
    "Conv2DBackpropInput": _back_to_input,
    "Conv3D": _convolution,
    "Conv3DBackpropInputV2": _back_to_input,
    "DepthwiseConv2dNative": _depthwise,
    "Dilation2D": _dilation,
    "MaxPool": _pooling,
    "MaxPool3D": _pooling,
    "MaxPoolWithArgmax": _pooling,
    "_FusedConv2D": _convolution,
    "_FusedDepthwiseConv2dNative": _depthwise,
}
