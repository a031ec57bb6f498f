"""Distributions near those over classes, through whose draws gradients go."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._elementwise import Exp, Sigmoid
from graphkit.tf1._contrib._distributions._location_scale import Logistic
from graphkit.tf1._contrib._distributions._one_hot import OverClasses
from graphkit.tf1._contrib._distributions._scalars import logits_and_probs, positive, tiny
from graphkit.tf1._contrib._distributions._transformed import TransformedDistribution

__all__ = ["ExpRelaxedOneHotCategorical", "RelaxedBernoulli", "RelaxedOneHotCategorical"]


class ExpRelaxedOneHotCategorical(OverClasses):
    """The logarithms of the vectors of `RelaxedOneHotCategorical`.

    Args:
        temperature: How far draws are from a single 1, a number or `[…]`, above 0.
        logits: The logarithms of the classes' probabilities, `[…, K]`; this or `probs`.
        probs: Their probabilities, `[…, K]`.
        dtype: The dtype of draws; that of the probabilities unless given.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `logits` and `probs` are given, or they have no dimension.
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ExpRelaxedOneHotCategorical",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            super().__init__(parameters, dtype, tf.distributions.FULLY_REPARAMETERIZED, scope)
            given = tf.convert_to_tensor(temperature)
            warmth = given if dtype is not None else tf.cast(given, self.dtype)
            self.temperature = positive(warmth, validate_args, "temperature")

    def _column(self) -> Tensor:
        """The temperature beside the vectors of a batch."""
        return self.temperature[..., tf.newaxis]

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        shape = tf.concat([[n], tf.shape(self.logits)], 0)
        drawn = tf.random_uniform(shape, tiny(self.dtype), 1.0, self.dtype, seed)
        noisy = (-tf.log(-tf.log(drawn)) + self.logits) / self._column()
        return tf.nn.log_softmax(noisy)

    def _checked(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        total = tf.reduce_logsumexp(x, axis=-1)
        zero = tf.zeros([], self.dtype)
        checks = [tf.assert_non_positive(x), tf.debugging.assert_near(zero, total)]
        with tf.control_dependencies(checks):
            return tf.identity(x)

    def _log_prob(self, x: Tensor) -> Tensor:
        x = self._checked(x)
        size = tf.cast(self.event_size, x.dtype)
        always = tf.lgamma(size) + (size - 1) * tf.log(self.temperature)
        return always + tf.reduce_sum(tf.nn.log_softmax(self.logits - x * self._column()), -1)


class RelaxedOneHotCategorical(TransformedDistribution):
    """Vectors that sum to 1, nearer to a single 1 the lower the temperature.

    Args:
        temperature: How far draws are from a single 1, a number or `[…]`, above 0.
        logits: The logarithms of the classes' probabilities, `[…, K]`; this or `probs`.
        probs: Their probabilities, `[…, K]`.
        dtype: The dtype of draws; that of the probabilities unless given.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `logits` and `probs` are given, or they have no dimension.
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedOneHotCategorical",
    ) -> None:
        logarithms = ExpRelaxedOneHotCategorical(
            temperature, logits, probs, dtype, validate_args, allow_nan_stats
        )
        super().__init__(logarithms, Exp(), name=name)


class RelaxedBernoulli(TransformedDistribution):
    """Numbers between 0 and 1, nearer to one of them the lower the temperature.

    Args:
        temperature: How far draws are from 0 and 1, `[…]`, above 0.
        logits: The logarithm of the odds of a 1, `[…]`; this or `probs`.
        probs: The probability of a 1, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `logits` and `probs` are given.
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedBernoulli",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.temperature = positive(temperature, validate_args, "temperature")
            self.logits, self.probs = logits_and_probs(logits, probs, validate_args=validate_args)
            noise = Logistic(
                self.logits / self.temperature,
                1.0 / self.temperature,
                validate_args,
                allow_nan_stats,
            )
            super().__init__(noise, Sigmoid(validate_args), validate_args=validate_args, name=scope)
        self._parameters = parameters
