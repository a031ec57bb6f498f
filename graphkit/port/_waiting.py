"""What a call of `Session.run` may wait for: read from the graph behind its fetches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphkit.port._ownership import is_own

__all__ = ["Wait", "built_at", "filled_by", "may_put", "sources_behind", "waits_behind"]

_DEQUEUE = ("QueueDequeue", "ReaderRead")
_ENQUEUE = "QueueEnqueue"
_PUTS_NOTHING = (*_DEQUEUE, "QueueClose", "QueueIsClosed", "QueueSize")
_PARTS = ("indices", "values", "dense_shape")  # of sparse values
_WAITING = (
    *_DEQUEUE,
    _ENQUEUE,
    "AccumulatorTakeGradient",
    "BarrierTakeMany",
    "IteratorGetNext",
    "MapUnstage",
    "OrderedMapUnstage",
    "ResourceAccumulatorTakeGradient",
    "StackPop",
    "Unstage",
)


class Wait(NamedTuple):
    """One op that waits until another thread does the opposite with the same queue.

    Args:
        op: What waits.
        queue: The queue's op.
        takes: Whether it takes from the queue; else it puts into it.
    """

    op: Any
    queue: Any
    takes: bool

    def counterparts(self) -> list[str]:
        """Names the ops that would end the wait."""
        wanted = (_ENQUEUE,) if self.takes else _DEQUEUE
        users = self.queue.outputs[0].consumers()
        return sorted(op.name for op in users if op.type.startswith(wanted))


def waits_behind(graph: Any, fetches: Any, fed: Any = ()) -> list[Wait]:
    """Lists where fetched values may wait on a queue.

    Args:
        graph: The session's graph.
        fetches: What is fetched, nested as `Session.run` takes it.
        fed: What is fed, and so not computed.

    Returns:
        One entry for each op and queue.
    """
    found = []
    for op in _ops_behind(graph, fetches, fed):
        if op.type.startswith((*_DEQUEUE, _ENQUEUE)):
            takes = not op.type.startswith(_ENQUEUE)
            found += [Wait(op, queue, takes) for queue in _queues_of(op)]
    return found


def may_put(graph: Any, fetches: Any, queue: Any) -> bool:
    """Says whether anything that fetched values depend on may put into a queue.

    A condition, a loop, a function or a dataset that the queue is handed to may do so inside.

    Args:
        graph: The session's graph.
        fetches: What is fetched.
        queue: The queue's op.
    """
    return any(
        not op.type.startswith(_PUTS_NOTHING) and any(one.op is queue for one in op.inputs)
        for op in _ops_behind(graph, fetches)
    )


def sources_behind(graph: Any, fetches: Any, fed: Any = ()) -> Iterator[str]:
    """Names whatever fetched values may have to wait for.

    Args:
        graph: The session's graph.
        fetches: What is fetched.
        fed: What is fed, and so not computed.

    Yields:
        Names of queues, readers, iterators and messages.
    """
    for op in _ops_behind(graph, fetches, fed):
        if op.type.startswith(_WAITING):
            holders = [tensor.op for tensor in op.inputs if "resource" in tensor.dtype.name]
            yield ([*holders, *_queues_of(op)] or [op])[0].name


def filled_by(runner: Any) -> str:
    """Names the queue that a queue runner fills.

    Args:
        runner: The queue runner; an imported one knows only the op that makes the queue.
    """
    queue = runner.queue
    return str((queue.queue_ref.op if hasattr(queue, "queue_ref") else queue).name)


def built_at(op: Any) -> str:
    """Says in which line of the program an op was built; nothing if it was built in a library.

    Args:
        op: The op.
    """
    own = [frame for frame in op.traceback or () if is_own(frame.filename)]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else ""


def _queues_of(op: Any) -> list[Any]:
    makers = [tensor.op for tensor in op.inputs]
    queues = [maker for maker in makers if maker.type.removesuffix("V2").endswith("Queue")]
    return [queue for queue in queues if not _is_gate(queue)]


def _is_gate(queue: Any) -> bool:
    """Whether steps wait before it for the start of another queue, which is told instead."""
    return "_graphkit_gate" in queue.node_def.attr


def _ops_behind(graph: Any, fetches: Any, fed: Any = ()) -> Iterator[Any]:
    """Walks over the ops that are run for fetched values."""
    given = {element.name for element in _elements(graph, list(fed))}
    seen: set[Any] = set()
    waiting = list(_elements(graph, fetches))
    while waiting:
        element = waiting.pop()
        op = getattr(element, "op", element)
        if element.name in given or op in seen:
            continue
        seen.add(op)
        yield op
        waiting += [*op.inputs, *op.control_inputs]


def _elements(graph: Any, fetches: Any) -> Iterator[Any]:
    """Walks nested fetches down to tensors and operations."""
    if isinstance(fetches, dict):
        fetches = list(fetches.values())
    if isinstance(fetches, list | tuple):
        for part in fetches:
            yield from _elements(graph, part)
        return
    try:
        yield graph.as_graph_element(fetches)
    except (TypeError, ValueError, KeyError):  # a sparse value, or what the session refuses
        parts = [getattr(fetches, name, None) for name in _PARTS]
        yield from (part for part in parts if getattr(part, "graph", None) is graph)
