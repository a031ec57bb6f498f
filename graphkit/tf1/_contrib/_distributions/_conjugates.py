"""What is known of a normal variable's mean once values of it were seen."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = [
    "normal_conjugates_known_scale_posterior",
    "normal_conjugates_known_scale_predictive",
]


def _posterior(prior: Any, scale: Any, s: Any, n: Any) -> tuple[Tensor, Tensor]:
    if not isinstance(prior, tf.distributions.Normal):
        raise TypeError("Expected prior to be an instance of type Normal")
    if s.dtype != prior.dtype:
        raise TypeError(
            f"Observation sum s.dtype does not match prior dtype: {s.dtype} vs. {prior.dtype}"
        )
    known, noise = tf.square(prior.scale), tf.square(scale)
    variance = 1 / (1 / known + tf.cast(n, prior.dtype) / noise)
    return (prior.loc / known + s / noise) * variance, variance


def normal_conjugates_known_scale_posterior(prior: Any, scale: Any, s: Any, n: Any) -> Any:
    """Tells what is known of the mean after values.

    Args:
        prior: What was known of the mean, a `Normal`.
        scale: The standard deviation of values.
        s: The sum of the values.
        n: How many they were.

    Returns:
        The distribution of the mean, a `Normal`.

    Raises:
        TypeError: `prior` is no `Normal`, or `s` is of another dtype.
    """
    loc, variance = _posterior(prior, scale, s, n)
    return tf.distributions.Normal(loc, tf.sqrt(variance))


def normal_conjugates_known_scale_predictive(prior: Any, scale: Any, s: Any, n: Any) -> Any:
    """Tells what is known of the next value after values.

    Args:
        prior: What was known of the mean, a `Normal`.
        scale: The standard deviation of values.
        s: The sum of the values.
        n: How many they were.

    Returns:
        The distribution of the next value, a `Normal`.

    Raises:
        TypeError: `prior` is no `Normal`, or `s` is of another dtype.
    """
    loc, variance = _posterior(prior, scale, s, n)
    return tf.distributions.Normal(loc, tf.sqrt(variance + tf.square(scale)))
