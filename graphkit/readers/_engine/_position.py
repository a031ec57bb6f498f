"""Where a stream is, kept in a session and saved in its checkpoints."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._order import CAUSES
from graphkit.readers._engine._saveable import PositionSaveable

__all__ = ["Beginning", "Position", "drawn", "warn_of_no_position"]

_SAVES = {"Save", "SaveSlices", "SaveV2"}


class Beginning(NamedTuple):
    """Goes to where a stream begins.

    Attributes:
        saved: What Savers save; a checkpoint was restored that holds no position where the first
            number is negative (int64, `[N]`).
        order: What the stream's order depends on, which the last numbers of a position tell as well
            (int64, `[N - 2]`).
        begin: Goes to the position, or to the beginning where there is none of this stream.
        again: Goes to the beginning.
    """

    saved: Tensor
    order: Tensor
    begin: Operation
    again: Operation

    def go(self, session: Any, name: str) -> None:
        """Goes to where the stream begins in a session.

        Args:
            session: The session.
            name: Name of the pipeline, for the warnings that its checkpoint has no position of it,
                or that none is going to have one.
        """
        saved, order = session.run([self.saved, self.order])
        changed = [
            cause
            for cause, before, now in zip(CAUSES, saved[2:], order, strict=True)
            if before != now
        ]
        if saved[0] < 0:
            _warn(f"the checkpoint holds no position of {name}: it starts from the beginning")
        elif saved[0] > 0 and changed:
            causes = " and the ".join(changed)
            _warn(
                f"the {causes} of {name} changed since its position was saved: it starts from the "
                "beginning"
            )
        if _saves(self.saved.graph.get_operations()) and not _saves(self.saved.consumers()):
            _warn(
                f"no Saver saves the position of {name}: make one after the pipeline, and without "
                "a list of variables"
            )
        session.run(self.begin)


def _saves(ops: list[Operation]) -> bool:
    return any(op.type in _SAVES for op in ops)


class Position:
    """How a stream began, how many batches it has delivered, and what its order depends on.

    It belongs to no collection of variables, so that a program's own initialisers do not set it
    back, but the Savers of the graph save and restore it with its variables, as `…/position`.

    Args:
        order: What its order depends on (`order_of`).
    """

    def __init__(self, order: list[int]) -> None:
        rest = [0] * len(order)
        zeros = tf.constant([0, 0, *rest], tf.int64)
        absent = tf.constant([-1, 0, *rest], tf.int64)
        self._value = tf.Variable(
            zeros, trainable=False, collections=[], use_resource=True, name="position"
        )
        self._began = tf.raw_ops.VarIsInitializedOp(resource=self._value.handle)
        known = tf.cond(self._began, self._value.read_value, lambda: zeros)
        own = tf.constant(order, tf.int64)
        anew = tf.concat([[drawn(), 0], own], 0)
        goes_on = (known[0] > 0) & tf.reduce_all(tf.equal(known[2:], own))
        self.beginning = Beginning(
            known,
            own,
            self._value.assign(tf.where(goes_on, known, anew)).op,
            self._value.assign(anew).op,
        )
        self._step = [0, 1, *rest]
        value = tf.raw_ops.ReadVariableOp(resource=self._value.handle, dtype=tf.int64)
        self.start: Tensor = value[0]
        self.delivered: Tensor = value[1]
        self._saveable = PositionSaveable(self._value, value, known, absent)
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    def count(self, there: Tensor) -> Operation:
        """Counts a batch, given what is there only with it."""
        with tf.control_dependencies([there]):
            return self._value.assign_add(self._step, read_value=False)

    def forget(self) -> None:
        """Leaves it out of the Savers that are made from now on."""
        tf.get_collection_ref(tf.GraphKeys.SAVEABLE_OBJECTS).remove(self._saveable)


def warn_of_no_position(name: str, reason: str) -> None:
    """Warns that a pipeline which was to be resumable is left to the queues, which are not.

    Args:
        name: Name of the pipeline.
        reason: Why the queues serve it.
    """
    _warn(
        f"the queues serve {name} ({reason}): its position is not saved, and a run that restores "
        "a checkpoint takes its data from the beginning"
    )


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=3)


def drawn() -> Tensor:
    """A number to begin with, never zero, another one each time (int64, `[]`)."""
    return tf.raw_ops.RandomUniformInt(
        shape=tf.zeros([0], tf.int32),
        minval=tf.constant(1, tf.int64),
        maxval=tf.constant(tf.int64.max, tf.int64),
    )
