"""Who takes elements from producers and readers, and where they go."""

from __future__ import annotations

from collections.abc import Collection

from graphkit._tf import Graph, Operation
from graphkit.readers._engine._refusal import NotLifted
from graphkit.readers._engine._sources import source_of, takes_together
from graphkit.readers._runner import is_queue

__all__ = ["fills_a_queue", "taking_singly"]


def taking_singly(graph: Graph) -> list[Operation]:
    """Lists the ops that take elements of producers that nothing collects in a queue.

    A session that runs them, or what is computed from them, takes one element a step.
    """
    ops = [
        op for op in graph.get_operations() if op.type.startswith(("QueueDequeue", "ReaderRead"))
    ]
    return [op for op in ops if _takes_from_producer(op) and not fills_a_queue(op)]


def fills_a_queue(op: Operation, but: Collection[Operation] = ()) -> bool:
    """Whether what an op takes goes into a queue, as into that of a batcher.

    Args:
        op: The op.
        but: Queues that do not count.
    """
    seen: set[Operation] = set()
    waiting = _users(op)
    while waiting:
        user = waiting.pop()
        queues = {_before_switches(given.op) for given in user.inputs}
        if any(is_queue(queue) and queue not in but for queue in queues):
            return True
        if user not in seen:
            seen.add(user)
            waiting += _users(user)
    return False


def _takes_from_producer(op: Operation) -> bool:
    if op.type.startswith("ReaderRead") or takes_together(op):
        return True
    try:
        return source_of(op) is not None
    except NotLifted:  # it takes from a queue of another kind
        return False


def _users(op: Operation) -> list[Operation]:
    return [user for tensor in op.outputs for user in tensor.consumers()]


def _before_switches(op: Operation) -> Operation:
    """What the branches of a `tf.cond` take."""
    while op.type in ("RefSwitch", "Switch"):
        op = op.inputs[0].op
    return op
