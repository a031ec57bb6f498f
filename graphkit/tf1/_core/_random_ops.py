"""Uniform noise and dropout of the ops, and the names of ops, that 1.15 made in a graph."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._core._as_before import add
from graphkit.tf1._namespace import load

__all__ = ["dropout", "random_uniform"]

_as_shape: Any = load("tensorflow.python.ops.shape_util:shape_tensor")
_noise_shape: Any = load("tensorflow.python.ops.nn_ops:_get_noise_shape")


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = tf.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draws numbers that are equally likely between two bounds; floats by the op `name:0`.

    Args:
        shape: The shape, integers `[rank]`.
        minval: The least number.
        maxval: The number that all are below; 1 for floats, wanted for integers.
        dtype: A float, or int32 or int64.
        seed: The op's seed.
        name: The name of the result; "random_uniform" unless given.

    Returns:
        The numbers, of that shape and dtype.

    Raises:
        ValueError: Another dtype, or integers without `maxval`.
    """
    dtype = tf.as_dtype(dtype)
    if tf.executing_eagerly() or dtype not in _FLOATS:
        return tf.random_uniform(shape, minval, maxval, dtype, seed, name)
    with tf.name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        shape = _as_shape(shape)
        least = tf.convert_to_tensor(minval, dtype, "min")
        beyond = tf.convert_to_tensor(1 if maxval is None else maxval, dtype, "max")
        first, second = (part or 0 for part in tf.get_seed(seed))
        drawn = tf.raw_ops.RandomUniform(shape=shape, dtype=dtype, seed=first, seed2=second)
        return add(drawn * (beyond - least), least, name=scope)


_FLOATS = (tf.float16, tf.bfloat16, tf.float32, tf.float64)


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Sets elements to zero by chance and scales the others up; the result is `dropout/mul_1`.

    Args:
        x: Floats of any shape.
        keep_prob: How likely an element is kept; the old way to say `1 - rate`.
        noise_shape: The shape of the noise, integers `[rank]`; that of `x` unless given.
        seed: The op's seed.
        name: The name scope; "dropout" unless given.
        rate: How likely an element is dropped, a number or a float scalar.

    Returns:
        Floats of the shape and dtype of `x`.

    Raises:
        ValueError: Neither or both of `keep_prob` and `rate` are given, the rate is a number
            outside [0, 1), or `x` has no floats.
    """
    if tf.executing_eagerly() or (keep_prob is None) == (rate is None):
        return tf.nn.dropout(x, keep_prob, noise_shape, seed, name, rate)
    rate = 1.0 - keep_prob if rate is None else rate
    with tf.name_scope(name, "dropout", [x]):
        x = tf.convert_to_tensor(x, name="x")
        if (not tf.is_tensor(rate) and (rate == 0 or not 0 <= rate < 1)) or not x.dtype.is_floating:
            return tf.nn.dropout(x, rate=rate)
        rate = tf.convert_to_tensor(rate, x.dtype, "rate")
        rate.shape.assert_has_rank(0)
        if tf.get_static_value(rate) == 0:
            return x
        noise = random_uniform(_noise_shape(x, noise_shape), seed=seed, dtype=x.dtype)
        scale = 1 / (1 - rate)
        kept = noise >= rate
        dropped = x * scale * tf.cast(kept, x.dtype)
        dropped.set_shape(x.shape)
        return dropped
