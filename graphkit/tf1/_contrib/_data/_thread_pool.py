"""contrib.data's thread pools for the functions of a data set."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf

__all__ = ["PrivateThreadPool", "override_threadpool"]


class PrivateThreadPool:
    """Threads of a data set's own, which `override_threadpool` gives it.

    Args:
        num_threads: How many.
        display_name: Kept for callers that name their threads.
        max_intra_op_parallelism: How many threads one op may use.
    """

    def __init__(
        self, num_threads: int, display_name: str | None = None, max_intra_op_parallelism: int = 1
    ) -> None:
        self.num_threads = num_threads
        self.display_name = display_name
        self.max_intra_op_parallelism = max_intra_op_parallelism


def override_threadpool(dataset: Any, thread_pool: PrivateThreadPool) -> Any:
    """Lets the functions of a data set run in a pool of its own.

    Args:
        dataset: The data set.
        thread_pool: The pool.

    Returns:
        A data set with the same elements.
    """
    options = tf.data.Options()
    options.threading.private_threadpool_size = thread_pool.num_threads
    options.threading.max_intra_op_parallelism = thread_pool.max_intra_op_parallelism
    return dataset.with_options(options)
