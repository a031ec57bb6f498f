"""The queue that a producer returns."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.readers._engine import built_element

__all__ = ["ProducerQueue"]


class ProducerQueue(tf.FIFOQueue):  # type: ignore[misc]  # TensorFlow is untyped
    """A producer's queue, of which single elements may be taken on tf.data."""

    @classmethod
    def of(cls, queue: Any) -> ProducerQueue:
        """Makes a queue one of these; the same object, as its runner has it too."""
        queue.__class__ = cls
        made: ProducerQueue = queue
        return made

    def dequeue(self, name: str | None = None) -> Any:
        """Takes an element.

        Args:
            name: Name of the op; "…_Dequeue", after the queue, unless given.

        Returns:
            The element.
        """
        default = f"{self.name.rpartition('/')[2]}_Dequeue"
        return built_element(super().dequeue, name, default)
