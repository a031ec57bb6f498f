"""The bijectors of lower triangles: made of vectors, with another diagonal, inverted, squared."""

from __future__ import annotations

import math
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._composed import Chain
from graphkit.tf1._contrib._distributions._bijectors._elementwise import AffineScalar, Softplus
from graphkit.tf1._namespace import load

__all__ = [
    "CholeskyOuterProduct",
    "FillTriangular",
    "MatrixInverseTriL",
    "ScaleTriL",
    "TransformDiagonal",
]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")
_UTIL = "tensorflow.python.ops.distributions.util"
_fill_triangular: Any = load(f"{_UTIL}:fill_triangular")
_fill_triangular_inverse: Any = load(f"{_UTIL}:fill_triangular_inverse")


class FillTriangular(_Bijector):  # type: ignore[misc]
    """Vectors `[…, n (n + 1) / 2]` as triangles `[…, n, n]`, filled in a spiral.

    Args:
        upper: Whether the triangle is above the diagonal.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: Vectors have another length, or matrices are not square.
    """

    def __init__(
        self, upper: bool = False, validate_args: bool = False, name: str = "fill_triangular"
    ) -> None:
        self._upper = upper
        super().__init__(
            forward_min_event_ndims=1,
            inverse_min_event_ndims=2,
            validate_args=validate_args,
            name=name,
        )

    def _forward_event_shape(self, input_shape: Any) -> Any:
        side = _side(input_shape.as_list()[-1])
        return input_shape[:-1].concatenate([side, side])

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        rows, columns = output_shape.as_list()[-2:]
        if None in (rows, columns):
            return output_shape[:-2].concatenate([None])
        if rows != columns:
            raise ValueError(f"Matrix must be square. (saw [{rows}, {columns}])")
        return output_shape[:-2].concatenate([rows * (rows + 1) // 2])

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        length = tf.cast(input_shape[-1:], tf.float64)
        side = (tf.sqrt(1 + 8 * length) - 1) / 2
        whole = tf.floor(side)
        known = "Vector length is not a triangular number"
        checks = [tf.assert_equal(whole, side, message=known)] if self.validate_args else []
        with tf.control_dependencies(checks):
            size = tf.cast(whole, input_shape.dtype)
        return tf.concat([input_shape[:-1], size, size], 0)

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        rows, columns = output_shape[-2:-1], output_shape[-1:]
        known = "Matrix must be square."
        checks = [tf.assert_equal(rows, columns, message=known)] if self.validate_args else []
        with tf.control_dependencies(checks):
            length = columns * (columns + 1) // 2
        return tf.concat([output_shape[:-2], length], 0)

    def _forward(self, x: Tensor) -> Tensor:
        return _fill_triangular(x, upper=self._upper)

    def _inverse(self, y: Tensor) -> Tensor:
        return _fill_triangular_inverse(y, upper=self._upper)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return tf.zeros_like(x[..., 0])

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return tf.zeros_like(y[..., 0, 0])


def _side(length: int | None) -> int | None:
    """How many rows a triangle of so many numbers has."""
    if length is None:
        return None
    side = (math.isqrt(1 + 8 * length) - 1) // 2
    if side * (side + 1) // 2 != length:
        raise ValueError("Vector length is not a triangular number.")
    return side


class TransformDiagonal(_Bijector):  # type: ignore[misc]
    """Matrices whose diagonal goes through another bijector.

    Args:
        diag_bijector: The other, of numbers or of vectors.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self, diag_bijector: Any, validate_args: bool = False, name: str = "transform_diagonal"
    ) -> None:
        self._diag_bijector = diag_bijector
        super().__init__(forward_min_event_ndims=2, validate_args=validate_args, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.matrix_set_diag(x, self._diag_bijector.forward(tf.matrix_diag_part(x)))

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.matrix_set_diag(y, self._diag_bijector.inverse(tf.matrix_diag_part(y)))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        diagonal = tf.matrix_diag_part(x)
        return self._diag_bijector.forward_log_det_jacobian(diagonal, event_ndims=1)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        diagonal = tf.matrix_diag_part(y)
        return self._diag_bijector.inverse_log_det_jacobian(diagonal, event_ndims=1)


class ScaleTriL(Chain):
    """Vectors `[…, n (n + 1) / 2]` as lower triangles whose diagonal is above 0.

    Args:
        diag_bijector: What makes the diagonal; Softplus unless given.
        diag_shift: What is added to the diagonal then, or nothing.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self,
        diag_bijector: Any = None,
        diag_shift: Any = 1e-5,
        validate_args: bool = False,
        name: str = "scale_tril",
    ) -> None:
        made = Softplus(validate_args=validate_args) if diag_bijector is None else diag_bijector
        if diag_shift is not None:
            made = Chain([AffineScalar(shift=diag_shift), made])
        super().__init__([TransformDiagonal(made), FillTriangular()], validate_args, name)


class MatrixInverseTriL(_Bijector):  # type: ignore[misc]
    """The inverse of lower triangles, which is one again.

    Args:
        validate_args: Whether matrices are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "matrix_inverse_tril") -> None:
        super().__init__(forward_min_event_ndims=2, validate_args=validate_args, name=name)

    def _checks(self, x: Tensor) -> list[Any]:
        if not self.validate_args:
            return []
        diagonal = tf.matrix_diag_part(x)
        lower, zero = tf.matrix_band_part(x, -1, 0), tf.zeros([], x.dtype)
        return [
            *_square_checks(x),
            tf.assert_equal(lower, x, message="Input must be lower triangular."),
            tf.assert_none_equal(
                diagonal, zero, message="Input must have all diagonal entries nonzero."
            ),
        ]

    def _forward(self, x: Tensor) -> Tensor:
        with tf.control_dependencies(self._checks(x)):
            shape = tf.shape(x)
            one = tf.eye(shape[-1], batch_shape=shape[:-2], dtype=x.dtype)
            return tf.matrix_triangular_solve(x, one, lower=True)

    def _inverse(self, y: Tensor) -> Tensor:
        return self._forward(y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        with tf.control_dependencies(self._checks(x)):
            # As if all n * n numbers were free, as in 1.15; of a triangle, n + 1 times counts.
            size = tf.cast(tf.shape(x)[-1], x.dtype.base_dtype)
            return -2 * size * tf.reduce_sum(tf.log(tf.abs(tf.matrix_diag_part(x))), -1)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return self._forward_log_det_jacobian(y)


class CholeskyOuterProduct(_Bijector):  # type: ignore[misc]
    """`y = x @ x.T` of lower triangles whose diagonal is above 0.

    Args:
        validate_args: Whether matrices are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "cholesky_outer_product") -> None:
        super().__init__(forward_min_event_ndims=2, validate_args=validate_args, name=name)

    def _forward(self, x: Tensor) -> Tensor:
        with tf.control_dependencies(_square_checks(x) if self.validate_args else []):
            lower = tf.matrix_band_part(x, -1, 0)
        return tf.matmul(lower, lower, adjoint_b=True)

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.cholesky(y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        diagonal = tf.matrix_diag_part(x)
        checks = []
        if self.validate_args:
            known = "Input must be positive definite."
            checks = [*_square_checks(x), tf.assert_positive(diagonal, message=known)]
        with tf.control_dependencies(checks):
            diagonal = tf.identity(diagonal)
        size = tf.shape(diagonal)[-1]
        # The number at [i, j] moves by 2 x[j, j] at most: once in each row from j down.
        rows = tf.cast(tf.range(size, 0, -1), x.dtype.base_dtype)
        volume = tf.cast(size, x.dtype.base_dtype) * math.log(2)
        return volume + tf.reduce_sum(rows * tf.log(diagonal), -1)


def _square_checks(x: Tensor) -> list[Any]:
    shape = tf.shape(x)
    return [
        tf.assert_rank_at_least(x, 2, message="Input must have rank at least 2."),
        tf.assert_equal(shape[-2], shape[-1], message="Input must be a square matrix."),
    ]
