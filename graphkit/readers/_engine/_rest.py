"""Lets readers rest that fill a queue from which nobody takes, as tf.data reads in their place."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, tf
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._gate import Gate
from graphkit.readers._runner import fills_of, queue_of

__all__ = ["let_rest"]


def let_rest(chain: Chain) -> None:
    """Holds the threads that fill the pools of a chain until a step takes from there.

    Each has read one record then. A session may still take single records beside the batches, and
    a program that has no runner for a pool fills it by itself, so that nothing is held there.
    """
    for source in chain.sources:
        runner = None if source.pool is None else _runner_of(source.pool.queue)
        if runner is None:
            continue
        with tf.name_scope("pool"):
            gate = Gate()
            source.op._add_control_input(gate.opened_once())  # noqa: SLF001
            for op in fills_of(runner):
                op._add_control_input(gate.passed().op)  # noqa: SLF001
            runner.cancel_op._add_control_input(gate.closed())  # noqa: SLF001


def _runner_of(queue: Operation) -> Any:
    runners = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    return next((one for one in runners if queue_of(one) is queue), None)
