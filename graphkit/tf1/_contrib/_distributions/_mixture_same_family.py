"""A mixture of the members of one distribution's batch."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import new_seed

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(tf.distributions.Distribution):  # type: ignore[misc]
    """What one of a batch's last K members gives, each with its probability.

    Args:
        mixture_distribution: The distribution over 0 to K - 1, of one batch or as many.
        components_distribution: The members, a batch of shape `[…, K]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: The mixture is of vectors or of no integers, or the two do not fit.
    """

    def __init__(
        self,
        mixture_distribution: Any,
        components_distribution: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MixtureSameFamily",
    ) -> None:
        parameters = dict(locals())
        _check(mixture_distribution, components_distribution)
        self.mixture_distribution = mixture_distribution
        self.components_distribution = components_distribution
        event = components_distribution.event_shape
        if event.ndims is None:
            raise ValueError("`components_distribution` must have events of known rank")
        self._rank = event.ndims
        with tf.name_scope(name) as scope:
            super().__init__(
                dtype=components_distribution.dtype,
                reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                graph_parents=[mixture_distribution.logits],
                name=scope,
            )

    def _batch_shape(self) -> Any:
        return self.components_distribution.batch_shape.with_rank_at_least(1)[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        return self.components_distribution.batch_shape_tensor()[:-1]

    def _event_shape(self) -> Any:
        return self.components_distribution.event_shape

    def _event_shape_tensor(self) -> Tensor:
        return self.components_distribution.event_shape_tensor()

    def _beside_members(self, x: Tensor) -> Tensor:
        """A dimension of 1 where the members are."""
        return tf.expand_dims(x, -1 - self._rank)

    def _beside_events(self, weights: Tensor, rank: int) -> Tensor:
        """Weights `[…, K]` with a dimension of 1 for each of an event."""
        for _ in range(rank):
            weights = weights[..., tf.newaxis]
        return weights

    def _averaged(self, parts: Tensor, rank: int) -> Tensor:
        """The mean over members of statistics of some rank."""
        weights = self._beside_events(tf.nn.softmax(self.mixture_distribution.logits), rank)
        return tf.reduce_sum(weights * parts, -1 - rank)

    def _log_averaged(self, logs: Tensor) -> Tensor:
        weights = tf.nn.log_softmax(self.mixture_distribution.logits)
        return tf.reduce_logsumexp(logs + weights, -1)

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_averaged(self.components_distribution.log_prob(self._beside_members(x)))

    def _log_cdf(self, x: Tensor) -> Tensor:
        return self._log_averaged(self.components_distribution.log_cdf(self._beside_members(x)))

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        drawn = self.components_distribution.sample(n, seed=seed)
        again = new_seed(seed, "mixture_same_family")
        chosen = self.mixture_distribution.sample(n, seed=again)
        members = self.components_distribution.batch_shape_tensor()[-1]
        mask = tf.one_hot(chosen, members, dtype=drawn.dtype)
        missing = tf.rank(drawn) - self._rank - tf.rank(mask)
        shape = tf.shape(mask)
        # One choice for a whole batch stands beside every row of it.
        shape = tf.concat([shape[:-1], tf.ones([missing], tf.int32), shape[-1:]], 0)
        mask = self._beside_events(tf.reshape(mask, shape), self._rank)
        made = tf.reduce_sum(drawn * mask, -1 - self._rank)
        made.set_shape(drawn.shape[:1].concatenate(self.batch_shape).concatenate(self.event_shape))
        return made

    def _mean(self) -> Tensor:
        return self._averaged(self.components_distribution.mean(), self._rank)

    def _variance(self) -> Tensor:
        members = self.components_distribution
        apart = tf.squared_difference(members.mean(), self._beside_members(self._mean()))
        return self._averaged(members.variance() + apart, self._rank)

    def _covariance(self) -> Tensor:
        if self._rank != 1:
            raise NotImplementedError("covariance is not implemented")
        members = self.components_distribution
        apart = members.mean() - self._beside_members(self._mean())
        between = apart[..., tf.newaxis] * apart[..., tf.newaxis, :]
        return self._averaged(members.covariance() + between, 2)


def _check(mixture: Any, members: Any) -> None:
    if not mixture.dtype.is_integer:
        raise ValueError(
            f"`mixture_distribution.dtype` ({mixture.dtype.name}) is not over integers"
        )
    if mixture.event_shape.ndims:
        raise ValueError("`mixture_distribution` must have scalar `event_dim`s")
    whole = members.batch_shape.with_rank_at_least(1)
    batch, own = mixture.batch_shape, whole[:-1]
    if batch.is_fully_defined() and own.is_fully_defined() and batch.ndims and batch != own:
        raise ValueError(
            f"`mixture_distribution.batch_shape` (`{batch.as_list()}`) is not compatible with "
            f"`components_distribution.batch_shape` (`{own.as_list()}`)"
        )
    classes = mixture.logits.shape.with_rank_at_least(1)[-1:].as_list()[0]
    count = whole[-1:].as_list()[0]
    if None not in (classes, count) and classes != count:
        raise ValueError(
            f"`mixture_distribution components` ({classes}) does not equal "
            f"`components_distribution.batch_shape[-1]` ({count})"
        )
