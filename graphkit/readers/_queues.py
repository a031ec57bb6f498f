"""TensorFlow's own queues, with graphkit's queue runners on top.

Every producer and reader of this room is made here, and every batcher that tf.data does not serve.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphkit._tf import tf
from graphkit.readers._bucket_queues import bucket_by_queues
from graphkit.readers._runner import CheckedQueueRunner

__all__ = ["built_by_queues", "without_deprecation_warnings"]

_CONTRIB = {"bucket": bucket_by_queues}


def built_by_queues(function: str, *args: Any, files_checked: bool = True, **kwargs: Any) -> Any:
    """Builds with TensorFlow's function and lets checked runners fill its queues.

    Args:
        function: Its name in `tf.train`, or in contrib.
        *args: Its arguments.
        files_checked: Whether the runners check the files their queue names.
        **kwargs: Its keyword arguments.

    Returns:
        What the function returns.
    """
    runners = tf.get_default_graph().get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS)
    known = len(runners)
    with without_deprecation_warnings():
        build = _CONTRIB.get(function) or getattr(tf.train, function)
        built = build(*args, **kwargs)
        for place in range(known, len(runners)):
            runners[place] = CheckedQueueRunner(runners[place], files_checked=files_checked)
    return built


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
