"""What `tf.vectorized_map` has to be taught: ops of input pipelines that it does not know well."""

from __future__ import annotations

from typing import Any

from graphkit._tf import pfor, tf

__all__ = ["teach_vectorizers"]


def teach_vectorizers() -> None:
    """Adds the ops below to what `tf.vectorized_map` can do, unless TensorFlow has come to."""
    known = pfor._pfor_converter_registry  # noqa: SLF001  # there is no other way to ask
    for op_type, vectorizer in _VECTORIZERS.items():
        if op_type not in known:
            pfor.RegisterPFor(op_type)(vectorizer)
    known["ReverseV2"] = _reverse  # the same values, several times as fast


def _decode_raw(pfor_input: Any) -> Any:
    """Bytes to numbers: `[B]` to `[B, N]`; all as long as the first, as in a batch."""
    numbers = tf.raw_ops.DecodeRaw(
        bytes=pfor_input.stacked_input(0),
        out_type=pfor_input.get_attr("out_type"),
        little_endian=pfor_input.get_attr("little_endian"),
    )
    return pfor.wrap(numbers, True)


def _mirror_pad(pfor_input: Any) -> Any:
    """Pads each example: `[B, …]`, none before or behind the first axis."""
    padded = tf.raw_ops.MirrorPad(
        input=pfor_input.stacked_input(0),
        paddings=tf.pad(pfor_input.unstacked_input(1), [[1, 0], [0, 0]]),
        mode=pfor_input.get_attr("mode"),
    )
    return pfor.wrap(padded, True)


def _reverse(pfor_input: Any) -> Any:
    """Reverses axes of each example: `[B, …]`.

    TensorFlow turns the middle axis of three much faster than any other, and so an image's width
    if all that is before it counts as one axis.
    """
    values, axes = pfor_input.stacked_input(0), pfor_input.unstacked_input(1)
    axis, shape = tf.get_static_value(axes), values.shape[1:]
    if axis is None or axis.size != 1 or not shape.is_fully_defined():
        behind_batch = tf.where(axes >= 0, axes + 1, axes)
        return pfor.wrap(tf.raw_ops.ReverseV2(tensor=values, axis=behind_batch), True)
    place = int(axis[0]) % shape.rank
    parts = [-1, shape[place], shape[place + 1 :].num_elements()]
    turned = tf.raw_ops.ReverseV2(tensor=tf.reshape(values, parts), axis=[1])
    return pfor.wrap(tf.reshape(turned, [-1, *shape]), True)


def _resizer(op_type: str, *attributes: str) -> Any:
    """Resizes the images of all examples as one batch of them: `[B, N, H, W, C]`."""

    def resize(pfor_input: Any) -> Any:
        images = pfor_input.stacked_input(0)
        one_batch = tf.reshape(images, tf.concat([[-1], tf.shape(images)[2:]], 0))
        resized = getattr(tf.raw_ops, op_type)(
            images=one_batch,
            size=pfor_input.unstacked_input(1),
            **{name: pfor_input.get_attr(name) for name in attributes},
        )
        shape = tf.concat([tf.shape(images)[:2], tf.shape(resized)[1:]], 0)
        return pfor.wrap(tf.reshape(resized, shape), True)

    return resize


def _elementwise(op_type: str, argument: str, *attributes: str) -> Any:
    """Runs an op that treats each element of its one input by itself."""

    def run(pfor_input: Any) -> Any:
        given = {name: pfor_input.get_attr(name) for name in attributes}
        values = pfor_input.stacked_input(0)
        return pfor.wrap(getattr(tf.raw_ops, op_type)(**{argument: values}, **given), True)

    return run


_CORNERS = ("align_corners", "half_pixel_centers")
_VECTORIZERS = {
    "AsString": _elementwise(
        "AsString", "input", "precision", "scientific", "shortest", "width", "fill"
    ),
    "DecodeRaw": _decode_raw,
    "HSVToRGB": _elementwise("HSVToRGB", "images"),
    "MirrorPad": _mirror_pad,
    "RGBToHSV": _elementwise("RGBToHSV", "images"),
    "ResizeArea": _resizer("ResizeArea", "align_corners"),
    "ResizeBicubic": _resizer("ResizeBicubic", *_CORNERS),
    "ResizeBilinear": _resizer("ResizeBilinear", *_CORNERS),
    "ResizeNearestNeighbor": _resizer("ResizeNearestNeighbor", *_CORNERS),
    "StringToNumber": _elementwise("StringToNumber", "string_tensor", "out_type"),
}
