"""A gate in the graph: steps wait before it, in a session, until a step opens it for all."""

from __future__ import annotations

from collections.abc import Iterable

from graphkit._marks import GATE_MARK
from graphkit._tf import Operation, Tensor, tf

__all__ = ["Gate", "apart", "either", "marked"]

_TOKENS = 256  # as many steps can wait


class Gate:
    """A gate, and a number that whoever opens it leaves there.

    Its ops are added to the current graph, in the current name scope.
    """

    def __init__(self) -> None:
        scope = tf.get_default_graph().get_name_scope()
        self._left = tf.raw_ops.VarHandleOp(dtype=tf.int64, shape=[], shared_name=f"{scope}/begun")
        self._queue = tf.FIFOQueue(-1, [tf.bool], [[]], name="gate")
        marked(self._left.op)
        marked(self._queue.queue_ref.op)
        self._now = self._is_open()
        self.leads([self._queue.queue_ref])

    def leads(self, tensors: Iterable[Tensor]) -> None:
        """Lets a step take these up only then; each would begin in a thread of its own."""
        for op in dict.fromkeys(tensor.op for tensor in tensors):
            if not op.inputs and not op.control_inputs:
                op._add_control_input(self._now.op)  # noqa: SLF001

    def passed(self) -> Tensor:
        """Waits until it is open."""
        waits, goes_on = apart(self._now)
        with tf.control_dependencies([waits]):
            token = self._queue.dequeue()
        return either(goes_on, token)

    def counted(self) -> tuple[Tensor, Operation]:
        """Waits until it is open; the number that is left (int64, `[]`), and what lowers it."""
        with tf.control_dependencies([self.passed()]):
            left = tf.raw_ops.ReadVariableOp(resource=self._left, dtype=tf.int64)
        with tf.control_dependencies([left]):
            one = tf.constant(1, tf.int64)
            return left, tf.raw_ops.AssignSubVariableOp(resource=self._left, value=one)

    def leaves(self, number: int) -> Operation:
        """Leaves another number."""
        value = tf.constant(number, tf.int64)
        return tf.raw_ops.AssignVariableOp(resource=self._left, value=value)

    def opened(self, number: int = 0) -> Operation:
        """Opens it."""
        with tf.control_dependencies([self.leaves(number)]):
            return self._queue.enqueue_many([tf.zeros([_TOKENS], tf.bool)])

    def opened_once(self) -> Operation:
        """Opens it unless it is open; nothing is left there."""
        first, later = apart(self._is_open())
        with tf.control_dependencies([first]):
            opened = self.opened()
        with tf.control_dependencies([opened]):
            done = tf.constant(True)
        return either(later, done).op

    def closed(self) -> Operation:
        """Ends the waiting of all, with an error."""
        return self._queue.close(name="close_gate")

    def _is_open(self) -> Tensor:
        return tf.raw_ops.VarIsInitializedOp(resource=self._left)


def marked(op: Operation) -> Operation:
    """Marks an op as one of a gate, which no program has put there."""
    op._set_attr(GATE_MARK, tf.AttrValue(b=True))  # noqa: SLF001
    return op


def apart(condition: Tensor) -> tuple[Tensor, Tensor]:
    """What is there only if a condition does not hold, and only if it does."""
    holds_not, holds = tf.raw_ops.Switch(data=condition, pred=condition)
    return tf.identity(holds_not), tf.identity(holds)


def either(one: Tensor, other: Tensor) -> Tensor:
    """Whichever of two is there."""
    found: Tensor = tf.raw_ops.Merge(inputs=[one, other])[0]
    return found
