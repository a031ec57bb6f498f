"""contrib.opt's wrappers: clipped variables, stale gradients dropped, tasks trained in turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf

__all__ = [
    "DropStaleGradientOptimizer",
    "MultitaskOptimizerWrapper",
    "VariableClippingOptimizer",
    "clip_gradients_by_global_norm",
]


class _Wrapper(tf.train.Optimizer):  # type: ignore[misc]
    """An optimizer around another one, whose gradients and slots it has."""

    def __init__(self, opt: Any, use_locking: bool, name: str) -> None:
        super().__init__(use_locking, name)
        self._opt = opt

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the other optimizer's gradients.

        Args:
            *args: For the other optimizer.
            **kwargs: For the other optimizer.

        Returns:
            Pairs of a gradient and its variable.
        """
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Variable:
        """Finds a slot of the other optimizer.

        Args:
            *args: The variable and the slot's name.
            **kwargs: The same.

        Returns:
            The slot's variable, or None.
        """
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """Lists the names of the other optimizer's slots.

        Args:
            *args: For the other optimizer.
            **kwargs: For the other optimizer.

        Returns:
            The names.
        """
        names: list[str] = self._opt.get_slot_names(*args, **kwargs)
        return names


class VariableClippingOptimizer(_Wrapper):
    """Cuts variables to a largest norm after each update.

    Args:
        opt: The optimizer.
        vars_to_clip_dims: Variable to the axes its norm is taken over: `[1]` for each row's own.
        max_norm: The largest norm.
        use_locking: Whether cutting locks.
        colocate_clip_ops_with_vars: Whether norms are computed where the variables are.
        name: The name.
    """

    def __init__(
        self,
        opt: Any,
        vars_to_clip_dims: Mapping[Any, Sequence[int]],
        max_norm: Any,
        use_locking: bool = False,
        colocate_clip_ops_with_vars: bool = False,
        name: str = "VariableClipping",
    ) -> None:
        super().__init__(opt, use_locking, name)
        self._axes = {_key(var): list(axes) for var, axes in vars_to_clip_dims.items()}
        self._max_norm = max_norm
        self._colocate = colocate_clip_ops_with_vars

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Operation:
        """Applies gradients and cuts the variables.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up.
            name: The name of the op.

        Returns:
            The op.
        """
        pairs = list(grads_and_vars)
        with tf.name_scope(name, self._name) as scope:
            update = self._opt.apply_gradients(pairs, global_step=global_step)
            with tf.control_dependencies([update]):
                cut = [
                    self._cut(grad, var)
                    for grad, var in pairs
                    if grad is not None and _key(var) in self._axes
                ]
            return tf.group(update, *cut, name=scope)

    def _cut(self, grad: Any, var: Variable) -> Tensor:
        axes = self._axes[_key(var)]
        with tf.name_scope("clip_" + var.op.name):
            if not isinstance(grad, tf.IndexedSlices):
                return self._cut_all(var, axes)
            if 0 in axes:
                tf.logging.warning(
                    "Clipping norm across dims %s for %s is inefficient when including sparse "
                    "dimension 0.",
                    axes,
                    var.op.name,
                )
                return self._cut_all(var, axes)
            return self._cut_rows(var, grad.indices, axes)

    def _place(self, var: Variable) -> AbstractContextManager[Any]:
        return tf.colocate_with(var) if self._colocate else nullcontext()

    def _cut_all(self, var: Variable, axes: list[int]) -> Tensor:
        with self._place(var):
            value = var.read_value()
            excess = value - tf.clip_by_norm(value, self._max_norm, axes)
        with tf.colocate_with(var):
            return tf.assign_sub(var, excess, use_locking=self._use_locking)

    def _cut_rows(self, var: Variable, indices: Tensor, axes: list[int]) -> Tensor:
        with tf.colocate_with(var):
            rows = tf.gather(var, indices)
        with self._place(var):
            excess = rows - tf.clip_by_norm(rows, self._max_norm, axes)
        with tf.colocate_with(var):
            return tf.scatter_sub(var, indices, excess, use_locking=self._use_locking)


def _key(var: Variable) -> str:
    """Tells variables apart; they compare elementwise where TensorFlow 2's behaviour is on."""
    name: str = getattr(var, "deref", lambda: var)().op.name
    return name


class DropStaleGradientOptimizer(_Wrapper):
    """Drops gradients that were computed too many global steps ago.

    Args:
        opt: The optimizer.
        staleness: The most steps.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        opt: Any,
        staleness: int,
        use_locking: bool = False,
        name: str = "DropStaleGradient",
    ) -> None:
        super().__init__(opt, use_locking, name)
        self._staleness = staleness

    def compute_gradients(self, loss: Tensor, *args: Any, **kwargs: Any) -> Any:
        """Computes the other optimizer's gradients, and notes the global step before.

        Args:
            loss: What is to become small.
            *args: For the other optimizer.
            **kwargs: For the other optimizer.

        Returns:
            Pairs of a gradient and its variable.
        """
        with tf.colocate_with(loss):
            self._seen = tf.train.get_global_step() + 0
        with tf.control_dependencies([self._seen]):
            return self._opt.compute_gradients(tf.identity(loss), *args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Tensor:
        """Applies gradients unless they are stale, and counts those that are.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up.
            name: The name of the other optimizer's op.

        Returns:
            How many were dropped until now.
        """
        pairs = list(grads_and_vars)
        with tf.colocate_with(global_step):
            dropped = tf.get_variable(
                "stale_counter", [], initializer=tf.zeros_initializer(), trainable=False
            )
        found = [grad for grad, _ in pairs if grad is not None]
        ready = [grad if isinstance(grad, tf.Tensor) else grad.op for grad in found]
        with tf.control_dependencies(ready), tf.colocate_with(global_step):
            staleness = tf.reshape(global_step - self._seen, [])

        def accept() -> Tensor:
            train = self._opt.apply_gradients(pairs, global_step=global_step, name=name)
            with tf.control_dependencies([train]):
                return tf.constant(0.0) + 0.0

        counted = tf.assign_add(
            dropped, tf.cond(staleness <= self._staleness, accept, lambda: tf.constant(1.0))
        )
        share = dropped / tf.cast(global_step + 1, tf.float32)
        tf.summary.scalar("Gradient staleness percentage", share)
        return counted


class MultitaskOptimizerWrapper:
    """Leaves variables and slots alone whose gradient is zero, as tasks trained in turns need.

    Args:
        opt: The optimizer, whose updates this changes.

    Raises:
        TypeError: `opt` is no optimizer.
    """

    _UPDATES = ("_apply_dense", "_resource_apply_dense", "_apply_sparse", "_resource_apply_sparse")

    def __init__(self, opt: Any) -> None:
        if not isinstance(opt, tf.train.Optimizer):
            raise TypeError("Supplied optimizer must be an instance of tf.train.Optimizer")
        self._opt = opt
        for name in self._UPDATES:
            setattr(opt, name, _unless_zero(getattr(opt, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opt, name)


def _all_zero(grad: Any) -> Tensor:
    values = grad.values if isinstance(grad, tf.IndexedSlices) else grad
    return tf.equal(tf.count_nonzero(values), 0)


def _unless_zero(update: Callable[..., Operation]) -> Callable[..., Operation]:
    def call(grad: Any, *args: Any, **kwargs: Any) -> Operation:
        def apply() -> Operation:
            with tf.control_dependencies([update(grad, *args, **kwargs)]):
                return tf.no_op()

        return tf.cond(_all_zero(grad), tf.no_op, apply)

    return call


def clip_gradients_by_global_norm(
    gradients_variables: Any, clip_norm: float = 20.0
) -> tuple[list[Any], Tensor]:
    """Cuts gradients to a largest common norm.

    Args:
        gradients_variables: Pairs of a gradient and its variable.
        clip_norm: The largest norm.

    Returns:
        The pairs, and the norm before.
    """
    gradients, variables = zip(*gradients_variables, strict=True)
    norm = tf.global_norm(gradients)
    cut, _ = tf.clip_by_global_norm(gradients, clip_norm, use_norm=norm)
    return list(zip(cut, variables, strict=True)), norm
