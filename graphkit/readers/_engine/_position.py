"""Where a stream is, kept in a session and saved in its checkpoints."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._saveable import PositionSaveable

__all__ = ["Beginning", "Position", "drawn", "warn_of_no_position"]


class Beginning(NamedTuple):
    """Goes to where a stream begins.

    Attributes:
        absent: Whether a checkpoint was restored that holds no position (bool, `[]`).
        begin: Goes to the position, or to the beginning where there is none.
        again: Goes to the beginning.
    """

    absent: Tensor
    begin: Operation
    again: Operation

    def go(self, session: Any, name: str) -> None:
        """Goes to where the stream begins in a session.

        Args:
            session: The session.
            name: Name of the pipeline, for the warning that its checkpoint had no position.
        """
        if session.run(self.absent):
            warnings.warn(
                f"the checkpoint holds no position of {name}: it starts from the beginning",
                stacklevel=2,
            )
        session.run(self.begin)


class Position:
    """How a stream began and how many batches it has delivered.

    It belongs to no collection of variables, so that a program's own initialisers do not set it
    back, but the Savers of the graph save and restore it with its variables, as `…/position`.
    """

    def __init__(self) -> None:
        zeros = tf.zeros([2], tf.int64)
        absent = tf.constant([-1, 0], tf.int64)
        self._value = tf.Variable(
            zeros, trainable=False, collections=[], use_resource=True, name="position"
        )
        self._began = tf.raw_ops.VarIsInitializedOp(resource=self._value.handle)
        known = tf.cond(self._began, self._value.read_value, lambda: zeros)
        anew = tf.stack([drawn(), 0])
        self.beginning = Beginning(
            known[0] < 0,
            self._value.assign(tf.where(known[0] <= 0, anew, known)).op,
            self._value.assign(anew).op,
        )
        value = tf.raw_ops.ReadVariableOp(resource=self._value.handle, dtype=tf.int64)
        self.start: Tensor = value[0]
        self.delivered: Tensor = value[1]
        self._saveable = PositionSaveable(self._value, value, known, absent)
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    def count(self, batch: list[Tensor]) -> Operation:
        """Counts a batch, once it is there."""
        with tf.control_dependencies(batch):
            return self._value.assign_add([0, 1], read_value=False)

    def forget(self) -> None:
        """Leaves it out of the Savers that are made from now on."""
        tf.get_collection_ref(tf.GraphKeys.SAVEABLE_OBJECTS).remove(self._saveable)


def warn_of_no_position(name: str, reason: str) -> None:
    """Warns that a pipeline which was to be resumable is left to the queues, which are not.

    Args:
        name: Name of the pipeline.
        reason: Why the queues serve it.
    """
    warnings.warn(
        f"the queues serve {name} ({reason}): its position is not saved, and a run that restores "
        "a checkpoint takes its data from the beginning",
        stacklevel=2,
    )


def drawn() -> Tensor:
    """A number to begin with, never zero, another one each time (int64, `[]`)."""
    return tf.raw_ops.RandomUniformInt(
        shape=tf.zeros([0], tf.int32),
        minval=tf.constant(1, tf.int64),
        maxval=tf.constant(tf.int64.max, tf.int64),
    )
