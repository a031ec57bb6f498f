"""The engine: TensorFlow's own queues, with graphkit's queue runners on top.

Every producer, reader and batcher of this room is made here, and nowhere else is said that queues
do the work; another engine replaces this file.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from graphkit._tf import tf
from graphkit.readers._checks import require_batch_arguments
from graphkit.readers._runner import CheckedQueueRunner

__all__ = ["built_batcher", "built_by_queues", "without_deprecation_warnings"]


def built_by_queues(function: str, *args: Any, files_checked: bool = True, **kwargs: Any) -> Any:
    """Builds with the function of `tf.train` and lets checked runners fill its queues.

    Args:
        function: A name in `tf.train`.
        *args: Its arguments.
        files_checked: Whether the runners check the files their queue names.
        **kwargs: Its keyword arguments.

    Returns:
        What the function returns.
    """
    runners = tf.get_default_graph().get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS)
    known = len(runners)
    with without_deprecation_warnings():
        built = getattr(tf.train, function)(*args, **kwargs)
        for place in range(known, len(runners)):
            runners[place] = CheckedQueueRunner(runners[place], files_checked=files_checked)
    return built


def built_batcher(function: str, arguments: Mapping[str, Any]) -> Any:
    """Checks the arguments of a batching function of this room and builds with them.

    Args:
        function: Its name, here and in `tf.train`.
        arguments: Its arguments by name, as its `locals()` are before the first statement.

    Returns:
        The batches.
    """
    require_batch_arguments(
        function,
        arguments["batch_size"],
        arguments["capacity"],
        num_threads=arguments.get("num_threads", 1),
        min_after_dequeue=arguments.get("min_after_dequeue"),
    )
    return built_by_queues(function, **arguments)


@contextmanager
def without_deprecation_warnings() -> Iterator[None]:
    """Holds back TensorFlow's advice, in this thread, to leave queues for tf.data."""
    logger = logging.getLogger("tensorflow")
    caller = threading.get_ident()

    def lets_through(record: logging.LogRecord) -> bool:
        return record.thread != caller or "deprecated" not in str(record.msg)

    logger.addFilter(lets_through)
    try:
        yield
    finally:
        logger.removeFilter(lets_through)
