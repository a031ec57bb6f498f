"""What threads a test may leave, in a process where other tests' threads may end meanwhile."""

from __future__ import annotations

import threading
from contextlib import contextmanager

__all__ = ["no_thread_is_left"]


@contextmanager
def no_thread_is_left():
    """Fails where a thread that was started inside still runs at the end."""
    before = set(threading.enumerate())
    yield
    left = set(threading.enumerate()) - before
    assert not left, f"left running: {sorted(thread.name for thread in left)}"
