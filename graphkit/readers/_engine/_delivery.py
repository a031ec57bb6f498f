"""What a step that needs a batch, or a single element, does: it waits for the start, then takes it.

Both the tf.data pipeline and the queue stand ready; whoever is started first in a session
delivers there. After the last one of the pipeline a step takes from the closed, empty queue, whose
error is the one that programs know. So it does once a coordinator has asked to stop, after what
the queue would still have held then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._controls import Controls
from graphkit.readers._engine._datasets import FOR_EVER
from graphkit.readers._engine._functions import plain_function
from graphkit.readers._engine._gate import Gate, apart, either, marked
from graphkit.readers._engine._position import Position
from graphkit.readers._engine._standby import Standby
from graphkit.readers._runner import fills_of

__all__ = ["Delivery"]


@dataclass(frozen=True)
class Delivery:
    """What a pipeline delivers, batches or single elements, and what begins and ends it.

    Attributes:
        outputs: The batch or element, flat.
        controls: What begins and ends it.
    """

    outputs: list[Tensor]
    controls: Controls

    @classmethod
    def of(
        cls,
        delivered: Any,
        standby: Standby,
        position: Position | None = None,
        start: Gate | None = None,
    ) -> Delivery:
        """Adds the ops to the current graph, in the current name scope.

        Args:
            delivered: The dataset of the batches or elements.
            standby: The queues.
            position: Counts what the pipeline delivers.
            start: Where steps wait, which what fills or closes the queues opens; one is built
                unless given. What is left there is how often steps may take from tf.data.
        """
        start = start or _opened_by(standby)
        dataset = _without_end(delivered)
        iterator = tf.data.make_initializable_iterator(dataset)
        spec = tf.nest.flatten(dataset.element_spec)
        left, counted = start.counted()
        with tf.control_dependencies([left]):  # a constant by itself would have a thread of its own
            by_queue, by_data = apart(tf.greater(left, 0))
        with tf.control_dependencies([by_data, counted]):
            # In the thread of the step, which saves two changes of threads. It cannot wait in
            # vain for the session's threads, as the dataset has its own.
            *values, more = tf.raw_ops.IteratorGetNextSync(
                iterator=iterator.initializer.inputs[1],
                output_types=[one.dtype for one in spec],
                output_shapes=[one.shape for one in spec],
            )
        over, there = apart(more)
        standby.dequeue._add_control_input(marked(either(by_queue, over).op))  # noqa: SLF001
        values = [tf.raw_ops.Switch(data=value, pred=more)[1] for value in values]
        if position is not None:
            with tf.control_dependencies([position.count(there)]):
                values = [tf.identity(value) for value in values]
        outputs = [either(*both) for both in zip(values, standby.outputs, strict=True)]
        for output, other in zip(outputs, standby.outputs, strict=True):
            output.set_shape(other.shape)
        start.leads((iterator.initializer.inputs[1], *standby.dequeue.inputs))
        with tf.control_dependencies([start.opened(FOR_EVER)]):
            begin = tf.group(standby.last.close(name="close"), name="begin")
        ends = start.leaves(FOR_EVER), start.leaves(standby.most_steps)
        return cls(outputs, Controls(iterator.initializer, begin, *ends))


def _opened_by(standby: Standby) -> Gate:
    """A gate that whoever first fills or closes a queue opens."""
    gate = Gate()
    opened = gate.opened_once()
    for op in dict.fromkeys(op for one in standby.runners for op in _opening(one)):
        op._add_control_input(opened)  # noqa: SLF001
    return gate


def _opening(runner: Any) -> list[Operation]:
    """What a runner does to its queue: after each of these, steps do not wait for it in vain."""
    return [*fills_of(runner), runner.close_op, runner.cancel_op]


def _without_end(delivered: Any) -> Any:
    """Lets a dataset go on for ever; says of each element whether it is one of those."""
    if any(not isinstance(one, tf.TensorSpec) for one in delivered.element_spec):
        delivered = delivered.map(plain_function(_flat))
    nothing = tuple(_nothing(one) for one in delivered.element_spec)
    ended = tf.data.Dataset.from_tensors((nothing, False)).repeat()
    more = tf.data.Dataset.from_tensors(True).repeat()
    return tf.data.Dataset.zip((delivered, more)).concatenate(ended)


def _flat(*components: Any) -> tuple[Tensor, ...]:
    return tuple(tf.nest.flatten(components, expand_composites=True))


def _nothing(spec: Any) -> Tensor:
    """An empty tensor that may stand beside those of a batch."""
    lengths = spec.shape.as_list() if spec.shape.rank is not None else [0]
    return tf.zeros([0, *(length or 0 for length in lengths[1:])][: len(lengths)], spec.dtype)
