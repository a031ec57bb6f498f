"""What every workload shares: the task it gets, the result it gives, and the line it prints."""

from __future__ import annotations

import argparse
import gc
import json
import platform
import sys
from typing import Any, Callable, NamedTuple  # noqa: UP035 (Python 3.7 runs this file)

__all__ = ["Result", "Side", "Task", "main"]


class Task(NamedTuple):
    """How much to do, and with what."""

    data: str
    """The folder `prepare` wrote to."""
    work: int
    """Records, runs or steps to time."""
    threads: int
    """Reader threads, where the workload reads."""
    seconds: float = 0.0
    """How long to go on at least, where the workload reads."""


class Result(NamedTuple):
    """What a side did."""

    done: int
    """Items done in that time; a side that reads fast does more than was asked for."""
    seconds: float
    """Time the work took, warm-up excluded."""
    facts: dict[str, Any]
    """What must be equal on every side, or the comparison is void."""


Side = Callable[[Task], Result]


def main(sides: dict[str, Side], prepare: Callable[[Task], None] = lambda _task: None) -> None:
    """Runs one side, or prepares the data of all, as the command line says; prints one JSON line.

    Args:
        sides: The sides by name.
        prepare: Writes what the sides read into the task's folder.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=sorted(sides), help="the side; none: prepare the data")
    parser.add_argument("--data", default=".", help="folder of prepared data")
    parser.add_argument("--work", type=int, required=True, help="how much to do")
    parser.add_argument("--threads", type=int, default=1, help="reader threads")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long to read at least")
    words = parser.parse_args()
    task = Task(words.data, words.work, words.threads, words.seconds)
    if words.engine is None:
        prepare(task)
        return
    result = sides[words.engine](task)
    if result.done < task.work:
        sys.exit(f"did {result.done} of {task.work}")
    line = {
        "engine": words.engine,
        "done": result.done,
        "seconds": result.seconds,
        "facts": result.facts,
        "versions": _versions(),
    }
    print(json.dumps(line))
    gc.freeze()  # the process ends: half a million objects of TensorFlow's need no last look


def _versions() -> dict[str, str]:
    """Python's version, and those of the packages this process loaded."""
    versions = {"python": platform.python_version()}
    for name in ("tensorflow", "graphkit"):
        if name in sys.modules:
            versions[name] = sys.modules[name].__version__
    return versions
