"""The flow of real-valued, not volume preserving steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._coupling import (
    dense,
    depth_of,
    scaled,
    unscaled,
    volume,
)
from graphkit.tf1._namespace import load

__all__ = ["RealNVP", "real_nvp_default_template"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class RealNVP(_Bijector):  # type: ignore[misc]
    """Scales and shifts the last numbers of vectors by what a function makes of the first.

    Reference: https://arxiv.org/abs/1605.08803.

    Args:
        num_masked: How many numbers `d` come first, and stay as they are.
        shift_and_log_scale_fn: From the first `[B, d]` and `D - d` to a shift and the logarithm
            of a scale, `[B, D - d]` or nothing.
        is_constant_jacobian: Whether the scale does not depend on the numbers.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: `num_masked` is not above 0, or not below the length of vectors.
        NotImplementedError: The length of vectors is not known.
    """

    def __init__(
        self,
        num_masked: int,
        shift_and_log_scale_fn: Callable[..., Any],
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        if num_masked <= 0:
            raise ValueError("num_masked must be a positive integer.")
        self._first = num_masked
        self._shift_and_log_scale_fn = shift_and_log_scale_fn
        super().__init__(
            forward_min_event_ndims=1,
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            name=name or "real_nvp",
        )

    def _scales(self, x: Tensor) -> tuple[Tensor | None, Tensor | None]:
        depth = depth_of(x)
        if self._first >= depth:
            raise ValueError("Number of masked units must be smaller than the event size.")
        shift, log_scale = self._shift_and_log_scale_fn(x[:, : self._first], depth - self._first)
        return shift, log_scale

    def _forward(self, x: Tensor) -> Tensor:
        moved = scaled(x[:, self._first :], *self._scales(x))
        return tf.concat([x[:, : self._first], moved], -1)

    def _inverse(self, y: Tensor) -> Tensor:
        moved = unscaled(y[:, self._first :], *self._scales(y))
        return tf.concat([y[:, : self._first], moved], -1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return volume(x, self._scales(x)[1])

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return volume(y, self._scales(y)[1], undone=True)


def real_nvp_default_template(
    hidden_layers: Sequence[int],
    shift_only: bool = False,
    activation: Callable[[Tensor], Tensor] | None = tf.nn.relu,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Makes the network of a `RealNVP`, whose variables are made once.

    Args:
        hidden_layers: The sizes of its layers but the last.
        shift_only: Whether nothing is scaled.
        activation: What follows these layers, or nothing.
        name: The name scope.
        args: More arguments of `tf.layers.Dense` after `activation`.
        kwargs: More arguments of it by name.

    Returns:
        A function of vectors `[B, d]` and a length that gives a shift and the logarithm of a
        scale, `[B, length]`, or nothing instead of the latter.
    """

    def network(x: Tensor, output_units: int) -> tuple[Tensor, Tensor | None]:
        for units in hidden_layers:
            x = dense(x, units, activation, *args, **kwargs)
        x = dense(x, (1 if shift_only else 2) * output_units, None, *args, **kwargs)
        if shift_only:
            return x, None
        shift, log_scale = tf.split(x, 2, axis=-1)
        return shift, log_scale

    with tf.name_scope(name, "real_nvp_default_template"):
        return tf.make_template("real_nvp_default_template", network)
