"""The table of engines: `python -m benchmarks.architectures [--full] [NAME …]`.

Builds each network with random weights and statistics, freezes it, and runs the file in each
engine that takes it, converted where it has to be: how far is the result from TensorFlow's, as a
part of its largest number? Pictures are small unless `--full`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._architectures import ARCHITECTURES, Architecture, frozen
from benchmarks._ways import TOLERANCE, WAYS, runner
from graphkit import export
from graphkit.errors import GraphkitError, UnknownNameError

__all__ = ["main"]

_HEAD = ("architecture", "side", "session", *(way.name for way in WAYS))
_LONGEST = 240


def main(arguments: list[str] | None = None) -> int:
    """Prints the table.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0 when every engine that ran a network agreed with TensorFlow, else 1.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.architectures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all by default")
    parser.add_argument("--full", action="store_true", help="pictures of each network's own size")
    words = parser.parse_args(arguments)
    known = {architecture.name: architecture for architecture in ARCHITECTURES}
    for name in words.names:
        if name not in known:
            parser.error(str(UnknownNameError("architecture", name, known)))
    rows, reasons, good = [_HEAD, tuple("---" for _ in _HEAD)], [], True
    for name in words.names or known:
        side = known[name].side if words.full else known[name].small
        print(name, file=sys.stderr, flush=True)
        cells, told, agreed = _row(known[name], side)
        rows.append((name, str(side or "-"), *cells))
        reasons += [f"{name}, {engine}: {reason}" for engine, reason in told.items()]
        good &= agreed
    print("\n".join(f"| {' | '.join(row)} |" for row in rows), *reasons, sep="\n")
    return int(not good)


def _row(architecture: Architecture, side: int) -> tuple[list[str], dict[str, str], bool]:
    """The largest difference in each engine, or a dash and the reason below."""
    with tempfile.TemporaryDirectory() as folder:
        built = frozen(architecture, Path(folder), side)
        batch = architecture.batch(1, side)
        with export.open_model(built.path) as model:
            expected = model.run(batch)
        cells, told, agreed = [f"{built.max_abs_diff:.1g}"], {}, True
        for way in WAYS:
            print(f"  {way.name}", file=sys.stderr, flush=True)
            try:
                with export.open_model(way.written(built.path, batch), engine=way.engine) as model:
                    apart = _largest(expected, runner(model)(batch))
            except GraphkitError as failure:
                told[way.name] = " ".join(str(failure).replace(folder, "").split())[:_LONGEST]
                cells.append("-")
                continue
            agreed &= apart <= TOLERANCE
            cells.append(f"{apart:.1g}")
    return cells, told, agreed


def _largest(expected: Mapping[str, Any], found: Mapping[str, Any]) -> float:
    """The largest difference of an output, as a part of its largest number."""
    largest = 0.0
    for one, other in zip(expected.values(), found.values(), strict=True):
        if np.shape(one) != np.shape(other):
            return np.inf
        apart = np.abs(np.float64(one) - np.float64(other)).max(initial=0)
        largest = max(largest, float(apart / (np.abs(one).max(initial=0) or 1)))
    return largest


if __name__ == "__main__":
    sys.exit(main())
