"""Garbage of converters, collected as it comes.

They copy the model again and again, in objects that hold each other and so go only when Python
looks for such. By itself it looks rarely in a process with many objects, and a few of these are
gigabytes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collected_often"]

_THRESHOLDS = (700, 3, 1)


@contextmanager
def collected_often() -> Iterator[None]:
    """Looks for garbage often, among what is made inside only, so that it takes no time."""
    before, is_own = gc.get_threshold(), not gc.get_freeze_count()
    gc.collect()
    if is_own:
        gc.freeze()
        gc.collect()  # counts what is left to look through, by which Python decides how often
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if is_own:
            gc.unfreeze()
