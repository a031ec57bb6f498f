"""Distributions of counts: of successes, of failures, of events in a time."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import (
    ScalarDistribution,
    count_checked,
    logits_and_probs,
    new_seed,
    positive,
)
from graphkit.tf1._namespace import load

__all__ = ["Binomial", "Geometric", "NegativeBinomial", "Poisson"]

_assert_whole: Any = load("tensorflow.python.ops.distributions.util:assert_integer_form")


class Binomial(ScalarDistribution):
    """The number of successes in `total_count` independent trials; nothing can be drawn from it.

    Args:
        total_count: How many trials, floats `[…]`.
        logits: The logarithm of the odds of a success, `[…]`; this or `probs`.
        probs: The probability of a success, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `logits` and `probs` are given.
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Binomial",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            count = tf.convert_to_tensor(total_count, name="total_count")
            with tf.control_dependencies(_count_checks(count) if validate_args else []):
                self.total_count = tf.identity(count)
            self.logits, self.probs = logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args, name=scope
            )
        super().__init__([self.total_count, self.probs], parameters, scope)

    def _checked(self, counts: Tensor) -> Tensor:
        if not self.validate_args:
            return counts
        counts = count_checked(self, counts)
        known = "counts are not less than or equal to n."
        with tf.control_dependencies(
            [tf.assert_less_equal(counts, self.total_count, message=known)]
        ):
            return tf.identity(counts)

    def _log_prob(self, counts: Tensor) -> Tensor:
        k, n = self._checked(counts), self.total_count
        ways = tf.lgamma(1 + n) - tf.lgamma(1 + k) - tf.lgamma(1 + n - k)
        return ways + k * tf.log(self.probs) + (n - k) * tf.log1p(-self.probs)

    def _cdf(self, counts: Tensor) -> Tensor:
        counts = self._checked(counts)
        zeros = tf.zeros_like(counts + self.total_count + self.probs)
        k, left = counts + zeros, self.total_count - counts + zeros
        everything = tf.equal(left, 0)
        # The integral has no value where no trial is left, and no gradient may come from there.
        safe = tf.where(everything, tf.ones_like(left), left)
        below = tf.betainc(safe, k + 1, 1 - self.probs + zeros)
        return tf.where(everything, tf.ones_like(below), below)

    def _mean(self) -> Tensor:
        return self.total_count * self.probs

    def _variance(self) -> Tensor:
        return self._mean() * (1 - self.probs)

    def _mode(self) -> Tensor:
        return tf.floor((1 + self.total_count) * self.probs)


def _count_checks(count: Tensor) -> list[Any]:
    return [
        tf.assert_non_negative(count, message="total_count must be non-negative."),
        _assert_whole(count, message="total_count cannot contain fractional components."),
    ]


class Geometric(ScalarDistribution):
    """The number of failures before the first success.

    Args:
        logits: The logarithm of the odds of a success, `[…]`; this or `probs`.
        probs: The probability of a success, `[…]`, above 0.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `logits` and `probs` are given.
    """

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Geometric",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.logits, probs = logits_and_probs(logits, probs, False, validate_args, name=scope)
            self.probs = positive(probs, validate_args, "probs")
        super().__init__([self.probs], parameters, scope)

    def _counts(self, x: Tensor) -> Tensor:
        whole = count_checked(self, x) if self.validate_args else tf.floor(x)
        return whole + tf.zeros_like(self.probs)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        drawn = self._uniform(n, seed)
        return tf.floor(tf.log(drawn) / tf.log1p(-self.probs))

    def _log_prob(self, x: Tensor) -> Tensor:
        x = self._counts(x)
        probs = self.probs + tf.zeros_like(x)
        # No failure is needed for 0, also where a failure is impossible.
        failing = tf.where(tf.equal(x, 0), tf.zeros_like(probs), probs)
        return x * tf.log1p(-failing) + tf.log(probs)

    def _cdf(self, x: Tensor) -> Tensor:
        x = self._counts(x)
        below = -tf.expm1((1 + x) * tf.log1p(-self.probs))
        return tf.where(x < 0, tf.zeros_like(x), below)

    def _unsure(self) -> list[Any]:
        sure = "Entropy is undefined when logits = inf or probs = 1."
        return [tf.assert_less(self.probs, tf.ones([], self.dtype), message=sure)]

    def _entropy(self) -> Tensor:
        with tf.control_dependencies(self._unsure() if self.validate_args else []):
            return tf.nn.softplus(self.logits) / self.probs - self.logits

    def _mean(self) -> Tensor:
        return tf.exp(-self.logits)

    def _variance(self) -> Tensor:
        return self._mean() / self.probs

    def _mode(self) -> Tensor:
        return tf.zeros(self.batch_shape_tensor(), self.dtype)


class NegativeBinomial(ScalarDistribution):
    """The number of successes before `total_count` failures.

    Args:
        total_count: How many failures, floats `[…]` above 0.
        logits: The logarithm of the odds of a success, `[…]`; this or `probs`.
        probs: The probability of a success, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `logits` and `probs` are given.
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "NegativeBinomial",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.logits, self.probs = logits_and_probs(
                logits, probs, validate_args=validate_args, name=scope
            )
            self.total_count = positive(total_count, validate_args, "total_count")
        super().__init__([self.total_count, self.probs], parameters, scope)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        rate = tf.random_gamma(
            [n], self.total_count, beta=tf.exp(-self.logits), dtype=self.dtype, seed=seed
        )
        again = new_seed(seed, "negative_binom")
        return tf.random_poisson(rate, [], dtype=self.dtype, seed=again)

    def _log_prob(self, x: Tensor) -> Tensor:
        x, r = count_checked(self, x), self.total_count
        ways = tf.lgamma(r + x) - tf.lgamma(1 + x) - tf.lgamma(r)
        return ways + r * tf.log_sigmoid(-self.logits) + x * tf.log_sigmoid(self.logits)

    def _cdf(self, x: Tensor) -> Tensor:
        x = count_checked(self, x)
        zeros = tf.zeros_like(x + self.total_count + self.logits)
        return tf.betainc(self.total_count + zeros, 1 + x + zeros, tf.sigmoid(zeros - self.logits))

    def _mean(self) -> Tensor:
        return self.total_count * tf.exp(self.logits)

    def _variance(self) -> Tensor:
        return self._mean() / tf.sigmoid(-self.logits)

    def _mode(self) -> Tensor:
        return tf.floor(tf.nn.relu(self.total_count - 1) * tf.exp(self.logits))


class Poisson(ScalarDistribution):
    """The number of independent events in a time.

    Args:
        rate: How many are expected, `[…]`; this or `log_rate`.
        log_rate: The logarithm of it.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `rate` and `log_rate` are given.
        TypeError: What is given is no float.
    """

    def __init__(
        self,
        rate: Any = None,
        log_rate: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Poisson",
    ) -> None:
        parameters = dict(locals())
        if (rate is None) == (log_rate is None):
            raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
        with tf.name_scope(name) as scope:
            if log_rate is None:
                self.rate = positive(_float(rate, "rate"), validate_args, "rate")
                self.log_rate = tf.log(self.rate, name="log_rate")
            else:
                self.log_rate = _float(log_rate, "log_rate")
                self.rate = tf.exp(self.log_rate, name="rate")
        super().__init__([self.rate], parameters, scope)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        return tf.random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)

    def _log_prob(self, x: Tensor) -> Tensor:
        x = count_checked(self, x)
        return x * self.log_rate - tf.lgamma(1 + x) - self.rate

    def _cdf(self, x: Tensor) -> Tensor:
        return tf.igammac(1 + count_checked(self, x), self.rate)

    def _mean(self) -> Tensor:
        return tf.identity(self.rate)

    def _variance(self) -> Tensor:
        return tf.identity(self.rate)

    def _mode(self) -> Tensor:
        return tf.floor(self.rate)


def _float(value: Any, name: str) -> Tensor:
    tensor = tf.convert_to_tensor(value, name=name)
    if not tensor.dtype.is_floating:
        raise TypeError(f"{name}.dtype ({tensor.dtype.name}) is a not a float-type.")
    return tensor
