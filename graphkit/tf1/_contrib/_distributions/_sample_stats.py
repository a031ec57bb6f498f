"""contrib.distributions: statistics of samples."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["auto_correlation", "percentile"]

_UTIL = "tensorflow.python.ops.distributions.util"
_rank_of: Any = load(f"{_UTIL}:prefer_static_rank")
_rotated: Any = load(f"{_UTIL}:rotate_transpose")


def auto_correlation(
    x: Any,
    axis: int = -1,
    max_lags: Any = None,
    center: bool = True,
    normalize: bool = True,
    name: str = "auto_correlation",
) -> Tensor:
    """Tells how numbers in a row hang together with those some places before.

    Args:
        x: The numbers, floats or complex, `[…, N, …]`.
        axis: The dimension in which they stand in a row.
        max_lags: How many places apart at most; N - 1 unless given.
        center: Whether their mean is taken off before.
        normalize: Whether the result is divided by that for 0 places.
        name: The name scope.

    Returns:
        The mean product of two numbers 0, 1, 2 … places apart, `[…, max_lags + 1, …]`.

    Raises:
        TypeError: The numbers are integers.
    """
    with tf.name_scope(name, values=[x]):
        x = tf.convert_to_tensor(x, name="x")
        kind = x.dtype
        if not (kind.is_floating or kind.is_complex):
            raise TypeError(f"Argument x must have either float or complex dtype found: {kind}")
        rank = _rank_of(x)
        shift = rank - 1 - (rank + axis if axis < 0 else axis)
        row = _rotated(x, shift)
        if center:
            row -= tf.reduce_mean(row, -1, keepdims=True)
        length = _length(row)
        last = _last_lag(length, max_lags)
        products = _products(row)[..., : last + 1]
        pairs = tf.cast(length - tf.range(0, last + 1), kind)
        means = products / pairs
        if normalize:
            means /= means[..., :1]
        return _rotated(means, -shift)


def _products(row: Tensor) -> Tensor:
    """The sum of all products of two numbers as many places apart, by their spectrum."""
    real = not row.dtype.is_complex
    # With zeros behind, the end of the row does not meet its start.
    padded = tf.concat([row, tf.zeros_like(row)], -1)
    spectrum = tf.fft(tf.complex(padded, tf.zeros_like(padded)) if real else padded)
    sums = tf.ifft(spectrum * tf.conj(spectrum))
    return tf.real(sums) if real else sums


def _length(row: Tensor) -> Any:
    known = row.shape.as_list()[-1] if row.shape.ndims is not None else None
    return tf.shape(row)[-1] if known is None else known


def _last_lag(length: Any, max_lags: Any) -> Any:
    if max_lags is None:
        return length - 1
    known = tf.get_static_value(tf.convert_to_tensor(max_lags))
    if known is not None and isinstance(length, int):
        return min(length - 1, int(known))
    return tf.minimum(length - 1, max_lags)


_INTERPOLATIONS = {"higher": tf.floor, "lower": tf.ceil, "nearest": tf.round}


def percentile(
    x: Any,
    q: Any,
    axis: Any = None,
    interpolation: str | None = None,
    keep_dims: bool = False,
    validate_args: bool = False,
    name: str | None = None,
) -> Tensor:
    """Finds the number that `q` percent of the numbers are not above.

    Args:
        x: Numbers `[…]`.
        q: How many percent, a scalar.
        axis: The dimensions of numbers that are taken together; all unless given.
        interpolation: Which of two numbers is taken where `q` falls between: "lower", "higher"
            or "nearest", which it is unless given.
        keep_dims: Whether those dimensions stay, of size 1.
        validate_args: Whether `q` is checked when the graph runs.
        name: The name scope.

    Returns:
        The numbers, `[…]` without the dimensions of `axis`.

    Raises:
        ValueError: `q` is no scalar, the interpolation is none, or `axis` is not known or there.
        TypeError: `axis` is not of integers.
    """
    interpolation = "nearest" if interpolation is None else interpolation
    if interpolation not in _INTERPOLATIONS:
        raise ValueError(
            f"Argument 'interpolation' must be in {sorted(_INTERPOLATIONS)}.  Found {interpolation}"
        )
    with tf.name_scope(name, "percentile", [x, q]):
        x = tf.convert_to_tensor(x, name="x")
        share = 1.0 - _checked(tf.cast(q, tf.float64, name="q"), validate_args) / 100.0
        axes = None if axis is None else _axes(axis, x)
        together = tf.reshape(x, [-1]) if axes is None else _flat_behind(x, axes)
        count = tf.shape(together)[-1]
        place = _INTERPOLATIONS[interpolation](tf.cast(count - 1, tf.float64) * share)
        place = tf.clip_by_value(tf.cast(place, tf.int32), 0, count - 1)
        found = tf.nn.top_k(together, k=count)[0][..., place]
        found.set_shape(together.shape[:-1])
        if not keep_dims:
            return found
        if axes is None:
            return tf.reshape(found, tf.ones([_rank_of(x)], tf.int32))
        for number in sorted(axes):
            found = tf.expand_dims(found, number)
        return found


def _checked(q: Tensor, validate_args: bool) -> Tensor:
    if q.shape.ndims not in (None, 0):
        raise ValueError(f"Expected argument 'x' to have ndims 0.  Found tensor {q}")
    if not validate_args:
        return q
    zero, all_of_them = tf.constant(0.0, tf.float64), tf.constant(100.0, tf.float64)
    checks = [
        tf.assert_rank(q, 0),
        tf.assert_greater_equal(q, zero),
        tf.assert_less_equal(q, all_of_them),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(q)


def _axes(axis: Any, x: Tensor) -> list[int]:
    """The dimensions, counted from the first."""
    axis = tf.convert_to_tensor(axis, name="axis")
    tf.debugging.assert_integer(axis)
    known = tf.get_static_value(axis)
    if known is None or known.ndim > 1:
        raise ValueError(f"Expected argument 'axis' to be statically available.  Found: {axis}")
    rank = x.shape.ndims
    if not rank:
        raise ValueError(f"Expected argument 'x' to have ndims >= 1.  Found tensor {x}")
    numbers = [int(number) for number in known.ravel()]
    for number in numbers:
        if not -rank <= number < rank:
            raise ValueError(f"dim {number} not in the interval [{-rank}, {rank - 1}].")
    return [number % rank for number in numbers]


def _flat_behind(x: Tensor, axes: list[int]) -> Tensor:
    """The dimensions as one, behind the others."""
    others = [number for number in range(x.shape.ndims) if number not in axes]
    known, shape = x.shape.as_list(), tf.shape(x)
    front = [shape[number] if known[number] is None else known[number] for number in others]
    return tf.reshape(tf.transpose(x, others + axes), [*front, -1])
