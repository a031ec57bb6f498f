"""The queue that a producer returns."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine import (
    build_gate,
    built_element,
    left_to_queue,
    looked_at,
    opening_gate,
)

__all__ = ["ProducerQueue"]


class ProducerQueue(tf.FIFOQueue):  # type: ignore[misc]  # TensorFlow is untyped
    """A producer's queue, of which single elements may be taken on tf.data."""

    @classmethod
    def of(cls, queue: Any) -> ProducerQueue:
        """Makes a queue one of these; the same object, as its runner has it too."""
        queue.__class__ = cls
        made: ProducerQueue = queue
        build_gate(made)
        return made

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """Puts an element of the program's own into the queue, which then delivers, not tf.data.

        Args:
            vals: The element.
            name: Name of the op; "…_enqueue", after the queue, unless given.

        Returns:
            The op that puts it there.
        """
        return looked_at(opening_gate(super().enqueue(vals, name)))

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """Puts several elements of the program's own there, as `enqueue` does.

        Args:
            vals: The elements (`[n, …]`).
            name: Name of the op; "…_EnqueueMany", after the queue, unless given.

        Returns:
            The op that puts them there.
        """
        return looked_at(opening_gate(super().enqueue_many(vals, name)))

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """Closes the queue, after which steps take what is left in it, and end.

        Args:
            cancel_pending_enqueues: Whether what waits to be put there is given up.
            name: Name of the op; "…_Close", after the queue, unless given.

        Returns:
            The op that closes it.
        """
        return looked_at(opening_gate(super().close(cancel_pending_enqueues, name)))

    def is_closed(self, name: str | None = None) -> Tensor:
        """Whether the queue is closed (bool, `[]`).

        Args:
            name: Name of the op; "…_Is_Closed", after the queue, unless given.
        """
        return looked_at(super().is_closed(name))

    def size(self, name: str | None = None) -> Tensor:
        """How many elements are in the queue, which is filled where this is built before the start.

        Args:
            name: Name of the op; "…_Size", after the queue, unless given.

        Returns:
            The number (int32, `[]`).
        """
        return looked_at(super().size(name))

    def dequeue(self, name: str | None = None) -> Any:
        """Takes an element.

        Args:
            name: Name of the op; "…_Dequeue", after the queue, unless given.

        Returns:
            The element.
        """
        default = f"{self.name.rpartition('/')[2]}_Dequeue"
        return built_element(super().dequeue, name, default)

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Takes several elements, which stays with the queue.

        Args:
            n: How many (int32, `[]`).
            name: Name of the op; "…_DequeueMany", after the queue, unless given.

        Returns:
            The elements (`[n, …]`).

        Raises:
            ArgumentError: Single elements were asked for, of tf.data only.
        """
        taken = super().dequeue_many(n, name)
        left_to_queue(taken.op)
        return taken

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """Takes several elements, fewer at the end, which stays with the queue.

        Args:
            n: How many at most (int32, `[]`).
            name: Name of the op; "…_DequeueUpTo", after the queue, unless given.

        Returns:
            The elements (`[None, …]`).

        Raises:
            ArgumentError: Single elements were asked for, of tf.data only.
        """
        taken = super().dequeue_up_to(n, name)
        left_to_queue(taken.op)
        return taken
