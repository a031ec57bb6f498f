"""contrib.opt's decoupled weight decay, for any optimizer: AdamW, MomentumW."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._either_kind import called

__all__ = [
    "AdamWOptimizer",
    "DecoupledWeightDecayExtension",
    "MomentumWOptimizer",
    "extend_with_decoupled_weight_decay",
]


class DecoupledWeightDecayExtension:
    """Shrinks variables before the optimizer named after it in the list of bases updates them.

    Reference: https://arxiv.org/abs/1711.05101

    Args:
        weight_decay: The share a step takes off, a number or a function without arguments.
        *args: For the optimizer.
        **kwargs: For the optimizer.
    """

    def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
        self._decayed: set[Any] | None = None
        self._weight_decay = weight_decay
        super().__init__(*args, **kwargs)

    def minimize(
        self, loss: Tensor, *args: Any, decay_var_list: Iterable[Variable] | None = None, **kw: Any
    ) -> Operation:
        """Makes the op of a step.

        Args:
            loss: What is to become small.
            *args: As for any optimizer.
            decay_var_list: Has no effect, as in 1.15: all variables shrink. Call
                `compute_gradients` and `apply_gradients` to choose.
            **kw: As for any optimizer.

        Returns:
            The op.
        """
        base: Any = super()
        return base.minimize(loss, *args, **kw)

    def apply_gradients(
        self,
        grads_and_vars: Any,
        global_step: Variable = None,
        name: str | None = None,
        decay_var_list: Iterable[Variable] | None = None,
    ) -> Operation:
        """Applies gradients.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up.
            name: The name of the op.
            decay_var_list: The variables that shrink; all of them unless given.

        Returns:
            The op.
        """
        chosen = {var.ref() for var in decay_var_list or ()}
        self._decayed = chosen or None
        pairs = list(grads_and_vars)
        found = [grad for grad, _ in pairs if grad is not None]
        base: Any = super()
        # No variable shrinks before every gradient is known.
        with tf.control_dependencies([getattr(grad, "values", grad) for grad in found]):
            return base.apply_gradients(pairs, global_step=global_step, name=name)

    def _decay(self, var: Variable) -> Tensor | None:
        """What a step takes off for each unit; None for a variable that does not shrink."""
        if self._decayed is not None and var.ref() not in self._decayed:
            return None
        return tf.cast(called(self._weight_decay), var.dtype.base_dtype)

    def _shrink(self, var: Variable) -> list[Tensor]:
        decay = self._decay(var)
        return [] if decay is None else [tf.assign_sub(var, decay * var)]

    def _shrink_rows(self, var: Variable, indices: Tensor) -> list[Tensor]:
        decay = self._decay(var)
        if decay is None:
            return []
        return [tf.scatter_sub(var, indices, decay * tf.gather(var, indices))]

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        base: Any = super()
        with tf.control_dependencies(self._shrink(var)):
            return base._apply_dense(grad, var)  # noqa: SLF001 - the base's own

    def _resource_apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        base: Any = super()
        with tf.control_dependencies(self._shrink(var)):
            return base._resource_apply_dense(grad, var)  # noqa: SLF001 - the base's own

    def _apply_sparse(self, grad: Any, var: Variable) -> Operation:
        base: Any = super()
        with tf.control_dependencies(self._shrink_rows(var, grad.indices)):
            return base._apply_sparse(grad, var)  # noqa: SLF001 - the base's own

    def _resource_apply_sparse(self, grad: Tensor, var: Variable, indices: Tensor) -> Operation:
        base: Any = super()
        with tf.control_dependencies(self._shrink_rows(var, indices)):
            return base._resource_apply_sparse(grad, var, indices)  # noqa: SLF001


def extend_with_decoupled_weight_decay(base_optimizer: type) -> type:
    """Gives an optimizer decoupled weight decay.

    Args:
        base_optimizer: A class of optimizers.

    Returns:
        A class whose first argument is `weight_decay`; those of the optimizer follow.
    """

    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):  # type: ignore[misc]
        pass

    return OptimizerWithDecoupledWeightDecay


class MomentumWOptimizer(DecoupledWeightDecayExtension, tf.train.MomentumOptimizer):  # type: ignore[misc]
    """Momentum with decoupled weight decay.

    Args:
        weight_decay: The share a step takes off.
        learning_rate: The learning rate.
        momentum: The momentum.
        use_locking: Whether updates lock.
        name: The name.
        use_nesterov: Whether the momentum is Nesterov's.
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(weight_decay, learning_rate, momentum, use_locking, name, use_nesterov)


class AdamWOptimizer(DecoupledWeightDecayExtension, tf.train.AdamOptimizer):  # type: ignore[misc]
    """Adam with decoupled weight decay.

    Args:
        weight_decay: The share a step takes off.
        learning_rate: The learning rate.
        beta1: The decay of the mean of gradients.
        beta2: The decay of the mean of squares.
        epsilon: Keeps the divisor from zero.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "AdamW",
    ) -> None:
        super().__init__(weight_decay, learning_rate, beta1, beta2, epsilon, use_locking, name)
