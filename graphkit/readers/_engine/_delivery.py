"""What a step that needs a batch does: it waits for the start, then takes the batch.

Both the tf.data pipeline and the queue stand ready; whoever is started first in a session
delivers there. After the last batch of the pipeline a step takes from the closed, empty queue,
whose error is the one that programs know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphkit._marks import GATE_MARK
from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._functions import plain_function
from graphkit.readers._engine._position import Position
from graphkit.readers._engine._standby import Standby

__all__ = ["Delivery"]

_TOKENS = 256  # as many steps can wait for the start


@dataclass(frozen=True)
class Delivery:
    """The batches of a pipeline, and what begins it.

    Attributes:
        outputs: The batch, flat.
        initializer: Makes the pipeline.
        begin: Lets steps take from the pipeline, which was made before.
    """

    outputs: list[Tensor]
    initializer: Operation
    begin: Operation

    @classmethod
    def of(cls, batches: Any, standby: Standby, position: Position | None = None) -> Delivery:
        """Adds the ops to the current graph, in the current name scope.

        Args:
            batches: The dataset of the batches.
            standby: The queues.
            position: Counts what the pipeline delivers.
        """
        start = _Start()
        start.announce_by(standby)
        dataset = _without_end(batches)
        iterator = tf.data.make_initializable_iterator(dataset)
        spec = tf.nest.flatten(dataset.element_spec)
        by_queue, by_data = _apart(start.mode())
        with tf.control_dependencies([by_data]):
            # In the thread of the step, which saves two changes of threads. It cannot wait in
            # vain for the session's threads, as the dataset has its own.
            *values, more = tf.raw_ops.IteratorGetNextSync(
                iterator=iterator.initializer.inputs[1],
                output_types=[one.dtype for one in spec],
                output_shapes=[one.shape for one in spec],
            )
        over, _ = _apart(more)
        standby.dequeue._add_control_input(_either(by_queue, over).op)  # noqa: SLF001
        values = [tf.raw_ops.Switch(data=value, pred=more)[1] for value in values]
        if position is not None:
            with tf.control_dependencies([position.count(values)]):
                values = [tf.identity(value) for value in values]
        outputs = [_either(*both) for both in zip(values, standby.outputs, strict=True)]
        for output, other in zip(outputs, standby.outputs, strict=True):
            output.set_shape(other.shape)
        start.leads((iterator.initializer.inputs[1], *standby.dequeue.inputs))
        with tf.control_dependencies([start.opened(by_data=True)]):
            begin = tf.group(standby.last.close(name="close"), name="begin")
        return cls(outputs, iterator.initializer, begin)


class _Start:
    """Whether a session was started yet, and with what."""

    def __init__(self) -> None:
        scope = tf.get_default_graph().get_name_scope()
        self._flag = tf.raw_ops.VarHandleOp(dtype=tf.bool, shape=[], shared_name=f"{scope}/begun")
        self._gate = tf.FIFOQueue(-1, [tf.bool], [[]], name="gate")
        self._gate.queue_ref.op._set_attr(GATE_MARK, tf.AttrValue(b=True))  # noqa: SLF001

        self._now = self._begun()
        self.leads([self._gate.queue_ref])

    def leads(self, tensors: Iterable[Tensor]) -> None:
        """Lets a step take these up only then; each would begin in a thread of its own."""
        for op in dict.fromkeys(tensor.op for tensor in tensors):
            if not op.inputs and not op.control_inputs:
                op._add_control_input(self._now.op)  # noqa: SLF001

    def mode(self) -> Tensor:
        """Waits for the start; whether tf.data was started (bool, `[]`)."""
        waits, goes_on = _apart(self._now)
        with tf.control_dependencies([waits]):
            token = self._gate.dequeue()
        with tf.control_dependencies([_either(goes_on, token)]):
            return tf.raw_ops.ReadVariableOp(resource=self._flag, dtype=tf.bool)

    def opened(self, *, by_data: bool) -> Operation:
        """Starts a session, and lets those go on that wait for it."""
        chosen = tf.raw_ops.AssignVariableOp(resource=self._flag, value=tf.constant(by_data))
        with tf.control_dependencies([chosen]):
            return self._gate.enqueue_many([tf.zeros([_TOKENS], tf.bool)])

    def announce_by(self, standby: Standby) -> None:
        """Lets whoever first fills a queue start the session, with the queues."""
        first, later = _apart(self._begun())
        with tf.control_dependencies([first]):
            chosen = self.opened(by_data=False)
        with tf.control_dependencies([chosen]):
            opened = tf.constant(True)
        started = _either(later, opened).op
        fills = [getattr(op, "op", op) for one in standby.runners for op in one.enqueue_ops]
        for op in dict.fromkeys(fills):
            op._add_control_input(started)  # noqa: SLF001

    def _begun(self) -> Tensor:
        return tf.raw_ops.VarIsInitializedOp(resource=self._flag)


def _apart(condition: Tensor) -> tuple[Tensor, Tensor]:
    """What is there only if a condition does not hold, and only if it does."""
    holds_not, holds = tf.raw_ops.Switch(data=condition, pred=condition)
    return tf.identity(holds_not), tf.identity(holds)


def _either(one: Tensor, other: Tensor) -> Tensor:
    """Whichever of two is there."""
    either: Tensor = tf.raw_ops.Merge(inputs=[one, other])[0]
    return either


def _without_end(batches: Any) -> Any:
    """Lets a dataset go on for ever; says of each element whether it is one of the batches."""
    if any(not isinstance(one, tf.TensorSpec) for one in batches.element_spec):
        batches = batches.map(plain_function(_flat))
    nothing = tuple(_nothing(one) for one in batches.element_spec)
    ended = tf.data.Dataset.from_tensors((nothing, False)).repeat()
    more = tf.data.Dataset.from_tensors(True).repeat()
    return tf.data.Dataset.zip((batches, more)).concatenate(ended)


def _flat(*components: Any) -> tuple[Tensor, ...]:
    return tuple(tf.nest.flatten(components, expand_composites=True))


def _nothing(spec: Any) -> Tensor:
    """An empty tensor that may stand beside those of a batch."""
    lengths = spec.shape.as_list() if spec.shape.rank is not None else [0]
    return tf.zeros([0, *(length or 0 for length in lengths[1:])][: len(lengths)], spec.dtype)
