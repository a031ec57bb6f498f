"""The bijector from vectors to probabilities."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._namespace import load

__all__ = ["SoftmaxCentered"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class SoftmaxCentered(_Bijector):  # type: ignore[misc]
    """`y = softmax([x, 0])`: K numbers become K + 1 that sum to 1.

    Args:
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "softmax_centered") -> None:
        super().__init__(forward_min_event_ndims=1, validate_args=validate_args, name=name)

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return input_shape[:-1].concatenate(input_shape[-1] + 1)

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        return tf.concat([input_shape[:-1], input_shape[-1:] + 1], 0)

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        if output_shape[-1] is not None and output_shape[-1] < 2:
            raise ArgumentError("SoftmaxCentered", "output_shape", output_shape, "of 2 or more")
        return output_shape[:-1].concatenate(output_shape[-1] - 1)

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        return tf.concat([output_shape[:-1], output_shape[-1:] - 1], 0)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.nn.softmax(tf.concat([x, tf.zeros_like(x[..., :1])], -1))

    def _inverse(self, y: Tensor) -> Tensor:
        logs = tf.log(y)
        return logs[..., :-1] - logs[..., -1:]

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -tf.reduce_sum(tf.log(y), -1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        total = tf.reduce_logsumexp(tf.concat([x, tf.zeros_like(x[..., :1])], -1), -1)
        size = tf.cast(tf.shape(x)[-1] + 1, x.dtype.base_dtype)
        return tf.reduce_sum(x, -1) - size * total
