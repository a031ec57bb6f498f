"""Distributions of numbers about a place, as wide as a scale."""

from __future__ import annotations

import math
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import ScalarDistribution, positive
from graphkit.tf1._namespace import load

__all__ = ["Cauchy", "HalfNormal", "Logistic"]

_erfinv: Any = load("tensorflow.python.ops.distributions.special_math:erfinv")


class _LocationScale(ScalarDistribution):
    """A distribution of `loc + scale * z`, where `z` has no parameters.

    Args:
        loc: The place, `[…]`.
        scale: The width, `[…]`, above 0.
        parameters: The arguments of the subclass.
        name: The name scope.
    """

    def __init__(self, loc: Any, scale: Any, parameters: dict[str, Any], name: str) -> None:
        with tf.name_scope(name) as scope:
            self.loc = tf.identity(loc, name="loc")
            self.scale = positive(scale, parameters["validate_args"], "scale")
            tf.debugging.assert_same_float_dtype([self.loc, self.scale])
        super().__init__([self.loc, self.scale], parameters, scope, reparameterized=True)

    def _z(self, x: Tensor) -> Tensor:
        return (x - self.loc) / self.scale

    def _spread(self, value: Any) -> Tensor:
        return value + tf.zeros_like(self.loc) + tf.zeros_like(self.scale)


class Cauchy(_LocationScale):
    """The ratio of two normal variables, whose mean and variance are undefined.

    Args:
        loc: The middle, `[…]`.
        scale: Half of its width at half of its height, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: `loc` and `scale` are of different dtypes.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Cauchy",
    ) -> None:
        super().__init__(loc, scale, dict(locals()), name)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        shape = self._drawn_shape(n)
        return self._quantile(tf.random_uniform(shape, 0.0, 1.0, self.dtype, seed))

    def _log_prob(self, x: Tensor) -> Tensor:
        return -tf.log1p(tf.square(self._z(x))) - math.log(math.pi) - tf.log(self.scale)

    def _cdf(self, x: Tensor) -> Tensor:
        return tf.atan(self._z(x)) / math.pi + 0.5

    def _log_cdf(self, x: Tensor) -> Tensor:
        return tf.log1p(2 / math.pi * tf.atan(self._z(x))) - math.log(2)

    def _quantile(self, p: Tensor) -> Tensor:
        return self.loc + self.scale * tf.tan(math.pi * (p - 0.5))

    def _entropy(self) -> Tensor:
        return self._spread(math.log(4 * math.pi) + tf.log(self.scale))

    def _mode(self) -> Tensor:
        return self._spread(self.loc)

    def _undefined(self, what: str) -> Tensor:
        if not self.allow_nan_stats:
            raise ValueError(f"`{what}` is undefined for Cauchy distribution.")
        return self._nan()

    def _mean(self) -> Tensor:
        return self._undefined("mean")

    def _stddev(self) -> Tensor:
        return self._undefined("stddev")


class Logistic(_LocationScale):
    """The distribution whose cumulative function is a sigmoid.

    Args:
        loc: The mean, `[…]`.
        scale: The width, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: `loc` and `scale` are of different dtypes.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Logistic",
    ) -> None:
        super().__init__(loc, scale, dict(locals()), name)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        drawn = self._uniform(n, seed)
        return (tf.log(drawn) - tf.log1p(-drawn)) * self.scale + self.loc

    def _log_prob(self, x: Tensor) -> Tensor:
        z = self._z(x)
        return -z - 2 * tf.nn.softplus(-z) - tf.log(self.scale)

    def _cdf(self, x: Tensor) -> Tensor:
        return tf.sigmoid(self._z(x))

    def _log_cdf(self, x: Tensor) -> Tensor:
        return -tf.nn.softplus(-self._z(x))

    def _survival_function(self, x: Tensor) -> Tensor:
        return tf.sigmoid(-self._z(x))

    def _log_survival_function(self, x: Tensor) -> Tensor:
        return -tf.nn.softplus(self._z(x))

    def _entropy(self) -> Tensor:
        return self._spread(2 + tf.log(self.scale))

    def _mean(self) -> Tensor:
        return self._spread(self.loc)

    def _stddev(self) -> Tensor:
        return self._spread(self.scale * (math.pi / math.sqrt(3)))

    def _mode(self) -> Tensor:
        return self._mean()


class HalfNormal(ScalarDistribution):
    """The distance of a normal variable from its mean.

    Args:
        scale: The standard deviation of the normal variable, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.
    """

    def __init__(
        self,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "HalfNormal",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.scale = positive(scale, validate_args, "scale")
        super().__init__([self.scale], parameters, scope, reparameterized=True)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        shape = self._drawn_shape(n)
        return tf.abs(tf.random_normal(shape, dtype=self.dtype, seed=seed) * self.scale)

    def _prob(self, x: Tensor) -> Tensor:
        height = math.sqrt(2 / math.pi) / self.scale
        return height * tf.exp(-0.5 * tf.square(x / self.scale)) * tf.cast(x >= 0, self.dtype)

    def _cdf(self, x: Tensor) -> Tensor:
        return tf.erf(tf.nn.relu(x) / self.scale / math.sqrt(2))

    def _quantile(self, p: Tensor) -> Tensor:
        return math.sqrt(2) * self.scale * _erfinv(p)

    def _entropy(self) -> Tensor:
        return 0.5 * tf.log(math.pi * tf.square(self.scale) / 2) + 0.5

    def _mean(self) -> Tensor:
        return self.scale * math.sqrt(2 / math.pi)

    def _variance(self) -> Tensor:
        return tf.square(self.scale) * (1 - 2 / math.pi)

    def _mode(self) -> Tensor:
        return tf.zeros_like(self.scale)
