"""How long a fresh Python takes to import the library, the start and end of Python included."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.workloads._side import Result, Side, Task, main


def process(*words: str) -> Side:
    """A side that times whole Python processes; the files are in the cache from one run before."""

    def side(task: Task) -> Result:
        command = [sys.executable, *words]
        _finish(command)
        started = time.perf_counter()
        for _ in range(task.work):
            _finish(command)
        return Result(task.work, time.perf_counter() - started, {"processes": task.work})

    return side


def _finish(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main(
        {
            "tf115": process("-c", "import tensorflow"),
            "compat": process("-c", "import tensorflow.compat.v1"),
            "graphkit": process("-c", "import graphkit"),
            "graphkit --help": process("-m", "graphkit", "--help"),
            "graphkit with TensorFlow": process("-c", "import graphkit.session"),
        }
    )
