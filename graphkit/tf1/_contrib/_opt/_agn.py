"""contrib.opt.AGNOptimizer: workers that share the mean of their gradients."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, Variable, tf
from graphkit.tf1._contrib._opt._averaging import AveragingOptimizer, InitHook, count_up, trained
from graphkit.tf1._contrib._opt._twins import TwinGetter

__all__ = ["AGNOptimizer"]


class AGNOptimizer(AveragingOptimizer):
    """Sums gradients on the worker and applies their mean to the shared variables now and then.

    Reference: https://arxiv.org/abs/1611.04581

    Args:
        optimizer: The optimizer.
        num_worker: How many workers there are.
        custom_getter: The getter the variables were made with.
        communication_period: How many steps pass between.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        optimizer: Any,
        num_worker: int,
        custom_getter: TwinGetter,
        communication_period: int = 10,
        use_locking: bool = True,
        name: str = "AGNOptimizer",
    ) -> None:
        super().__init__(optimizer, custom_getter, communication_period, use_locking, name)
        self._num_worker = num_worker

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Operation:
        """Applies gradients on the worker, and their mean to the shared variables when it is time.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up when the shared variables change.
            name: Kept for callers that pass it.

        Returns:
            The op.
        """
        pairs = [(grad, var) for grad, var in grads_and_vars if grad is not None]
        variables = trained(pairs)
        sums = [self._twins.local_twin(var) for var in variables]
        shared = [self._twins.global_twin(var) for var in variables]
        update = [self._apply_locally(pairs)]
        for (grad, _), total in zip(pairs, sums, strict=True):
            update.append(tf.assign_add(total, grad))
        # Slots are made here: inside the condition they could not be initialised.
        self._opt._create_slots(shared)  # noqa: SLF001 - no public way

        def average() -> Operation:
            means = [tf.assign(total, total / self._period) for total in sums]
            with tf.control_dependencies(means):
                applied = self._opt.apply_gradients(list(zip(sums, shared, strict=True)))
            with tf.control_dependencies([applied]):
                cleared = [tf.assign(total, tf.zeros_like(total)) for total in sums]
                return tf.group(*count_up(global_step), *self._from_global(variables), *cleared)

        return self._now_and_then(update, average)

    def get_init_op(self, task_index: int) -> Operation:
        """Makes the op that starts a worker from the shared values.

        Args:
            task_index: The worker's number.

        Returns:
            The op.

        Raises:
            ValueError: There are no trainable variables.
        """
        variables = tf.trainable_variables()
        sums = [self._twins.local_twin(var) for var in variables]
        cleared = [tf.assign(total, tf.zeros_like(total)) for total in sums]
        return tf.group(*self._from_global(variables), *cleared)

    def make_session_run_hook(self, is_chief: bool, task_index: int) -> Any:
        """Makes a hook that starts a worker.

        Args:
            is_chief: Whether this is the first worker.
            task_index: The worker's number.

        Returns:
            A `tf.train.SessionRunHook`.
        """
        return InitHook(lambda: self.get_init_op(task_index))
