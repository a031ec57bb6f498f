"""A distribution of one number, drawn as often as a batch or an event of another shape needs."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["ShapeOverride"]


class ShapeOverride:
    """Draws and probabilities of a distribution that is given another batch or event shape.

    Args:
        distribution: The distribution; of one number where its batch or event shape is replaced.
        batch_shape: What replaces the batch shape, a vector; nothing unless given.
        event_shape: What replaces the event shape.

    Raises:
        ValueError: A shape is given where the distribution has one, is no vector or not positive.
    """

    def __init__(self, distribution: Any, batch_shape: Any, event_shape: Any) -> None:
        self._distribution = distribution
        self._batch = _override(batch_shape, distribution.batch_shape, "batch_shape")
        self._event = _override(event_shape, distribution.event_shape, "event_shape")
        self.changes_events = self._event is not None
        # Events are drawn in front of a batch that stays, and then brought behind it.
        stays = self._batch is None and distribution.batch_shape.ndims != 0
        self._turned = _length(self._event) if self.changes_events and stays else 0

    @property
    def batch_shape(self) -> Any:
        """The static shape of the batch."""
        return self._distribution.batch_shape if self._batch is None else _static(self._batch)

    @property
    def event_shape(self) -> Any:
        """The static shape of an event."""
        return self._distribution.event_shape if self._event is None else _static(self._event)

    def batch_shape_tensor(self) -> Tensor:
        """Returns the shape of the batch, integers."""
        return self._distribution.batch_shape_tensor() if self._batch is None else self._batch

    def event_shape_tensor(self) -> Tensor:
        """Returns the shape of an event, integers."""
        return self._distribution.event_shape_tensor() if self._event is None else self._event

    def sample(self, n: Tensor, seed: Any, **condition: Any) -> Tensor:
        """Draws.

        Args:
            n: How many events for each of the batch.
            seed: The op's seed.
            condition: What the distribution depends on.

        Returns:
            The draws, `[n] + batch_shape + event_shape`.
        """
        given = [part for part in (self._batch, self._event) if part is not None]
        order = [*given, [n]] if self._turned else [[n], *given]
        drawn = self._distribution.sample(tf.concat(order, 0), seed=seed, **condition)
        return _turn(drawn, self._turned) if self._turned else drawn

    def log_prob(self, x: Tensor, **condition: Any) -> Tensor:
        """Computes the logarithms of densities.

        Args:
            x: Where, `[…] + batch_shape + event_shape`.
            condition: What the distribution depends on.

        Returns:
            The logarithms, `[…] + batch_shape`.
        """
        if self._event is None:
            return self._distribution.log_prob(x, **condition)
        rank = _length(self._event)
        if not self._turned:
            parts = self._distribution.log_prob(x, **condition)
            return tf.reduce_sum(parts, list(range(-rank, 0)))
        parts = self._distribution.log_prob(_turn(x, tf.rank(x) - rank), **condition)
        return tf.reduce_sum(parts, list(range(rank)))

    def entropy(self) -> Tensor:
        """Returns the entropy of events, of the batch's shape."""
        entropy = self._distribution.entropy()
        if self._event is not None:
            entropy *= tf.cast(tf.reduce_prod(self._event), entropy.dtype)
        return entropy if self._batch is None else tf.fill(self._batch, entropy)


def _turn(x: Tensor, count: Any) -> Tensor:
    """Brings the first dimensions behind the others."""
    order = tf.range(tf.rank(x))
    return tf.transpose(x, tf.concat([order[count:], order[:count]], 0))


def _override(given: Any, base: Any, name: str) -> Tensor | None:
    if given is None:
        return None
    shape = tf.convert_to_tensor(given, tf.int32, name=name)
    if shape.shape.ndims != 1:
        raise ValueError("shape override must be a vector")
    if shape.shape.as_list() == [0]:
        return None
    known = tf.get_static_value(shape)
    if known is not None and (known <= 0).any():
        raise ValueError("shape override must have positive elements")
    if base.ndims:
        raise ValueError("base distribution not scalar")
    return shape


def _length(shape: Any) -> int:
    length = shape.shape.as_list()[0]
    if length is None:
        raise ValueError("shape override must be a vector of known length")
    return int(length)


def _static(shape: Tensor) -> Any:
    known = tf.get_static_value(shape, partial=True)
    if known is not None:
        return tf.TensorShape(list(known))
    length = shape.shape.as_list()[0]
    return tf.TensorShape(None if length is None else [None] * length)
