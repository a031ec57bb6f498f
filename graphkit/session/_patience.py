"""Computations that Ctrl-C ends at once for who waits, although TensorFlow goes on with them.

A loop whose condition stays true never ends, and nothing ends it: TensorFlow asks nobody between
two rounds, and closing the session waits for it too. So a computation that somebody else's graph
says has a thread of its own. The main thread waits for that; on Ctrl-C it waits no longer, and the
session is left to the thread, which ends with the process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, Generic, TypeVar

from graphkit._tf import leave_session
from graphkit.session._interrupt import in_main_thread

__all__ = ["leave_if_computing", "patiently"]

_Result = TypeVar("_Result")
_LOG = logging.getLogger("graphkit")
# Seconds: when to say that it takes long, how long after Ctrl-C the end may still come.
_TOLD_AFTER = (10.0, 60.0, 600.0)
_GRACE, _LOOK = 0.5, 0.2


class _Computation(Generic[_Result]):
    """One call in a thread of its own, and what came of it.

    `ended` is waited for, as Python takes a thread for ended whose `join` Ctrl-C ended.
    """

    def __init__(self, call: Callable[[], _Result]) -> None:
        self.ended = threading.Event()
        self.result: list[_Result] = []
        self.error: BaseException | None = None
        self._call = call

    def start(self) -> None:
        """Begins."""
        threading.Thread(target=self._run, name="compute", daemon=True).start()

    def _run(self) -> None:
        try:
            self.result.append(self._call())
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()


_left: list[_Computation[Any]] = []


def patiently(call: Callable[[], _Result], what: str) -> _Result:
    """Computes, so that Ctrl-C is heard, and says from time to time what takes so long.

    Outside the main thread, which alone hears Ctrl-C, it just calls.

    Args:
        call: What to call, such as a session's run.
        what: What computes, such as the path of its file.

    Returns:
        What it returns.

    Raises:
        KeyboardInterrupt: Ctrl-C. The call may still go on; see `leave_if_computing`.
        BaseException: What it raises.
    """
    if not in_main_thread():
        return call()
    computation = _Computation(call)
    try:
        computation.start()
        _wait(computation, what)
    except KeyboardInterrupt:
        if not computation.ended.wait(_GRACE):
            _left.append(computation)
        raise
    if computation.error is not None:
        raise computation.error
    return computation.result[0]


def leave_if_computing(session: Any) -> None:
    """Has closing a session do nothing while a computation goes on that Ctrl-C was to end.

    Args:
        session: A session that is about to be closed by who opened it.
    """
    _left[:] = [one for one in _left if not one.ended.is_set()]
    if _left:
        leave_session(session)


def _wait(computation: _Computation[Any], what: str) -> None:
    begun, told = monotonic(), 0
    while not computation.ended.wait(_LOOK):
        passed = monotonic() - begun
        if told < len(_TOLD_AFTER) and passed > _TOLD_AFTER[told]:
            told += 1
            _LOG.warning("%s has been computing for %.0f s; Ctrl-C ends it", what, passed)
