"""contrib.opt.GGTOptimizer: full-matrix preconditioning from a window of past gradients."""

from __future__ import annotations

import math
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf

__all__ = ["GGTOptimizer"]


class GGTOptimizer(tf.train.Optimizer):  # type: ignore[misc]
    """Takes the inverse root of the sum of outer products of the last gradients.

    Reference: https://arxiv.org/abs/1806.02958

    Args:
        learning_rate: The learning rate.
        beta1: The decay of the mean gradient.
        use_locking: Kept for callers that pass it.
        name: The name.
        window: How many gradients are kept.
        eps: The least root of an eigenvalue for which directions outside the window count.
        svd_eps: Added to the diagonal before the decomposition.
        sigma_eps: Added to the roots of eigenvalues.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        use_locking: bool = False,
        name: str = "GGT",
        window: int = 10,
        eps: float = 1e-4,
        svd_eps: float = 1e-6,
        sigma_eps: float = 1e-2,
    ) -> None:
        super().__init__(use_locking, name)
        self._rate = learning_rate
        self._beta1 = beta1
        self._window = window
        self._eps = eps
        self._svd_eps = svd_eps
        self._sigma_eps = sigma_eps
        self._gradients: dict[str, tuple[Variable, Tensor]] = {}

    def _create_slots(self, var_list: list[Variable]) -> None:
        first = min(var_list, key=lambda var: var.name)
        dtype = first.dtype.base_dtype
        size = sum(math.prod(var.shape.as_list()) for var in var_list)
        kept = {
            "global_step": tf.zeros([], dtype),
            "grad_buffer": tf.zeros([self._window, size], dtype),
            "moment1": tf.zeros([size], dtype),
            "flat_grad": tf.zeros([size], dtype),
        }
        for name, start in kept.items():
            self._create_non_slot_variable(start, name, first)

    def _prepare(self) -> None:
        self._gradients = {}

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        self._gradients[var.name] = (var, tf.reshape(grad, [-1]))
        return grad.op

    def _resource_apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._apply_dense(grad, var)

    def _apply_sparse(self, grad: Any, var: Variable) -> Operation:
        raise NotImplementedError("Sparse gradient updates are not supported.")

    def _resource_apply_sparse(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        raise NotImplementedError("Sparse gradient updates are not supported.")

    def _kept(self, name: str) -> Variable:
        return self._get_non_slot_variable(name, graph=tf.get_default_graph())

    def _finish(self, update_ops: list[Operation], name_scope: str) -> Operation:
        # All variables as one vector, in the order of their names.
        ordered = [self._gradients[name] for name in sorted(self._gradients)]
        flat = tf.assign(self._kept("flat_grad"), tf.concat([grad for _, grad in ordered], 0))
        with tf.control_dependencies(update_ops):
            step = self._direction(tf.identity(flat))
        sizes = [math.prod(var.shape.as_list()) for var, _ in ordered]
        moved = [
            tf.assign_sub(var, self._rate * tf.reshape(part, var.shape))
            for (var, _), part in zip(ordered, tf.split(step, sizes), strict=True)
        ]
        return tf.group(*moved, name=name_scope)

    def _direction(self, flat: Tensor) -> Tensor:
        """The step for a gradient `[N]`, which it also adds to the window."""
        mean = self._kept("moment1")
        mean = tf.identity(tf.assign(mean, self._beta1 * mean + (1.0 - self._beta1) * flat))
        count = tf.identity(tf.assign_add(self._kept("global_step"), 1.0))
        place = tf.floormod(tf.cast(count - 1.0, tf.int32), self._window)
        window = tf.scatter_update(self._kept("grad_buffer"), place, mean)
        divisor = tf.sqrt(tf.minimum(count, tf.cast(self._window, flat.dtype)))
        m = tf.transpose(window / divisor)
        products = tf.matmul(m, m, transpose_a=True)
        damping = self._svd_eps * tf.eye(self._window, dtype=flat.dtype)
        sigma, u, _ = tf.linalg.svd(products + damping)
        root, column = tf.sqrt(sigma), mean[:, tf.newaxis]

        def projected(scale: Tensor) -> Tensor:
            inside = tf.matmul(u, tf.matmul(m, column, transpose_a=True), transpose_a=True)
            return tf.matmul(m, tf.matmul(u, scale[:, tf.newaxis] * inside))

        head = projected(1.0 / tf.pow(root + self._sigma_eps, 3))
        least = tf.reduce_min(root)
        tail = (column - projected(1.0 / sigma)) / least
        step = tf.where(least > self._eps, head + tail, head)
        return tf.squeeze(step, 1)
