"""Single elements on tf.data: what a session takes from a reader or a producer, one each step."""

from __future__ import annotations

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._before import require_nothing_before
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._datasets import elements
from graphkit.readers._engine._delivery import Delivery
from graphkit.readers._engine._iterator_runner import IteratorRunner
from graphkit.readers._engine._launch import Launch
from graphkit.readers._engine._order import order_of
from graphkit.readers._engine._pipelines import Lifted, options, require_alone
from graphkit.readers._engine._producer_gate import gate_of
from graphkit.readers._engine._refusal import NoGate, NotLifted
from graphkit.readers._engine._sources import Source, source_of
from graphkit.readers._engine._standby import Standby
from graphkit.readers._engine._stream import Stream
from graphkit.readers._runner import names_before_shuffling, queue_of

__all__ = ["lifted_element"]

_REST = "its files, which may have a rest behind their records, are not known yet"


def lifted_element(by_queue: Operation, *, resumable: bool) -> tuple[list[Tensor], Lifted]:
    """Builds what an op takes from a producer or its reader, on tf.data.

    Its ops are added to the current graph, in the current name scope.

    Args:
        by_queue: The op; it delivers in sessions in which tf.data is not started.
        resumable: Whether the Savers of the graph save where the stream is.

    Returns:
        What takes the place of the op's outputs, and what delivers it.

    Raises:
        NotLifted: The queues have to do it.
    """
    source = source_of(by_queue)
    if source is None or source.producer is None or source.pool is not None:
        raise NotLifted(
            by_queue, "it takes from a queue that is not filled as producers fill theirs"
        )
    require_nothing_before(source)
    chain = Chain(tuple(by_queue.outputs), (source,), ())
    require_alone([chain])
    _require_known_rest(source)
    queue = source.producer.queue
    gate = gate_of(queue)
    if gate is None:
        raise NoGate(queue)
    runners = tf.get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS)
    places = [place for place, one in enumerate(runners) if queue_of(one) is queue]
    if len(places) != 1:
        raise NotLifted(queue, "it has no queue runner")
    with tf.control_dependencies(None), tf.device("/device:CPU:0"), tf.name_scope("tf_data"):
        stream = Stream.of(by_number=True, order=order_of([chain]) if resumable else None)
        dataset, _ = elements(source, _wanted, start=stream.producers_start)
        if isinstance(dataset.element_spec, tf.TensorSpec):
            dataset = tf.data.Dataset.zip((dataset,))
        # Nothing is read ahead: a record is sooner read than handed over from another thread, and
        # several may be more than memory holds.
        dataset = stream.resumed(dataset).with_options(options())
        outputs = list(by_queue.outputs)
        standby = Standby(by_queue.name, outputs, by_queue, [runners[places[0]]])
        delivery = Delivery.of(dataset, standby, stream.position, gate)
    launch = Launch(delivery.controls, stream.beginning)
    runner = IteratorRunner(runners[places[0]], launch)
    runner.register(places[0])
    return delivery.outputs, Lifted([queue], [runner], stream.position)


def _require_known_rest(source: Source) -> None:
    """Leaves to the reader files of which nobody can tell whether records fill them.

    Raises:
        NotLifted: It does not read records of a fixed length, or not from files that are known.
    """
    reader, producer = source.reader, source.producer
    if reader is None or producer is None or not reader.type.startswith("FixedLength"):
        return
    if tf.get_static_value(names_before_shuffling(producer.rows)) is None:
        raise NotLifted(reader, _REST)


def _wanted(_output: Tensor) -> bool:
    """Key and record alike: what of them the program is going to use is not known yet."""
    return True
