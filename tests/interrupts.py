"""Ctrl-C at the right moment: not before the main thread waits inside TensorFlow."""

from __future__ import annotations

import gc
import sys
import threading
import time
from pathlib import PurePath

__all__ = ["until_inside_tensorflow"]

_PAUSE, _LOOKS = 0.02, 10


def until_inside_tensorflow():
    """Waits until the main thread stands still in a session's run, however slow the machine is."""
    stood, before = 0, None
    while stood < _LOOKS:
        time.sleep(_PAUSE)
        frame = _main_frame()
        here = id(frame), frame.f_lasti
        inside = PurePath(frame.f_code.co_filename).parts[-2:] == ("client", "session.py")
        stood = stood + 1 if inside and here == before else 0
        before = here


def _main_frame():
    gc.disable()  # to collect inside `_current_frames` may hang Python 3.10 and 3.11 (gh-106883)
    try:
        return sys._current_frames()[threading.main_thread().ident]
    finally:
        gc.enable()
