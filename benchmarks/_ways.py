"""The ways to run a frozen graph: written as which file, and run by which engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit import export

__all__ = ["TOLERANCE", "WAYS", "Way", "runner"]

# How far an engine may be off; deep networks add up what each layer rounds.
TOLERANCE = 1e-4
# What makes a file faster without changing what it computes.
_STEPS = ("strip_unused", "fold_constants", "fold_batch_norms")

Batch = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """A way to run a frozen graph.

    Attributes:
        name: What it is called.
        engine: The engine, as `open_model` names it.
        suffix: What its file ends with.
        write: Writes that file of the frozen one, compared on a batch.
    """

    name: str
    engine: str
    suffix: str
    write: Callable[[Path, Path, Batch], object]

    def written(self, path: Path, batch: Batch) -> Path:
        """The file of a frozen graph."""
        target = path.with_suffix(self.suffix)
        self.write(path, target, batch)
        return target


def runner(model: export.Model) -> Callable[[Batch], Mapping[str, Any]]:
    """Runs a model of one input on batches, whatever it calls that."""
    (info,) = model.inputs
    return lambda batch: model.run({info.name: next(iter(batch.values()))})


def _optimised(path: Path, target: Path, batch: Batch) -> None:
    export.transform(path, target, _STEPS, feeds=batch, tolerance=TOLERANCE)


def _for_opencv(path: Path, target: Path, batch: Batch) -> None:
    export.freeze(path, target, feeds=batch, targets="opencv", tolerance=TOLERANCE)


def _converted(path: Path, target: Path, batch: Batch) -> None:
    export.convert(path, target, feeds=batch, tolerance=TOLERANCE)


WAYS = (
    Way("optimised", "tensorflow", ".optimised.pb", _optimised),
    Way("OpenCV", "opencv", ".opencv.pb", _for_opencv),
    Way("ONNX Runtime", "onnxruntime", ".onnx", _converted),
    Way("TFLite", "tflite", ".tflite", _converted),
)
