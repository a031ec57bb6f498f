"""What is asked of freezing, whatever the source is, and whether it can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from numbers import Real
from pathlib import Path
from typing import Any

from graphkit._aside import check_target
from graphkit.errors import (
    ArgumentError,
)
from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._targets._record import Origin
from graphkit.export._transforms._step import BoundStep

__all__ = ["FreezeRequest", "check_graph_request", "check_request"]

_OTHER_FORMATS = frozenset({".h5", ".hdf5", ".keras", ".onnx", ".tflite"})


@dataclass(frozen=True)
class FreezeRequest:
    """How a plan is to be written and proven; see `freeze_session` and `freeze`."""

    where: str
    target: Path
    feeds: Any
    tolerance: float
    text: bool
    clear_devices: bool
    consumers: Sequence[str] = ()
    origin: Origin | None = None  # no record is written without
    libraries: Sequence[str] = ()
    transforms: Sequence[BoundStep] = ()
    weights_apart: bool = False
    source: str = "the session"
    names: SignatureNames = field(default_factory=SignatureNames)


def check_request(where: str, target: Path, tolerance: float) -> None:
    """Refuses a place that cannot be written, or a tolerance that means nothing."""
    check_target(target)
    number: Any = tolerance  # whatever came
    if not isinstance(number, Real) or not 0 <= tolerance < inf:
        raise ArgumentError(where, "tolerance", tolerance, "a finite number, 0 or more")


def check_graph_request(where: str, target: Path, tolerance: float) -> None:
    """The same where a graph is written; a name that promises another format is refused too."""
    if target.suffix.lower() in _OTHER_FORMATS:
        wanted = "a file .pb, or .pbtxt for text; graphkit convert writes other formats"
        raise ArgumentError(where, "path", str(target), wanted)
    check_request(where, target, tolerance)
