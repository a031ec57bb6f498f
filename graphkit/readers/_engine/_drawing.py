"""Random numbers that are a function of a seed and of an element's number.

TensorFlow 1's random ops keep a generator each, so what an element gets depends on who came before
it. Here the n-th element's numbers are the n-th stream of SplitMix64 (Steele, Lea and Flood, "Fast
splittable pseudorandom number generators", 2014), in ops that treat each number by itself: whoever
computes an element, alone or in a batch, in whatever order, gets the same bits.

The rounds of a loop are run one by one, many of them for an element, and ops of TensorFlow's own
that draw by a pair of numbers are much the faster there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["DRAWS", "DRAWS_IN_ROUNDS", "element_key", "mixed", "mixed_number"]

_GOLDEN_GAMMA = 0x9E3779B97F4A7C15
_ROUNDS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_FRACTION_BITS = {tf.float64: 53, tf.float32: 24, tf.float16: 11, tf.bfloat16: 8}
_WITHIN_TWO_SIGMA = math.erf(math.sqrt(2))


def element_key(start: Tensor, number: Tensor) -> Tensor:
    """The start of an element's stream (uint64, `[]`).

    Args:
        start: The seed of the op that draws, mixed (uint64, `[]`).
        number: The element's number (int64, `[]`).
    """
    return mixed(start + _steps(number))


def mixed_number(number: int) -> int:
    """As `mixed`, of a number modulo 2**64 that is known as the graph is built."""
    number %= 2**64
    for distance, factor in _ROUNDS:
        number = (number ^ number >> distance) * factor % 2**64
    return number ^ number >> 31


def mixed(numbers: Tensor) -> Tensor:
    """SplitMix64's output function (uint64 to uint64, any shape)."""
    for distance, factor in _ROUNDS:
        numbers = _folded(numbers, distance) * tf.constant(factor, tf.uint64)
    return _folded(numbers, 31)


def _folded(numbers: Tensor, distance: int) -> Tensor:
    return tf.bitwise.bitwise_xor(numbers, _shifted(numbers, distance))


def _shifted(numbers: Tensor, distance: int) -> Tensor:
    return tf.bitwise.right_shift(numbers, tf.constant(distance, tf.uint64))


def _steps(count: Tensor) -> Tensor:
    return tf.cast(count, tf.uint64) * tf.constant(_GOLDEN_GAMMA, tf.uint64)


def _bits(key: Tensor, shape: Any) -> Tensor:
    """The first numbers of a stream (uint64, `shape`)."""
    places = tf.range(1, tf.reduce_prod(tf.cast(shape, tf.int64)) + 1)
    return mixed(key + _steps(tf.reshape(places, shape)))


def _fractions(bits: Tensor, dtype: Any) -> Tensor:
    """Numbers in `[0, 1)`, all that the dtype holds of that spacing alike."""
    count = _FRACTION_BITS[dtype]
    return tf.cast(tf.cast(_shifted(bits, 64 - count), tf.int64), dtype) * dtype.as_numpy_dtype(
        2.0**-count
    )


def _uniform(node: Any, key: Tensor, shape: Tensor) -> Tensor:
    return _fractions(_bits(key, shape), _dtype(node, "dtype"))


def _integers(node: Any, key: Tensor, shape: Tensor, least: Tensor, end: Tensor) -> Tensor:
    least, end = tf.cast(least, tf.int64), tf.cast(end, tf.int64)
    # A span of nothing is an error of the division.
    span = tf.where(least < end, tf.cast(end - least, tf.uint64), tf.zeros([], tf.uint64))
    drawn = tf.cast(tf.math.floormod(_bits(key, shape), span), tf.int64)
    return tf.cast(drawn + least, _dtype(node, "Tout"))


def _normal(node: Any, key: Tensor, shape: Tensor) -> Tensor:
    """Box and Muller's; in double precision, so that a float has the same last bit anywhere."""
    bits = _bits(key, shape)
    high = tf.cast(tf.cast(_shifted(bits, 32), tf.int64) + 1, tf.float64) * 2.0**-32
    low = tf.bitwise.bitwise_and(bits, tf.constant(2**32 - 1, tf.uint64))
    angle = tf.cast(tf.cast(low, tf.int64), tf.float64) * (2.0**-31 * math.pi)
    return tf.cast(tf.sqrt(-2.0 * tf.log(high)) * tf.cos(angle), _dtype(node, "dtype"))


def _truncated_normal(node: Any, key: Tensor, shape: Tensor) -> Tensor:
    """Normal within two standard deviations, by the inverse of its distribution."""
    centred = 2.0 * _fractions(_bits(key, shape), tf.float64) - 1.0
    drawn = math.sqrt(2) * tf.math.erfinv(centred * _WITHIN_TWO_SIGMA)
    return tf.cast(drawn, _dtype(node, "dtype"))


def _shuffled(node: Any, key: Tensor, rows: Tensor) -> Tensor:
    """Rows in the order of as many random numbers."""
    numbers = tf.bitcast(_bits(key, tf.shape(rows)[:1]), tf.int64)
    return tf.gather(rows, tf.math.top_k(numbers, tf.size(numbers)).indices)


def _multinomial(node: Any, key: Tensor, logits: Tensor, count: Tensor) -> Tensor:
    return tf.raw_ops.StatelessMultinomial(
        logits=logits,
        num_samples=count,
        seed=_pair(key),
        output_dtype=_dtype(node, "output_dtype"),
    )


def _gamma(node: Any, key: Tensor, shape: Tensor, alpha: Tensor) -> Tensor:
    full = tf.concat([shape, tf.shape(alpha, out_type=shape.dtype)], 0)
    return tf.raw_ops.StatelessRandomGammaV2(shape=full, seed=_pair(key), alpha=alpha)


def _poisson(node: Any, key: Tensor, shape: Tensor, rate: Tensor) -> Tensor:
    full = tf.concat([shape, tf.shape(rate, out_type=shape.dtype)], 0)
    return tf.raw_ops.StatelessRandomPoisson(
        shape=full, seed=_pair(key), lam=rate, dtype=_dtype(node, "dtype")
    )


def _distorted_box(
    node: Any, key: Tensor, size: Tensor, boxes: Tensor, covered: Tensor | None = None
) -> Sequence[Tensor]:
    if covered is None:
        covered = tf.constant(node.attr["min_object_covered"].f)
    drawn: Sequence[Tensor] = tf.raw_ops.StatelessSampleDistortedBoundingBox(
        image_size=size,
        bounding_boxes=boxes,
        min_object_covered=covered,
        seed=_pair(key),
        aspect_ratio_range=list(node.attr["aspect_ratio_range"].list.f),
        area_range=list(node.attr["area_range"].list.f),
        max_attempts=node.attr["max_attempts"].i,
        use_image_if_no_bounding_boxes=node.attr["use_image_if_no_bounding_boxes"].b,
    )
    return drawn


def _pair(key: Tensor) -> Tensor:
    """A seed for TensorFlow's own stateless ops (int64, `[2]`)."""
    return tf.bitcast(_bits(key, [2]), tf.int64)


def _uniform_of_pair(node: Any, pair: Tensor, shape: Tensor) -> Tensor:
    return tf.raw_ops.StatelessRandomUniform(shape=shape, seed=pair, dtype=_dtype(node, "dtype"))


def _integers_of_pair(node: Any, pair: Tensor, shape: Tensor, least: Tensor, end: Tensor) -> Tensor:
    return tf.raw_ops.StatelessRandomUniformInt(shape=shape, seed=pair, minval=least, maxval=end)


def _normal_of_pair(node: Any, pair: Tensor, shape: Tensor) -> Tensor:
    return tf.raw_ops.StatelessRandomNormal(shape=shape, seed=pair, dtype=_dtype(node, "dtype"))


def _truncated_normal_of_pair(node: Any, pair: Tensor, shape: Tensor) -> Tensor:
    return tf.raw_ops.StatelessTruncatedNormal(shape=shape, seed=pair, dtype=_dtype(node, "dtype"))


def _dtype(node: Any, attribute: str) -> Any:
    return tf.as_dtype(node.attr[attribute].type)


# By the type of a random op: what draws in its place, given its node, the element's key and the
# op's own inputs.
DRAWS: dict[str, Callable[..., Any]] = {
    "Multinomial": _multinomial,
    "RandomGamma": _gamma,
    "RandomPoissonV2": _poisson,
    "RandomShuffle": _shuffled,
    "RandomStandardNormal": _normal,
    "RandomUniform": _uniform,
    "RandomUniformInt": _integers,
    "SampleDistortedBoundingBox": _distorted_box,
    "SampleDistortedBoundingBoxV2": _distorted_box,
    "TruncatedNormal": _truncated_normal,
}

# The same for ops in the rounds of a loop, given a pair of numbers (int64, `[2]`) for the key.
DRAWS_IN_ROUNDS: dict[str, Callable[..., Any]] = {
    "RandomStandardNormal": _normal_of_pair,
    "RandomUniform": _uniform_of_pair,
    "RandomUniformInt": _integers_of_pair,
    "TruncatedNormal": _truncated_normal_of_pair,
}
