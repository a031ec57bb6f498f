"""The base class of bijectors that depend on more arguments."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor
from graphkit.tf1._namespace import load

__all__ = ["ConditionalBijector"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class ConditionalBijector(_Bijector):  # type: ignore[misc]
    """A bijector whose methods take more arguments, which they give to `_forward` and the like."""

    def forward(self, x: Any, name: str = "forward", **condition: Any) -> Tensor:
        """Transforms.

        Args:
            x: The numbers.
            name: The name scope.
            condition: What the transformation depends on.

        Returns:
            The transformed numbers.
        """
        return self._call_forward(x, name, **condition)

    def inverse(self, y: Any, name: str = "inverse", **condition: Any) -> Tensor:
        """Undoes the transformation.

        Args:
            y: The transformed numbers.
            name: The name scope.
            condition: What the transformation depends on.

        Returns:
            The numbers.
        """
        return self._call_inverse(y, name, **condition)

    def forward_log_det_jacobian(
        self, x: Any, event_ndims: Any, name: str = "forward_log_det_jacobian", **condition: Any
    ) -> Tensor:
        """Computes how much volumes grow.

        Args:
            x: Where.
            event_ndims: How many of the last dimensions belong together.
            name: The name scope.
            condition: What the transformation depends on.

        Returns:
            The logarithms.
        """
        return self._call_forward_log_det_jacobian(x, event_ndims, name, **condition)

    def inverse_log_det_jacobian(
        self, y: Any, event_ndims: Any, name: str = "inverse_log_det_jacobian", **condition: Any
    ) -> Tensor:
        """Computes how much volumes grow when the transformation is undone.

        Args:
            y: Where.
            event_ndims: How many of the last dimensions belong together.
            name: The name scope.
            condition: What the transformation depends on.

        Returns:
            The logarithms.
        """
        return self._call_inverse_log_det_jacobian(y, event_ndims, name, **condition)
