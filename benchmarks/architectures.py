"""The table of engines: `python -m benchmarks.architectures [NAME …]`.

Builds each network with random weights and statistics, freezes it, and runs the file in each
engine that takes it, converted where it has to be: how far is the result from TensorFlow's, as a
part of its largest number?
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
from graphkit import export
from graphkit.errors import GraphkitError, UnknownNameError

__all__ = ["main"]

_TOLERANCE = 1e-4
_HEAD = ("architecture", "side", "session", "optimised", "OpenCV", "ONNX Runtime", "TFLite")
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
    parser.add_argument("--side", type=int, help="side of the pictures; each network's own")
    words = parser.parse_args(arguments)
    known = {architecture.name: architecture for architecture in ARCHITECTURES}
    for name in words.names:
        if name not in known:
            parser.error(str(UnknownNameError("architecture", name, known)))
    rows, reasons, good = [_HEAD, tuple("---" for _ in _HEAD)], [], True
    for name in words.names or known:
        side = min(words.side or known[name].side, known[name].side)
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
        for engine, run in _ENGINES.items():
            print(f"  {engine}", file=sys.stderr, flush=True)
            try:
                apart = _largest(expected, run(built.path, batch))
            except GraphkitError as failure:
                told[engine] = " ".join(str(failure).replace(folder, "").split())[:_LONGEST]
                cells.append("-")
                continue
            agreed &= apart <= _TOLERANCE
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


def _optimised(path: Path, batch: Mapping[str, Any]) -> Mapping[str, Any]:
    target = path.with_suffix(".optimised.pb")
    export.transform(path, target, STEPS, feeds=batch)
    return _run(target, batch, "tensorflow")


def _opencv(path: Path, batch: Mapping[str, Any]) -> Mapping[str, Any]:
    return _run(path, batch, "opencv")


def _onnx_runtime(path: Path, batch: Mapping[str, Any]) -> Mapping[str, Any]:
    target = path.with_suffix(".onnx")
    export.convert(path, target, feeds=batch)
    return _run(target, batch, "onnxruntime")


def _tflite(path: Path, batch: Mapping[str, Any]) -> Mapping[str, Any]:
    target = path.with_suffix(".tflite")
    export.convert(path, target, feeds=batch)
    return _run(target, batch, "tflite")


def _run(path: Path, batch: Mapping[str, Any], engine: str) -> Mapping[str, Any]:
    with export.open_model(path, engine=engine) as model:
        (info,) = model.inputs
        return model.run({info.name: next(iter(batch.values()))})


# What makes a file faster without changing what it computes.
STEPS = ("strip_unused", "fold_constants", "fold_batch_norms")
_ENGINES = {
    "optimised": _optimised,
    "OpenCV": _opencv,
    "ONNX Runtime": _onnx_runtime,
    "TFLite": _tflite,
}

if __name__ == "__main__":
    sys.exit(main())
