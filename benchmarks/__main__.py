"""The command: `python -m benchmarks [WORKLOAD ...]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks._machine import busy, describe
from benchmarks._runs import Measured, RunFailed, measure
from benchmarks._table import as_json, as_table
from benchmarks._tf115 import Unavailable, find_or_make, probe
from benchmarks._workloads import Workload, chosen
from graphkit.errors import UnknownNameError

__all__ = ["main"]

_RUNS, _QUICK_RUNS = 5, 2


def main(arguments: list[str] | None = None) -> int:
    """Measures the workloads that were asked for and prints the table.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0 when every side did the same work; 1 when one failed or did other work.
    """
    parser = _parser()
    words = parser.parse_args(arguments)
    try:
        workloads = chosen(words.workloads)
    except UnknownNameError as failure:
        parser.error(str(failure))
    if words.runs is not None and words.runs < 1:
        parser.error(f"--runs must be at least 1, got {words.runs}")
    if words.list:
        print("\n".join(f"{workload.name:<12} {workload.about}" for workload in workloads))
        return 0
    pythons = {"compat": Path(sys.executable), "graphkit": Path(sys.executable)}
    try:
        pythons = {"tf115": _tf115(words.tf115), **pythons}
    except Unavailable as reason:
        if words.tf115:
            parser.error(f"--tf115: {reason}")
        _say(f"without TensorFlow 1.15.5: {reason}")
    return _measure_all(workloads, pythons, words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="which; all by default")
    parser.add_argument("--runs", type=int, help=f"runs of each side (default {_RUNS})")
    parser.add_argument(
        "--quick", action="store_true", help="a trial: little work, doubtful figures"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--list", action="store_true", help="list the workloads and stop")
    parser.add_argument(
        "--tf115", type=Path, metavar="PYTHON", help="a Python with TensorFlow 1.15"
    )
    return parser


def _tf115(given: Path | None) -> Path:
    if given is None:
        return find_or_make(say=_say)
    probe(given)
    return given


def _measure_all(
    workloads: list[Workload], pythons: dict[str, Path], words: argparse.Namespace
) -> int:
    """Measures, prints, and says on standard error what went wrong."""
    machine = describe()
    if busy(int(machine["cores"]), float(machine["load"])):
        _say(f"the machine is busy (load {machine['load']}): the figures will be noisy")
    runs = words.runs or (_QUICK_RUNS if words.quick else _RUNS)
    results, failed = [], False
    for workload in workloads:
        try:
            measured = measure(workload, pythons, runs=runs, quick=words.quick, say=_say)
        except RunFailed as failure:
            measured = Measured(workload, failures={"data": str(failure)})
        results.append(measured)
        failed |= _complain(measured)
    if words.json:
        print(json.dumps({"machine": machine, "runs": runs, "results": as_json(results)}, indent=1))
    else:
        print(_heading(machine, runs, results), "", as_table(results), sep="\n")
    return int(failed)


def _complain(measured: Measured) -> bool:
    """Says which sides failed or did other work; returns whether any did."""
    for side, reason in measured.failures.items():
        _say(f"{measured.workload.name}: {side} failed: {reason}")
    difference = measured.disagreement()
    if difference:
        _say(f"{measured.workload.name}: the sides did not do the same work: {difference}")
    return bool(measured.failures or difference)


def _heading(machine: dict[str, str | int | float], runs: int, results: list[Measured]) -> str:
    """One line on the machine, one on the versions of each side."""
    versions: dict[str, dict[str, str]] = {}
    for measured in results:
        for side, done in measured.runs.items():
            versions.setdefault(side.split()[0], {}).update(done[0].versions)
    sides = (
        f"{side}: " + ", ".join(f"{name} {number}" for name, number in found.items())
        for side, found in versions.items()
    )
    where = "{date}, {cores} cores, {memory_gib} GiB, {system}, load {load}".format(**machine)
    return f"{where}; runs of each side, alternating: {runs}\n" + "; ".join(sides)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
