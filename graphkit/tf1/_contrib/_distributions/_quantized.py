"""A distribution of whole numbers, made of one of any numbers by rounding up."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["QuantizedDistribution"]

_assert_whole: Any = load("tensorflow.python.ops.distributions.util:assert_integer_form")


class QuantizedDistribution(tf.distributions.Distribution):  # type: ignore[misc]
    """Draws of another distribution, rounded up and kept between two whole numbers.

    Args:
        distribution: The other.
        low: The lowest number, `[…]`; none unless given.
        high: The highest, `[…]`; none unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: `low` or `high` is of another dtype than the distribution.
    """

    def __init__(
        self,
        distribution: Any,
        low: Any = None,
        high: Any = None,
        validate_args: bool = False,
        name: str = "QuantizedDistribution",
    ) -> None:
        parameters = dict(locals())
        self.distribution = distribution
        with tf.name_scope(name) as scope:
            super().__init__(
                dtype=distribution.dtype,
                reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=distribution.allow_nan_stats,
                parameters=parameters,
                graph_parents=list(distribution._graph_parents),  # noqa: SLF001
                name=scope,
            )
            ends = [_end(low, "low"), _end(high, "high")]
            known = [end for end in ends if end is not None]
            tf.debugging.assert_same_float_dtype([*known], distribution.dtype)
            checks = []
            if validate_args and len(known) == 2:
                message = "low must be strictly less than high."
                checks = [tf.assert_less(*known, message=message)]
            with tf.control_dependencies(checks):
                self.low, self.high = [end if end is None else self._whole(end) for end in ends]

    def _whole(self, value: Tensor) -> Tensor:
        message = "value has non-integer components."
        checks = [_assert_whole(value, message=message)] if self.validate_args else []
        with tf.control_dependencies(checks):
            return tf.identity(value)

    def _batch_shape(self) -> Any:
        return self.distribution.batch_shape

    def _batch_shape_tensor(self) -> Tensor:
        return self.distribution.batch_shape_tensor()

    def _event_shape(self) -> Any:
        return self.distribution.event_shape

    def _event_shape_tensor(self) -> Tensor:
        return self.distribution.event_shape_tensor()

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        drawn = tf.ceil(self.distribution.sample(n, seed=seed))
        drawn = drawn if self.low is None else tf.maximum(drawn, self.low)
        return drawn if self.high is None else tf.minimum(drawn, self.high)

    def _between(self, found: Tensor, j: Tensor, below: float, above: float) -> Tensor:
        """What a function is, with what it has before the low end and from the high end on."""
        j = j + tf.zeros_like(found)
        if self.low is not None:
            found = tf.where_v2(j < self.low, tf.constant(below, found.dtype), found)
        if self.high is not None:
            found = tf.where_v2(j >= self.high, tf.constant(above, found.dtype), found)
        return found

    def _cdf(self, y: Tensor) -> Tensor:
        j = tf.floor(y)
        return self._between(self.distribution.cdf(j), j, 0.0, 1.0)

    def _log_cdf(self, y: Tensor) -> Tensor:
        j = tf.floor(y)
        return self._between(self.distribution.log_cdf(j), j, float("-inf"), 0.0)

    def _survival_function(self, y: Tensor) -> Tensor:
        j = tf.ceil(y)
        return self._between(self.distribution.survival_function(j), j, 1.0, 0.0)

    def _log_survival_function(self, y: Tensor) -> Tensor:
        j = tf.ceil(y)
        return self._between(self.distribution.log_survival_function(j), j, 0.0, float("-inf"))

    def _prob(self, y: Tensor) -> Tensor:
        y = self._whole(y)
        below, above = self.cdf(y), self.survival_function(y)
        # The smaller of the two tails loses fewer digits.
        return tf.where_v2(
            above < below, self.survival_function(y - 1) - above, below - self.cdf(y - 1)
        )

    def _log_prob(self, y: Tensor) -> Tensor:
        y = self._whole(y)
        below, above = self.log_cdf(y), self.log_survival_function(y)
        right = above < below
        large = tf.where_v2(right, self.log_survival_function(y - 1), below)
        small = tf.where_v2(right, above, self.log_cdf(y - 1))
        return large + tf.log1p(-tf.exp(small - large))


def _end(value: Any, name: str) -> Tensor | None:
    return None if value is None else tf.convert_to_tensor(value, name=name)
