"""What a command takes: its time and the most memory it had."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["ChildFailed", "Taken", "take_turns", "taken"]

_LAST_WORDS = 500
# A small process starts the command, as the memory of who starts one counts as its own.
_WATCH = """
import json, os, subprocess, sys, time
started = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "mebibytes": usage.ru_maxrss / 1024}))
sys.stdout.flush()
os._exit(status != 0)
"""


class ChildFailed(Exception):
    """A command did not end well; the message says what it said last."""


@dataclass(frozen=True)
class Taken:
    """What a command took.

    Attributes:
        seconds: From its start to its end.
        mebibytes: The most memory it had resident.
    """

    seconds: float
    mebibytes: float


def taken(command: Sequence[str]) -> Taken:
    """Runs a command to its end.

    Raises:
        ChildFailed: Its exit status is not 0.
    """
    watched = [sys.executable, "-I", "-S", "-c", _WATCH, *command]
    done = subprocess.run(watched, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip()[-_LAST_WORDS:]
        raise ChildFailed(f"{' '.join(command[:4])} … failed: {last}")
    return Taken(**json.loads(done.stdout))


def take_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Taken]:
    """Runs commands one after the other, several times over.

    Args:
        commands: The commands, by name.
        rounds: How often each runs.

    Returns:
        The middle time of each, and the most memory.

    Raises:
        ChildFailed: As `taken`.
    """
    found: dict[str, list[Taken]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(taken(command))
    return {
        name: Taken(median(t.seconds for t in runs), max(t.mebibytes for t in runs))
        for name, runs in found.items()
    }
