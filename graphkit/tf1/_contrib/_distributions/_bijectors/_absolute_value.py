"""The bijector of distances from 0, which two numbers share."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["AbsoluteValue"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class AbsoluteValue(_Bijector):  # type: ignore[misc]
    """`y = abs(x)`; what undoes it gives both numbers, `-y` and `y`.

    Args:
        validate_args: Whether distances are checked to be 0 or more when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "absolute_value") -> None:
        super().__init__(
            is_constant_jacobian=True,
            validate_args=validate_args,
            forward_min_event_ndims=0,
            name=name,
        )

    @property
    def _is_injective(self) -> bool:
        return False

    def _behind_check(self, y: Tensor, tensor: Tensor) -> Tensor:
        if not self.validate_args:
            return tensor
        check = tf.assert_non_negative(y, message="Argument y was negative")
        with tf.control_dependencies([check]):
            return tf.identity(tensor)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.abs(x)

    def _inverse(self, y: Tensor) -> tuple[Tensor, Tensor]:
        y = self._behind_check(y, y)
        return -y, y

    def _inverse_log_det_jacobian(self, y: Tensor) -> tuple[Tensor, Tensor]:
        flat = self._behind_check(y, tf.constant(0.0, y.dtype.base_dtype))
        return flat, flat
