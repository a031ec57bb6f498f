"""Damaged files for every reader: `python -m benchmarks.fuzz [--cpu SECONDS] [READER ...]`.

A reader may take a damaged file or refuse it by an error of graphkit's own. That it fails by
another, or ends, hangs, computes for seconds, takes much memory or grows, is a finding: its files
lie in a folder each, with what happened and the number that makes them again (`--first`).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks._fuzz._readers import READERS, Reader, chosen
from benchmarks._fuzz._watch import Finding, Run, watch, worker
from benchmarks._machine import describe
from graphkit.errors import UnknownNameError

__all__ = ["main"]

_CPU = 3600.0
_FOLDER = Path("logs/fuzz")
_HEAD = ("reader", "cases", "accepted", "refused", "CPU s", "slowest s", "peak MiB", "findings")


def main(arguments: list[str] | None = None) -> int:
    """Damages, watches and prints the table.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0 when nothing was found; 1 otherwise.
    """
    words = _parser().parse_args(arguments)
    try:
        readers = chosen(words.readers)
    except UnknownNameError as failure:
        _parser().error(str(failure))
    runs = {}
    for reader in readers:
        runs[reader.name] = _run(reader, words, words.cpu / len(readers))
        print(_row(reader.name, runs[reader.name]), file=sys.stderr, flush=True)
    print("{date}, {cores} cores, {memory_gib} GiB, {system}, load {load}".format(**describe()))
    print(f"\n| {' | '.join(_HEAD)} |\n|{' --- |' * len(_HEAD)}")
    for name, run in runs.items():
        print(_row(name, run))
    return int(any(run.found for run in runs.values()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.fuzz", description=__doc__)
    names = ", ".join(reader.name for reader in READERS)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"{names}; all by default")
    parser.add_argument("--cpu", type=float, default=_CPU, help=f"seconds in all ({_CPU:.0f})")
    parser.add_argument("--seed", type=int, default=0, help="another makes other cases (0)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (0)")
    parser.add_argument("--cases", type=int, help="how many cases of each reader")
    parser.add_argument("--found", type=Path, default=_FOLDER, help=f"for findings ({_FOLDER})")
    return parser


def _run(reader: Reader, words: argparse.Namespace, cpu: float) -> Run:
    def keep(finding: Finding, files: Path) -> None:
        place = words.found / f"{reader.name}-{words.seed}-{finding.number}"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(files, place)
        again = f"{reader.name} --seed {words.seed} --first {finding.number} --cases 1"
        (place / "why.txt").write_text(f"{again}\n{finding.kind}: {finding.where}\n{finding.why}\n")

    command = worker(reader.name, words.seed)
    return watch(command, cpu=cpu, first=words.first, most=words.cases, keep=keep)


def _row(name: str, run: Run) -> str:
    cells = (name, run.cases, run.accepted, run.refused, f"{run.cpu:.0f}")
    found = "; ".join(f"{one.where} ({one.number})" for one in run.findings.values())
    figures = (f"{run.slowest:.2f}", f"{run.peak:.0f}", f"{run.found} {found}".strip())
    return f"| {' | '.join(map(str, (*cells, *figures)))} |"


if __name__ == "__main__":
    sys.exit(main())
