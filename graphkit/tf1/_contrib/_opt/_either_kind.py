"""A base for optimizers whose update is the same for reference and resource variables."""

from __future__ import annotations

import abc
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf

__all__ = ["EitherKindOptimizer", "called"]


def called(value: Any) -> Any:
    """Gives what a hyperparameter stands for.

    Args:
        value: A number, a tensor, or a function without arguments that returns one.

    Returns:
        The number or tensor.
    """
    return value() if callable(value) else value


class EitherKindOptimizer(tf.train.Optimizer):  # type: ignore[misc]
    """Sends all four kinds of update to two methods.

    `_step` gets a gradient of the variable's shape; `_sparse_step` gets the rows of the gradient
    that are not zero, each index once.
    """

    @abc.abstractmethod
    def _step(self, grad: Tensor, var: Variable) -> Operation:
        """Updates a variable by a gradient of its shape."""

    @abc.abstractmethod
    def _sparse_step(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        """Updates rows of a variable; `grad` has one row for each of `indices`."""

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._step(grad, var)

    def _resource_apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._step(grad, var)

    def _apply_sparse(self, grad: Any, var: Variable) -> Operation:
        return self._sparse_step(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        return self._sparse_step(grad, var, indices)

    def _cast(self, number: Any, var: Variable) -> Tensor:
        """A hyperparameter in the dtype of a variable."""
        return tf.cast(number, var.dtype.base_dtype)
