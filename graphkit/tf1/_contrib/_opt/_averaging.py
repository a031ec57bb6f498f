"""What optimizers share that train on workers and average now and then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._contrib._opt._twins import TwinGetter, as_local_variables

__all__ = ["AveragingOptimizer", "InitHook", "count_up", "trained"]


class InitHook(tf.train.SessionRunHook):  # type: ignore[misc]
    """Runs an op when a session is made.

    Args:
        make_op: Makes the op, before the graph is finished.
    """

    def __init__(self, make_op: Callable[[], Operation]) -> None:
        self._make_op = make_op

    def begin(self) -> None:
        """Makes the op."""
        self._op = self._make_op()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Runs the op.

        Args:
            session: The session.
            coord: Kept for the caller that passes it.
        """
        session.run(self._op)


class AveragingOptimizer(tf.train.Optimizer):  # type: ignore[misc]
    """Counts the worker's steps, and does something more in every n-th."""

    def __init__(
        self, opt: Any, twins: TwinGetter, period: int, use_locking: bool, name: str
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = opt
        self._twins = twins
        self._period = period
        self._local_step = tf.get_variable(
            "local_step",
            initializer=0,
            trainable=False,
            collections=[tf.GraphKeys.LOCAL_VARIABLES],
        )
        self._opt._prepare()  # noqa: SLF001 - no public way

    def _apply_locally(self, grads_and_vars: Any) -> Operation:
        """Updates the worker's own variables; the slots this makes are the worker's own too."""
        before = {var.op.name for var in tf.global_variables()}
        update = self._opt.apply_gradients(grads_and_vars)
        as_local_variables(var for var in tf.global_variables() if var.op.name not in before)
        return update

    def _now_and_then(
        self, after: Sequence[Operation], average: Callable[[], Operation]
    ) -> Operation:
        """Counts a step, and averages when it is time."""
        with tf.control_dependencies(after):
            count = tf.identity(tf.assign_add(self._local_step, 1, name="local_step_update"))
        with tf.control_dependencies([*after, count]):
            return tf.cond(tf.equal(tf.mod(count, self._period), 0), average, tf.no_op)

    def _from_global(self, variables: Sequence[Variable]) -> list[Tensor]:
        """Gives the worker's variables the shared values."""
        if not variables:
            raise ValueError("The list of local_variables should not be empty")
        return [tf.assign(var, self._twins.global_twin(var).read_value()) for var in variables]


def trained(grads_and_vars: Any) -> list[Variable]:
    """Lists the variables that have a gradient.

    Args:
        grads_and_vars: Pairs of a gradient and its variable.

    Returns:
        The variables.
    """
    return [var for grad, var in grads_and_vars if grad is not None]


def count_up(global_step: Variable | None) -> list[Tensor]:
    """Counts a step, where there is a global step.

    Args:
        global_step: Its variable, or None.

    Returns:
        The op, or nothing.
    """
    if global_step is None:
        return []
    with tf.colocate_with(global_step):
        return [tf.assign_add(global_step, 1)]
