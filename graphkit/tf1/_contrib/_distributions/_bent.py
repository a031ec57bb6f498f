"""Distributions that bend draws of a simple one: SinhArcsinh and Kumaraswamy."""

from __future__ import annotations

import functools
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors import _elementwise
from graphkit.tf1._contrib._distributions._bijectors._affine import Affine
from graphkit.tf1._contrib._distributions._bijectors._composed import Chain
from graphkit.tf1._contrib._distributions._linear_scales import diagonal_scale, vector_shapes
from graphkit.tf1._contrib._distributions._scalars import check_scalar, where_above
from graphkit.tf1._contrib._distributions._transformed import TransformedDistribution

__all__ = ["Kumaraswamy", "SinhArcsinh", "VectorSinhArcsinhDiag"]


def _batch_of(*tensors: Tensor) -> Any:
    """The shape tensors are broadcast to: numbers where it is known, else a tensor."""
    known = functools.reduce(tf.broadcast_static_shape, [part.shape for part in tensors])
    if known.is_fully_defined():
        return known.as_list()
    return functools.reduce(tf.broadcast_dynamic_shape, [tf.shape(part) for part in tensors])


class _Bend:
    """The sinh-arcsinh function, and how much it stretches without skewness.

    Args:
        skewness: How far it leans; 0 unless given.
        tailweight: How heavy the tails become; 1 unless given.
        dtype: The dtype.
    """

    def __init__(self, skewness: Any, tailweight: Any, dtype: Any) -> None:
        lean = 0.0 if skewness is None else skewness
        weight = 1.0 if tailweight is None else tailweight
        self.skewness = tf.convert_to_tensor(lean, dtype, name="skewness")
        self.tailweight = tf.convert_to_tensor(weight, dtype, name="tailweight")
        self.bijector = _elementwise.SinhArcsinh(self.skewness, self.tailweight)
        upright = _elementwise.SinhArcsinh(tf.zeros([], dtype), self.tailweight)
        # Two standard deviations stay where they are, whatever the tails do.
        self.stretch = 2 / upright.forward(tf.constant(2.0, dtype))


def _unit_normal(given: Any, dtype: Any) -> Any:
    if given is None:
        return tf.distributions.Normal(tf.zeros([], dtype), tf.ones([], dtype))
    check_scalar(given, dtype)
    return given


class SinhArcsinh(TransformedDistribution):
    """A normal variable that leans to a side and whose tails are heavier or lighter.

    Args:
        loc: The place, `[…]`.
        scale: The width, `[…]`.
        skewness: How far it leans, `[…]`; 0 unless given.
        tailweight: How heavy the tails are, `[…]`; 1 unless given.
        distribution: What is bent instead of a standard normal variable.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: `distribution` has a batch or is of vectors.
        TypeError: It is of another dtype.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        skewness: Any = None,
        tailweight: Any = None,
        distribution: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "SinhArcsinh",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.loc = tf.convert_to_tensor(loc, name="loc")
            self.scale = tf.convert_to_tensor(scale, self.loc.dtype, name="scale")
            bend = _Bend(skewness, tailweight, self.loc.dtype)
            self.skewness, self.tailweight = bend.skewness, bend.tailweight
            moved = _elementwise.AffineScalar(self.loc, self.scale * bend.stretch, validate_args)
            super().__init__(
                _unit_normal(distribution, self.loc.dtype),
                Chain([moved, bend.bijector]),
                _batch_of(self.loc, self.scale, self.tailweight, self.skewness),
                validate_args=validate_args,
                name=scope,
            )
        self._parameters = parameters


class VectorSinhArcsinhDiag(TransformedDistribution):
    """Independent normal variables, all bent alike, as one event of length K.

    Args:
        loc: The place `[…, K]`; 0 unless given.
        scale_diag: The widths `[…, K]`; ones unless given.
        scale_identity_multiplier: A factor `[…]` of ones, added to `scale_diag`.
        skewness: How far they lean, a number or `[K]`; 0 unless given.
        tailweight: How heavy their tails are; 1 unless given.
        distribution: What is bent instead of a standard normal variable.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither `loc` nor `scale_diag` is given, or `distribution` is of vectors.
        TypeError: `distribution` is of another dtype.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        skewness: Any = None,
        tailweight: Any = None,
        distribution: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalLinearOperator",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.loc = None if loc is None else tf.convert_to_tensor(loc, name="loc")
            self.scale = diagonal_scale(scale_diag, scale_identity_multiplier, self.loc)
            bend = _Bend(skewness, tailweight, self.scale.dtype)
            self.skewness, self.tailweight = bend.skewness, bend.tailweight
            widths = self.scale.diag_part() * bend.stretch
            moved = Affine(self.loc, scale_diag=widths, validate_args=validate_args)
            super().__init__(
                _unit_normal(distribution, self.scale.dtype),
                Chain([moved, bend.bijector]),
                *vector_shapes(self.loc, self.scale),
                validate_args,
                scope,
            )
        self._parameters = parameters


class Kumaraswamy(TransformedDistribution):
    """Numbers between 0 and 1, whose cumulative function is `1 - (1 - x ** a) ** b`.

    Args:
        concentration1: The inner power `a`, `[…]`.
        concentration0: The outer power `b`, `[…]`.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.
    """

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Kumaraswamy",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self.concentration1 = tf.convert_to_tensor(concentration1, name="concentration1")
            self.concentration0 = tf.convert_to_tensor(concentration0, name="concentration0")
            dtype = self.concentration1.dtype
            even = tf.distributions.Uniform(
                tf.zeros([], dtype), tf.ones([], dtype), allow_nan_stats=allow_nan_stats
            )
            bijector = _elementwise.Kumaraswamy(
                self.concentration1, self.concentration0, validate_args
            )
            batch = _batch_of(self.concentration1, self.concentration0)
            super().__init__(even, bijector, batch, name=scope)
        self._parameters = parameters
        self._reparameterization_type = tf.distributions.FULLY_REPARAMETERIZED

    def _entropy(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        # The formula of 1.15, where integration gives (1 - 1/b) + (1 - 1/a) harmonic - log(a b).
        harmonic = tf.digamma(b + 1) - tf.digamma(tf.ones([], b.dtype))
        return (1 - 1 / a) + (1 - 1 / b) * harmonic + tf.log(a) + tf.log(b)

    def _moment(self, power: float) -> Tensor:
        a, b = self.concentration1, self.concentration0
        first = 1 + power / a
        return tf.exp(tf.log(b) + tf.lgamma(first) + tf.lgamma(b) - tf.lgamma(first + b))

    def _mean(self) -> Tensor:
        return self._moment(1)

    def _variance(self) -> Tensor:
        return self._moment(2) - tf.square(self._moment(1))

    def _mode(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        mode = ((a - 1) / (a * b - 1)) ** (1 / a)
        return where_above(self, mode, 1.0, {"concentration1": a, "concentration0": b})
