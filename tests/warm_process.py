"""Python processes that find TensorFlow and graphkit loaded, forked from one that loads them once.

For tests of what a whole program does, not of how it starts: loading TensorFlow takes longer than
all that most of them do, and so does clearing it away at the end. A process has its own folder,
variables and output, and ends as any process does.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = ROOT / "graphkit" / "port" / "site_hook" / "start.py"


class WarmProcesses:
    """Runs programs, one after the other; a context manager, as what is forked from waits."""

    def __init__(self):
        self._forked_from = None

    def run(self, program, *arguments, folder, **variables):
        """Runs `python PROGRAM ARGUMENTS…` in a folder: its exit code and what it wrote."""
        with self.start(program, *arguments, folder=folder, **variables) as process:
            return process.finished()

    def graphkit(self, *words, folder, **variables):
        """The same for `graphkit WORDS…`."""
        return self.run(COMMAND, *words, folder=folder, **variables)

    @contextmanager
    def start(self, program, *arguments, folder, **variables):
        """As `run`, while it runs; what has not finished in the block is killed."""
        if self._forked_from is None:
            self._forked_from = _start()
        with tempfile.TemporaryDirectory() as written:
            files = [Path(written, name) for name in ("stdout", "stderr")]
            words = [str(program), *map(str, arguments)]
            request = words, str(folder), variables, *map(str, files)
            try:
                print(json.dumps(request), file=self._forked_from.stdin, flush=True)
                process = _Process(words, self._forked_from.stdout, *files)
                yield process
                if process.code is None:
                    process.kill()
                    process.finished()
            except BaseException:  # a timeout above all: what has hung is not asked again
                self._kill()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_raised):
        if self._forked_from is not None:
            self._kill()

    def _kill(self):
        with self._forked_from as process:
            os.killpg(process.pid, signal.SIGKILL)
        self._forked_from = None


class _Process:
    """One that runs; the process it is forked from tells its number, and later its exit code."""

    def __init__(self, words, told, stdout, stderr):
        self.args, self.code = words, None
        self._told, self._written = told, (stdout, stderr)
        self.pid = int(told.readline())

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait_for_line(self):
        """The first line of its standard output, once it is there."""
        while "\n" not in (output := self._written[0].read_text()):
            time.sleep(0.01)
        return output.splitlines()[0]

    def finished(self):
        """Its exit code and what it wrote, once it has ended."""
        self.code = int(self._told.readline())
        output = [path.read_text() for path in self._written]
        return subprocess.CompletedProcess(self.args, self.code, *output)


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
        words, folder, variables, *files = json.loads(line)
        for path in files:
            Path(path).touch()
        child = os.fork()
        if child == 0:
            os.chdir(folder)
            os.environ.update(variables)
            for descriptor, path in enumerate(files, 1):
                os.dup2(os.open(path, os.O_WRONLY), descriptor)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            sys.stdin = open(0, closefd=False)  # the old one has read ahead
            # A shell that runs the tests in the background has them ignore Ctrl-C.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            return words
        print(child, flush=True)
        _child, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    sys.exit()


if __name__ == "__main__":
    import graphkit._tf  # quietly: TensorFlow reads its log level once
    import graphkit.cli
    import graphkit.export
    import graphkit.port  # noqa: F401

    gc.freeze()  # half a million objects, which each process would walk at its end
    sys.argv = _next_program()
    more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [os.path.dirname(sys.argv[0]), *(path for path in more if path not in sys.path)]
    runpy.run_path(sys.argv[0], run_name="__main__")
