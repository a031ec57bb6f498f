"""Names from before TensorFlow 1.0, with the arguments they had then."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, TypeVar, cast

from graphkit._tf import Tensor, tf

__all__ = [
    "audio_summary",
    "batch_matmul",
    "concat",
    "histogram_summary",
    "image_summary",
    "mul",
    "neg",
    "pack",
    "scalar_summary",
    "select",
    "split",
    "sub",
    "unpack",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _or_axis_first(parameters: str) -> Callable[[_Function], _Function]:
    """Lets a function also take its arguments in the order of 0.x, where the axis came first.

    A single number is neither joined nor split, so one in the first place can only be the axis.

    Args:
        parameters: The old names in the old order, separated by white space; the function knows
            them.

    Returns:
        What decorates the function.
    """
    order = parameters.split()

    def decorate(function: _Function) -> _Function:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if args and isinstance(args[0], Integral):
                return function(**dict(zip(order, args, strict=False)), **kwargs)
            return function(*args, **kwargs)

        call.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        return cast("_Function", call)

    return decorate


def mul(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Multiplies two tensors; `tf.multiply` since 1.0.

    Args:
        x: A number tensor of any shape.
        y: A tensor of the same dtype, of a shape that broadcasts with `x`.
        name: The op's name.

    Returns:
        The product.
    """
    return tf.multiply(x, y, name=name)


def sub(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Subtracts one tensor from another; `tf.subtract` since 1.0.

    Args:
        x: A number tensor of any shape.
        y: A tensor of the same dtype, of a shape that broadcasts with `x`.
        name: The op's name.

    Returns:
        `x - y`.
    """
    return tf.subtract(x, y, name=name)


def neg(x: Any, name: str | None = None) -> Tensor:
    """Negates a tensor; `tf.negative` since 1.0.

    Args:
        x: A number tensor of any shape.
        name: The op's name.

    Returns:
        `-x`.
    """
    return tf.negative(x, name=name)


def pack(values: Sequence[Any], axis: int = 0, name: str = "pack") -> Tensor:
    """Stacks tensors along a new axis; `tf.stack` since 1.0.

    Args:
        values: N tensors of one shape and dtype.
        axis: Where the new axis goes.
        name: The op's name.

    Returns:
        One tensor with an axis of length N more.
    """
    return tf.stack(values, axis=axis, name=name)


def unpack(value: Any, num: int | None = None, axis: int = 0, name: str = "unpack") -> list[Tensor]:
    """Takes a tensor apart along one axis; `tf.unstack` since 1.0.

    Args:
        value: A tensor of rank 1 or more.
        num: The length of the axis, where the static shape does not say it.
        axis: The axis to take apart.
        name: The op's name.

    Returns:
        The parts, without that axis.
    """
    parts: list[Tensor] = tf.unstack(value, num=num, axis=axis, name=name)
    return parts


def select(condition: Any, t: Any, e: Any, name: str | None = None) -> Tensor:
    """Chooses from two tensors by condition; `tf.where` since 1.0.

    Args:
        condition: Booleans, of the shape of `t` or of its first axis.
        t: What is taken where the condition holds.
        e: What is taken elsewhere, of the shape of `t`.
        name: The op's name.

    Returns:
        A tensor of the shape of `t`.
    """
    return tf.where(condition, t, e, name=name)


def batch_matmul(
    x: Any, y: Any, adj_x: bool = False, adj_y: bool = False, name: str | None = None
) -> Tensor:
    """Multiplies matrices `[..., N, K]` and `[..., K, M]`; `tf.matmul` since 1.0.

    Args:
        x: The left matrices.
        y: The right matrices.
        adj_x: Whether the left ones are transposed and conjugated first.
        adj_y: Whether the right ones are transposed and conjugated first.
        name: The op's name.

    Returns:
        The products `[..., N, M]`.
    """
    return tf.matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)


@_or_axis_first("concat_dim values name")
def concat(
    values: Any = None, axis: Any = None, name: str = "concat", *, concat_dim: Any = None
) -> Tensor:
    """Joins tensors along an axis, in the argument order of 1.x or of 0.x.

    Before 1.0 the axis came first: `tf.concat(1, [a, b])`.

    Args:
        values: N tensors that agree in every axis but one.
        axis: That axis.
        name: The op's name.
        concat_dim: The axis, by its old name.

    Returns:
        The joined tensor.
    """
    return tf.concat(values, axis if concat_dim is None else concat_dim, name=name)


@_or_axis_first("split_dim num_split value name")
def split(
    value: Any = None,
    num_or_size_splits: Any = None,
    axis: Any = 0,
    num: int | None = None,
    name: str = "split",
    *,
    split_dim: int | None = None,
    num_split: int | None = None,
) -> list[Tensor]:
    """Splits a tensor, in the argument order of 1.x or of 0.x.

    Before 1.0 the axis came first: `tf.split(1, 4, tensor)`.

    Args:
        value: The tensor.
        num_or_size_splits: The number of equal parts, or the length of each.
        axis: The axis.
        num: How many lengths there are, where their static shape does not say it.
        name: The op's name.
        split_dim: The axis, by its old name.
        num_split: The number of parts, by its old name.

    Returns:
        The parts.
    """
    if split_dim is not None:
        axis = split_dim
    if num_split is not None:
        num_or_size_splits = num_split
    if isinstance(num_or_size_splits, int) and not tf.executing_eagerly():
        tf.convert_to_tensor(num_or_size_splits)  # no op reads it: for the count of ops, and seeds
    parts: list[Tensor] = tf.split(value, num_or_size_splits, axis=axis, num=num, name=name)
    return parts


def _collected(summary: Tensor, collections: Sequence[str] | None) -> Tensor:
    for key in [tf.GraphKeys.SUMMARIES] if collections is None else collections:
        tf.add_to_collection(key, summary)
    return summary


def scalar_summary(
    tags: Any, values: Any, collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """Makes a summary of numbers, under tags that no name scope changes.

    Args:
        tags: A string, or strings of the shape of `values`.
        values: Real numbers.
        collections: Where the summary is kept; GraphKeys.SUMMARIES unless given.
        name: The op's name.

    Returns:
        A serialised Summary, a string scalar.
    """
    with tf.name_scope(name, "ScalarSummary", [tags, values]) as scope:
        summary = tf.raw_ops.ScalarSummary(tags=tags, values=values, name=scope)
        return _collected(summary, collections)


def histogram_summary(
    tag: Any, values: Any, collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """Makes a summary of a distribution, under a tag that no name scope changes.

    Args:
        tag: A string scalar.
        values: Real numbers of any shape.
        collections: Where the summary is kept; GraphKeys.SUMMARIES unless given.
        name: The op's name.

    Returns:
        A serialised Summary, a string scalar.
    """
    with tf.name_scope(name, "HistogramSummary", [tag, values]) as scope:
        summary = tf.raw_ops.HistogramSummary(tag=tag, values=values, name=scope)
        return _collected(summary, collections)


def image_summary(
    tag: Any,
    tensor: Any,
    max_images: int = 3,
    collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Tensor:
    """Makes a summary of pictures, under a tag that no name scope changes.

    Args:
        tag: A string scalar.
        tensor: Pictures `[B, H, W, C]` with 1, 3 or 4 channels, uint8 or float32.
        max_images: How many of the batch are kept.
        collections: Where the summary is kept; GraphKeys.SUMMARIES unless given.
        name: The op's name.

    Returns:
        A serialised Summary, a string scalar.
    """
    with tf.name_scope(name, "ImageSummary", [tag, tensor]) as scope:
        summary = tf.raw_ops.ImageSummary(tag=tag, tensor=tensor, max_images=max_images, name=scope)
        return _collected(summary, collections)


def audio_summary(
    tag: Any,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Tensor:
    """Makes a summary of sounds, under a tag that no name scope changes.

    Args:
        tag: A string scalar.
        tensor: Sounds `[B, T, C]` or `[B, T]`, float32 from -1 to 1.
        sample_rate: Samples per second, a float scalar.
        max_outputs: How many of the batch are kept.
        collections: Where the summary is kept; GraphKeys.SUMMARIES unless given.
        name: The op's name.

    Returns:
        A serialised Summary, a string scalar.
    """
    with tf.name_scope(name, "AudioSummary", [tag, tensor]) as scope:
        rate = tf.convert_to_tensor(sample_rate, dtype=tf.float32, name="sample_rate")
        summary = tf.raw_ops.AudioSummaryV2(
            tag=tag, tensor=tensor, sample_rate=rate, max_outputs=max_outputs, name=scope
        )
        return _collected(summary, collections)
