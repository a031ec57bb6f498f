"""The multivariate normal distribution of contrib.distributions whose covariance is diagonal."""

from __future__ import annotations

import math
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError

__all__ = ["MultivariateNormalDiag"]


class MultivariateNormalDiag(tf.distributions.Distribution):  # type: ignore[misc]
    """Independent normal variables, as one event of length K.

    Args:
        loc: The means `[…, K]`; zeros unless given.
        scale_diag: The standard deviations `[…, K]`; ones unless given.
        scale_identity_multiplier: A factor `[…]` of ones, added to `scale_diag`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: None of the three is given.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiag",
    ) -> None:
        parameters = dict(locals())
        if loc is None and scale_diag is None:
            raise ArgumentError(
                "MultivariateNormalDiag", "scale_diag", None, "given, or loc, to say how long it is"
            )
        with tf.name_scope(name) as scope:
            like = tf.convert_to_tensor(loc if loc is not None else scale_diag)
            self._loc = tf.zeros_like(like) if loc is None else tf.identity(like, name="loc")
            self._scale = _scale(like, scale_diag, scale_identity_multiplier)
        super().__init__(
            dtype=self._loc.dtype,
            reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._loc, self._scale],
            name=scope,
        )

    @property
    def loc(self) -> Tensor:
        """The means `[…, K]`."""
        return self._loc

    def _parameter_shape(self) -> Any:
        return tf.broadcast_static_shape(self._loc.shape, self._scale.shape)

    def _dynamic_shape(self) -> Tensor:
        return tf.broadcast_dynamic_shape(tf.shape(self._loc), tf.shape(self._scale))

    def _batch_shape_tensor(self) -> Tensor:
        return self._dynamic_shape()[:-1]

    def _batch_shape(self) -> Any:
        return self._parameter_shape()[:-1]

    def _event_shape_tensor(self) -> Tensor:
        return self._dynamic_shape()[-1:]

    def _event_shape(self) -> Any:
        return self._parameter_shape()[-1:]

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        shape = tf.concat([[n], self._dynamic_shape()], 0)
        noise = tf.random_normal(shape, dtype=self.dtype, seed=seed)
        return noise * self._scale + self._loc

    def _log_prob(self, x: Tensor) -> Tensor:
        z = (x - self._loc) / self._scale
        each = -0.5 * z * z - 0.5 * math.log(2 * math.pi) - tf.log(tf.abs(self._scale))
        return tf.reduce_sum(each, axis=-1)

    def _entropy(self) -> Tensor:
        log_scale = tf.log(tf.abs(self._scale)) + tf.zeros_like(self._loc)
        return tf.reduce_sum(log_scale + 0.5 * (1 + math.log(2 * math.pi)), axis=-1)

    def _mean(self) -> Tensor:
        return self._loc + tf.zeros_like(self._scale)

    def _stddev(self) -> Tensor:
        return tf.abs(self._scale)

    def _variance(self) -> Tensor:
        return tf.square(self._stddev())

    def _covariance(self) -> Tensor:
        return tf.matrix_diag(self._variance())

    def _mode(self) -> Tensor:
        return self._mean()


def _scale(like: Tensor, scale_diag: Any, multiplier: Any) -> Tensor:
    scale = None if scale_diag is None else tf.convert_to_tensor(scale_diag, name="scale_diag")
    if multiplier is None:
        return tf.ones_like(like) if scale is None else scale
    factor = tf.convert_to_tensor(multiplier, dtype=like.dtype)[..., tf.newaxis]
    return factor * tf.ones_like(like) if scale is None else scale + factor


def _divergence(a: Any, b: Any, name: str | None = None) -> Tensor:
    with tf.name_scope(name, "kl_divergence_normal_diag"):
        ratio = tf.square(a.stddev() / b.stddev())
        distance = tf.square((a.mean() - b.mean()) / b.stddev())
        return 0.5 * tf.reduce_sum(ratio + distance - 1 - tf.log(ratio), axis=-1)


tf.distributions.RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)(_divergence)
