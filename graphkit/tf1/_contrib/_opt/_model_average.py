"""contrib.opt.ModelAverageOptimizer: workers that share the mean of their variables."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, Variable, tf
from graphkit.tf1._contrib._opt._averaging import AveragingOptimizer, InitHook, count_up, trained
from graphkit.tf1._contrib._opt._twins import TwinGetter

__all__ = ["ModelAverageOptimizer"]


class ModelAverageOptimizer(AveragingOptimizer):
    """Gives all workers the mean of their variables now and then.

    Args:
        opt: The optimizer.
        num_worker: How many workers there are.
        is_chief: Whether this is the first worker.
        ma_custom_getter: The getter the variables were made with.
        interval_steps: How many steps pass between.
        use_locking: Whether updates lock.
        name: The name.
    """

    def __init__(
        self,
        opt: Any,
        num_worker: int,
        is_chief: bool,
        ma_custom_getter: TwinGetter,
        interval_steps: int = 100,
        use_locking: bool = True,
        name: str = "ModelAverageOptimizer",
    ) -> None:
        super().__init__(opt, ma_custom_getter, interval_steps, use_locking, name)
        self._num_worker = num_worker
        self._is_chief = is_chief

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the other optimizer's gradients.

        Args:
            *args: For the other optimizer.
            **kwargs: For the other optimizer.

        Returns:
            Pairs of a gradient and its variable.
        """
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Operation:
        """Applies gradients on the worker, and averages all workers when it is time.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up when there is a new average.
            name: Kept for callers that pass it.

        Returns:
            The op.

        Raises:
            ValueError: There are no variables, or no global step.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required")
        variables = trained(pairs)
        accumulators = [self._accumulator(var) for var in variables]
        with tf.colocate_with(global_step):
            queue = tf.FIFOQueue(-1, [tf.bool], shapes=[[]], shared_name="sync_queue")

        def average() -> Operation:
            given = [
                total.apply_grad(var.read_value(), local_step=global_step)
                for total, var in zip(accumulators, variables, strict=True)
            ]
            with tf.control_dependencies(given):
                done = self._share(accumulators, variables, global_step, queue)
            with tf.control_dependencies([done]):
                return tf.group(*self._from_global(variables))

        made = self._now_and_then([self._apply_locally(pairs)], average)
        self._chief_init_op = tf.group(
            *(total.set_global_step(global_step, name="SetGlobalStep") for total in accumulators)
        )
        return made

    def _accumulator(self, var: Variable) -> Any:
        shared = self._twins.global_twin(var)
        with tf.name_scope(f"{self._name}/global/"), tf.device(shared.device):
            return tf.ConditionalAccumulator(
                var.dtype.base_dtype, var.shape, shared_name=f"{shared.name}/var_accum"
            )

    def _share(
        self, accumulators: list[Any], variables: list[Variable], global_step: Any, queue: Any
    ) -> Operation:
        """The first worker makes the average and tells the others, who wait for it."""
        if not self._is_chief:
            return queue.dequeue().op
        means = [
            tf.assign(self._twins.global_twin(var), total.take_grad(self._num_worker))
            for total, var in zip(accumulators, variables, strict=True)
        ]
        with tf.control_dependencies([*means, *count_up(global_step)]):
            return queue.enqueue_many(tf.fill([self._num_worker - 1], False))

    def get_init_op(self) -> Operation:
        """Makes the op that starts a worker from the shared values.

        Returns:
            The op.

        Raises:
            ValueError: There are no trainable variables.
        """
        return tf.group(*self._from_global(tf.trainable_variables()))

    def make_session_run_hook(self) -> Any:
        """Makes a hook that starts a worker.

        Returns:
            A `tf.train.SessionRunHook`.
        """
        return InitHook(lambda: tf.group(self._chief_init_op, self.get_init_op()))
