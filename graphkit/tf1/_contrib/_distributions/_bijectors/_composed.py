"""Bijectors made of other bijectors: the other way round, and one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._conditional import ConditionalBijector
from graphkit.tf1._namespace import load

__all__ = ["Chain", "Invert"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")

_Step = Callable[..., Any]


class Invert(ConditionalBijector):
    """Another bijector, the other way round.

    Args:
        bijector: The other.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        NotImplementedError: The other gives one number for several.
    """

    def __init__(self, bijector: Any, validate_args: bool = False, name: str | None = None) -> None:
        _check_injective(bijector)
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

    def _forward(self, x: Tensor, **condition: Any) -> Tensor:
        return self.bijector._inverse(x, **condition)  # noqa: SLF001

    def _inverse(self, y: Tensor, **condition: Any) -> Tensor:
        return self.bijector._forward(y, **condition)  # noqa: SLF001

    def _forward_log_det_jacobian(self, x: Tensor, **condition: Any) -> Tensor:
        return self.bijector._inverse_log_det_jacobian(x, **condition)  # noqa: SLF001

    def _inverse_log_det_jacobian(self, y: Tensor, **condition: Any) -> Tensor:
        return self.bijector._forward_log_det_jacobian(y, **condition)  # noqa: SLF001


class Chain(_Bijector):  # type: ignore[misc]
    """Several bijectors, of which the last is applied first.

    Args:
        bijectors: The bijectors.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        NotImplementedError: One of them gives one number for several.
        ValueError: They are of different dtypes.
    """

    def __init__(
        self,
        bijectors: Sequence[Any] | None = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        self.bijectors = list(bijectors or ())
        for part in self.bijectors:
            _check_injective(part)
        dtypes = {part.dtype for part in self.bijectors}
        if len(dtypes) > 2:
            raise ValueError(f"incompatible dtypes: {sorted(map(str, dtypes))}")
        ranks = [_ranks(part) for part in self.bijectors]
        super().__init__(
            graph_parents=[t for part in self.bijectors for t in part.graph_parents],
            is_constant_jacobian=all(part.is_constant_jacobian for part in self.bijectors),
            validate_args=validate_args,
            dtype=next(iter(dtypes - {None}), None),
            forward_min_event_ndims=_taken_together(reversed(ranks)),
            inverse_min_event_ndims=_taken_together((after, before) for before, after in ranks),
            name=name or _chained([part.name for part in self.bijectors]),
        )

    def _forward_event_shape(self, input_shape: Any) -> Any:
        for part in reversed(self.bijectors):
            input_shape = part.forward_event_shape(input_shape)
        return input_shape

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        for part in reversed(self.bijectors):
            input_shape = part.forward_event_shape_tensor(input_shape)
        return input_shape

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        for part in self.bijectors:
            output_shape = part.inverse_event_shape(output_shape)
        return output_shape

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        for part in self.bijectors:
            output_shape = part.inverse_event_shape_tensor(output_shape)
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
        steps = [(part.forward, part.forward_log_det_jacobian) for part in reversed(self.bijectors)]
        return _summed(x, self.forward_min_event_ndims, steps)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        steps = [(part.inverse, part.inverse_log_det_jacobian) for part in self.bijectors]
        return _summed(y, self.inverse_min_event_ndims, steps)


def _check_injective(bijector: Any) -> None:
    if not bijector._is_injective:  # noqa: SLF001
        raise NotImplementedError(
            f"Invert is not implemented for non-injective bijector ({bijector.name})"
        )


def _ranks(bijector: Any) -> tuple[int, int]:
    """The ranks of what a bijector takes and gives at least."""
    # A Reshape says 0 for both, as in 1.15, though events have to have the rank of its shapes.
    known: tuple[int, int] | None = getattr(bijector, "event_ranks", None)
    return known or (bijector.forward_min_event_ndims, bijector.inverse_min_event_ndims)


def _taken_together(ranks: Iterable[tuple[int, int]]) -> int:
    """The rank of what goes in, by the ranks each step in turn takes and gives."""
    needed = seen = 0
    for taken, given in ranks:
        needed += max(0, taken - seen)
        seen = max(taken, seen) + given - taken
    return needed


def _summed(x: Tensor, event_ndims: Any, steps: list[tuple[_Step, _Step]]) -> Tensor:
    """How much volumes grow in all steps, as a logarithm."""
    total = tf.constant(0.0, x.dtype.base_dtype)
    for transform, log_det_jacobian in steps:
        total = total + log_det_jacobian(x, event_ndims)
        before, x = x, transform(x)
        # The batch keeps its rank: what changes is that of events.
        event_ndims = event_ndims + _rank(x) - _rank(before)
    return total


def _rank(x: Tensor) -> Any:
    return tf.rank(x) if x.shape.ndims is None else x.shape.ndims


def _chained(names: list[str]) -> str:
    return "_of_".join(["chain", *names]) if names else "identity"
