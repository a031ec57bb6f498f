"""Bijectors made of other bijectors or functions, and those of whole vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._namespace import load

__all__ = [
    "Affine",
    "Chain",
    "ConditionalBijector",
    "Inline",
    "Invert",
    "Permute",
    "SoftmaxCentered",
]

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
