"""contrib.opt.ElasticAverageOptimizer: workers on rubber bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._averaging import AveragingOptimizer, InitHook, count_up, trained
from graphkit.tf1._contrib._opt._twins import TwinGetter

__all__ = ["ElasticAverageOptimizer"]


class ElasticAverageOptimizer(AveragingOptimizer):
    """Pulls workers and a shared centre together now and then.

    Reference: https://arxiv.org/abs/1412.6651

    Args:
        opt: The optimizer.
        num_worker: How many workers there are.
        ea_custom_getter: The getter the variables were made with.
        communication_period: How many steps pass between.
        moving_rate: How far they are pulled; 0.9 / period / workers unless given.
        rho: The weight of the distance in the loss; moving rate / learning rate unless given.
        use_locking: Whether updates lock.
        synchronous: Whether workers wait for each other at the start.
        name: The name.
    """

    BETA = 0.9

    def __init__(
        self,
        opt: Any,
        num_worker: int,
        ea_custom_getter: TwinGetter,
        communication_period: int = 10,
        moving_rate: float | None = None,
        rho: float | None = None,
        use_locking: bool = True,
        synchronous: bool = False,
        name: str = "ElasticAverageOptimizer",
    ) -> None:
        super().__init__(opt, ea_custom_getter, communication_period, use_locking, name)
        self._num_worker = num_worker
        self._synchronous = synchronous
        usual = self.BETA / communication_period / num_worker
        self._moving_rate = usual if moving_rate is None else moving_rate
        rate = opt._learning_rate if rho is None else 1.0  # noqa: SLF001 - no public way
        self._rho = self._moving_rate / rate if rho is None else rho

    def compute_gradients(
        self, loss: Tensor, var_list: Sequence[Variable] | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Computes gradients of the loss and of the distance from the local centre.

        Args:
            loss: What is to become small.
            var_list: The variables; all trainable ones unless given.
            *args: For the other optimizer.
            **kwargs: For the other optimizer.

        Returns:
            Pairs of a gradient and its variable.
        """
        variables = list(var_list or tf.trainable_variables())
        distances = [tf.nn.l2_loss(var - self._twins.local_twin(var)) for var in variables]
        total = loss + self._rho * tf.add_n(distances)
        return self._opt.compute_gradients(total, variables, *args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Operation:
        """Applies gradients on the worker, and pulls it and the centre together when it is time.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up when the centre moves.
            name: Kept for callers that pass it.

        Returns:
            The op.
        """
        pairs = list(grads_and_vars)
        variables = trained(pairs)

        def pull() -> Operation:
            centres = [self._twins.global_twin(var) for var in variables]
            local = [self._twins.local_twin(var) for var in variables]
            seen = [tf.assign(a, b.read_value()) for a, b in zip(local, centres, strict=True)]
            with tf.control_dependencies(seen):
                pulls = [
                    self._moving_rate * (var.read_value() - here.read_value())
                    for var, here in zip(variables, local, strict=True)
                ]
            moved = [tf.assign_sub(var, part) for var, part in zip(variables, pulls, strict=True)]
            moved += [tf.assign_add(var, part) for var, part in zip(centres, pulls, strict=True)]
            return tf.group(*moved, *count_up(global_step))

        return self._now_and_then([self._apply_locally(pairs)], pull)

    def get_init_op(self, task_index: int) -> Operation:
        """Makes the op that starts a worker from the shared centre.

        Args:
            task_index: The worker's number.

        Returns:
            The op; it waits for the other workers where the optimizer is synchronous.

        Raises:
            ValueError: There are no trainable variables.
        """
        variables = tf.trainable_variables()
        start = self._from_global(variables)
        for var in variables:
            centre = self._twins.global_twin(var)
            start.append(tf.assign(self._twins.local_twin(var), centre.read_value()))
        return self._barrier(start, task_index) if self._synchronous else tf.group(*start)

    def _barrier(self, after: Sequence[Operation], task_index: int) -> Operation:
        """Waits until every worker has done something."""
        queues = [
            tf.FIFOQueue(
                self._num_worker, [tf.bool], [[]], shared_name=f"variable_init_sync_queue{number}"
            )
            for number in range(self._num_worker)
        ]
        with tf.control_dependencies(after):
            token = tf.identity(False)
            told = [queue.enqueue(token) for i, queue in enumerate(queues) if i != task_index]
        waited = queues[task_index].dequeue_many(self._num_worker - 1)
        return tf.group(*after, *told, waited)

    def make_session_run_hook(self, is_chief: bool, task_index: int) -> Any:
        """Makes a hook that starts a worker.

        Args:
            is_chief: Whether this is the first worker.
            task_index: The worker's number.

        Returns:
            A `tf.train.SessionRunHook`.
        """
        return InitHook(lambda: self.get_init_op(task_index))

    def swapping_saver(
        self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any
    ) -> Any:
        """Makes a saver that writes the shared centre under the names of the worker's variables.

        Args:
            var_list: Variables or a dict of them; all trainable ones unless given.
            name: The saver's name.
            **kwargs: For the saver.

        Returns:
            A `tf.train.Saver`.
        """
        found = tf.trainable_variables() if var_list is None else var_list
        named = found if isinstance(found, dict) else {var.op.name: var for var in found}
        trained = {var.op.name for var in tf.trainable_variables()}
        shared = {
            key: self._twins.global_twin(var) if var.op.name in trained else var
            for key, var in named.items()
        }
        return tf.train.Saver(shared, name=name, **kwargs)
