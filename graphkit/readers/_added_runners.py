"""Queue runners of the program's own."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.readers._engine import give_back_collected
from graphkit.readers._queues import without_deprecation_warnings

__all__ = ["add_queue_runner"]


def add_queue_runner(qr: Any, collection: str = tf.GraphKeys.QUEUE_RUNNERS) -> None:
    """Adds a queue runner to a collection of its graph, from which it is started with the others.

    As `tf.train.add_queue_runner`
    (https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/add_queue_runner). Records that
    its queue collects one by one come from the queues of their producers, not from tf.data, as
    `readers.explain` would find at the start; known now, its threads need not ask at each step.

    Args:
        qr: The `tf.train.QueueRunner`.
        collection: The collection's name.
    """
    with without_deprecation_warnings():
        tf.train.add_queue_runner(qr, collection)
    give_back_collected(tf.get_default_graph())
