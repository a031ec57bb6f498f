"""The bijector from rising numbers to any numbers."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["Ordered"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class Ordered(_Bijector):  # type: ignore[misc]
    """`y[0] = x[0]`, `y[i] = log(x[i] - x[i - 1])` of vectors whose numbers rise.

    Args:
        validate_args: Whether numbers are checked to rise when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "ordered") -> None:
        super().__init__(forward_min_event_ndims=1, validate_args=validate_args, name=name)

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return input_shape[-1:]

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        return input_shape[-1:]

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        length = output_shape[-1] if output_shape.ndims else None
        if length is not None and length < 2:
            raise ValueError(f"output_shape[-1] = {length} <= 1")
        return output_shape[-1:]

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        length = output_shape[-1:]
        if not self.validate_args:
            return length
        known = "Need last dimension greater than 1."
        with tf.control_dependencies([tf.assert_greater(length, 1, message=known)]):
            return tf.identity(length)

    def _steps(self, x: Tensor) -> Tensor:
        steps = x[..., 1:] - x[..., :-1]
        if not self.validate_args:
            return steps
        known = "Forward transformation input must be strictly increasing."
        with tf.control_dependencies([tf.assert_positive(steps, message=known)]):
            return tf.identity(steps)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.concat([x[..., :1], tf.log(self._steps(x))], -1)

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.cumsum(tf.concat([y[..., :1], tf.exp(y[..., 1:])], -1), axis=-1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -tf.reduce_sum(tf.log(self._steps(x)), -1)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return tf.reduce_sum(y[..., 1:], -1)
