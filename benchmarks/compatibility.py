"""The compatibility table: `python -m benchmarks.compatibility MANIFEST`.

Runs each program of a collection under `graphkit run` and, if one is given, under a Python with
TensorFlow 1.15.5, and says which ran, whether they printed the same, and how long they took.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks._collection import Program, Unusable, read_manifest
from benchmarks._tf115 import Unavailable, probe
from benchmarks._trials import Trial, agreement, tried

__all__ = ["main"]

_GRAPHKIT = (sys.executable, "-m", "graphkit", "run")


@dataclass(frozen=True)
class Row:
    """What is known of one program.

    Attributes:
        program: Its name.
        trials: Its run on each side; none if it could not be laid out.
        output: How far the sides printed the same; empty where one of them failed.
        reason: Why a side failed, or why the program could not be laid out.
    """

    program: str
    trials: dict[str, Trial]
    output: str
    reason: str

    def ran(self, side: str) -> bool:
        """Whether it ended with exit code 0 on a side."""
        return side in self.trials and self.trials[side].code == 0

    @property
    def good(self) -> bool:
        """Whether graphkit did what TensorFlow 1.15.5 did, or ran it where that is not given."""
        if "tf115" in self.trials and not self.ran("tf115"):
            return True
        return self.ran("graphkit") and self.output != "differs"


def main(arguments: list[str] | None = None) -> int:
    """Runs the programs that were asked for and prints the table.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0 when every program that runs on TensorFlow 1.15.5, or every one without it, runs under
        graphkit as well and prints the same but for numbers; 1 otherwise.
    """
    parser = _parser()
    words = parser.parse_args(arguments)
    commands: dict[str, Sequence[str]] = {"graphkit": _GRAPHKIT}
    try:
        programs = _chosen(read_manifest(words.manifest, words.mirror), words.programs)
        if words.tf115 is not None:
            probe(words.tf115)
            commands = {"tf115": [str(words.tf115)], **commands}
    except (Unusable, Unavailable) as reason:
        parser.error(str(reason))
    rows = []
    for number, program in enumerate(programs, 1):
        print(f"{number}/{len(programs)} {program.name}", file=sys.stderr, flush=True)
        rows.append(_row(program, commands, words.data))
    if words.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    else:
        print(_table(rows, list(commands)))
    return int(not all(row.good for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.compatibility", description=__doc__)
    parser.add_argument("manifest", type=Path, help="JSON: repositories and programs")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="which; all by default")
    parser.add_argument(
        "--tf115", type=Path, metavar="PYTHON", help="a Python with TensorFlow 1.15"
    )
    parser.add_argument("--mirror", type=Path, help="the folder of repositories, OWNER+NAME each")
    parser.add_argument("--data", type=Path, help="the folder of data that programs are given")
    parser.add_argument("--json", action="store_true", help="print JSON, with all that was printed")
    return parser


def _chosen(programs: list[Program], names: list[str]) -> list[Program]:
    unknown = set(names) - {program.name for program in programs}
    if unknown:
        raise Unusable(f"no program named {', '.join(sorted(unknown))} in the manifest")
    return [program for program in programs if not names or program.name in names]


def _row(program: Program, commands: Mapping[str, Sequence[str]], data: Path | None) -> Row:
    """Runs one program on every side."""
    try:
        trials = {side: tried(program, command, data) for side, command in commands.items()}
    except Unusable as reason:
        return Row(program.name, {}, "", str(reason))
    ours, reference = trials["graphkit"], trials.get("tf115")
    both_ran = reference is not None and reference.code == ours.code == 0
    output = agreement(reference, ours) if reference is not None and both_ran else ""
    failed = (f"{side}: {trial.reason}" for side, trial in trials.items() if trial.reason)
    return Row(program.name, trials, output, "; ".join(failed))


def _table(rows: list[Row], sides: list[str]) -> str:
    """A Markdown table: a line per program, and how many of them ran at the end."""
    header = ["program", *(f"{side}{what}" for side in sides for what in ("", " s")), "output", ""]
    lines = [header, ["---"] * len(header), *(_cells(row, sides) for row in rows)]
    ran = [f"{side}: {sum(row.ran(side) for row in rows)} of {len(rows)} ran" for side in sides]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    return f"{table}\n\n{'; '.join(ran)}"


def _cells(row: Row, sides: list[str]) -> list[str]:
    cells = [row.program]
    for side in sides:
        trial = row.trials.get(side)
        cells += (
            ["", ""]
            if trial is None
            else [
                "ran" if row.ran(side) else "failed",
                f"{trial.seconds:.1f}",
            ]
        )
    return [*cells, row.output, row.reason]


if __name__ == "__main__":
    sys.exit(main())
