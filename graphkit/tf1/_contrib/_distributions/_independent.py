"""A distribution some of whose batch dimensions are taken as dimensions of events."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["Independent"]


class Independent(tf.distributions.Distribution):  # type: ignore[misc]
    """Another distribution whose last batch dimensions make one event.

    Args:
        distribution: The other; the rank of its batch must be known.
        reinterpreted_batch_ndims: How many dimensions; all but the first unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: The batch has fewer dimensions, or how many is unknown before the graph runs.
    """

    def __init__(
        self,
        distribution: Any,
        reinterpreted_batch_ndims: Any = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        parameters = dict(locals())
        self.distribution = distribution
        rank = distribution.batch_shape.ndims
        given = reinterpreted_batch_ndims
        if given is None and rank is not None:
            given = max(0, rank - 1)
        taken = None if given is None else tf.get_static_value(tf.convert_to_tensor(given))
        if rank is None or taken is None:
            raise ValueError("reinterpreted_batch_ndims and the rank of the batch must be known")
        if taken > rank:
            raise ValueError(
                f"reinterpreted_batch_ndims({taken}) cannot exceed distribution.batch_ndims({rank})"
            )
        self.reinterpreted_batch_ndims = int(taken)
        self._kept = rank - self.reinterpreted_batch_ndims
        with tf.name_scope(name or f"Independent{distribution.name}") as scope:
            super().__init__(
                dtype=distribution.dtype,
                reparameterization_type=distribution.reparameterization_type,
                validate_args=validate_args,
                allow_nan_stats=distribution.allow_nan_stats,
                parameters=parameters,
                graph_parents=distribution._graph_parents,  # noqa: SLF001
                name=scope,
            )

    def _batch_shape(self) -> Any:
        return self.distribution.batch_shape[: self._kept]

    def _batch_shape_tensor(self) -> Tensor:
        return self.distribution.batch_shape_tensor()[: self._kept]

    def _event_shape(self) -> Any:
        taken = self.distribution.batch_shape[self._kept :]
        return taken.concatenate(self.distribution.event_shape)

    def _event_shape_tensor(self) -> Tensor:
        taken = self.distribution.batch_shape_tensor()[self._kept :]
        return tf.concat([taken, self.distribution.event_shape_tensor()], 0)

    def _summed(self, parts: Tensor) -> Tensor:
        return tf.reduce_sum(parts, list(range(-self.reinterpreted_batch_ndims, 0)))

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        return self.distribution.sample(n, seed=seed)

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._summed(self.distribution.log_prob(x))

    def _entropy(self) -> Tensor:
        return self._summed(self.distribution.entropy())

    def _mean(self) -> Tensor:
        return self.distribution.mean()

    def _variance(self) -> Tensor:
        return self.distribution.variance()

    def _stddev(self) -> Tensor:
        return self.distribution.stddev()

    def _mode(self) -> Tensor:
        return self.distribution.mode()


def _divergence(a: Independent, b: Independent, name: str | None = None) -> Tensor:
    own, other = a.distribution, b.distribution
    if not a.event_shape.is_compatible_with(b.event_shape):
        raise ValueError("Event shapes do not match.")
    if not own.event_shape.is_compatible_with(other.event_shape):
        raise NotImplementedError("KL between Independents with different event shapes")
    with tf.name_scope(name, "kl_independent"):
        return a._summed(tf.distributions.kl_divergence(own, other))  # noqa: SLF001


tf.distributions.RegisterKL(Independent, Independent)(_divergence)
