"""The watch over a process that reads damaged files: that it neither dies nor hangs nor grows."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

__all__ = ["Finding", "Limits", "Run", "StartFailed", "watch", "worker"]

_ROOM = 2  # times what a case may take, so that it is seen to, not refused


class StartFailed(Exception):
    """The process did not come to read anything; the message says what it said last."""


@dataclass(frozen=True)
class Limits:
    """What a case may take.

    Attributes:
        seconds: Until it ends.
        cpu: Seconds of computing.
        mebibytes: Memory beyond what the process had before.
        growth: Mebibytes by which the process may be larger than after its first cases.
        warm: How many cases these first ones are.
        start: Seconds until the process reads its first.
    """

    seconds: float = 90
    cpu: float = 5
    mebibytes: int = 512
    growth: int = 128
    warm: int = 300
    start: float = 240


@dataclass(frozen=True)
class Finding:
    """A case that ended as none may.

    Attributes:
        number: Of the case.
        kind: "failed", "died", "hung", "slow", "greedy" or "grown".
        where: What tells it from other findings.
        why: All that is known of it.
    """

    number: int
    kind: str
    where: str
    why: str


@dataclass
class Run:
    """What became of the cases of a reader.

    Attributes:
        accepted: How many were read.
        refused: How many were refused, by an error of graphkit's own.
        cpu: Seconds of computing in all.
        slowest: Seconds of computing of the one that took longest.
        peak: The most memory (MiB) in use.
        findings: What may not be, the first of each kind and place.
        found: How many there were in all.
    """

    accepted: int = 0
    refused: int = 0
    cpu: float = 0.0
    slowest: float = 0.0
    peak: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict)
    found: int = 0

    @property
    def cases(self) -> int:
        """How many were tried."""
        return self.accepted + self.refused + self.found


def watch(
    command: Sequence[str],
    *,
    cpu: float,
    first: int = 0,
    most: int | None = None,
    limits: Limits | None = None,
    keep: Callable[[Finding, Path], None] = lambda finding, folder: None,
) -> Run:
    """Has a process read cases, and another one wherever one ends.

    Args:
        command: What starts it; the number of the first case, a folder for its files and the
            mebibytes it may have are added. See `_worker` for what it tells.
        cpu: Seconds of computing after which no other case is begun.
        first: The number of the first case.
        most: How many cases; without bound unless given.
        limits: What a case may take.
        keep: Called with each new finding and the folder in which its files lie.

    Returns:
        What became of them.

    Raises:
        StartFailed: The process ends before it reads anything.
    """
    watched = _Watched(Run(), limits or Limits(), keep)
    last = None if most is None else first + most
    run = watched.run
    while run.cpu < cpu and (last is None or first < last):
        before, spent = run.cpu, _spent()
        with tempfile.TemporaryDirectory() as folder:
            case, memory = Path(folder, "case"), _ROOM * watched.limits.mebibytes
            process = _Process([*command, str(first), str(case), str(memory)], case)
            try:
                first = watched.follow(process, cpu, first, last)
            finally:
                process.end()
        run.cpu = max(run.cpu, before + _spent() - spent)  # what it took to start, too
    return run


def _spent() -> float:
    """Seconds that processes computed which have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Watched:
    """What is known of the cases so far."""

    def __init__(self, run: Run, limits: Limits, keep: Callable[[Finding, Path], None]) -> None:
        self.run = run
        self.limits = limits
        self._keep = keep

    def follow(self, process: _Process, cpu: float, number: int, last: int | None) -> int:
        """Follows a process until it has to be replaced; gives the number of the next case."""
        told, base = process.told(self.limits.start), 0
        if not told:
            raise StartFailed(process.last_words(number, told is None).why)
        first, before = number, self.run.cpu
        while self.run.cpu < cpu and number != last:
            process.go_on()
            told = process.told(self.limits.seconds)
            number += 1
            if not told:
                self._note(process.last_words(number - 1, told is None), process.folder)
                break
            self.run.cpu = before + told["spent"]
            if number - first <= self.limits.warm:
                base = told["resident"]
            finding = _count(told, self.run, self.limits, base)
            if finding:
                self._note(finding, process.folder)
                if finding.kind in ("greedy", "grown"):
                    break
        return number

    def _note(self, finding: Finding, folder: Path) -> None:
        self.run.found += 1
        if finding.where not in self.run.findings:
            self.run.findings[finding.where] = finding
            self._keep(finding, folder)


def _count(told: dict[str, Any], run: Run, limits: Limits, base: int) -> Finding | None:
    """Counts a case that came to an end; gives what is wrong with it."""
    run.slowest = max(run.slowest, told["cpu"])
    run.peak = max(run.peak, (told["resident"] + told["peak"]) / 1024)
    grown = (told["resident"] - base) // 1024
    number, peak, ended = told["number"], told["peak"] // 1024, told["ended"]
    if ended == "failed":
        return Finding(number, "failed", told["where"], told["why"])
    if told["cpu"] > limits.cpu:
        return Finding(number, "slow", "slow", f"{told['cpu']:.1f} s; {told['why']}")
    if peak > limits.mebibytes:
        return Finding(number, "greedy", "greedy", f"{peak} MiB; {told['why']}")
    if grown > limits.growth:
        why = f"{grown} MiB more than after the first {limits.warm} cases"
        return Finding(number, "grown", "grown", why)
    run.accepted += ended == "accepted"
    run.refused += ended == "refused"
    return None


class _Process:
    """A process that tells lines of JSON, and the processes that it starts.

    Args:
        command: What starts it.
        folder: Where the files of its cases lie.
    """

    def __init__(self, command: list[str], folder: Path) -> None:
        self.folder = folder
        self._said = tempfile.TemporaryFile()
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,
        )
        self._lines: Queue[bytes] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._child.stdout or ():
            self._lines.put(line)
        self._lines.put(b"")

    def go_on(self) -> None:
        """Has it read the next case."""
        if self._child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.write(b"\n")
                self._child.stdin.flush()

    def told(self, seconds: float) -> dict[str, Any] | None:
        """The next that it tells; empty when it has ended, None when it tells nothing in time."""
        try:
            line = self._lines.get(timeout=seconds)
        except Empty:
            return None
        found: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
        return found

    def last_words(self, number: int, silent: bool) -> Finding:
        """The finding that a process is which hung, or ended by itself."""
        if silent:
            return Finding(number, "hung", "hung", "it did not come to an end")
        status = self._child.wait()
        self._said.seek(-min(2000, self._said.seek(0, os.SEEK_END)), os.SEEK_END)
        words = self._said.read().decode(errors="replace")
        return Finding(number, "died", f"died of {status}", words)

    def end(self) -> None:
        """Ends it and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        with contextlib.suppress(BrokenPipeError):
            self._child.communicate()
        self._said.close()


def worker(reader: str, seed: int) -> list[str]:
    """The command that reads the cases of a reader."""
    return [sys.executable, "-m", "benchmarks._fuzz._worker", reader, str(seed)]
