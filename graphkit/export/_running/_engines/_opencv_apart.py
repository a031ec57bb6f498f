"""Whether OpenCV comes back from reading a model: a process of its own tries it first.

OpenCV's importers trust what they read. Some graphs that TensorFlow runs, one with a `Squeeze`
that names no axis for instance, end the whole process, and with it a session or a training.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from graphkit.errors import CorruptFileError, UnsafeFileError

__all__ = ["check_survived"]

_CHILD = """
import sys
sys.path[:] = sys.argv[3:]
import cv2
try:
    getattr(cv2.dnn, sys.argv[1])(sys.argv[2])
except cv2.error:
    pass  # the parent hears it as well
"""
_SECONDS = 300.0


def check_survived(path: Path, reader: str, *, seconds: float = _SECONDS) -> None:
    """Lets a child read a model.

    Args:
        path: The model.
        reader: The function of `cv2.dnn` that reads it.
        seconds: How long that may take.

    Raises:
        CorruptFileError: Reading it ended the child.
        UnsafeFileError: Reading it does not come to an end.
    """
    # The child imports from where this process does, and not from a folder of strangers' files.
    search = filter(None, sys.path)
    command = [sys.executable, "-c", _CHILD, reader, str(path.absolute()), *search]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as exc:
        reason = f"OpenCV did not read it to the end in {seconds:g} seconds"
        raise UnsafeFileError(path, reason) from exc
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise CorruptFileError(path, f"OpenCV refuses it: reading it ended a process by {name}")
