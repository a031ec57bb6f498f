"""The multivariate normal distributions of contrib.distributions."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._linear_scales import (
    diagonal_scale,
    is_diagonal,
    low_rank_scale,
    triangular_scale,
)
from graphkit.tf1._contrib._distributions._vectors import LinearVector, on_diagonal

__all__ = [
    "MultivariateNormalDiag",
    "MultivariateNormalDiagPlusLowRank",
    "MultivariateNormalFullCovariance",
    "MultivariateNormalTriL",
]


class MultivariateNormal(LinearVector):
    """Normal variables as one event of length K, as `LinearVector` makes them."""

    _noise = (tf.distributions.Normal, (0.0, 1.0), 1.0)


class MultivariateNormalDiag(MultivariateNormal):
    """Independent normal variables, as one event of length K.

    Args:
        loc: The means `[…, K]`; zeros unless given.
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
        name: str = "MultivariateNormalDiag",
    ) -> None:
        parameters = dict(locals())
        super().__init__(on_diagonal(parameters), parameters)


class MultivariateNormalTriL(MultivariateNormal):
    """Normal variables whose covariance is that of a lower triangle.

    Args:
        loc: The means `[…, K]`; zeros unless given.
        scale_tril: A lower triangle `[…, K, K]`; the identity unless given.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither is given, or they are of different lengths.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_tril: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalTriL",
    ) -> None:
        parameters = dict(locals())
        if loc is None and scale_tril is None:
            raise ValueError("Must specify one or both of `loc`, `scale_tril`.")

        def make_scale(loc: Tensor | None) -> Any:
            if scale_tril is None:
                return diagonal_scale(None, None, loc)
            return triangular_scale(scale_tril, None, None)

        super().__init__(make_scale, parameters)


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
    """Normal variables of a given covariance.

    Args:
        loc: The means `[…, K]`; zeros unless given.
        covariance_matrix: The covariance `[…, K, K]`; the identity unless given.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither is given, or they are of different lengths.
    """

    def __init__(
        self,
        loc: Any = None,
        covariance_matrix: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalFullCovariance",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            root = None
            if covariance_matrix is not None:
                root = _root(tf.convert_to_tensor(covariance_matrix), validate_args)
            super().__init__(loc, root, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


def _root(covariance: Tensor, validate_args: bool) -> Tensor:
    turned, message = tf.matrix_transpose(covariance), "Matrix was not symmetric"
    checks = [tf.debugging.assert_near(covariance, turned, message=message)]
    with tf.control_dependencies(checks if validate_args else []):
        return tf.cholesky(tf.identity(covariance))


class MultivariateNormalDiagPlusLowRank(MultivariateNormal):
    """Normal variables whose scale is a diagonal and a product of a narrow matrix with itself.

    Args:
        loc: The means `[…, K]`; zeros unless given.
        scale_diag: The diagonal `[…, K]`.
        scale_identity_multiplier: A factor `[…]` of ones, added to `scale_diag`.
        scale_perturb_factor: The narrow matrix `[…, K, R]`; no product unless given.
        scale_perturb_diag: What stands in the middle of the product, `[…, R]`.
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
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiagPlusLowRank",
    ) -> None:
        parameters = dict(locals())
        narrow = scale_perturb_factor is not None or scale_perturb_diag is not None
        wanted = ("positive" if narrow else "non-zero") if validate_args else None

        def make_scale(loc: Tensor | None) -> Any:
            scale = diagonal_scale(scale_diag, scale_identity_multiplier, loc, wanted)
            if not narrow:
                return scale
            return low_rank_scale(scale, scale_perturb_factor, scale_perturb_diag)

        super().__init__(make_scale, parameters)


def _divergence(a: Any, b: Any, name: str | None = None) -> Tensor:
    with tf.name_scope(name, "kl_mvn"):
        if is_diagonal(a.scale) and is_diagonal(b.scale):
            ratio = (a.stddev() / b.stddev())[..., tf.newaxis]
        else:
            ratio = b.scale.solve(a.scale.to_dense())
        distance = b.scale.solvevec(b.mean() - a.mean())
        size = tf.cast(a.scale.domain_dimension_tensor(), a.dtype)
        squares = tf.reduce_sum(tf.square(ratio), [-2, -1])
        squares += tf.reduce_sum(tf.square(distance), -1)
        steeper = b.scale.log_abs_determinant() - a.scale.log_abs_determinant()
        divergence = steeper + 0.5 * (squares - size)
        divergence.set_shape(tf.broadcast_static_shape(a.batch_shape, b.batch_shape))
        return divergence


tf.distributions.RegisterKL(MultivariateNormal, MultivariateNormal)(_divergence)
