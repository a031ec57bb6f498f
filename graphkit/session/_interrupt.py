"""Ctrl-C while the main thread waits inside TensorFlow.

Python acts on a signal between two of its own steps, so a run that waits for an empty queue goes on
waiting for ever. The signal itself is written to a socket at once, though (`signal.set_wakeup_fd`);
a thread that listens there can end what the main thread waits for, and Python then raises its
`KeyboardInterrupt`.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable

__all__ = ["InterruptBell", "in_main_thread"]


def in_main_thread() -> bool:
    """Whether this is the thread that Python interrupts."""
    return threading.current_thread() is threading.main_thread()


class InterruptBell:
    """Calls back, from a thread of its own, when Ctrl-C is pressed.

    It does nothing where Ctrl-C has another meaning than `KeyboardInterrupt`, and leaves alone who
    listens already (asyncio, another bell).

    Args:
        answer: What to call.
    """

    def __init__(self, answer: Callable[[], None]) -> None:
        self._answer = answer
        self._listener: threading.Thread | None = None

    def hang(self) -> None:
        """Starts to listen, if this thread may."""
        if not in_main_thread() or not _is_plain():
            return
        self._rope, self._clapper = socket.socketpair()
        self._rope.setblocking(False)
        before = signal.set_wakeup_fd(self._rope.fileno(), warn_on_full_buffer=False)
        if before != -1:
            signal.set_wakeup_fd(before)
            self._close()
            return
        self._listener = threading.Thread(target=self._listen, name="hear Ctrl-C", daemon=True)
        self._listener.start()

    def take_down(self) -> None:
        """Stops listening; who listens in the same place by now goes on."""
        if self._listener is None or not in_main_thread():  # only that thread may change it
            return
        found = signal.set_wakeup_fd(-1)
        if found != self._rope.fileno():
            signal.set_wakeup_fd(found)
        self._rope.shutdown(socket.SHUT_WR)
        self._listener.join()
        self._listener = None
        self._close()

    def _listen(self) -> None:
        while signals := self._clapper.recv(64):
            if signal.SIGINT in signals and _is_plain():
                self._answer()

    def _close(self) -> None:
        self._rope.close()
        self._clapper.close()


def _is_plain() -> bool:
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler
