"""What serves the batches and single records of a graph in a file, as `readers.explain` says it.

Batchers leave a mark on their nodes. What a session takes itself is found by where it comes from,
and by that it goes into no queue; here from the nodes as they are stored, without TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graphkit._formats._graph import StoredNode
from graphkit._marks import (
    ELEMENT_MARK,
    ENGINE_MARK,
    GATE_MARK,
    TAKEN_SINGLY,
    TAKEN_TOGETHER,
)
from graphkit.export._inspection._shapes import split_reference

__all__ = ["engines_of"]

_DEQUEUES = {"QueueDequeue", "QueueDequeueV2"}
_DEQUEUES_TOGETHER = ("QueueDequeueMany", "QueueDequeueUpTo")
_ENQUEUES = {"QueueEnqueue", "QueueEnqueueV2"}
_PRODUCING = {"FIFOQueue", "FIFOQueueV2"}
_POOLING = {*_PRODUCING, "RandomShuffleQueue", "RandomShuffleQueueV2"}
_READS = {"ReaderRead", "ReaderReadV2"}
_SWITCHES = {"RefSwitch", "Switch"}


def engines_of(nodes: Sequence[StoredNode]) -> dict[str, str]:
    """Says what serves each batch, and what sessions take themselves.

    Args:
        nodes: The nodes of a graph.

    Returns:
        For each batcher, then for each op that takes records which nothing batches: "tf.data", or
        "queues" and why.
    """
    marks = {node.name: node.text(ENGINE_MARK) for node in nodes if ENGINE_MARK in node.attrs}
    takers = _Takers(nodes)
    elements = {takers.behind(node): node.name for node in nodes if _is_element(node)}
    found = {name: said for name, said in marks.items() if name not in elements.values()}
    batched = takers.above(found)
    for taker in dict.fromkeys([*takers.from_producers(), *elements]):
        if taker not in takers.filling and taker not in batched:
            name = elements.get(taker, taker)
            taken = TAKEN_TOGETHER if taker in takers.together else TAKEN_SINGLY
            found[name] = marks.get(name, f"queues ({taken})")
    return found


class _Takers:
    """The ops of a graph that take from queues, and where that goes.

    Args:
        nodes: The nodes.

    Attributes:
        filling: The names of what goes into a queue, directly or not.
        together: The names of what takes several elements of a producer at once.
    """

    def __init__(self, nodes: Sequence[StoredNode]) -> None:
        self._nodes = {node.name: node for node in nodes}
        self._fillers: dict[str, list[StoredNode]] = {}
        for node in nodes:
            for name in dict.fromkeys(_read(node) if "Enqueue" in node.op else ()):
                self._fillers.setdefault(name, []).append(node)
        self._giving = {name for name in self._fillers if self._gives(self._nodes.get(name))}
        handles = _queue_handles(nodes)
        users = (node for node in nodes if not handles.isdisjoint(_read(node)))
        together = [node for node in nodes if node.op.startswith(_DEQUEUES_TOGETHER)]
        taken = _computed_from_queues(nodes) if together else set()
        self.together = {node.name for node in together if self._takes_together(node, taken)}
        self.filling = self.above(name for node in users for name in _read(node))

    def from_producers(self) -> list[str]:
        """The ops that take what a producer or a reader gives."""
        return [
            name
            for name, node in self._nodes.items()
            if node.op.startswith("ReaderRead")
            or name in self.together
            or (node.op in _DEQUEUES and not self._giving.isdisjoint(_read(node)[:1]))
        ]

    def _takes_together(self, node: StoredNode, taken: set[str]) -> bool:
        queue = self._input(node, 0)
        if queue is None or not self._is_of_producer(queue):
            return False
        return taken.isdisjoint(_read(self._fillers[queue.name][0])[1:])

    def behind(self, element: StoredNode) -> str:
        """What takes from the queue for an op behind which tf.data may deliver."""
        given = next(iter(_read(element)), "")
        node = self._nodes.get(given)
        both = _read(node) if node is not None and node.op == "Merge" else []
        return both[1] if len(both) > 1 else given

    def _gives(self, queue: StoredNode | None) -> bool:
        return queue is not None and (self._is_of_producer(queue) or self._is_of_readers(queue))

    def _is_of_producer(self, queue: StoredNode) -> bool:
        fillers = self._fillers.get(queue.name, [])
        return (
            queue.op in _PRODUCING
            and GATE_MARK not in queue.attrs
            and not queue.text("shared_name")
            and len(fillers) == 1
            and fillers[0].op.startswith("QueueEnqueueMany")
            and len(_read(fillers[0])) == 2
        )

    def _is_of_readers(self, queue: StoredNode) -> bool:
        """Whether records of one producer alone go into a queue, from readers that are alike."""
        if queue.op not in _POOLING or queue.text("shared_name"):
            return False
        reads = [self._record_put(node) for node in self._fillers.get(queue.name, [])]
        first = reads[0] if reads else None
        names = None if first is None else self._input(first, 1)
        alike = all(self._source(read) == self._source(first) for read in reads)
        return alike and names is not None and self._is_of_producer(names)

    def _source(self, read: StoredNode | None) -> object:
        """What a read takes from: another of the same takes records of the same."""
        reader = None if read is None else self._input(read, 0)
        return reader and read and (reader.op, reader.attrs, self._input(read, 1))

    def _record_put(self, enqueue: StoredNode) -> StoredNode | None:
        """The read whose key and value, and nothing else, an op puts into a queue, if it does."""
        _, *record = [split_reference(one) for one in enqueue.inputs if not one.startswith("^")]
        given = self._nodes.get(record[0][0]) if record else None
        if given is None or record != [(given.name, 0), (given.name, 1)]:
            return None
        taker = self.behind(given) if _is_element(given) else given.name
        read = self._nodes.get(taker)
        puts = enqueue.op in _ENQUEUES and read is not None and read.op in _READS
        return read if puts else None

    def above(self, names: Iterable[str]) -> set[str]:
        """The names of nodes of these names, and of all that they are computed from."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found and name in self._nodes:
                found.add(name)
                waiting += _read(self._nodes[name])
        return found

    def _input(self, node: StoredNode, place: int) -> StoredNode | None:
        return self._nodes.get(next(iter(_read(node)[place:]), ""))


def _queue_handles(nodes: Iterable[StoredNode]) -> set[str]:
    """The names of queues and barriers, and of how the branches of a `tf.cond` take them."""
    found: set[str] = set()
    waiting: list[str] = []
    branches: dict[str, list[str]] = {}
    for node in nodes:
        if node.op.removesuffix("V2").endswith(("Barrier", "Queue")):
            waiting.append(node.name)
        elif node.op in _SWITCHES:
            for name in _read(node)[:1]:
                branches.setdefault(name, []).append(node.name)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting += branches.pop(name, ())
    return found


def _computed_from_queues(nodes: Iterable[StoredNode]) -> set[str]:
    """The names of what takes from queues and readers, and of all that is computed from it."""
    users: dict[str, list[str]] = {}
    waiting = []
    for node in nodes:
        if node.op.startswith(("QueueDequeue", "ReaderRead")):
            waiting.append(node.name)
        for name in _read(node):
            users.setdefault(name, []).append(node.name)
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += users.get(name, ())
    return found


def _is_element(node: StoredNode) -> bool:
    """Whether it is an op behind which tf.data may deliver what another takes from a queue."""
    return node.op == "IdentityN" and ELEMENT_MARK in node.attrs


def _read(node: StoredNode) -> list[str]:
    """The names of the nodes whose outputs a node reads."""
    return [one.partition(":")[0] for one in node.inputs if not one.startswith("^")]
