"""Values that are already numbers, as the `Summary` protos TF1's summary ops would have made."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.summaries._pixels import encode_png

__all__ = ["histogram_summary", "image_summary", "scalar_summary", "text_summary"]


def scalar_summary(tag: str, value: Any) -> Any:
    """Makes the summary of one number.

    Raises:
        ArgumentTypeError: `value` is no real number or has a shape other than `[]`.
    """
    number = _numbers("add_scalar", tag, "value", value)
    if number.size != 1:
        raise ArgumentError(
            f"add_scalar({tag!r})", "value", list(number.shape), "one number, shape []"
        )
    return tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=float(number.item()))])


def histogram_summary(tag: str, values: Any) -> Any:
    """Makes the summary of a distribution, in the buckets of `tf.summary.histogram`.

    Raises:
        ArgumentTypeError: `values` are no real numbers.
        ArgumentError: `values` hold a NaN or an infinity.
    """
    numbers = _numbers("add_histogram", tag, "values", values).astype(np.float64).ravel()
    if not np.isfinite(numbers).all():
        bad = numbers[~np.isfinite(numbers)][0]
        raise ArgumentError(f"add_histogram({tag!r})", "values", float(bad), "finite")
    limits = _bucket_limits()
    counts = np.bincount(np.searchsorted(limits, numbers, side="right"), minlength=len(limits))
    # A run of empty buckets becomes one, as in the proto TensorFlow writes.
    last_of_run = np.append((counts[:-1] > 0) | (counts[1:] > 0), True)
    with np.errstate(over="ignore"):  # as in TensorFlow, a sum beyond the range is infinite
        total, squares = numbers.sum(), np.square(numbers).sum()
    histogram = tf.HistogramProto(
        min=numbers.min(initial=limits[-1]),
        max=numbers.max(initial=limits[0]),
        num=numbers.size,
        sum=total,
        sum_squares=squares,
        bucket_limit=limits[last_of_run],
        bucket=counts[last_of_run],
    )
    return tf.Summary(value=[tf.Summary.Value(tag=tag, histo=histogram)])


def image_summary(tag: str, pixels: Any) -> Any:
    """Makes the summary of one image; a float image is taken to lie between 0 and 1.

    Raises:
        ArgumentTypeError: `pixels` are neither uint8 nor floating.
        ArgumentError: `pixels` have another shape than `[H, W, C]`, C 1, 3 or 4, or leave [0, 1].
    """
    where = f"add_image({tag!r})"
    array = np.asarray(pixels)
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or 0 in array.shape:
        raise ArgumentError(
            where, "pixels", list(array.shape), "of shape [H, W, C], with C 1, 3 or 4"
        )
    if np.issubdtype(array.dtype, np.floating):
        if not ((array >= 0) & (array <= 1)).all():
            span = f"{array.min():g} to {array.max():g}"
            raise ArgumentError(where, "pixels", span, "between 0 and 1 when floating")
        array = np.rint(array * 255).astype(np.uint8)
    if array.dtype != np.uint8:
        raise ArgumentTypeError(where, "pixels", array.dtype, "uint8 or floating")
    image = tf.Summary.Image(
        height=array.shape[0],
        width=array.shape[1],
        colorspace=array.shape[2],
        encoded_image_string=encode_png(array),
    )
    return tf.Summary(value=[tf.Summary.Value(tag=tag, image=image)])


def text_summary(tag: str, string: str) -> Any:
    """Makes the summary of a string.

    Raises:
        ArgumentTypeError: `string` is no str.
    """
    if not isinstance(string, str):
        raise ArgumentTypeError(f"add_text({tag!r})", "string", type(string).__name__, "a str")
    plugin = tf.SummaryMetadata.PluginData(plugin_name="text")
    value = tf.Summary.Value(
        tag=tag,
        metadata=tf.SummaryMetadata(plugin_data=plugin),
        tensor=tf.make_tensor_proto(string.encode()),
    )
    return tf.Summary(value=[value])


@lru_cache(maxsize=1)
def _bucket_limits() -> npt.NDArray[np.float64]:
    """The upper ends of TensorFlow's default buckets: powers of 1.1 up to 1e20, both signs."""
    positive = []
    limit = 1e-12
    while limit < 1e20:
        positive.append(limit)
        limit *= 1.1
    positive.append(np.finfo(np.float64).max)
    return np.array([-x for x in reversed(positive)] + [0.0] + positive)


def _numbers(call: str, tag: str, argument: str, value: Any) -> npt.NDArray[Any]:
    array = np.asarray(value)
    if array.dtype == bool or not np.issubdtype(array.dtype, np.number) or np.iscomplexobj(array):
        raise ArgumentTypeError(f"{call}({tag!r})", argument, array.dtype, "real numbers")
    return array
