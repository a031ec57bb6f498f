"""Doing work on all cores and taking the results in order, a few ahead at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Large enough to hide a thread's hand-over behind small images, small enough for large ones.
_TOGETHER = 4


def in_order(make: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Gives `make(item)` for each item, in the items' order, made in threads.

    OpenCV's decoding leaves Python's lock, so threads use every core. At most four items per core
    are made before they are taken.

    Args:
        make: Called once per item, from any thread; its error is raised where its result would be.
        items: What to work on.
    """
    cores = os.cpu_count() or 1
    left = iter(items)
    pending: deque[Future[list[Result]]] = deque()
    pool = ThreadPoolExecutor(cores, thread_name_prefix="records")
    try:
        while together := list(islice(left, _TOGETHER)):
            pending.append(pool.submit(lambda part: [make(item) for item in part], together))
            if len(pending) > cores:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
