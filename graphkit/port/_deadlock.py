"""Tells a wait on a queue that cannot end from one that may."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from graphkit.port._waiting import Wait, may_put

__all__ = ["History", "cannot_end"]

# Kinds of threads of these libraries do the library's service alone.
_SERVING = {"tensorboard", "tensorflow", "tqdm"}


class History:
    """What sessions were asked to run."""

    def __init__(self) -> None:
        self._asked: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()

    def note(self, session: Any, fetches: Any) -> None:
        """Keeps what a session is asked for; the same thing once.

        Args:
            session: The session.
            fetches: What is fetched, nested as `Session.run` takes it.
        """
        asked = self._asked.setdefault(session, {})
        for part in _parts(fetches):
            asked[part if isinstance(part, str) else id(part)] = part

    def may_have_filled(self, session: Any, queue: Any) -> bool:
        """Says whether anything that a session was asked for may put into a queue.

        Args:
            session: The session.
            queue: The queue's op.
        """
        return may_put(session.graph, list(self._asked.get(session, {}).values()), queue)


def _parts(fetches: Any) -> Iterator[Any]:
    if isinstance(fetches, dict):
        fetches = list(fetches.values())
    if isinstance(fetches, list | tuple):
        for part in fetches:
            yield from _parts(part)
    else:
        yield fetches


def cannot_end(history: History, session: Any, wait: Wait, waiting: int) -> bool:
    """Says whether a queue never held anything, and nobody is left who could put something there.

    Other programs may reach the queues of a server, and other threads those of their session, at
    any time.

    Args:
        history: What the session was asked for.
        session: The session.
        wait: What it waits for.
        waiting: The number of the thread that waits.
    """
    if not wait.takes or session.sess_str or session._config.operation_timeout_in_ms:  # noqa: SLF001
        return False
    known = {thread.ident: thread for thread in threading.enumerate()}
    others = [known.get(number) for number in _running() if number != waiting]
    return not any(map(_may_act, others)) and not history.may_have_filled(session, wait.queue)


def _running() -> list[int]:
    """Lists the numbers of the threads that run Python, also those of `_thread` and TensorFlow."""
    collecting = gc.isenabled()
    gc.disable()  # to collect here may hang Python 3.10 and 3.11: python/cpython#106883
    try:
        return list(sys._current_frames())  # noqa: SLF001
    finally:
        if collecting:
            gc.enable()


def _may_act(thread: threading.Thread | None) -> bool:
    """Says whether a thread may do anything; of one that Python did not start, nothing is known."""
    if thread is None:
        return True
    if thread.name.startswith("graphkit-"):
        return False
    kind = type(thread)
    if getattr(thread, "_target", None) is not None or kind.run is threading.Thread.run:
        return True
    return kind.__module__.partition(".")[0] not in _SERVING
