"""The bijector that scales, turns and moves vectors."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["Affine"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class Affine(_Bijector):  # type: ignore[misc]
    """`y = scale @ x + shift` of vectors; the scale is the sum of what is given.

    Args:
        shift: What is added, `[…, D]`.
        scale_identity_multiplier: A factor of the identity.
        scale_diag: The diagonal, `[…, D]`.
        scale_tril: The lower triangle, `[…, D, D]`.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self,
        shift: Any = None,
        scale_identity_multiplier: Any = None,
        scale_diag: Any = None,
        scale_tril: Any = None,
        validate_args: bool = False,
        name: str = "affine",
    ) -> None:
        self.shift = None if shift is None else tf.convert_to_tensor(shift, name="shift")
        parts = [
            None if part is None else tf.convert_to_tensor(part)
            for part in (scale_identity_multiplier, scale_diag, scale_tril)
        ]
        self._factor, self._diag, self._triangle = parts
        super().__init__(
            graph_parents=[part for part in [self.shift, *parts] if part is not None],
            is_constant_jacobian=True,
            validate_args=validate_args,
            forward_min_event_ndims=1,
            name=name,
        )

    def _diagonal(self, x: Tensor) -> Tensor:
        """The diagonal of the scale, without the triangle's."""
        given = [part for part in (self._factor, self._diag) if part is not None]
        if not given and self._triangle is None:
            return tf.ones_like(x)
        total = tf.zeros_like(x)
        if self._factor is not None:
            total += self._factor[..., tf.newaxis]
        return total if self._diag is None else total + self._diag

    def _matrix(self, x: Tensor) -> Tensor:
        lower = tf.matrix_band_part(self._triangle, -1, 0)
        return lower + tf.matrix_diag(self._diagonal(x))

    def _forward(self, x: Tensor) -> Tensor:
        if self._triangle is None:
            scaled = x * self._diagonal(x)
        else:
            scaled = tf.squeeze(tf.matmul(self._matrix(x), x[..., tf.newaxis]), -1)
        return scaled if self.shift is None else scaled + self.shift

    def _inverse(self, y: Tensor) -> Tensor:
        moved = y if self.shift is None else y - self.shift
        if self._triangle is None:
            return moved / self._diagonal(y)
        column = moved[..., tf.newaxis]
        return tf.squeeze(tf.matrix_triangular_solve(self._matrix(y), column), -1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        diagonal = self._diagonal(x)
        if self._triangle is not None:
            diagonal += tf.matrix_diag_part(self._triangle)
        return tf.reduce_sum(tf.log(tf.abs(diagonal)), -1)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -self._forward_log_det_jacobian(y)
