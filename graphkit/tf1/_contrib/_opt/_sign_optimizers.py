"""contrib.opt's optimizers that trust a gradient more where its sign agrees with the average's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._either_kind import EitherKindOptimizer

__all__ = ["AddSignOptimizer", "PowerSignOptimizer"]


class _SignOptimizer(EitherKindOptimizer):
    """The average of gradients, and how much its sign counts."""

    def __init__(
        self,
        learning_rate: Any,
        beta: Any,
        sign_decay_fn: Callable[[Any], Tensor] | None,
        use_locking: bool,
        name: str,
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta = beta
        self._sign_decay_fn = sign_decay_fn
        self._sign_decay: Any = 1.0

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Operation:
        """Applies gradients.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up; the decay of the sign is a function of it.
            name: The name of the op.

        Returns:
            The op that updates.
        """
        if self._sign_decay_fn is not None:
            self._sign_decay = self._sign_decay_fn(global_step)
        return super().apply_gradients(grads_and_vars, global_step, name)

    def _create_slots(self, var_list: list[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)

    def _trust(self, agreement: Tensor, var: Variable) -> Tensor:
        """The factor of a gradient from `[-1, 1]`, how far the signs agree; each has its own."""
        raise NotImplementedError

    def _change(self, grad: Tensor, var: Variable, average: Tensor) -> Tensor:
        agreement = self._cast(self._sign_decay, var) * tf.sign(grad) * tf.sign(average)
        return self._cast(self._lr, var) * self._trust(agreement, var) * grad

    def _step(self, grad: Tensor, var: Variable) -> Operation:
        m, beta = self.get_slot(var, "m"), self._cast(self._beta, var)
        average = tf.identity(tf.assign(m, m * beta + grad * (1 - beta)))
        change = self._change(grad, var, average)
        return tf.group(tf.assign_sub(var, change, use_locking=self._use_locking))

    def _sparse_step(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        m, beta = self.get_slot(var, "m"), self._cast(self._beta, var)
        new = grad * (1 - beta)
        average = tf.tensor_scatter_nd_add(m * beta, indices[:, tf.newaxis], new)
        change = self._change(grad, var, tf.gather(average, indices))
        moved = tf.scatter_sub(var, indices, change, use_locking=self._use_locking)
        return tf.group(moved, tf.assign(m, average))


class AddSignOptimizer(_SignOptimizer):
    """Multiplies gradients by `alpha + sign(gradient) * sign(average)`.

    Reference: https://arxiv.org/abs/1709.07417

    Args:
        learning_rate: The learning rate.
        alpha: What the agreement of signs is added to.
        beta: The decay of the average.
        sign_decay_fn: A function of the global step: how much the signs count.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        alpha: Any = 1.0,
        beta: Any = 0.9,
        sign_decay_fn: Callable[[Any], Tensor] | None = None,
        use_locking: bool = False,
        name: str = "AddSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha

    def _trust(self, agreement: Tensor, var: Variable) -> Tensor:
        return self._cast(self._alpha, var) + agreement


class PowerSignOptimizer(_SignOptimizer):
    """Multiplies gradients by `base ** (sign(gradient) * sign(average))`.

    Reference: https://arxiv.org/abs/1709.07417

    Args:
        learning_rate: The learning rate.
        base: The base of the power.
        beta: The decay of the average.
        sign_decay_fn: A function of the global step: how much the signs count.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        base: float = math.e,
        beta: Any = 0.9,
        sign_decay_fn: Callable[[Any], Tensor] | None = None,
        use_locking: bool = False,
        name: str = "PowerSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)

    def _trust(self, agreement: Tensor, var: Variable) -> Tensor:
        return tf.exp(self._cast(self._logbase, var) * agreement)
