"""Why a pipeline keeps its queues."""

from __future__ import annotations

from graphkit._tf import Operation

__all__ = ["NoGate", "NotLifted", "SharedProducer"]


class NotLifted(Exception):
    """A finding, not a failure: the tf.data engine leaves a pipeline to the queues.

    Args:
        op: The op that stands in the way; None if an argument of the batcher does.
        reason: What it is, in a few words.

    Attributes:
        scope: The name scope that was made for the pipeline; empty if none was.
    """

    def __init__(self, op: Operation | None, reason: str) -> None:
        self.scope = ""
        self.op = op
        self.reason = reason
        super().__init__(reason if op is None else f"{op.name} ({op.type}): {reason}")


class SharedProducer(NotLifted):
    """Several batchers take from one producer; only its queue can share the elements out.

    Args:
        taker: The op that takes for another.
        queue: The producer's queue.
    """

    def __init__(self, taker: Operation, queue: Operation) -> None:
        self.queue = queue
        super().__init__(taker, "another takes from the same producer")


class NoGate(NotLifted):
    """A single element of a queue that another library made; a batcher of it may be lifted yet.

    Args:
        queue: The producer's queue.
    """

    def __init__(self, queue: Operation) -> None:
        super().__init__(queue, "the queue of its producer was not made by graphkit for tf.data")
