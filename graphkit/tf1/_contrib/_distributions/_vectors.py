"""Distributions of vectors `loc + scale @ z`, where the numbers in `z` are independent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

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

__all__ = ["LinearVector", "VectorExponentialDiag", "VectorLaplaceDiag", "on_diagonal"]


class LinearVector(TransformedDistribution):
    """What a linear operator and a place make of independent numbers.

    Args:
        make_scale: Makes the operator; it gets the place `[…, K]`, or nothing.
        parameters: The arguments of the subclass, of which `loc`, `validate_args` and `name` count.
    """

    # What one number is drawn from, its arguments, and its variance.
    _noise: ClassVar[tuple[Any, tuple[float, ...], float]]

    def __init__(self, make_scale: Callable[[Any], Any], parameters: dict[str, Any]) -> None:
        kind, given, self._unit = self._noise
        place, validate_args = parameters["loc"], parameters["validate_args"]
        with tf.name_scope(parameters["name"]) as scope:
            loc = None if place is None else tf.convert_to_tensor(place, name="loc")
            scale = make_scale(loc)
            super().__init__(
                kind(*(tf.constant(number, scale.dtype) for number in given)),
                AffineLinearOperator(loc, scale, validate_args),
                *vector_shapes(loc, scale),
                validate_args,
                scope,
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


def on_diagonal(parameters: dict[str, Any]) -> Callable[[Any], Any]:
    """Makes the operator of a diagonal of the arguments.

    Args:
        parameters: The arguments, of which `scale_diag` and `scale_identity_multiplier` count.

    Returns:
        What makes it of a place.
    """
    parts = parameters["scale_diag"], parameters["scale_identity_multiplier"]
    return lambda loc: diagonal_scale(*parts, loc)


class VectorExponentialDiag(LinearVector):
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

    _noise = (tf.distributions.Exponential, (1.0,), 1.0)

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorExponentialDiag",
    ) -> None:
        parameters = dict(locals())
        super().__init__(on_diagonal(parameters), parameters)

    def _mean(self) -> Tensor:
        return self._moved(1.0)


class VectorLaplaceDiag(LinearVector):
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

    _noise = (tf.distributions.Laplace, (0.0, 1.0), 2.0)

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorLaplaceDiag",
    ) -> None:
        parameters = dict(locals())
        super().__init__(on_diagonal(parameters), parameters)
