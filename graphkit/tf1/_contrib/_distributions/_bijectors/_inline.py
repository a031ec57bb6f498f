"""A bijector made of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit.tf1._namespace import load

__all__ = ["Inline"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class Inline(_Bijector):  # type: ignore[misc]
    """A bijector made of functions.

    Args:
        forward_fn: The transformation.
        inverse_fn: What undoes it.
        inverse_log_det_jacobian_fn: How much volumes grow when it is undone, as a logarithm.
        forward_log_det_jacobian_fn: How much volumes grow.
        forward_event_shape_fn: From an event's shape to the transformed event's.
        forward_event_shape_tensor_fn: The same, of tensors.
        inverse_event_shape_fn: The other way round.
        inverse_event_shape_tensor_fn: The same, of tensors.
        is_constant_jacobian: Whether volumes grow equally everywhere.
        validate_args: Whether arguments are checked when the graph runs.
        forward_min_event_ndims: How many dimensions belong together.
        inverse_min_event_ndims: How many do so in the transformed numbers.
        name: The name scope.
    """

    def __init__(
        self,
        forward_fn: Callable[..., Any] | None = None,
        inverse_fn: Callable[..., Any] | None = None,
        inverse_log_det_jacobian_fn: Callable[..., Any] | None = None,
        forward_log_det_jacobian_fn: Callable[..., Any] | None = None,
        forward_event_shape_fn: Callable[..., Any] | None = None,
        forward_event_shape_tensor_fn: Callable[..., Any] | None = None,
        inverse_event_shape_fn: Callable[..., Any] | None = None,
        inverse_event_shape_tensor_fn: Callable[..., Any] | None = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        forward_min_event_ndims: int | None = None,
        inverse_min_event_ndims: int | None = None,
        name: str = "inline",
    ) -> None:
        super().__init__(
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            forward_min_event_ndims=forward_min_event_ndims,
            inverse_min_event_ndims=inverse_min_event_ndims,
            name=name,
        )
        given = {
            "_forward": forward_fn,
            "_inverse": inverse_fn,
            "_inverse_log_det_jacobian": inverse_log_det_jacobian_fn,
            "_forward_log_det_jacobian": forward_log_det_jacobian_fn,
            "_forward_event_shape": forward_event_shape_fn,
            "_forward_event_shape_tensor": forward_event_shape_tensor_fn,
            "_inverse_event_shape": inverse_event_shape_fn,
            "_inverse_event_shape_tensor": inverse_event_shape_tensor_fn,
        }
        for method, function in given.items():
            if function is not None:
                setattr(self, method, function)
