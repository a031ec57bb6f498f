"""The Wishart distributions: of matrices that are sums of squares of normal vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import new_seed

__all__ = ["WishartCholesky", "WishartFull"]


class _Wishart(tf.distributions.Distribution):  # type: ignore[misc]
    """The part that is the same however the scale is given.

    Args:
        root: The lower triangle of the scale, `[…, K, K]`.
        parameters: The arguments of the subclass.
        name: The name scope.
    """

    def __init__(self, root: Tensor, parameters: dict[str, Any], name: str) -> None:
        if not root.dtype.is_floating:
            raise TypeError(f"scale.dtype={root.dtype} is not a floating-point type")
        self.cholesky_input_output_matrices = parameters["cholesky_input_output_matrices"]
        self.scale_operator = tf.linalg.LinearOperatorLowerTriangular(
            root, is_non_singular=True, is_positive_definite=True, is_square=True
        )
        size = root.shape.as_list()[-1]
        if size is None:
            raise ValueError("scale must be of known size")
        self._size = int(size)
        self.dimension = tf.constant(self._size, root.dtype, name="dimension")
        df = tf.convert_to_tensor(parameters["df"], root.dtype, name="df")
        self.df = _enough(df, self._size, parameters["validate_args"])
        super().__init__(
            dtype=root.dtype,
            reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED,
            validate_args=parameters["validate_args"],
            allow_nan_stats=parameters["allow_nan_stats"],
            parameters=parameters,
            graph_parents=[self.df, root],
            name=name,
        )

    def scale(self) -> Tensor:
        """Returns the scale `[…, K, K]`, or its lower triangle where matrices are given so."""
        if self.cholesky_input_output_matrices:
            return self.scale_operator.to_dense()
        return self._square()

    def _square(self) -> Tensor:
        return self.scale_operator.matmul(self.scale_operator.to_dense(), adjoint_arg=True)

    def _batch_shape(self) -> Any:
        return self.scale_operator.batch_shape

    def _batch_shape_tensor(self) -> Tensor:
        return self.scale_operator.batch_shape_tensor()

    def _event_shape(self) -> Any:
        return tf.TensorShape([self._size, self._size])

    def _event_shape_tensor(self) -> Tensor:
        return tf.constant([self._size, self._size])

    def _halves(self) -> Tensor:
        """Half the degrees of freedom that are left for each row of a triangle, `[…, K]`."""
        taken = tf.constant(0.5 * np.arange(self._size), self.dtype)
        return 0.5 * self.df[..., tf.newaxis] - taken

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        batch = self.batch_shape_tensor()
        shape = tf.concat([[n], batch, self.event_shape_tensor()], 0)
        noise = tf.random_normal(shape, dtype=self.dtype, seed=seed)
        alpha = self._halves() + tf.zeros(tf.concat([batch, [self._size]], 0), self.dtype)
        again = new_seed(seed, "wishart")
        lengths = tf.random_gamma([n], alpha, beta=0.5, dtype=self.dtype, seed=again)
        # Bartlett: a triangle of normal variables whose diagonal has chi variables.
        triangle = tf.matrix_set_diag(tf.matrix_band_part(noise, -1, 0), tf.sqrt(lengths))
        root = self.scale_operator.matmul(triangle)
        if self.cholesky_input_output_matrices:
            return root
        return tf.matmul(root, root, adjoint_b=True)

    def _log_prob(self, x: Tensor) -> Tensor:
        root = x if self.cholesky_input_output_matrices else tf.cholesky(x)
        trace = tf.reduce_sum(tf.square(self.scale_operator.solve(root)), [-2, -1])
        half_log_det = tf.reduce_sum(tf.log(tf.matrix_diag_part(root)), -1)
        return (self.df - self._size - 1) * half_log_det - 0.5 * trace - self.log_normalization()

    def _entropy(self) -> Tensor:
        half = 0.5 * (self._size + 1)
        digammas = tf.reduce_sum(tf.digamma(self._halves()), -1)
        return (
            self._size * (0.5 * self.df + half * math.log(2))
            + 2 * half * self.scale_operator.log_abs_determinant()
            + self._log_gamma()
            + (half - 0.5 * self.df) * digammas
        )

    def _log_gamma(self) -> Tensor:
        """The logarithm of the gamma function of several dimensions."""
        always = 0.25 * self._size * (self._size - 1) * math.log(math.pi)
        return always + tf.reduce_sum(tf.lgamma(self._halves()), -1)

    def _matrices(self, factor: Tensor) -> Tensor:
        factor = factor[..., tf.newaxis, tf.newaxis]
        if self.cholesky_input_output_matrices:
            return tf.sqrt(factor) * self.scale_operator.to_dense()
        return factor * self._square()

    def _mean(self) -> Tensor:
        return self._matrices(self.df)

    def _mode(self) -> Tensor:
        left = self.df - self._size - 1
        nan = tf.constant(float("nan"), self.dtype)
        return self._matrices(tf.where_v2(left < 0, nan, left))

    def _variance(self) -> Tensor:
        x = tf.sqrt(self.df)[..., tf.newaxis, tf.newaxis] * self._square()
        diagonal = tf.matrix_diag_part(x)[..., tf.newaxis]
        variance = tf.square(x) + tf.matmul(diagonal, diagonal, adjoint_b=True)
        return tf.cholesky(variance) if self.cholesky_input_output_matrices else variance

    def _stddev(self) -> Tensor:
        if self.cholesky_input_output_matrices:
            raise ValueError(
                "Computing std. dev. when is cholesky_input_output_matrices=True "
                "does not make sense."
            )
        return tf.cholesky(self.variance())

    def mean_log_det(self, name: str = "mean_log_det") -> Tensor:
        """Computes the mean of the logarithms of determinants.

        Args:
            name: The name scope.

        Returns:
            The means, `batch_shape`.
        """
        with self._name_scope(name):
            digammas = tf.reduce_sum(tf.digamma(self._halves()), -1)
            steep = 2 * self.scale_operator.log_abs_determinant()
            return digammas + self._size * math.log(2) + steep

    def log_normalization(self, name: str = "log_normalization") -> Tensor:
        """Computes the logarithm of what the density is divided by.

        Args:
            name: The name scope.

        Returns:
            The logarithms, `batch_shape`.
        """
        with self._name_scope(name):
            steep = self.df * self.scale_operator.log_abs_determinant()
            return steep + 0.5 * self.df * self._size * math.log(2) + self._log_gamma()


def _enough(df: Tensor, size: int, validate_args: bool) -> Tensor:
    known = tf.get_static_value(df)
    few = (
        f"Degrees of freedom (df = {df if known is None else known}) cannot be less than "
        f"dimension of scale matrix (scale.dimension = {size})"
    )
    if known is not None:
        if np.any(known < size):
            raise ValueError(few)
        return df
    least = tf.constant(size, df.dtype)
    checks = [tf.assert_less_equal(least, df, message=few)] if validate_args else []
    with tf.control_dependencies(checks):
        return tf.identity(df)


class WishartCholesky(_Wishart):
    """A Wishart distribution whose scale is given as a lower triangle.

    Args:
        df: The degrees of freedom `[…]`, at least K.
        scale: The lower triangle of the scale, `[…, K, K]`.
        cholesky_input_output_matrices: Whether all matrices are given and returned as triangles.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        TypeError: The scale is no float.
        ValueError: The degrees of freedom are fewer than K, or K is unknown.
    """

    def __init__(
        self,
        df: Any,
        scale: Any,
        cholesky_input_output_matrices: bool = False,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "WishartCholesky",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            root = _definite(tf.convert_to_tensor(scale), validate_args)
            super().__init__(root, parameters, scope)


def _definite(root: Tensor, validate_args: bool) -> Tensor:
    if not validate_args:
        return root
    shape = tf.shape(root)
    checks = [
        tf.assert_positive(tf.matrix_diag_part(root), message="scale must be positive definite"),
        tf.assert_equal(shape[-1], shape[-2], message="scale must be square"),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(root)


class WishartFull(_Wishart):
    """A Wishart distribution of a given scale.

    Args:
        df: The degrees of freedom `[…]`, at least K.
        scale: The scale `[…, K, K]`, symmetric and positive definite.
        cholesky_input_output_matrices: Whether all other matrices are lower triangles.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        TypeError: The scale is no float.
        ValueError: The degrees of freedom are fewer than K, or K is unknown.
    """

    def __init__(
        self,
        df: Any,
        scale: Any,
        cholesky_input_output_matrices: bool = False,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "WishartFull",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            full = tf.convert_to_tensor(scale)
            turned, message = tf.matrix_transpose(full), "Matrix was not symmetric"
            checks = [tf.assert_equal(full, turned, message=message)] if validate_args else []
            with tf.control_dependencies(checks):
                root = tf.cholesky(tf.identity(full))
            super().__init__(root, parameters, scope)
