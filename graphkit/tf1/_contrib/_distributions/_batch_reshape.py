"""A distribution whose batch has another shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["BatchReshape"]

_static_shape: Any = load("tensorflow.python.framework.tensor_util:constant_value_as_shape")


class BatchReshape(tf.distributions.Distribution):  # type: ignore[misc]
    """Another distribution whose batch is given another shape; nothing is broadcast.

    Args:
        distribution: The other.
        batch_shape: The shape, integers, one of which may be -1.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: The shape is no vector, has numbers below -1, or is of another size.
    """

    def __init__(
        self,
        distribution: Any,
        batch_shape: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ) -> None:
        parameters = dict(locals())
        self.distribution = distribution
        with tf.name_scope(name or f"BatchReshape{distribution.name}") as scope:
            self._given = tf.convert_to_tensor(batch_shape, tf.int32, name="batch_shape")
            self._known = _known_shape(distribution, self._given)
            self._full, self._checks = self._given, []
            if not self._known.is_fully_defined():
                self._full = _filled(distribution.batch_shape_tensor(), self._given)
                if validate_args:
                    self._checks = _shape_checks(distribution, self._given, self._full)
            super().__init__(
                dtype=distribution.dtype,
                reparameterization_type=distribution.reparameterization_type,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                graph_parents=[self._given, *distribution._graph_parents],  # noqa: SLF001
                name=scope,
            )

    def _batch_shape(self) -> Any:
        return self._known

    def _batch_shape_tensor(self) -> Tensor:
        with tf.control_dependencies(self._checks):
            return tf.identity(self._full)

    def _event_shape(self) -> Any:
        return self.distribution.event_shape

    def _event_shape_tensor(self) -> Tensor:
        with tf.control_dependencies(self._checks):
            return tf.identity(self.distribution.event_shape_tensor())

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        with tf.control_dependencies(self._checks):
            drawn = self.distribution.sample(n, seed=seed)
            return tf.reshape(drawn, tf.concat([[n], self._given, self.event_shape_tensor()], 0))

    def _rank_of_draws(self) -> Any:
        """How many dimensions a draw of the whole batch has."""
        batch, event = self.batch_shape.ndims, self.event_shape.ndims
        if None not in (batch, event):
            return batch + event
        return tf.size(self._given) + tf.size(self.event_shape_tensor())

    def _through(self, function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """What a function of the other makes of values, in the shape of this batch."""
        rank = tf.rank(x) if x.shape.ndims is None else x.shape.ndims
        before = rank - self._rank_of_draws()
        with tf.control_dependencies([*self._checks, *self._fits(x, before)]):
            drawn = tf.shape(x)[:before]
            own = [drawn, self.distribution.batch_shape_tensor(), self.event_shape_tensor()]
            found = function(tf.reshape(x, tf.concat(own, 0)))
            found = tf.reshape(found, tf.concat([drawn, self._given], 0))
        if isinstance(before, int):
            found.set_shape(x.shape[:before].concatenate(self.batch_shape))
        return found

    def _fits(self, x: Tensor, before: Any) -> list[Any]:
        """Finds values that would have to be broadcast, now or when the graph runs."""
        wanted = self.batch_shape.concatenate(self.event_shape)
        if isinstance(before, int):
            if before < 0:
                raise NotImplementedError(
                    "Broadcasting is not supported; too few batch and event dims "
                    f"(expected at least {wanted.ndims}, saw {x.shape.ndims})."
                )
            own = x.shape[before:]
            if wanted.is_fully_defined() and own.is_fully_defined():
                if own != wanted:
                    raise NotImplementedError(
                        "Broadcasting is not supported; unexpected batch and event shape "
                        f"(expected {wanted.as_list()}, saw {own.as_list()})."
                    )
                return []
        if not self.validate_args:
            return []
        expected = tf.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        few = "Broadcasting is not supported; too few batch and event dims."
        other = "Broadcasting is not supported; unexpected batch and event shape."
        with tf.control_dependencies([tf.assert_non_negative(before, message=few)]):
            return [tf.assert_equal(expected, tf.shape(x)[before:], message=other)]

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._through(self.distribution.log_prob, x)

    def _prob(self, x: Tensor) -> Tensor:
        return self._through(self.distribution.prob, x)

    def _log_cdf(self, x: Tensor) -> Tensor:
        return self._through(self.distribution.log_cdf, x)

    def _cdf(self, x: Tensor) -> Tensor:
        return self._through(self.distribution.cdf, x)

    def _log_survival_function(self, x: Tensor) -> Tensor:
        return self._through(self.distribution.log_survival_function, x)

    def _survival_function(self, x: Tensor) -> Tensor:
        return self._through(self.distribution.survival_function, x)

    def _reshaped(self, statistic: Callable[[], Tensor], events: int = 1) -> Tensor:
        """A statistic of the other, with an event's shape so many times, in this batch's shape."""
        with tf.control_dependencies(self._checks):
            shape = tf.concat([self._given, *[self.event_shape_tensor()] * events], 0)
            found = tf.reshape(statistic(), shape)
        known = self.batch_shape
        for _ in range(events):
            known = known.concatenate(self.event_shape)
        found.set_shape(known)
        return found

    def _entropy(self) -> Tensor:
        return self._reshaped(self.distribution.entropy, 0)

    def _mean(self) -> Tensor:
        return self._reshaped(self.distribution.mean)

    def _mode(self) -> Tensor:
        return self._reshaped(self.distribution.mode)

    def _stddev(self) -> Tensor:
        return self._reshaped(self.distribution.stddev)

    def _variance(self) -> Tensor:
        return self._reshaped(self.distribution.variance)

    def _covariance(self) -> Tensor:
        return self._reshaped(self.distribution.covariance, 2)


def _known_shape(distribution: Any, given: Tensor) -> Any:
    """What is known of a shape before the graph runs."""
    if given.shape.ndims not in (None, 1):
        raise ValueError(f"`batch_shape` must be a vector (saw rank: {given.shape.ndims}).")
    known = _static_shape(given)
    size, own = known.num_elements(), distribution.batch_shape.num_elements()
    if None not in (size, own) and size != own:
        raise ValueError(
            f"`batch_shape` size ({size}) must match `distribution.batch_shape` size ({own})."
        )
    if known.ndims is not None and any(side is not None and side < 1 for side in known.as_list()):
        raise ValueError("`batch_shape` elements must be >=-1.")
    return known


def _filled(own: Tensor, given: Tensor) -> Tensor:
    """A shape with what stands for -1."""
    rest = tf.reduce_prod(own) // tf.maximum(1, -tf.reduce_prod(given))
    return tf.where(tf.equal(given, -1), tf.fill(tf.shape(given), rest), given)


def _shape_checks(distribution: Any, given: Tensor, full: Tensor) -> list[Any]:
    unknown = tf.reduce_sum(tf.cast(tf.equal(given, -1), tf.int32))
    size = tf.reduce_prod(distribution.batch_shape_tensor())
    return [
        tf.assert_less_equal(unknown, 1, message="At most one dimension can be unknown."),
        tf.assert_positive(full, message="Shape elements must be >=-1."),
        tf.assert_equal(tf.reduce_prod(full), size, message="Shape sizes do not match."),
    ]
