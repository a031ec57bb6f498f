"""Distributions of positive numbers that are made of gamma variables."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import (
    ScalarDistribution,
    positive,
    where_above,
)

__all__ = ["Chi2", "InverseGamma"]


class Chi2(tf.distributions.Gamma):  # type: ignore[misc]
    """The sum of the squares of `df` standard normal variables.

    Args:
        df: How many, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.
    """

    def __init__(
        self,
        df: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Chi2",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.df = positive(df, validate_args, "df")
            half = tf.constant(0.5, self.df.dtype)
            super().__init__(half * self.df, half, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class InverseGamma(ScalarDistribution):
    """One divided by a gamma variable.

    Args:
        concentration: The shape of the gamma variable, `[…]`.
        rate: Its rate, `[…]`, by which this one is scaled.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: The two are of different dtypes.
    """

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "InverseGamma",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.concentration = positive(concentration, validate_args, "concentration")
            self.rate = positive(rate, validate_args, "rate")
            tf.debugging.assert_same_float_dtype([self.concentration, self.rate])
        super().__init__([self.concentration, self.rate], parameters, scope)

    def _checked(self, x: Tensor) -> Tensor:
        with tf.control_dependencies([tf.assert_positive(x)] if self.validate_args else []):
            return tf.identity(x)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        drawn = tf.random_gamma([n], self.concentration, self.rate, dtype=self.dtype, seed=seed)
        return 1.0 / drawn

    def _log_prob(self, x: Tensor) -> Tensor:
        x, a = self._checked(x), self.concentration
        return a * tf.log(self.rate) - tf.lgamma(a) - (1 + a) * tf.log(x) - self.rate / x

    def _cdf(self, x: Tensor) -> Tensor:
        return tf.igammac(self.concentration, self.rate / self._checked(x))

    def _entropy(self) -> Tensor:
        a = self.concentration
        return a + tf.log(self.rate) + tf.lgamma(a) - (1 + a) * tf.digamma(a)

    def _mean(self) -> Tensor:
        mean = self.rate / (self.concentration - 1)
        return where_above(self, mean, 1.0, {"concentration": self.concentration})

    def _variance(self) -> Tensor:
        a = self.concentration
        spread = tf.square(self.rate / (a - 1)) / (a - 2)
        return where_above(self, spread, 2.0, {"concentration": a})

    def _mode(self) -> Tensor:
        return self.rate / (1 + self.concentration)
