"""Runs the sides of a workload one after the other, again and again, each in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._workloads import Workload

__all__ = ["Measured", "Run", "RunFailed", "measure", "run_child", "schedule"]

_ROOT = Path(__file__).parents[1]
_RUN_SECONDS = 900


class RunFailed(Exception):
    """A child process ended without a result; the message is the last line it wrote."""


@dataclass(frozen=True)
class Run:
    """What one child process measured."""

    figure: float
    facts: dict[str, Any]
    versions: dict[str, str]


@dataclass
class Measured:
    """Every run of a workload, by side, and why a side has none."""

    workload: Workload
    runs: dict[str, list[Run]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def disagreement(self) -> str | None:
        """The first two sides whose runs did not do the same, in words; None when all agree."""
        seen = [(side, run.facts) for side, runs in self.runs.items() for run in runs]
        for side, facts in seen[1:]:
            if facts != seen[0][1]:
                return f"{seen[0][0]} got {seen[0][1]}, {side} got {facts}"
        return None


def schedule(sides: tuple[str, ...], runs: int) -> Iterator[str]:
    """The order of the runs: A B C A B C …, so that a busy moment of the machine meets them all."""
    for _ in range(runs):
        yield from sides


def measure(
    workload: Workload,
    pythons: Mapping[str, Path],
    *,
    runs: int,
    quick: bool = False,
    say: Callable[[str], None] = lambda _line: None,
) -> Measured:
    """Prepares the data and runs every side `runs` times, alternating.

    Args:
        workload: What to run.
        pythons: The interpreter of each plain side; a side without one is left out.
        runs: How many runs each side gets.
        quick: Whether to do a fraction of the work: a trial of the harness, not a measurement.
        say: Called with one line per run.

    Returns:
        The runs of each side. A side that failed once is not run again.
    """
    measured = Measured(workload)
    sides = tuple(side for side in workload.sides if _engine(side) in pythons)
    words = ["--work", str(workload.quick_work if quick else workload.work)]
    words += ["--threads", str(workload.threads)]
    words += ["--seconds", str(0 if quick else workload.seconds)]
    with tempfile.TemporaryDirectory(prefix="graphkit-bench-") as folder:
        words += ["--data", folder]
        run_child(pythons["compat"], workload, words)
        for side in schedule(sides, runs):
            if side in measured.failures:
                continue
            try:
                line = run_child(pythons[_engine(side)], workload, [*words, "--engine", side])
                run = _run(workload, line)
            except RunFailed as failure:
                measured.failures[side] = str(failure)
                measured.runs.pop(side, None)
                continue
            measured.runs.setdefault(side, []).append(run)
            say(f"{workload.name}: {side}: {run.figure:,.4g} {workload.unit}")
    return measured


def run_child(python: Path, workload: Workload, words: list[str]) -> str:
    """Runs the workload's file with these arguments and returns the last line it printed.

    Raises:
        RunFailed: The process failed or did not end.
    """
    command = [str(python), "-m", f"benchmarks.workloads.{workload.module}", *words]
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "PYTHONPATH": str(_ROOT)}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_RUN_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as failure:
        raise RunFailed(str(failure)) from failure
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise RunFailed(lines[-1])
    return (done.stdout.strip().splitlines() or [""])[-1]


def _engine(side: str) -> str:
    """The plain side whose interpreter a side needs: `graphkit record_batch` runs as graphkit."""
    return side.split()[0]


def _run(workload: Workload, line: str) -> Run:
    try:
        result = json.loads(line)
    except ValueError as failure:
        raise RunFailed(f"printed {line!r}, not its result") from failure
    figure = workload.figure(result["done"], result["seconds"])
    return Run(figure, result["facts"], result["versions"])
