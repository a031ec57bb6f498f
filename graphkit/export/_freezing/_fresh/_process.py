"""The process a file is proven in: started once, asked as often as there are files.

It is a child of a bare interpreter, so that a file cannot agree by anything this process happens to
have: ops from a library, functions registered, variables.
"""

from __future__ import annotations

import atexit
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from graphkit.errors import RunError
from graphkit.export._freezing._fresh._frames import Frame, read_frame, write_frame

__all__ = ["PATIENCE", "FreshProcess", "Refusal", "fresh_process"]

# The folder it is started in is not for its imports; what this process found elsewhere is.
_COMMAND = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
sys.path += [entry for entry in sys.argv[1:] if entry not in sys.path]
from graphkit.export._freezing._fresh._child import serve
serve()
"""
PATIENCE = 600.0  # seconds to start TensorFlow, and to run a file once; some are large
_FAREWELL = 5.0
_LAST_WORDS = 3
_LONGEST = 4000
# The child of a program under `graphkit run` would become one of TensorFlow 1.
_NOT_HANDED_ON = {"GRAPHKIT_RUN"}


class Refusal(ValueError):
    """TensorFlow does not accept a file there, or cannot run it.

    Args:
        message: What it said.
        code: The number of its error's class, as `tf.errors` has them; None of other errors.
    """

    def __init__(self, message: str, code: int | None) -> None:
        super().__init__(message)
        self.code = code


class FreshProcess:
    """A child that reads a graph file and runs it; it ends with this process.

    Attributes:
        libraries: The files of custom ops that it loads.

    Args:
        command: What its interpreter runs.
        libraries: The files of custom ops that it loads.
    """

    def __init__(self, command: str = _COMMAND, libraries: Sequence[str] = ()) -> None:
        interpreter = _interpreter()
        self.libraries = tuple(libraries)
        self._owner = os.getpid()
        self._asking = threading.Lock()
        self._words = tempfile.TemporaryFile()
        self._answers: queue.Queue[Frame | None] = queue.Queue()
        entries = [os.path.abspath(entry) for entry in sys.path if entry and os.path.exists(entry)]
        environment = {k: v for k, v in os.environ.items() if k not in _NOT_HANDED_ON}
        self._child = subprocess.Popen(
            [interpreter, "-c", command, *entries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=self._receive, daemon=True).start()

    @property
    def id(self) -> int:
        """The number the system has for it."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it is there to be asked, by the process that started it."""
        return self._owner == os.getpid() and self._child.poll() is None

    def run(
        self,
        path: str | os.PathLike[str],
        outputs: Sequence[str],
        batches: Sequence[dict[str, npt.NDArray[Any]]],
        patience: float = PATIENCE,
    ) -> list[list[npt.NDArray[Any]]]:
        """Reads a graph file and computes outputs from it.

        Args:
            path: The file.
            outputs: The names of tensors.
            batches: Arrays by the names of placeholders, or by the full names of other tensors.
            patience: How many seconds to wait for each batch; the first ones may use up what is
                left for others.

        Returns:
            The outputs for each batch.

        Raises:
            Refusal: TensorFlow does not accept the file, or cannot run it.
            RunError: The process ended, or did not answer in time.
        """
        names = [list(batch) for batch in batches]
        message = {
            "path": os.path.abspath(path),
            "libraries": self.libraries,
            "outputs": list(outputs),
            "inputs": names,
        }
        arrays = [array for batch in batches for array in batch.values()]
        with self._asking:
            longest = patience * max(len(batches), 1)
            answer = self._ask(Frame(message, arrays), f"run {path}", longest)
        if "refused" in answer.message:
            raise Refusal(answer.message["refused"], answer.message.get("code"))
        found, count = list(answer.arrays), len(outputs)
        return [found[i * count : (i + 1) * count] for i in range(len(batches))]

    def close(self) -> None:
        """Ends it; closing again does nothing."""
        if self._owner != os.getpid():
            return  # a copy of this process, which started none
        self._child.kill()
        self._child.wait(_FAREWELL)
        for stream in (self._child.stdin, self._child.stdout, self._words):
            try:
                if stream is not None:
                    stream.close()
            except OSError:  # what was still to be sent
                pass

    def _ask(self, request: Frame, task: str, patience: float) -> Frame:
        sending = threading.Thread(target=self._send, args=(request,), daemon=True)
        try:
            sending.start()
            answer = self._answers.get(timeout=patience)
        except queue.Empty:
            self.close()
            reason = f"did not {task} within {patience:.0f} s, and was ended"
            raise RunError(f"the fresh process that proves the file {reason}") from None
        except BaseException:
            self.close()  # its answer would be taken for that to the next question
            raise
        if answer is None:
            raise RunError(self._obituary(task))
        return answer

    def _send(self, request: Frame) -> None:
        stream: Any = self._child.stdin
        try:
            write_frame(stream, request)
        except (OSError, ValueError):  # it is gone, which its end of the answers tells
            return

    def _receive(self) -> None:
        stream: Any = self._child.stdout
        try:
            while True:
                self._answers.put(read_frame(stream))
        except (EOFError, OSError, ValueError):
            self._answers.put(None)

    def _obituary(self, task: str) -> str:
        code = self._child.wait(_FAREWELL)
        self._words.seek(max(0, os.fstat(self._words.fileno()).st_size - _LONGEST))
        lines = self._words.read().decode(errors="replace").splitlines()
        words = "; ".join([line.strip() for line in lines if line.strip()][-_LAST_WORDS:])
        self.close()
        told = f"; its last words: {words}" if words else "; it said nothing"
        ended = f"it ended {_cause(code)}{told}"
        return f"the fresh process that proves the file could not {task}: {ended}"


def _interpreter() -> str:
    if not sys.executable:
        reason = "sys.executable does not name a Python interpreter"
        raise RunError(f"a file is proven in a fresh Python process, and {reason}")
    return sys.executable


def _cause(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    name = signal.Signals(-code).name
    hint = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f"by {name}{hint}"


_shared: dict[tuple[str, ...], FreshProcess] = {}
_lock = threading.RLock()


def fresh_process(libraries: Sequence[str] = ()) -> FreshProcess:
    """The process of this process, started if it is not there.

    Starting returns at once; TensorFlow is loaded there while this process goes on.

    Args:
        libraries: The files of custom ops it knows; no others.
    """
    known = tuple(libraries)
    with _lock:
        if known not in _shared or not _shared[known].alive:
            _shared[known] = FreshProcess(libraries=known)
            atexit.register(_shared[known].close)
        return _shared[known]
