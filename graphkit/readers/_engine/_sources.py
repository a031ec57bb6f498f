"""Where a chain begins: producers, and the ops that take elements from them.

Everything is read off the graph, so pipelines built by plain `tf.compat.v1` or imported from a
MetaGraph are understood as well as those of this room.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from graphkit._marks import ELEMENT_MARK, GATE_MARK
from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._refusal import NotLifted
from graphkit.readers._runner import ancestors, names_before_shuffling

__all__ = ["TOGETHER", "Pool", "Producer", "Source", "source_of", "takes_together", "taking_for"]

TOGETHER = "it takes its producer's records many at once"

_QUEUES = {"FIFOQueue", "FIFOQueueV2"}
_SHUFFLING_QUEUES = {"RandomShuffleQueue", "RandomShuffleQueueV2"}
_READS = {"ReaderRead", "ReaderReadV2"}
_READS_UP_TO = {"ReaderReadUpTo", "ReaderReadUpToV2"}
_ENQUEUES = {"QueueEnqueue", "QueueEnqueueV2"}
_DEQUEUES = {"QueueDequeue", "QueueDequeueV2"}
_DEQUEUES_TOGETHER = ("QueueDequeueMany", "QueueDequeueUpTo")
_COUNTERS = {"CountUpTo", "ResourceCountUpTo"}
_COMPRESSED = {b"GZIP", b"ZLIB"}  # any other word means none
_READERS = {
    "FixedLengthRecordReader",
    "FixedLengthRecordReaderV2",
    "IdentityReader",
    "IdentityReaderV2",
    "TFRecordReader",
    "TFRecordReaderV2",
    "TextLineReader",
    "TextLineReaderV2",
    "WholeFileReader",
    "WholeFileReaderV2",
}


@dataclass(frozen=True)
class Producer:
    """A queue that a queue runner fills with the rows of a tensor, epoch after epoch.

    Attributes:
        queue: The queue's op.
        rows: One epoch's rows in their order (`[N, …]`), shuffled anew each time it is computed.
        num_epochs: How many epochs; None for ever.
    """

    queue: Operation
    rows: Tensor
    num_epochs: int | None


@dataclass(frozen=True)
class Pool:
    """A queue that readers of one producer fill with records, as `slim.parallel_reader` has it.

    Attributes:
        queue: The queue's op.
        reads: What puts records into it: one read of each reader.
        stock: How many records the queue draws from; None if it keeps their order.
        seed: The seed of the drawing.
    """

    queue: Operation
    reads: tuple[Operation, ...]
    stock: int | None
    seed: int | None


@dataclass(frozen=True)
class Source:
    """The op that takes one element per step: a reader's read, or a dequeue.

    Attributes:
        op: The op whose outputs are the element.
        producer: Where its work comes from; None if `limit_epochs` counts the steps itself.
        reader: The reader's op; None if the elements are the rows themselves.
        num_epochs: How often a limited tensor is taken; None for ever.
        up_to: How many records of a file a step takes together at most; None for one by one.
        pool: The queue between several readers, of which `reader` is one, and the op.
        by_queue: What takes from the queue where tf.data delivers behind the op; None elsewhere.
    """

    op: Operation
    producer: Producer | None
    reader: Operation | None
    num_epochs: int | None = None
    up_to: int | None = None
    pool: Pool | None = None
    by_queue: Operation | None = None

    @property
    def handles(self) -> list[Tensor]:
        """What others can look at it by, or take from it by, before its own op does."""
        reads = [] if self.pool is None else self.pool.reads
        readers = [read.inputs[0].op for read in reads] or [self.reader]
        queues = [self.producer and self.producer.queue, self.pool and self.pool.queue]
        return [op.outputs[0] for op in (*queues, *readers) if op is not None]

    @property
    def takers(self) -> set[Operation]:
        """The ops that take from its queues and readers."""
        reads = () if self.pool is None else self.pool.reads
        return {self.by_queue or self.op, *reads}


def source_of(op: Operation) -> Source | None:
    """Tells whether an op takes elements from a producer.

    Returns:
        The source, or None if the op takes elements from nothing.

    Raises:
        NotLifted: It takes elements from something that is no producer as TensorFlow makes them.
    """
    if op.type in _DEQUEUES:
        reads = _pooled_reads(op.inputs[0].op)
        return _of_pool(op, reads) if reads else Source(op, _producer(op.inputs[0].op), None)
    if op.type in _READS | _READS_UP_TO:
        reader = op.inputs[0].op
        if reader.type not in _READERS:
            raise NotLifted(reader, "a reader of an unknown kind")
        if _shared(reader):
            raise NotLifted(reader, "a reader that sessions share")
        up_to = _up_to(op) if op.type in _READS_UP_TO else None
        producer = _producer(op.inputs[1].op)
        _require_whole_records(reader, producer.rows)
        return Source(op, producer, reader, up_to=up_to)
    if takes_together(op):
        raise NotLifted(op, TOGETHER)
    if op.type == "Identity" and _limit(op) is not None:
        return Source(op, None, None, _limit(op))
    by_queue = taking_for(op)
    source = None if by_queue is None else source_of(by_queue)
    return source and replace(source, op=op, by_queue=by_queue)


def takes_together(op: Operation) -> bool:
    """Whether an op takes several elements of a producer at once.

    The queue of a batcher of many examples at a time is filled like a producer's, but with what
    was taken from another.
    """
    if not op.type.startswith(_DEQUEUES_TOGETHER):
        return False
    try:
        producer = _producer(op.inputs[0].op)
    except NotLifted:
        return False
    above = ancestors([producer.rows.op])
    return not any(one.type.startswith(("QueueDequeue", "ReaderRead")) for one in above)


def taking_for(op: Operation) -> Operation | None:
    """What takes from a queue for an op behind which tf.data may deliver; None for another op."""
    if op.type != "IdentityN" or ELEMENT_MARK not in op.node_def.attr:
        return None
    given = op.inputs[0].op
    return given.inputs[1].op if given.type == "Merge" else given


def _pooled_reads(queue: Operation) -> list[Operation]:
    """The reads whose records are all that is put into a queue; none for another queue."""
    reads = []
    for filler in _fillers(queue):
        components = filler.inputs[1:]
        given = components[0].op
        read = taking_for(given) or given
        if (
            filler.type not in _ENQUEUES
            or read.type not in _READS
            or list(components) != list(given.outputs)
        ):
            return []
        reads.append(read)
    return reads


def _of_pool(op: Operation, reads: list[Operation]) -> Source:
    """The source whose records pass through a queue."""
    queue = op.inputs[0].op
    if _shared(queue):
        raise NotLifted(queue, "a queue that sessions share")
    if queue.type not in _QUEUES | _SHUFFLING_QUEUES:
        raise NotLifted(queue, "a queue of an unknown kind")
    first = source_of(reads[0])
    if first is None or any(not _reads_alike(read, reads[0]) for read in reads):
        raise NotLifted(queue, "readers of several kinds fill it")
    stock = seed = None
    if queue.type in _SHUFFLING_QUEUES:
        capacity = int(queue.get_attr("capacity"))
        stock = capacity if capacity > 0 else int(queue.get_attr("min_after_dequeue")) + 1
        seed = int(queue.get_attr("seed2")) or None
    return replace(first, op=op, pool=Pool(queue, tuple(reads), stock, seed))


def _reads_alike(one: Operation, other: Operation) -> bool:
    """Whether two readers do the same with the work of one producer."""
    readers = [read.inputs[0].op.node_def for read in (one, other)]
    return (
        one.inputs[1].op is other.inputs[1].op
        and readers[0].op == readers[1].op
        and dict(readers[0].attr) == dict(readers[1].attr)
    )


def _up_to(op: Operation) -> int:
    """How many records a `read_up_to` asks for."""
    number = tf.get_static_value(op.inputs[2])
    if number is None or number < 1:
        raise NotLifted(op, "how many records it reads is computed")
    return int(number)


def _require_whole_records(reader: Operation, names: Tensor) -> None:
    """Leaves to the reader files with a rest behind their records, which it passes over."""
    if not reader.type.startswith("FixedLength"):
        return
    if reader.get_attr("hop_bytes") not in (0, reader.get_attr("record_bytes")):
        return  # such records stay in queues for that reason
    if reader.type.endswith("V2") and reader.get_attr("encoding") in _COMPRESSED:
        raise NotLifted(reader, "its files are compressed, which may hide a rest")
    known = tf.get_static_value(names_before_shuffling(names))
    if known is None or known.dtype != object:
        return
    around = reader.get_attr("header_bytes") + reader.get_attr("footer_bytes")
    for name in known.ravel().tolist():
        if os.path.isfile(name):
            rest = (os.path.getsize(name) - around) % reader.get_attr("record_bytes")
            if rest:
                shown = name.decode(errors="replace")
                raise NotLifted(reader, f"{rest} bytes are left behind the records of {shown}")


def _producer(queue: Operation) -> Producer:
    """Reads off the graph what fills a queue."""
    if GATE_MARK in queue.node_def.attr:
        raise NotLifted(queue, "it takes what another batcher delivers")
    if queue.type not in _QUEUES:
        raise NotLifted(queue, "a queue that is not filled as producers fill theirs")
    if _shared(queue):
        raise NotLifted(queue, "a queue that sessions share")
    fillers = _fillers(queue)
    if len(fillers) != 1 or not fillers[0].type.startswith("QueueEnqueueMany"):
        raise NotLifted(queue, "a queue that is not filled as producers fill theirs")
    components = fillers[0].inputs[1:]
    if len(components) != 1:
        raise NotLifted(queue, "a queue of several components")
    rows, num_epochs = _without_limit(components[0])
    return Producer(queue, rows, num_epochs)


def _fillers(queue: Operation) -> list[Operation]:
    return [op for op in queue.outputs[0].consumers() if "Enqueue" in op.type]


def _shared(op: Operation) -> bool:
    return bool(op.get_attr("shared_name"))


def _without_limit(rows: Tensor) -> tuple[Tensor, int | None]:
    """Takes `limit_epochs` off what is enqueued; returns what it limits, and to how many."""
    limit = _limit(rows.op)
    return (rows, None) if limit is None else (rows.op.inputs[0], limit)


def _limit(op: Operation) -> int | None:
    """How often `limit_epochs` lets an op run; None if it does not."""
    counters = [control for control in op.control_inputs if control.type in _COUNTERS]
    return int(counters[0].get_attr("limit")) if op.type == "Identity" and counters else None
