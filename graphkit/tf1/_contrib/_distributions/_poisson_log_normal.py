"""A Poisson distribution whose logarithmic rate is a variable itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._counts import Poisson
from graphkit.tf1._contrib._distributions._quadrature import (
    drawn_points,
    hermite,
    midpoints,
    normal_quantiles,
)
from graphkit.tf1._contrib._distributions._scalars import new_seed

__all__ = [
    "PoissonLogNormalQuadratureCompound",
    "quadrature_scheme_lognormal_gauss_hermite",
    "quadrature_scheme_lognormal_quantiles",
]


def quadrature_scheme_lognormal_gauss_hermite(
    loc: Any,
    scale: Any,
    quadrature_size: int,
    validate_args: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Makes points of normal variables, by Gauss and Hermite.

    Args:
        loc: The means `[…]`.
        scale: The standard deviations `[…]`.
        quadrature_size: How many points.
        validate_args: Kept for callers that pass it.
        name: The name scope.

    Returns:
        The points `[…, quadrature_size]` and their weights `[quadrature_size]`.
    """
    with tf.name_scope(name, "vector_diffeomixture_quadrature_gauss_hermite", [loc, scale]):
        return hermite(tf.convert_to_tensor(loc), tf.convert_to_tensor(scale), quadrature_size)


def quadrature_scheme_lognormal_quantiles(
    loc: Any,
    scale: Any,
    quadrature_size: int,
    validate_args: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Makes points of log-normal variables, between their quantiles.

    Args:
        loc: The means of their logarithms, `[…]`.
        scale: The standard deviations of their logarithms, `[…]`.
        quadrature_size: How many points.
        validate_args: Kept for callers that pass it.
        name: The name scope.

    Returns:
        The points `[…, quadrature_size]` and their weights `[quadrature_size]`.
    """
    with tf.name_scope(name, "quadrature_scheme_lognormal_quantiles", [loc, scale]):
        cuts = tf.exp(normal_quantiles(loc, scale, quadrature_size))
        return midpoints(cuts, quadrature_size)


class PoissonLogNormalQuadratureCompound(tf.distributions.Distribution):  # type: ignore[misc]
    """Counts whose logarithmic rate is one of a few points, each with its weight.

    Args:
        loc: The means that the points are made of, `[…]`.
        scale: The standard deviations, `[…]`.
        quadrature_size: How many points.
        quadrature_fn: Makes points and weights of the four arguments `loc`, `scale`,
            `quadrature_size` and `validate_args`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        TypeError: The points are of another dtype than their weights.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        quadrature_size: int = 8,
        quadrature_fn: Callable[..., Any] = quadrature_scheme_lognormal_quantiles,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "PoissonLogNormalQuadratureCompound",
    ) -> None:
        parameters = dict(locals())
        options: dict[str, Any] = {
            "validate_args": validate_args,
            "allow_nan_stats": allow_nan_stats,
        }
        with tf.name_scope(name) as scope:
            self.loc = tf.convert_to_tensor(loc, name="loc")
            self.scale = tf.convert_to_tensor(scale, self.loc.dtype, name="scale")
            self.quadrature_size = quadrature_size
            grid, probs = quadrature_fn(self.loc, self.scale, quadrature_size, validate_args)
            if grid.dtype.base_dtype != probs.dtype.base_dtype:
                raise TypeError(
                    f"Quadrature grid dtype ({grid.dtype.name}) does not match quadrature probs "
                    f"dtype ({probs.dtype.name})."
                )
            self.distribution = Poisson(log_rate=grid, **options)
            self.mixture_distribution = tf.distributions.Categorical(tf.log(probs), **options)
            super().__init__(
                dtype=grid.dtype,
                reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
                parameters=parameters,
                graph_parents=[self.loc, self.scale],
                name=scope,
                **options,
            )

    def _batch_shape(self) -> Any:
        logits = self.mixture_distribution.logits
        return tf.broadcast_static_shape(self.distribution.batch_shape, logits.shape)[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        weights = tf.shape(self.mixture_distribution.logits)
        return tf.broadcast_dynamic_shape(self.distribution.batch_shape_tensor(), weights)[:-1]

    def _event_shape(self) -> Any:
        return tf.TensorShape([])

    def _event_shape_tensor(self) -> Tensor:
        return tf.constant([], tf.int32)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        again = new_seed(seed, "poisson_lognormal_quadrature_compound")
        rate = drawn_points(
            self.distribution.rate, self.mixture_distribution, n, self.batch_shape_tensor(), again
        )
        return tf.random_poisson(rate, [], dtype=self.dtype, seed=seed)

    def _log_averaged(self, logs: Tensor) -> Tensor:
        return tf.reduce_logsumexp(self.mixture_distribution.logits + logs, -1)

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_averaged(self.distribution.log_prob(x[..., tf.newaxis]))

    def _mean(self) -> Tensor:
        return tf.exp(self._log_averaged(self.distribution.log_rate))

    def _log_variance(self) -> Tensor:
        apart = tf.abs(self.distribution.mean() - self._mean()[..., tf.newaxis])
        within = self._log_averaged(self.distribution.log_rate)
        return tf.reduce_logsumexp(
            tf.stack([within, self._log_averaged(2.0 * tf.log(apart))], -1), -1
        )

    def _variance(self) -> Tensor:
        return tf.exp(self._log_variance())

    def _stddev(self) -> Tensor:
        return tf.exp(0.5 * self._log_variance())
