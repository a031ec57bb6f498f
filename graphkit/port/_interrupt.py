"""Lets Ctrl-C end a program whose session waits for what never comes.

Python handles a signal between two of its own instructions. While `Session.run` waits on an empty
queue there are none, so in TensorFlow 1 Ctrl-C did nothing until somebody killed the process. Here
a thread of its own hears of the signal at once and closes the session that waits; one that computes
is left to finish its step, so that a program that saves its variables on Ctrl-C still can.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable

from graphkit.port._call import Call
from graphkit.port._watch import SessionWatch

__all__ = ["InterruptWatch"]

_GRACE_SECONDS = 0.5
_IDLE_SHARE = 0.1  # of the grace: less processor time than this, and nothing is computed


class InterruptWatch:
    """Hears Ctrl-C while the program is inside TensorFlow.

    Args:
        watch: Knows which calls of `Session.run` are under way.
        say: Tells the user one line.
    """

    def __init__(self, watch: SessionWatch, say: Callable[[str], None]) -> None:
        self._watch = watch
        self._say = say
        self._asked: Call | None = None
        self._bell: socket.socket | None = None
        self._before = -1

    def start(self) -> None:
        """Begins to listen, until `stop`; in a thread that gets no signals there is nothing to."""
        if threading.current_thread() is not threading.main_thread():
            return
        ear, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        self._before = signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        if hasattr(os, "register_at_fork"):
            # A child's own Ctrl-C must not ring here.
            os.register_at_fork(after_in_child=lambda: signal.set_wakeup_fd(-1))
        threading.Thread(
            target=self._listen, args=(ear,), name="graphkit-interrupt", daemon=True
        ).start()

    def stop(self) -> None:
        """Ends listening and takes back what `start` changed."""
        if self._bell is not None:
            signal.set_wakeup_fd(self._before)
            self._bell.close()

    def _listen(self, ear: socket.socket) -> None:
        with ear:
            while signals := ear.recv(64):
                if signal.SIGINT in signals and _is_plain():
                    self._answer()

    def _answer(self) -> None:
        """Closes the session that the main thread waits for, if it computes nothing."""
        call = self._watch.call_of(threading.main_thread())
        if call is None:
            return  # Python's own KeyboardInterrupt is on its way
        if self._asked is call:
            os._exit(128 + signal.SIGINT)
        spent = time.process_time()
        deadline = time.monotonic() + _GRACE_SECONDS
        while time.monotonic() < deadline:
            time.sleep(_GRACE_SECONDS / 25)
            if self._watch.call_of(threading.main_thread()) is not call:
                return
        idle = time.process_time() - spent < _IDLE_SHARE * _GRACE_SECONDS
        sources = self._watch.waits_on(call) if idle else []
        if sources:
            names = ", ".join(map(repr, sources))
            self._say(f"Ctrl-C: the session was waiting for {names}; it is closed")
            call.end(KeyboardInterrupt())
        else:
            self._asked = call
            self._say("Ctrl-C: TensorFlow finishes this step first; press it again to end at once")


def _is_plain() -> bool:
    """Says whether Ctrl-C raises KeyboardInterrupt: the program has no handler of its own."""
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler
