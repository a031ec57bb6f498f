"""The bijector that puts numbers in another order."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["Permute"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class Permute(_Bijector):  # type: ignore[misc]
    """Another order of the last dimension.

    Args:
        permutation: The place each number comes from, integers `[D]`.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self, permutation: Any, validate_args: bool = False, name: str | None = None
    ) -> None:
        self.permutation = tf.convert_to_tensor(permutation, name="permutation")
        if not self.permutation.dtype.is_integer:
            raise TypeError("permutation.dtype must be an integer type.")
        super().__init__(
            graph_parents=[self.permutation],
            is_constant_jacobian=True,
            validate_args=validate_args,
            forward_min_event_ndims=1,
            name=name or "permute",
        )

    def _forward(self, x: Tensor) -> Tensor:
        return tf.gather(x, self.permutation, axis=-1)

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.gather(y, tf.invert_permutation(self.permutation), axis=-1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return tf.constant(0.0, x.dtype.base_dtype)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return tf.constant(0.0, y.dtype.base_dtype)
