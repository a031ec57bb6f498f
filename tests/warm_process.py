"""Python processes that find TensorFlow loaded: each is forked from one that loads it once.

For tests of what a whole program does, not of how it starts: loading TensorFlow takes longer than
all that most of them do. A process has its own folder and output, and ends as any process does.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


class WarmProcesses:
    """Runs programs, one after the other; a context manager, as what is forked from waits."""

    def __init__(self):
        self._forked_from = None

    def run(self, program, *arguments, folder):
        """Runs `python PROGRAM ARGUMENTS…` in a folder: its exit code and what it wrote."""
        if self._forked_from is None:
            self._forked_from = _start()
        with tempfile.TemporaryDirectory() as written:
            files = [Path(written, name) for name in ("stdout", "stderr")]
            request = [[str(program), *map(str, arguments)], str(folder), *map(str, files)]
            try:
                print(json.dumps(request), file=self._forked_from.stdin, flush=True)
                code = int(self._forked_from.stdout.readline())
            except BaseException:  # a timeout above all: what has hung is not asked again
                self._kill()
                raise
            return subprocess.CompletedProcess(request[0], code, *(f.read_text() for f in files))

    def __enter__(self):
        return self

    def __exit__(self, *_raised):
        if self._forked_from is not None:
            self._kill()

    def _kill(self):
        with self._forked_from as process:
            os.killpg(process.pid, signal.SIGKILL)
        self._forked_from = None


def plain_environment(*paths):
    """The variables of a user who set none of TensorFlow's, has no display, and this path."""
    unset = ("TF_CPP_MIN_LOG_LEVEL", "DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    return {**environment, "PYTHONPATH": os.pathsep.join(map(str, paths))}


def _start():
    return subprocess.Popen(
        [sys.executable, __file__],
        env=plain_environment(ROOT),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _next_program():
    """Forks for every request; returns in the forked process, with the words to run there."""
    for line in sys.stdin:
        words, folder, *files = json.loads(line)
        child = os.fork()
        if child == 0:
            os.chdir(folder)
            for descriptor, path in enumerate(files, 1):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            sys.stdin = open(0)  # the old one has read ahead
            return words
        _child, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    sys.exit()


if __name__ == "__main__":
    import graphkit._tf  # noqa: F401  (quietly: TensorFlow reads its log level once)

    sys.argv = _next_program()
    sys.path[0] = os.path.dirname(sys.argv[0])
    runpy.run_path(sys.argv[0], run_name="__main__")
