"""contrib.opt's relatives of Adam: lazy rows, the step count as power, Nesterov, infinity norm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._either_kind import called

__all__ = [
    "AdaMaxOptimizer",
    "AdamGSOptimizer",
    "LazyAdamGSOptimizer",
    "LazyAdamOptimizer",
    "NadamOptimizer",
]


class _AdamVariant(tf.train.AdamOptimizer):  # type: ignore[misc]
    """Adam's own hyperparameters and slots, in the dtype of a variable."""

    def _numbers(self, var: Variable) -> tuple[Tensor, ...]:
        """The learning rate, the two decays and epsilon."""
        parts = (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        return tuple(tf.cast(part, var.dtype.base_dtype) for part in parts)

    def _rate(self, var: Variable) -> Tensor:
        """The learning rate with both averages' start at zero corrected."""
        powers = self._get_beta_accumulators()
        power1, power2 = (tf.cast(power, var.dtype.base_dtype) for power in powers)
        return self._numbers(var)[0] * tf.sqrt(1 - power2) / (1 - power1)

    def _assigned(self, var: Variable, value: Tensor) -> Tensor:
        return tf.assign(var, value, use_locking=self._use_locking)


class _LazyRows(_AdamVariant):
    """Updates the averages of those rows only that have a gradient."""

    def _lazy(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        _, beta1, beta2, epsilon = self._numbers(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m_rows = beta1 * tf.gather(m, indices) + (1 - beta1) * grad
        v_rows = beta2 * tf.gather(v, indices) + (1 - beta2) * tf.square(grad)
        change = self._rate(var) * m_rows / (tf.sqrt(v_rows) + epsilon)
        return tf.group(
            tf.scatter_sub(var, indices, change, use_locking=self._use_locking),
            tf.scatter_update(m, indices, m_rows, use_locking=self._use_locking),
            tf.scatter_update(v, indices, v_rows, use_locking=self._use_locking),
        )

    def _apply_sparse(self, grad: Any, var: Variable) -> Operation:
        return self._lazy(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        return self._lazy(grad, var, indices)


class LazyAdamOptimizer(_LazyRows):
    """Adam that leaves alone the averages of rows without a gradient: fast for embeddings.

    Args:
        learning_rate: The learning rate.
        beta1: The decay of the mean of gradients.
        beta2: The decay of the mean of squares.
        epsilon: Keeps the divisor from zero.
        use_locking: Whether updates lock.
        name: The name; "Adam" unless given.
    """


class AdamGSOptimizer(_AdamVariant):
    """Adam that takes the powers of its decays from the global step, so it has no such variables.

    Args:
        global_step: The number of steps made.
        learning_rate: The learning rate.
        beta1: The decay of the mean of gradients.
        beta2: The decay of the mean of squares.
        epsilon: Keeps the divisor from zero.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        global_step: Any = 0,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)
        self._global_step = global_step

    def _prepare(self) -> None:
        super()._prepare()
        self._steps = tf.cast(tf.identity(self._global_step) + 1, tf.float32)

    def _get_beta_accumulators(self) -> tuple[Tensor, Tensor]:
        return tf.pow(self._beta1_t, self._steps), tf.pow(self._beta2_t, self._steps)

    def _create_slots(self, var_list: list[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _finish(self, update_ops: list[Operation], name_scope: str) -> Operation:
        return tf.group(*update_ops, name=name_scope)


class LazyAdamGSOptimizer(_LazyRows, AdamGSOptimizer):
    """`AdamGSOptimizer` that leaves alone the averages of rows without a gradient.

    Args:
        global_step: The number of steps made.
        learning_rate: The learning rate.
        beta1: The decay of the mean of gradients.
        beta2: The decay of the mean of squares.
        epsilon: Keeps the divisor from zero.
        use_locking: Whether updates lock.
        name: The name.
    """


class NadamOptimizer(_AdamVariant):
    """Adam with Nesterov's momentum.

    Reference: https://cs229.stanford.edu/proj2015/054_report.pdf

    Args:
        learning_rate: The learning rate.
        beta1: The decay of the mean of gradients.
        beta2: The decay of the mean of squares.
        epsilon: Keeps the divisor from zero.
        use_locking: Whether updates lock.
        name: The name; "Adam" unless given.
    """

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._ahead(grad, var, lambda average, rest: average + rest, lambda part: part)

    def _resource_apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._apply_dense(grad, var)

    def _apply_sparse_shared(
        self, grad: Tensor, var: Variable, indices: Tensor, scatter_add: Any
    ) -> Operation:
        def add(average: Tensor, rows: Tensor) -> Tensor:
            return tf.tensor_scatter_nd_add(average, indices[:, tf.newaxis], rows)

        return self._ahead(grad, var, add, lambda part: tf.gather(part, indices), indices)

    def _ahead(
        self,
        grad: Tensor,
        var: Variable,
        add: Callable[[Tensor, Tensor], Tensor],
        rows: Callable[[Tensor], Tensor],
        indices: Tensor | None = None,
    ) -> Operation:
        _, beta1, beta2, epsilon = self._numbers(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m_now = add(m * beta1, grad * (1 - beta1))
        v_now = add(v * beta2, tf.square(grad) * (1 - beta2))
        ahead = (1 - beta1) * grad + beta1 * rows(m_now)
        change = self._rate(var) * ahead / (tf.sqrt(rows(v_now)) + epsilon)
        if indices is None:
            moved = tf.assign_sub(var, change, use_locking=self._use_locking)
        else:
            moved = tf.scatter_sub(var, indices, change, use_locking=self._use_locking)
        return tf.group(moved, self._assigned(m, m_now), self._assigned(v, v_now))


class AdaMaxOptimizer(_AdamVariant):
    """Adam with the largest gradient in place of the mean of squares.

    Reference: https://arxiv.org/abs/1412.6980, section 7.1

    Args:
        learning_rate: The learning rate.
        beta1: The decay of the mean of gradients.
        beta2: The decay of the largest.
        epsilon: Keeps the divisor from zero.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "AdaMax",
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _get_beta_accumulators(self) -> Tensor:
        return self._get_non_slot_variable("beta1_power", graph=tf.get_default_graph())

    def _create_slots(self, var_list: list[Variable]) -> None:
        first = min(var_list, key=lambda var: var.name)
        self._create_non_slot_variable(called(self._beta1), "beta1_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _moved(
        self, grad: Tensor, var: Variable, m: Tensor, v: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The change of a variable, and both averages after it."""
        rate, beta1, beta2, epsilon = self._numbers(var)
        power = tf.cast(self._get_beta_accumulators(), var.dtype.base_dtype)
        m_now = m * beta1 + grad * (1 - beta1)
        v_now = tf.maximum(v * beta2, tf.abs(grad))
        return rate / (1 - power) * (m_now / (v_now + epsilon)), m_now, v_now

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        change, m_now, v_now = self._moved(grad, var, m, v)
        moved = tf.assign_sub(var, change, use_locking=self._use_locking)
        return tf.group(moved, self._assigned(m, m_now), self._assigned(v, v_now))

    def _resource_apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._apply_dense(grad, var)

    def _apply_sparse(self, grad: Any, var: Variable) -> Operation:
        return self._resource_apply_sparse(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        rows = (tf.gather(slot, indices) for slot in (m, v))
        change, m_rows, v_rows = self._moved(grad, var, *rows)
        return tf.group(
            tf.scatter_sub(var, indices, change, use_locking=self._use_locking),
            tf.scatter_update(m, indices, m_rows, use_locking=self._use_locking),
            tf.scatter_update(v, indices, v_rows, use_locking=self._use_locking),
        )

    def _finish(self, update_ops: list[Operation], name_scope: str) -> Operation:
        power = self._get_beta_accumulators()
        with tf.control_dependencies(update_ops), tf.colocate_with(power):
            powered = tf.assign(power, power * self._beta1_t, use_locking=self._use_locking)
        return tf.group(*update_ops, powered, name=name_scope)
