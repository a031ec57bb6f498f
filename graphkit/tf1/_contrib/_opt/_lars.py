"""contrib.opt.LARSOptimizer: a learning rate for every layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._either_kind import EitherKindOptimizer, called

__all__ = ["LARSOptimizer"]


class LARSOptimizer(EitherKindOptimizer):
    """Momentum, scaled for each variable by the ratio of its norm to its gradient's.

    Reference: https://arxiv.org/abs/1708.03888

    Args:
        learning_rate: The learning rate.
        momentum: The momentum, 0 or more.
        weight_decay: The weight of L2 regularisation, 0 or more.
        eeta: The trust in the ratio.
        epsilon: Keeps the divisor from zero.
        name: The name.
        skip_list: Parts of names of variables that are not scaled and not regularised.
        use_nesterov: Whether the momentum is Nesterov's.

    Raises:
        ValueError: `momentum` or `weight_decay` is negative.
    """

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any = 0.9,
        weight_decay: float = 0.0001,
        eeta: float = 0.001,
        epsilon: float = 0.0,
        name: str = "LARSOptimizer",
        skip_list: Sequence[str] | None = None,
        use_nesterov: bool = False,
    ) -> None:
        if momentum < 0.0:
            raise ValueError(f"momentum should be positive: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"weight_decay should be positive: {weight_decay}")
        super().__init__(use_locking=False, name=name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._eeta = eeta
        self._epsilon = epsilon
        self._skip_list = skip_list
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: list[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def compute_lr(self, grad: Tensor, var: Variable) -> tuple[Any, Tensor]:
        """Scales the learning rate for a variable.

        Args:
            grad: The gradient, of the variable's shape.
            var: The variable.

        Returns:
            The learning rate, and the gradient with that of the regularisation.
        """
        rate = called(self._learning_rate)
        if any(part in var.name for part in self._skip_list or ()):
            return rate, grad
        norm, grad_norm = tf.norm(var), tf.norm(grad)
        divisor = grad_norm + self._weight_decay * norm + self._epsilon
        both = tf.logical_and(norm > 0, grad_norm > 0)
        trust = tf.where(both, self._eeta * norm / divisor, tf.ones_like(norm))
        return rate * trust, grad + self._weight_decay * var

    def _direction(self, grad: Tensor, average: Tensor) -> Tensor:
        return grad + self._momentum * average if self._use_nesterov else average

    def _step(self, grad: Tensor, var: Variable) -> Operation:
        rate, grad = self.compute_lr(grad, var)
        slot, scaled = self.get_slot(var, "momentum"), grad * rate
        average = self._momentum * slot + scaled
        moved = tf.assign_sub(var, self._direction(scaled, average))
        return tf.group(moved, tf.assign(slot, average))

    def _sparse_step(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        # As in 1.15, rows are neither scaled nor regularised: the norms would need the whole.
        slot = self.get_slot(var, "momentum")
        average = self._momentum * tf.gather(slot, indices) + grad
        change = called(self._learning_rate) * self._direction(grad, average)
        return tf.group(
            tf.scatter_sub(var, indices, change), tf.scatter_update(slot, indices, average)
        )
