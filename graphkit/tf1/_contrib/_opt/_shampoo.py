"""contrib.opt.ShampooOptimizer: gradients preconditioned along every axis of a variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._either_kind import EitherKindOptimizer
from graphkit.tf1._contrib._opt._matrix_roots import matrix_inverse_pth_root, matrix_square_root

__all__ = ["ShampooOptimizer"]

_Setting = float | Callable[[Tensor], Any]


class ShampooOptimizer(EitherKindOptimizer):
    """Keeps one matrix of second moments for each axis, and divides by their roots.

    Reference: https://arxiv.org/abs/1802.09568. Numbers may be functions of the step, from 1 on.

    Args:
        global_step: The number of steps made.
        max_matrix_size: The largest axis that gets a matrix; a larger one gets a diagonal.
        gbar_decay: The decay of the mean gradient.
        gbar_weight: The weight of a new gradient.
        mat_gbar_decay: The decay of the matrices.
        mat_gbar_weight: The weight of a new product.
        learning_rate: The learning rate.
        svd_interval: How many steps roots of matrices are used for.
        precond_update_interval: How many steps pass between updates of matrices.
        epsilon: Added to the diagonals.
        alpha: The power that is divided by, for all axes together.
        use_iterative_root: Whether roots are found by iteration instead of a decomposition.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        global_step: Any = 0,
        max_matrix_size: int = 768,
        gbar_decay: _Setting = 0.0,
        gbar_weight: _Setting = 1.0,
        mat_gbar_decay: _Setting = 1.0,
        mat_gbar_weight: _Setting = 1.0,
        learning_rate: _Setting = 1.0,
        svd_interval: _Setting = 1,
        precond_update_interval: _Setting = 1,
        epsilon: float = 1e-4,
        alpha: _Setting = 0.5,
        use_iterative_root: bool = False,
        use_locking: bool = False,
        name: str = "Shampoo",
    ) -> None:
        super().__init__(use_locking, name)
        self._global_step = tf.cast(global_step, tf.float32)
        self._max_matrix_size = max_matrix_size
        self._gbar_decay = gbar_decay
        self._gbar_weight = gbar_weight
        self._mat_gbar_decay = mat_gbar_decay
        self._mat_gbar_weight = mat_gbar_weight
        self._learning_rate = learning_rate
        self._svd_interval = svd_interval
        self._precond_update_interval = precond_update_interval
        self._epsilon = epsilon
        self._alpha = alpha
        self._use_iterative_root = use_iterative_root

    def _create_slots(self, var_list: list[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "gbar", self._name)
            for axis, size in enumerate(var.shape.as_list()):
                matrix = size <= self._max_matrix_size
                if matrix and self._roots_are_kept():
                    self._get_or_make_slot(var, tf.eye(size), f"H_{axis}", self._name)
                start = tf.zeros([size, size] if matrix else [size])
                self._get_or_make_slot(var, start, f"Gbar_{axis}", self._name)

    def _roots_are_kept(self) -> bool:
        return callable(self._svd_interval) or self._svd_interval > 1

    def _now(self, setting: _Setting) -> Any:
        return setting(self._global_step + 1) if callable(setting) else setting

    def _averaged(self, var: Variable, decay: _Setting, new: Tensor) -> Tensor:
        """A weighted mean kept in a variable; for the decays 0 and 1 as cheap as can be."""
        if decay == 0.0:
            return new
        if decay == 1.0:
            return tf.assign_add(var, new)
        return tf.assign_add(var, (self._now(decay) - 1) * var + new)

    def _step(self, grad: Tensor, var: Variable) -> Operation:
        weighted = self._now(self._gbar_weight) * grad
        mean = self._averaged(self.get_slot(var, "gbar"), self._gbar_decay, weighted)
        change = mean
        for axis, size in enumerate(var.shape.as_list()):
            if size <= self._max_matrix_size:
                root = self._root(grad, var, axis)
                change = tf.tensordot(change, root, axes=([0], [0]))
            else:
                # The axis that was first comes last, as a product with a matrix leaves it.
                order = [*range(1, len(var.shape)), 0]
                change = tf.transpose(change, order) * self._diagonal(grad, var, axis)
        return tf.group(tf.assign_sub(var, self._now(self._learning_rate) * change))

    def _sparse_step(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        if var.shape[0] <= self._max_matrix_size or self._gbar_decay != 0.0:
            shape = tf.shape(var, out_type=indices.dtype)
            return self._step(tf.scatter_nd(indices[:, tf.newaxis], grad, shape), var)
        return self._step_rows(grad, var, indices)

    def _step_rows(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        """Updates rows of a variable with too many for a matrix, which then has a diagonal."""
        rest = [*range(1, len(var.shape))]
        squares = tf.reduce_sum(tf.square(grad), axis=rest) if rest else tf.square(grad)
        new = self._now(self._mat_gbar_weight) * squares
        slot = self.get_slot(var, "Gbar_0")
        sums = tf.gather(slot, indices) + new
        change = tf.transpose(grad, [*rest, 0]) * self._powered(sums, var)
        for axis in rest:
            if var.shape[axis] <= self._max_matrix_size:
                root = self._root(grad, var, axis)
                change = tf.tensordot(change, root, axes=([0], [0]))
            else:
                change = tf.transpose(change, [*rest, 0]) * self._diagonal(grad, var, axis, 1.0)
        moved = tf.scatter_sub(var, indices, self._now(self._learning_rate) * change)
        return tf.group(moved, tf.scatter_update(slot, indices, sums))

    def _others(self, var: Variable, axis: int) -> list[int]:
        return [other for other in range(len(var.shape)) if other != axis]

    def _power(self, var: Variable) -> Any:
        return -self._now(self._alpha) / len(var.shape)

    def _powered(self, diagonal: Tensor, var: Variable) -> Tensor:
        power = tf.pow(diagonal, self._power(var))
        return tf.where(diagonal > 0, power, tf.zeros_like(diagonal))

    def _diagonal(
        self, grad: Tensor, var: Variable, axis: int, divisor: float | None = None
    ) -> Tensor:
        """What a large axis is multiplied with."""
        others, squares = self._others(var, axis), tf.square(grad)
        if others:
            size = float(var.shape[axis]) if divisor is None else divisor
            squares = tf.reduce_sum(squares, axis=others) / size
        new = self._now(self._mat_gbar_weight) * squares
        slot = self.get_slot(var, f"Gbar_{axis}")
        return self._powered(self._averaged(slot, self._mat_gbar_decay, new), var)

    def _root(self, grad: Tensor, var: Variable, axis: int) -> Tensor:
        """What a small axis is multiplied with: a root of its matrix."""
        step, size = self._global_step + 1, int(var.shape[axis])
        slot, others = self.get_slot(var, f"Gbar_{axis}"), self._others(var, axis)
        every = self._now(self._precond_update_interval)

        def updated() -> Tensor:
            product = tf.tensordot(grad, grad, axes=(others, others))
            new = self._now(self._mat_gbar_weight) * every * product
            return tf.identity(self._averaged(slot, self._mat_gbar_decay, new))

        moments = tf.cond(tf.floormod(step, every) < 1, updated, lambda: tf.identity(slot)) / size
        if not self._roots_are_kept():
            return self._rooted(moments, size, self._power(var))
        kept = self.get_slot(var, f"H_{axis}")
        return tf.cond(
            tf.floormod(step, self._now(self._svd_interval)) < 1,
            lambda: tf.identity(tf.assign(kept, self._rooted(moments, size, self._power(var)))),
            lambda: tf.identity(kept),
        )

    def _rooted(self, moments: Tensor, size: int, power: Any) -> Tensor:
        if self._use_iterative_root:
            root = matrix_square_root(moments, size, ridge_epsilon=self._epsilon)
            return matrix_inverse_pth_root(root, size, 2 * power, ridge_epsilon=0.0)
        if size == 1:
            return tf.pow(moments + self._epsilon, power)
        values, u, v = tf.linalg.svd(moments + self._epsilon * tf.eye(size), full_matrices=True)
        return tf.matmul(v * tf.pow(tf.maximum(values, self._epsilon), power), u, transpose_b=True)
