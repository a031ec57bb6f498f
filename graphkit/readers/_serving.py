"""Which queue runners serve what a program runs."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, tf
from graphkit.readers._engine._iterator_runner import IteratorRunner
from graphkit.readers._runner import ancestors, fills_of, queue_of

__all__ = ["fillers", "handle", "on_tf_data", "serving"]


def serving(ends: list[Operation]) -> tuple[list[Operation], list[Any]]:
    """Lists what some ops are computed from, through queues and iterators, and what starts these.

    Other pipelines of the graph are left at rest: they would take time, or records.
    """
    left = ends[0].graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    ops = ancestors(ends)
    runners: list[Any] = []
    while True:
        found = set(ops)
        new = [runner for runner in left if handle(runner) in found]
        if not new:
            return ops, runners
        left = [runner for runner in left if runner not in new]
        runners += new
        ops = ancestors([*ops, *(op for runner in new for op in fillers(runner))])


def on_tf_data(runner: Any) -> bool:
    """Whether a runner starts a tf.data pipeline; else it fills a queue."""
    return isinstance(runner, IteratorRunner) and not runner.reason()


def handle(runner: Any) -> Operation:
    """The op of the queue or iterator that a runner fills."""
    if on_tf_data(runner):
        return runner.launch.initializer.inputs[1].op
    return queue_of(runner)


def fillers(runner: Any) -> list[Operation]:
    """The ops that a runner runs."""
    if on_tf_data(runner):
        return [runner.launch.initializer]
    return fills_of(runner)
