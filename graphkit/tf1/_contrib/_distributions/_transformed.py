"""contrib.distributions: what a bijector makes of draws of another distribution."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._conditional import ConditionalDistribution
from graphkit.tf1._contrib._distributions._shape_override import ShapeOverride
from graphkit.tf1._namespace import load

__all__ = ["ConditionalTransformedDistribution", "TransformedDistribution"]

_Identity: Any = load("tensorflow.python.ops.distributions.identity_bijector:Identity")


class ConditionalTransformedDistribution(ConditionalDistribution):
    """What a bijector makes of draws; `bijector_kwargs` and `distribution_kwargs` are handed on.

    Args:
        distribution: What is drawn from.
        bijector: What draws go through; nothing is changed unless given.
        batch_shape: How many are drawn side by side, of a distribution whose batch is one number.
        event_shape: How many draws make one event, of a distribution of numbers.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: A shape is given where the distribution has one, is no vector or not positive.
    """

    def __init__(
        self,
        distribution: Any,
        bijector: Any = None,
        batch_shape: Any = None,
        event_shape: Any = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        parameters = dict(locals())
        self.bijector = _Identity(validate_args) if bijector is None else bijector
        self.distribution = distribution
        lead = "" if bijector is None else bijector.name
        with tf.name_scope(name or lead + distribution.name) as scope:
            self._override = ShapeOverride(distribution, batch_shape, event_shape)
        super().__init__(
            dtype=distribution.dtype,
            reparameterization_type=distribution.reparameterization_type,
            validate_args=validate_args,
            allow_nan_stats=distribution.allow_nan_stats,
            parameters=parameters,
            graph_parents=distribution._graph_parents + self.bijector.graph_parents,  # noqa: SLF001
            name=scope,
        )

    def _event_shape(self) -> Any:
        return self.bijector.forward_event_shape(self._override.event_shape)

    def _event_shape_tensor(self) -> Tensor:
        return self.bijector.forward_event_shape_tensor(self._override.event_shape_tensor())

    def _batch_shape(self) -> Any:
        return self._override.batch_shape

    def _batch_shape_tensor(self) -> Tensor:
        return self._override.batch_shape_tensor()

    def _call_sample_n(
        self,
        sample_shape: Any,
        seed: Any,
        name: str,
        bijector_kwargs: Any = None,
        distribution_kwargs: Any = None,
    ) -> Tensor:
        # The bijector comes last: it knows its own results again, so that log_prob of a draw
        # need not undo anything.
        with self._name_scope(name, values=[sample_shape]):
            shape = tf.convert_to_tensor(sample_shape, tf.int32, name="sample_shape")
            shape, n = self._expand_sample_shape_to_vector(shape, "sample_shape")
            drawn = self._override.sample(n, seed, **(distribution_kwargs or {}))
            full = tf.concat([shape, tf.shape(drawn)[1:]], 0)
            y = self.bijector.forward(tf.reshape(drawn, full), **(bijector_kwargs or {}))
            return self._set_sample_static_shape(y, shape)

    def _event_ndims(self) -> Any:
        known = self.event_shape.ndims
        return tf.size(self.event_shape_tensor()) if known is None else known

    def _log_prob(
        self, y: Tensor, bijector_kwargs: Any = None, distribution_kwargs: Any = None
    ) -> Tensor:
        given = bijector_kwargs or {}
        x = self.bijector.inverse(y, **given)
        steep = self.bijector.inverse_log_det_jacobian(y, event_ndims=self._event_ndims(), **given)
        if self._is_injective:
            return self._log_prob_of(x, steep, distribution_kwargs)
        # Several numbers give the same one: what they have of it is added.
        branches = [
            self._log_prob_of(*branch, distribution_kwargs) for branch in zip(x, steep, strict=True)
        ]
        return tf.reduce_logsumexp(tf.stack(branches), axis=0)

    def _log_prob_of(self, x: Tensor, steep: Tensor, given: Any) -> Tensor:
        logs = self._override.log_prob(x, **(given or {}))
        return logs + tf.cast(steep, logs.dtype)

    def _prob(self, y: Tensor, **condition: Any) -> Tensor:
        return tf.exp(self._log_prob(y, **condition))

    @property
    def _is_injective(self) -> bool:
        return bool(self.bijector._is_injective)  # noqa: SLF001

    def _undone(self, y: Tensor, what: str) -> Tensor:
        if self._override.changes_events:
            raise NotImplementedError(f"{what} is not implemented when overriding event_shape")
        if not self._is_injective:
            raise NotImplementedError(f"{what} is not implemented when bijector is not injective.")
        return self.bijector.inverse(y)

    def _cdf(self, y: Tensor) -> Tensor:
        return self.distribution.cdf(self._undone(y, "cdf"))

    def _log_cdf(self, y: Tensor) -> Tensor:
        return self.distribution.log_cdf(self._undone(y, "log_cdf"))

    def _survival_function(self, y: Tensor) -> Tensor:
        return self.distribution.survival_function(self._undone(y, "survival_function"))

    def _log_survival_function(self, y: Tensor) -> Tensor:
        return self.distribution.log_survival_function(self._undone(y, "log_survival_function"))

    def _quantile(self, value: Tensor) -> Tensor:
        if self._override.changes_events:
            raise NotImplementedError("quantile is not implemented when overriding event_shape")
        if not self._is_injective:
            raise NotImplementedError("quantile is not implemented when bijector is not injective.")
        return self.bijector.forward(self.distribution.quantile(value))

    def _entropy(self) -> Tensor:
        if not self.bijector.is_constant_jacobian:
            raise NotImplementedError("entropy is not implemented")
        shape = tf.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        steep = self.bijector.inverse_log_det_jacobian(
            tf.zeros(shape, self.dtype), event_ndims=self._event_ndims()
        )
        entropy = self._override.entropy()
        entropy -= tf.cast(steep, entropy.dtype)
        entropy.set_shape(self.batch_shape)
        return entropy


class TransformedDistribution(ConditionalTransformedDistribution):
    """What a bijector makes of draws.

    Args:
        distribution: What is drawn from, of events of the shape that the bijector takes.
        bijector: What draws go through; nothing is changed unless given.
        batch_shape: How many are drawn side by side, of a distribution whose batch is one number.
        event_shape: How many draws make one event, of a distribution of numbers.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: A shape is given where the distribution has one, is no vector or not positive.
    """
