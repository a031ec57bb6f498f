"""The bijectors that scale, turn and move vectors."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._distributions._linear_scales import (
    diagonal_scale,
    low_rank_scale,
    triangular_scale,
)
from graphkit.tf1._namespace import load

__all__ = ["Affine", "AffineLinearOperator"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class AffineLinearOperator(_Bijector):  # type: ignore[misc]
    """`y = scale @ x + shift` of vectors.

    Args:
        shift: What is added, `[…, D]`; nothing unless given.
        scale: The linear operator; nothing is scaled unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        TypeError: The scale is no linear operator, or of another dtype than the shift.
        ValueError: Arguments are checked and the scale is not said to have an inverse.
    """

    def __init__(
        self,
        shift: Any = None,
        scale: Any = None,
        validate_args: bool = False,
        name: str = "affine_linear_operator",
    ) -> None:
        self.shift = None if shift is None else tf.convert_to_tensor(shift, name="shift")
        self.scale = scale
        if scale is not None:
            _check(self.shift, scale, validate_args)
        known = self.shift if scale is None else scale
        parents = [] if self.shift is None else [self.shift]
        super().__init__(
            graph_parents=parents,
            is_constant_jacobian=True,
            dtype=tf.float32 if known is None else known.dtype.base_dtype,
            validate_args=validate_args,
            forward_min_event_ndims=1,
            name=name,
        )

    def _checks(self) -> list[Any]:
        if not self.validate_args:
            return []
        try:
            return [self.scale.assert_non_singular()]
        except NotImplementedError:
            return []

    def _forward(self, x: Tensor) -> Tensor:
        if self.scale is not None:
            with tf.control_dependencies(self._checks()):
                x = self.scale.matvec(x)
        return x if self.shift is None else x + self.shift

    def _inverse(self, y: Tensor) -> Tensor:
        moved = y if self.shift is None else y - self.shift
        return moved if self.scale is None else self.scale.solvevec(moved)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if self.scale is None:
            return tf.constant(0.0, x.dtype.base_dtype)
        with tf.control_dependencies(self._checks()):
            return self.scale.log_abs_determinant()

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -self._forward_log_det_jacobian(y)


def _check(shift: Tensor | None, scale: Any, validate_args: bool) -> None:
    if not isinstance(scale, tf.linalg.LinearOperator):
        raise TypeError("scale is not an instance of tf.LinearOperator")
    if shift is not None and shift.dtype.base_dtype != scale.dtype.base_dtype:
        raise TypeError(
            f"shift.dtype({shift.dtype}) is incompatible with scale.dtype({scale.dtype})."
        )
    if validate_args and not scale.is_non_singular:
        raise ValueError("Scale matrix must be non-singular.")


class Affine(AffineLinearOperator):
    """`y = scale @ x + shift` of vectors; the scale is the sum of what is given.

    Args:
        shift: What is added, `[…, D]`.
        scale_identity_multiplier: A factor of the identity.
        scale_diag: The diagonal, `[…, D]`.
        scale_tril: The lower triangle, `[…, D, D]`.
        scale_perturb_factor: A matrix `[…, D, R]`, of which a product with itself is added.
        scale_perturb_diag: What stands in the middle of that product, `[…, R]`.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: `scale_perturb_diag` is given without `scale_perturb_factor`.
        TypeError: The shift is of another dtype than the scale.
    """

    def __init__(
        self,
        shift: Any = None,
        scale_identity_multiplier: Any = None,
        scale_diag: Any = None,
        scale_tril: Any = None,
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        name: str = "affine",
    ) -> None:
        if scale_perturb_diag is not None and scale_perturb_factor is None:
            raise ArgumentError(
                "Affine", "scale_perturb_diag", "a tensor", "given with scale_perturb_factor only"
            )
        parts = (scale_identity_multiplier, scale_diag, scale_tril)
        operator = _operator(parts, scale_perturb_factor, scale_perturb_diag, validate_args)
        super().__init__(shift, operator, validate_args, name)
        self._factor: Tensor | None = None
        if operator is None:
            # How long vectors are is not known yet, and need not be.
            given = scale_identity_multiplier
            self._factor = tf.convert_to_tensor(tf.ones([], self.dtype) if given is None else given)
            self.scale = self._factor
            self._dtype = self._factor.dtype.base_dtype

    def _forward(self, x: Tensor) -> Tensor:
        if self._factor is None:
            return super()._forward(x)
        scaled = x * self._factor[..., tf.newaxis]
        return scaled if self.shift is None else scaled + self.shift

    def _inverse(self, y: Tensor) -> Tensor:
        if self._factor is None:
            return super()._inverse(y)
        return (y if self.shift is None else y - self.shift) / self._factor[..., tf.newaxis]

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if self._factor is None:
            return super()._forward_log_det_jacobian(x)
        size = tf.cast(tf.shape(x)[-1], x.dtype.base_dtype)
        return size * tf.log(tf.abs(self._factor))


def _operator(
    parts: tuple[Any, Any, Any], perturb_factor: Any, perturb_diag: Any, validate_args: bool
) -> Any:
    """The scale, or nothing where it is a factor of the identity."""
    factor, diagonal, triangle = parts
    if diagonal is None and triangle is None and perturb_factor is None:
        return None
    checks = "non-zero" if validate_args else None
    if triangle is not None:
        base = triangular_scale(triangle, diagonal, factor, checks)
    else:
        rows = None if perturb_factor is None else tf.convert_to_tensor(perturb_factor)[..., 0]
        base = diagonal_scale(diagonal, factor, rows, checks)
    if perturb_factor is None:
        return base
    return low_rank_scale(base, perturb_factor, perturb_diag, self_adjoint=triangle is None)
