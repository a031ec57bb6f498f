"""Distributions of vectors `loc + scale @ z`, where the numbers in `z` are independent."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._affine import AffineLinearOperator
from graphkit.tf1._contrib._distributions._linear_scales import (
    diagonal_of_square,
    diagonal_scale,
    is_diagonal,
    square_of,
    vector_shapes,
)
from graphkit.tf1._contrib._distributions._transformed import TransformedDistribution

__all__ = ["LinearVector", "VectorExponentialDiag", "VectorLaplaceDiag"]


class LinearVector(TransformedDistribution):
    """What a linear operator and a place make of independent numbers.

    Args:
        noise: The distribution of the numbers, in standard form.
        variance: The variance of one of them.
        loc: The place `[…, K]`, or nothing.
        scale: The operator.
        parameters: The arguments of the subclass.
        name: The name scope.
    """

    def __init__(
        self,
        noise: Any,
        variance: float,
        loc: Any,
        scale: Any,
        parameters: dict[str, Any],
        name: str,
    ) -> None:
        loc = None if loc is None else tf.convert_to_tensor(loc, name="loc")
        batch_shape, event_shape = vector_shapes(loc, scale)
        self._unit = variance
        super().__init__(
            noise,
            AffineLinearOperator(loc, scale, parameters["validate_args"]),
            batch_shape,
            event_shape,
            parameters["validate_args"],
            name,
        )
        self._parameters = parameters

    @property
    def loc(self) -> Tensor | None:
        """The place `[…, K]`, or nothing."""
        return self.bijector.shift

    @property
    def scale(self) -> Any:
        """The linear operator."""
        return self.bijector.scale

    def _moved(self, noise: float) -> Tensor:
        """What the bijector makes of vectors of one number only."""
        shape = tf.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        made = self.bijector.forward(tf.fill(shape, tf.constant(noise, self.dtype)))
        made.set_shape(self.batch_shape.concatenate(self.event_shape))
        return made

    def _mean(self) -> Tensor:
        return self._moved(0.0)

    def _mode(self) -> Tensor:
        return self._moved(0.0)

    def _covariance(self) -> Tensor:
        if is_diagonal(self.scale):
            return tf.matrix_diag(self._variance())
        return self._unit * square_of(self.scale)

    def _variance(self) -> Tensor:
        return self._unit * diagonal_of_square(self.scale)

    def _stddev(self) -> Tensor:
        return tf.sqrt(self._variance())


def _standard(kind: Any, dtype: Any, *given: float) -> Any:
    return kind(*(tf.constant(number, dtype) for number in given))


class _DiagonalVector(LinearVector):
    """A vector whose numbers are independent.

    Args:
        kind: What makes the distribution of one number.
        variance: The variance of it.
        parameters: The arguments of the subclass.
    """

    def __init__(
        self, kind: Any, given: tuple[float, ...], variance: float, parameters: dict[str, Any]
    ) -> None:
        with tf.name_scope(parameters["name"]) as scope:
            place = parameters["loc"]
            loc = None if place is None else tf.convert_to_tensor(place, name="loc")
            scale = diagonal_scale(
                parameters["scale_diag"], parameters["scale_identity_multiplier"], loc
            )
            noise = _standard(kind, scale.dtype, *given)
            super().__init__(noise, variance, loc, scale, parameters, scope)


class VectorExponentialDiag(_DiagonalVector):
    """Independent exponential variables, stretched and moved.

    Args:
        loc: The place `[…, K]`; 0 unless given.
        scale_diag: The standard deviations `[…, K]`; ones unless given.
        scale_identity_multiplier: A factor `[…]` of ones, added to `scale_diag`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither `loc` nor `scale_diag` is given, or they are of different lengths.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorExponentialDiag",
    ) -> None:
        super().__init__(tf.distributions.Exponential, (1.0,), 1.0, dict(locals()))

    def _mean(self) -> Tensor:
        return self._moved(1.0)


class VectorLaplaceDiag(_DiagonalVector):
    """Independent Laplace variables, stretched and moved.

    Args:
        loc: The mean `[…, K]`; 0 unless given.
        scale_diag: The widths `[…, K]`; ones unless given.
        scale_identity_multiplier: A factor `[…]` of ones, added to `scale_diag`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither `loc` nor `scale_diag` is given, or they are of different lengths.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorLaplaceDiag",
    ) -> None:
        super().__init__(tf.distributions.Laplace, (0.0, 1.0), 2.0, dict(locals()))
