"""Whether OpenCV reads a model: a process of its own tries it first.

OpenCV's importers trust what they read. Some graphs that TensorFlow runs, one with a `Squeeze`
that names no axis for instance, end the whole process, and with it a session or a training; of
others they print all layers to where this process prints its results.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from graphkit.errors import CorruptFileError, UnsafeFileError

__all__ = ["check_readable"]

_REFUSED = 3
_CHILD = f"""
import sys
sys.path[:] = sys.argv[3:]
import cv2
try:
    getattr(cv2.dnn, sys.argv[1])(sys.argv[2])
except cv2.error as error:
    said = getattr(error, "err", "") or str(error)
    sys.stderr.write(chr(0) + " ".join(said.split()))
    sys.exit({_REFUSED})
"""
_SECONDS = 300.0


def check_readable(path: Path, reader: str, *, seconds: float = _SECONDS) -> None:
    """Lets a child read a model; what it prints is not shown.

    Args:
        path: The model.
        reader: The function of `cv2.dnn` that reads it.
        seconds: How long that may take.

    Raises:
        CorruptFileError: OpenCV refuses it, or reading it ended the child.
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
    if done.returncode == _REFUSED:
        said = done.stderr.decode(errors="replace").rpartition(chr(0))[2]
        raise CorruptFileError(path, f"OpenCV refuses it: {said}")
