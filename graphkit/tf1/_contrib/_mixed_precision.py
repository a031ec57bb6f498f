"""contrib.mixed_precision: losses scaled up, so that gradients do not vanish in float16."""

from __future__ import annotations

import abc
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf

__all__ = [
    "ExponentialUpdateLossScaleManager",
    "FixedLossScaleManager",
    "LossScaleManager",
    "LossScaleOptimizer",
]


class LossScaleManager(metaclass=abc.ABCMeta):
    """What losses are multiplied with."""

    @abc.abstractmethod
    def get_loss_scale(self) -> Tensor:
        """Gives the scale, a float32 scalar."""

    @abc.abstractmethod
    def update_loss_scale(self, finite_grads: Tensor) -> Operation:
        """Makes the op that changes the scale, from whether gradients were finite."""


class FixedLossScaleManager(LossScaleManager):
    """A scale that stays.

    Args:
        loss_scale: The scale, 1 or more.

    Raises:
        ValueError: It is less than 1.
    """

    def __init__(self, loss_scale: float) -> None:
        if loss_scale < 1:
            raise ValueError("loss scale must be at least 1.")
        self._loss_scale = tf.convert_to_tensor(loss_scale, dtype=tf.float32)

    def get_loss_scale(self) -> Tensor:
        """Gives the scale.

        Returns:
            A float32 scalar.
        """
        return self._loss_scale

    def update_loss_scale(self, finite_grads: Tensor) -> Operation:
        """Makes an op that changes nothing.

        Args:
            finite_grads: Whether gradients were finite.

        Returns:
            The op.
        """
        return tf.no_op()


class ExponentialUpdateLossScaleManager(LossScaleManager):
    """A scale that grows while gradients are finite and shrinks when they are not.

    Args:
        init_loss_scale: The first scale.
        incr_every_n_steps: After how many finite steps in a row it grows.
        decr_every_n_nan_or_inf: After how many others it shrinks.
        incr_ratio: What it is multiplied with then, more than 1.
        decr_ratio: What it is multiplied with then, less than 1.
    """

    def __init__(
        self,
        init_loss_scale: Any,
        incr_every_n_steps: int,
        decr_every_n_nan_or_inf: int = 2,
        incr_ratio: float = 2,
        decr_ratio: float = 0.8,
    ) -> None:
        self._incr_every = incr_every_n_steps
        self._decr_every = decr_every_n_nan_or_inf
        self._incr_ratio = incr_ratio
        self._decr_ratio = decr_ratio
        start = tf.convert_to_tensor(init_loss_scale, tf.float32)
        self._loss_scale = tf.Variable(start, trainable=False, name="loss_scale")
        self._good_steps = tf.Variable(0, trainable=False, name="good_steps")
        self._bad_steps = tf.Variable(0, trainable=False, name="bad_steps")

    def get_loss_scale(self) -> Tensor:
        """Gives the scale.

        Returns:
            A float32 scalar.
        """
        return self._loss_scale

    def update_loss_scale(self, finite_grads: Tensor) -> Operation:
        """Makes the op that counts a step, and changes the scale when it is time.

        Args:
            finite_grads: Whether gradients were finite, a bool scalar.

        Returns:
            The op.
        """
        scale = tf.identity(self._loss_scale)
        good = tf.where(finite_grads, self._good_steps + 1, 0)
        bad = tf.where(finite_grads, tf.identity(self._bad_steps), self._bad_steps + 1)
        grows = tf.logical_and(finite_grads, good >= self._incr_every)
        shrinks = tf.logical_and(tf.logical_not(finite_grads), bad >= self._decr_every)
        more, less = scale * self._incr_ratio, tf.maximum(1.0, scale * self._decr_ratio)
        more = tf.where(tf.is_finite(more), more, scale)
        changed = tf.logical_or(grows, shrinks)
        following = tf.where(grows, more, tf.where(shrinks, less, scale))
        return tf.group(
            tf.assign(self._loss_scale, following),
            tf.assign(self._good_steps, tf.where(changed, 0, good)),
            tf.assign(self._bad_steps, tf.where(changed, 0, bad)),
        )


class LossScaleOptimizer(tf.train.Optimizer):  # type: ignore[misc]
    """Scales the loss up and gradients down again; a step with others than numbers is left out.

    Args:
        opt: The optimizer.
        loss_scale_manager: The scale.
    """

    def __init__(self, opt: Any, loss_scale_manager: LossScaleManager) -> None:
        super().__init__(use_locking=False, name="LossScaleOptimizer")
        self._opt = opt
        self._manager = loss_scale_manager

    def compute_gradients(self, loss: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Computes gradients of the scaled loss, and scales them down.

        Args:
            loss: What is to become small, or a function that returns it.
            *args: For the other optimizer.
            **kwargs: For the other optimizer.

        Returns:
            Pairs of a gradient and its variable.
        """
        value = loss() if callable(loss) else loss
        scale = self._manager.get_loss_scale()
        scaled = value * tf.cast(scale, value.dtype.base_dtype)
        pairs = self._opt.compute_gradients(scaled, *args, **kwargs)
        down = tf.reciprocal(scale)
        return [(None if grad is None else _times(grad, down), var) for grad, var in pairs]

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Operation:
        """Applies gradients if all are numbers, and changes the scale.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up, in a step that counts.
            name: The name of the other optimizer's op.

        Returns:
            The op.
        """
        pairs = list(grads_and_vars)
        values = [getattr(grad, "values", grad) for grad, _ in pairs if grad is not None]
        finite = tf.reduce_all([tf.reduce_all(tf.is_finite(part)) for part in values])

        def apply() -> Operation:
            return self._opt.apply_gradients(pairs, global_step, name)

        applied = tf.cond(finite, apply, tf.no_op)
        return tf.group(applied, self._manager.update_loss_scale(finite))


def _times(grad: Any, factor: Tensor) -> Any:
    factor = tf.cast(factor, grad.dtype.base_dtype)
    if isinstance(grad, tf.IndexedSlices):
        return tf.IndexedSlices(grad.values * factor, grad.indices, grad.dense_shape)
    return grad * factor
