"""What `tf.vectorized_map` has to be taught: ops of input pipelines that it does not know well."""

from __future__ import annotations

from typing import Any

from graphkit._tf import pfor, tf

__all__ = ["FACTORS", "STRINGS", "teach_vectorizers"]


def teach_vectorizers() -> None:
    """Adds the ops below to what `tf.vectorized_map` can do, unless TensorFlow has come to."""
    known = pfor._pfor_converter_registry  # noqa: SLF001  # there is no other way to ask
    for op_type, vectorizer in _VECTORIZERS.items():
        if op_type not in known:
            pfor.RegisterPFor(op_type)(vectorizer)
    known["ReverseV2"] = _reverse  # the same values, several times as fast
    for op_type, factor in FACTORS.items():
        if not isinstance(known[op_type], _Adjuster):
            known[op_type] = _Adjuster(op_type, factor, known[op_type])


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


def _elementwise(op_type: str, *attributes: str) -> Any:
    """Runs an op that treats each element of its one input by itself."""
    (argument,) = [given.name for given in tf.Graph().op_def_for_type(op_type).input_arg]

    def run(pfor_input: Any) -> Any:
        given = {name: pfor_input.get_attr(name) for name in attributes}
        values = pfor_input.stacked_input(0)
        return pfor.wrap(getattr(tf.raw_ops, op_type)(**{argument: values}, **given), True)

    return run


def _join(pfor_input: Any) -> Any:
    """Joins the strings of each example; what is one string there is joined with each other."""
    inner = pfor_input.op.outputs[0].shape
    parts = [pfor_input.input(place) for place in range(pfor_input.num_inputs)]
    count = next(tf.shape(strings)[0] for strings, is_stacked, _ in parts if is_stacked)
    whole = []
    for strings, is_stacked, _ in parts:
        if is_stacked and strings.shape.rank == 1:
            strings = tf.reshape(strings, [-1, *[1] * inner.rank])
        whole.append(tf.broadcast_to(strings, [count, *inner.as_list()]))
    return pfor.wrap(tf.strings.join(whole, pfor_input.get_attr("separator")), True)


class _Adjuster:
    """Adjusts images by a factor that is the same for all, or each one's own.

    The ops take one factor, so that each image is adjusted by itself in the second case, with what
    is around it run for all.

    Args:
        op_type: The op.
        factor: What it calls the factor.
        of_all: What TensorFlow has for a factor that is the same for all.
    """

    def __init__(self, op_type: str, factor: str, of_all: Any) -> None:
        self._adjust = getattr(tf.raw_ops, op_type)
        self._factor = factor
        self._of_all = of_all

    def __call__(self, pfor_input: Any) -> Any:
        if not pfor_input.input(1).is_stacked:
            return self._of_all(pfor_input)
        images, factors = pfor_input.stacked_input(0), pfor_input.stacked_input(1)
        adjusted = tf.map_fn(
            lambda one: self._adjust(images=one[0], **{self._factor: one[1]}),
            (images, factors),
            fn_output_signature=images.dtype,
        )
        return pfor.wrap(adjusted, True)


_CORNERS = ("align_corners", "half_pixel_centers")
# What the ops that adjust images call their factor.
FACTORS = {
    "AdjustContrastv2": "contrast_factor",
    "AdjustHue": "delta",
    "AdjustSaturation": "scale",
}
# Ops on each string by itself, with their attributes.
STRINGS = {
    "DecodeBase64": [],
    "EncodeBase64": ["pad"],
    "StaticRegexFullMatch": ["pattern"],
    "StaticRegexReplace": ["pattern", "rewrite", "replace_global"],
    "StringLength": ["unit"],
    "StringLower": ["encoding"],
    "StringStrip": [],
    "StringToHashBucket": ["num_buckets"],
    "StringToHashBucketFast": ["num_buckets"],
    "StringToHashBucketStrong": ["num_buckets", "key"],
    "StringUpper": ["encoding"],
}
_VECTORIZERS = {
    "AsString": _elementwise("AsString", "precision", "scientific", "shortest", "width", "fill"),
    "DecodeRaw": _decode_raw,
    "HSVToRGB": _elementwise("HSVToRGB"),
    "MirrorPad": _mirror_pad,
    "RGBToHSV": _elementwise("RGBToHSV"),
    "ResizeArea": _resizer("ResizeArea", "align_corners"),
    "ResizeBicubic": _resizer("ResizeBicubic", *_CORNERS),
    "ResizeBilinear": _resizer("ResizeBilinear", *_CORNERS),
    "ResizeNearestNeighbor": _resizer("ResizeNearestNeighbor", *_CORNERS),
    "StringJoin": _join,
    "StringToNumber": _elementwise("StringToNumber", "out_type"),
    **{op_type: _elementwise(op_type, *attributes) for op_type, attributes in STRINGS.items()},
}
