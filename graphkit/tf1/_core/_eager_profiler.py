"""python.eager.profiler: how long ops take, for TensorBoard's profile page, in a graph or eagerly.

The recording is today's profiler's. It writes files where 1.15 gave bytes: they go to a folder of
their own, are read back when the recording stops, and land where `save` puts them.
"""

from __future__ import annotations

import datetime
import os
import tempfile
import threading
from pathlib import Path
from types import TracebackType

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = [
    "Profiler",
    "ProfilerAlreadyRunningError",
    "ProfilerNotRunningError",
    "maybe_create_event_file",
    "save",
    "start",
    "start_profiler_server",
    "stop",
]

_SUFFIX = ".profile-empty"
_profiler = load("tensorflow:profiler.experimental")
_lock = threading.Lock()
_running: list[tempfile.TemporaryDirectory[str]] = []


class ProfilerAlreadyRunningError(Exception):
    """A recording was to start while one runs."""


class ProfilerNotRunningError(Exception):
    """A recording was to stop while none runs."""


def start() -> None:
    """Starts to record.

    Raises:
        ProfilerAlreadyRunningError: It records already.
    """
    with _lock:
        if _running:
            raise ProfilerAlreadyRunningError("Another profiler is running.")
        folder = tempfile.TemporaryDirectory(prefix="graphkit-profile-")
        try:
            _profiler.start(folder.name)
        except tf.errors.AlreadyExistsError as error:
            folder.cleanup()
            raise ProfilerAlreadyRunningError("Another profiler is running.") from error
        _running.append(folder)


def stop() -> bytes:
    """Stops recording.

    Returns:
        What was recorded, an `XSpace` protocol buffer; `save` puts it where TensorBoard looks.

    Raises:
        ProfilerNotRunningError: Nothing is recorded.
    """
    with _lock:
        if not _running:
            raise ProfilerNotRunningError("Cannot stop profiling. No profiler is running.")
        with _running.pop() as folder:
            _profiler.stop()
            return b"".join(path.read_bytes() for path in Path(folder).rglob("*.xplane.pb"))


def maybe_create_event_file(logdir: str) -> None:
    """Writes the empty event file that makes TensorBoard look into a folder, if there is none.

    Args:
        logdir: The folder.
    """
    if not any(name.endswith(_SUFFIX) for name in tf.io.gfile.listdir(logdir)):
        with tf.Graph().as_default():
            tf.summary.FileWriter(logdir, filename_suffix=_SUFFIX).close()


def save(logdir: str, result: bytes) -> None:
    """Writes a recording for TensorBoard.

    Args:
        logdir: The folder TensorBoard reads; made if needed.
        result: What `stop` gave.
    """
    now = datetime.datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    folder = os.path.join(logdir, "plugins", "profile", now)
    tf.io.gfile.makedirs(folder)
    maybe_create_event_file(logdir)
    with tf.io.gfile.GFile(os.path.join(folder, "local.xplane.pb"), "wb") as file:
        file.write(result)


def start_profiler_server(port: int) -> None:
    """Lets TensorBoard record from outside while the program runs.

    Args:
        port: Where to listen.
    """
    _profiler.server.start(port)


class Profiler:
    """Records what runs inside its `with`, and saves it.

    Args:
        logdir: The folder TensorBoard reads.

    Raises:
        ProfilerAlreadyRunningError: On entering: it records already.
    """

    def __init__(self, logdir: str) -> None:
        self._logdir = logdir

    def __enter__(self) -> None:
        start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        save(self._logdir, stop())
