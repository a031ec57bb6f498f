"""A mixture of all that lies between two places and scales."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._affine import AffineLinearOperator
from graphkit.tf1._contrib._distributions._bijectors._softmax_centered import SoftmaxCentered
from graphkit.tf1._contrib._distributions._linear_scales import (
    diagonal_of_square,
    mixed_scale,
    square_of,
)
from graphkit.tf1._contrib._distributions._quadrature import (
    drawn_points,
    hermite,
    midpoints,
    normal_quantiles,
)
from graphkit.tf1._contrib._distributions._scalars import check_scalar, new_seed

__all__ = [
    "VectorDiffeomixture",
    "quadrature_scheme_softmaxnormal_gauss_hermite",
    "quadrature_scheme_softmaxnormal_quantiles",
]

_TWO_ONLY = "Currently only bimixtures are supported"


def quadrature_scheme_softmaxnormal_gauss_hermite(
    normal_loc: Any,
    normal_scale: Any,
    quadrature_size: int,
    validate_args: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Makes pairs of shares of normal variables, by Gauss and Hermite.

    Args:
        normal_loc: The means `[…, 1]`.
        normal_scale: The standard deviations `[…, 1]`.
        quadrature_size: How many pairs.
        validate_args: Kept for callers that pass it.
        name: The name scope.

    Returns:
        The pairs `[…, 2, quadrature_size]` and their weights `[quadrature_size]`.

    Raises:
        ValueError: `normal_scale` is a scalar.
        NotImplementedError: Its last dimension is not 1.
    """
    with tf.name_scope(name, "quadrature_scheme_softmaxnormal_gauss_hermite"):
        points, probs = hermite(*_parameters(normal_loc, normal_scale), quadrature_size)
        return tf.nn.softmax(tf.concat([tf.zeros_like(points), -points], -2), axis=-2), probs


def quadrature_scheme_softmaxnormal_quantiles(
    normal_loc: Any,
    normal_scale: Any,
    quadrature_size: int,
    validate_args: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Makes pairs of shares of normal variables, between their quantiles.

    All else is as for `quadrature_scheme_softmaxnormal_gauss_hermite`.
    """
    with tf.name_scope(name, "softmax_normal_grid_and_probs"):
        cuts = normal_quantiles(*_parameters(normal_loc, normal_scale), quadrature_size)
        return midpoints(SoftmaxCentered().forward(cuts), quadrature_size)


def _parameters(loc: Any, scale: Any) -> tuple[Tensor, Tensor]:
    loc = tf.convert_to_tensor(loc, name="normal_loc")
    scale = tf.convert_to_tensor(scale, loc.dtype.base_dtype, name="normal_scale")
    if scale.shape.ndims == 0:
        raise ValueError(
            "Mixing params must be a (batch of) vector; normal_scale.rank=0 is not at least one."
        )
    size = scale.shape.with_rank_at_least(1).as_list()[-1] if scale.shape.ndims else 1
    if size != 1:
        raise NotImplementedError(f"{_TWO_ONLY}; normal_scale.shape[-1]={size} is not 1.")
    return loc, scale


class VectorDiffeomixture(tf.distributions.Distribution):  # type: ignore[misc]
    """Vectors that are moved and scaled by something between two places and two scales.

    How much of each is drawn from a few pairs of shares, each with its weight.

    Reference: https://arxiv.org/abs/1801.03080.

    Args:
        mix_loc: The mean of what the shares are made of, `[…, 1]`, times `temperature`.
        temperature: How near shares are to halves, `[…, 1]`.
        distribution: What numbers are drawn from, without a batch.
        loc: Two places `[…, D]` or nothing; no place unless given.
        scale: Two linear operators of diagonals or lower triangles, `[…, D, D]`.
        quadrature_size: How many pairs.
        quadrature_fn: Makes pairs and weights of the four arguments mean, standard deviation,
            `quadrature_size` and `validate_args`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: There are fewer than two scales or another number of places, a scale is
            checked and not positive definite, or `distribution` is of vectors or a batch.
        TypeError: The dtypes differ.
        NotImplementedError: There are more than two scales, or an operator is of another kind.
    """

    def __init__(
        self,
        mix_loc: Any,
        temperature: Any,
        distribution: Any,
        loc: Sequence[Any] | None = None,
        scale: Sequence[Any] | None = None,
        quadrature_size: int = 8,
        quadrature_fn: Callable[..., Any] = quadrature_scheme_softmaxnormal_quantiles,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorDiffeomixture",
    ) -> None:
        parameters = dict(locals())
        options = {"validate_args": validate_args, "allow_nan_stats": allow_nan_stats}
        with tf.name_scope(name) as scope:
            places, scales = _endpoints(loc, scale, validate_args)
            dtype = scales[0].dtype.base_dtype
            ends = list(zip(places, scales, strict=True))
            self.endpoint_affine = _affines("endpoint", ends, validate_args)
            if len(scales) != 2:
                raise NotImplementedError(f"{_TWO_ONLY}; len(scale)={len(scales)} is not 2.")
            mean = tf.convert_to_tensor(mix_loc, dtype, name="mix_loc")
            heat = tf.convert_to_tensor(temperature, dtype, name="temperature")
            self.grid, probs = quadrature_fn(
                mean / heat, 1.0 / heat, quadrature_size, validate_args
            )
            self.mixture_distribution = tf.distributions.Categorical(tf.log(probs), **options)
            check_scalar(distribution, dtype)
            self.distribution = distribution
            between = [_between(pair, places, scales) for pair in _pairs(self.grid)]
            self.interpolated_affine = _affines("interpolated", between, validate_args)
            super().__init__(
                dtype=dtype,
                reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED,
                parameters=parameters,
                graph_parents=[
                    *distribution._graph_parents,  # noqa: SLF001
                    *(place for place in places if place is not None),
                ],
                name=scope,
                **options,
            )

    def _batch_shape(self) -> Any:
        shapes = [self.grid.shape[:-2]]
        for end in self.endpoint_affine:
            shapes += [end.scale.batch_shape]
            shapes += [] if end.shift is None else [end.shift.shape[:-1]]
        return functools.reduce(tf.broadcast_static_shape, shapes)

    def _batch_shape_tensor(self) -> Tensor:
        shapes = [tf.shape(self.grid)[:-2]]
        for end in self.endpoint_affine:
            shapes += [end.scale.batch_shape_tensor()]
            shapes += [] if end.shift is None else [tf.shape(end.shift)[:-1]]
        return functools.reduce(tf.broadcast_dynamic_shape, shapes)

    def _event_shape(self) -> Any:
        sizes = [end.scale.shape[-1:] for end in self.endpoint_affine]
        return functools.reduce(tf.broadcast_static_shape, sizes)

    def _event_shape_tensor(self) -> Tensor:
        return self.endpoint_affine[0].scale.range_dimension_tensor()[tf.newaxis]

    def _whole_shape(self) -> Tensor:
        return tf.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        drawn = self.distribution.sample(tf.concat([[n], self._whole_shape()], 0), seed=seed)
        first, second = (end.forward(drawn) for end in self.endpoint_affine)
        again = new_seed(seed, "vector_diffeomixture")
        shares = drawn_points(
            self.grid[..., 0, :], self.mixture_distribution, n, self.batch_shape_tensor(), again
        )
        return shares[..., tf.newaxis] * (first - second) + second

    def _log_prob(self, x: Tensor) -> Tensor:
        z = tf.stack([affine.inverse(x) for affine in self.interpolated_affine], -1)
        volumes = [affine.forward_log_det_jacobian(x, 1) for affine in self.interpolated_affine]
        logs = tf.reduce_sum(self.distribution.log_prob(z), -2)
        logs += self.mixture_distribution.logits - tf.stack(volumes, -1)
        return tf.reduce_logsumexp(logs, -1)

    def _averaged(self, parts: Iterable[Tensor], rank: int) -> Tensor:
        """The mean over pairs of shares of what each gives, of a rank behind the batch."""
        weights = tf.unstack(self.mixture_distribution.probs, axis=-1)
        behind = (..., *[tf.newaxis] * rank)
        weighted = (weight[behind] * part for weight, part in zip(weights, parts, strict=True))
        return functools.reduce(operator.add, weighted)

    def _means(self) -> list[Tensor]:
        """The mean of what each pair of shares gives."""
        one = tf.fill(self._whole_shape(), self.distribution.mean())
        one.set_shape(self.batch_shape.concatenate(self.event_shape))
        return [affine.forward(one) for affine in self.interpolated_affine]

    def _spreads(self, spread_of: Callable[[Any], Tensor]) -> list[Tensor]:
        """The spread of what each pair of shares gives, as a function of its scale tells it."""
        variance = self.distribution.variance()
        return [variance * spread_of(affine.scale) for affine in self.interpolated_affine]

    def _mean(self) -> Tensor:
        return self._averaged(self._means(), 1)

    def _covariance(self) -> Tensor:
        mean = self._mean()
        apart = [(part - mean)[..., tf.newaxis] for part in self._means()]
        between = [tf.matmul(part, part, adjoint_b=True) for part in apart]
        return self._averaged(map(operator.add, self._spreads(square_of), between), 2)

    def _variance(self) -> Tensor:
        mean = self._mean()
        between = [tf.square(part - mean) for part in self._means()]
        return self._averaged(map(operator.add, self._spreads(diagonal_of_square), between), 1)


def _endpoints(
    loc: Sequence[Any] | None, scale: Sequence[Any] | None, validate_args: bool
) -> tuple[list[Tensor | None], list[Any]]:
    """The places and scales, checked to fit each other."""
    if not scale or len(scale) < 2:
        raise ValueError(
            "Must specify list (or list-like object) of scale LinearOperators, one for each "
            "component with num_component >= 2."
        )
    places = [None] * len(scale) if loc is None else list(loc)
    if len(places) != len(scale):
        raise ValueError("loc/scale must be same-length lists (or same-length list-like objects).")
    dtype = scale[0].dtype.base_dtype
    for number, one in enumerate(scale):
        if validate_args and not one.is_positive_definite:
            definite = one.is_positive_definite
            raise ValueError(f"scale[{number}].is_positive_definite = {definite} != True")
        if one.dtype.base_dtype != dtype:
            raise TypeError(
                f'dtype mismatch; scale[{number}].base_dtype="{one.dtype.base_dtype.name}" '
                f'!= "{dtype.name}"'
            )
    made = [
        None if place is None else tf.convert_to_tensor(place, dtype, name=f"loc{number}")
        for number, place in enumerate(places)
    ]
    return made, list(scale)


def _affines(
    name: str, moves: Sequence[tuple[Tensor | None, Any]], validate_args: bool
) -> list[Any]:
    return [
        AffineLinearOperator(place, scale, validate_args, f"{name}_affine_{number}")
        for number, (place, scale) in enumerate(moves)
    ]


def _pairs(grid: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The pairs of shares, `[…]` each."""
    size = grid.shape.with_rank_at_least(1).as_list()[-1] if grid.shape.ndims else None
    if size is None:
        raise ValueError("Num quadrature grid points must be known prior to graph execution.")
    return [(grid[..., 0, number], grid[..., 1, number]) for number in range(size)]


def _between(
    pair: tuple[Tensor, Tensor], places: Sequence[Tensor | None], scales: Sequence[Any]
) -> tuple[Tensor | None, Any]:
    """The place and the scale that shares of both make."""
    moved = [
        share[..., tf.newaxis] * place
        for share, place in zip(pair, places, strict=True)
        if place is not None
    ]
    place = functools.reduce(operator.add, moved) if moved else None
    return place, mixed_scale(pair, scales)
