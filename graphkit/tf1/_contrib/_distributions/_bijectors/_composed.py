"""Bijectors made of other bijectors: the other way round, and one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._namespace import load

__all__ = ["Chain", "Invert"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class Invert(_Bijector):  # type: ignore[misc]
    """Another bijector, the other way round.

    Args:
        bijector: The other.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, bijector: Any, validate_args: bool = False, name: str | None = None) -> None:
        self.bijector = bijector
        super().__init__(
            graph_parents=bijector.graph_parents,
            is_constant_jacobian=bijector.is_constant_jacobian,
            validate_args=validate_args,
            dtype=bijector.dtype,
            forward_min_event_ndims=bijector.inverse_min_event_ndims,
            inverse_min_event_ndims=bijector.forward_min_event_ndims,
            name=name or f"invert_{bijector.name}",
        )

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return self.bijector.inverse_event_shape(input_shape)

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return self.bijector.forward_event_shape(output_shape)

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        return self.bijector.inverse_event_shape_tensor(input_shape)

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        return self.bijector.forward_event_shape_tensor(output_shape)

    def forward(self, x: Any, name: str = "forward", **condition: Any) -> Tensor:
        """Undoes what the other does.

        Args:
            x: The numbers.
            name: The name scope.
            condition: As for the other.

        Returns:
            The transformed numbers.
        """
        return self.bijector.inverse(x, name, **condition)

    def inverse(self, y: Any, name: str = "inverse", **condition: Any) -> Tensor:
        """Does what the other does.

        Args:
            y: The transformed numbers.
            name: The name scope.
            condition: As for the other.

        Returns:
            The numbers.
        """
        return self.bijector.forward(y, name, **condition)

    def forward_log_det_jacobian(
        self, x: Any, event_ndims: Any, name: str = "forward_log_det_jacobian", **condition: Any
    ) -> Tensor:
        """Computes how much volumes grow.

        Args:
            x: Where.
            event_ndims: How many of the last dimensions belong together.
            name: The name scope.
            condition: As for the other.

        Returns:
            The logarithms.
        """
        return self.bijector.inverse_log_det_jacobian(x, event_ndims, name, **condition)

    def inverse_log_det_jacobian(
        self, y: Any, event_ndims: Any, name: str = "inverse_log_det_jacobian", **condition: Any
    ) -> Tensor:
        """Computes how much volumes grow when this is undone.

        Args:
            y: Where.
            event_ndims: How many of the last dimensions belong together.
            name: The name scope.
            condition: As for the other.

        Returns:
            The logarithms.
        """
        return self.bijector.forward_log_det_jacobian(y, event_ndims, name, **condition)


class Chain(_Bijector):  # type: ignore[misc]
    """Several bijectors of events of one rank; the last is applied first.

    Args:
        bijectors: The bijectors.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self,
        bijectors: Sequence[Any] | None = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        self.bijectors = list(bijectors or ())
        for part in self.bijectors:
            if part.forward_min_event_ndims != part.inverse_min_event_ndims:
                raise ArgumentError("Chain", "bijectors", part.name, "bijectors that keep ranks")
        ranks = [part.forward_min_event_ndims for part in self.bijectors]
        self._rank = max(ranks, default=0)
        super().__init__(
            graph_parents=[t for part in self.bijectors for t in part.graph_parents],
            is_constant_jacobian=all(part.is_constant_jacobian for part in self.bijectors),
            validate_args=validate_args,
            forward_min_event_ndims=self._rank,
            name=name or _chained([part.name for part in self.bijectors]),
        )

    def _forward_event_shape(self, input_shape: Any) -> Any:
        for part in reversed(self.bijectors):
            input_shape = part.forward_event_shape(input_shape)
        return input_shape

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        for part in self.bijectors:
            output_shape = part.inverse_event_shape(output_shape)
        return output_shape

    def _forward(self, x: Tensor) -> Tensor:
        for part in reversed(self.bijectors):
            x = part.forward(x)
        return x

    def _inverse(self, y: Tensor) -> Tensor:
        for part in self.bijectors:
            y = part.inverse(y)
        return y

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        total = tf.constant(0.0, x.dtype.base_dtype)
        for part in reversed(self.bijectors):
            total = total + part.forward_log_det_jacobian(x, self._rank)
            x = part.forward(x)
        return total

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        total = tf.constant(0.0, y.dtype.base_dtype)
        for part in self.bijectors:
            total = total + part.inverse_log_det_jacobian(y, self._rank)
            y = part.inverse(y)
        return total


def _chained(names: list[str]) -> str:
    return "_of_".join(["chain", *names]) if names else "identity"
