"""contrib.opt.RegAdagradOptimizer: Adagrad for a loss that is regularised in turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._either_kind import called

__all__ = ["RegAdagradOptimizer"]


class RegAdagradOptimizer(tf.train.AdagradOptimizer):  # type: ignore[misc]
    """Adagrad whose sums of squares can be kept from growing.

    Args:
        learning_rate: The learning rate.
        initial_accumulator_value: What the sums of squares start from.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "RegAdagrad",
    ) -> None:
        super().__init__(learning_rate, initial_accumulator_value, use_locking, name)
        self._grows = True

    @contextmanager
    def avoid_updating_slots(self) -> Iterator[None]:
        """Updates that are built inside use the sums of squares and leave them as they are."""
        before, self._grows = self._grows, False
        try:
            yield
        finally:
            self._grows = before

    def _rate(self, var: Variable) -> Tensor:
        return tf.cast(called(self._learning_rate), var.dtype.base_dtype)

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        slot = self.get_slot(var, "accumulator")
        if self._grows:
            slot = tf.assign_add(slot, tf.square(grad), use_locking=self._use_locking)
        change = self._rate(var) * grad * tf.rsqrt(slot)
        return tf.assign_sub(var, change, use_locking=self._use_locking)

    def _resource_apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._apply_dense(grad, var)

    def _apply_sparse(self, grad: Any, var: Variable) -> Operation:
        return self._resource_apply_sparse(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        slot = self.get_slot(var, "accumulator")
        sums, updates = tf.gather(slot, indices), []
        if self._grows:
            sums += tf.square(grad)
            updates.append(tf.scatter_update(slot, indices, sums, use_locking=self._use_locking))
        change = self._rate(var) * grad * tf.rsqrt(sums)
        moved = tf.scatter_sub(var, indices, change, use_locking=self._use_locking)
        return tf.group(moved, *updates)
