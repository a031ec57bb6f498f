"""What is said of a file that was frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._tensor_info import TensorInfo
from graphkit.export._transforms._taken import StepReport

__all__ = ["FrozenReport"]


@dataclass(frozen=True)
class FrozenReport:
    """What was written, and what was compared.

    Attributes:
        path: The file.
        inputs: What it takes.
        outputs: What it gives.
        max_abs_diff: The largest difference between session and reloaded file over all batches.
        batches_checked: How many batches were compared.
        nodes: How many nodes the graph has.
        parameters: How many numbers its variables held.
        bytes: The size of the file, with that of weights that lie apart.
        pins: The values of the placeholders that became constants, by name; with those that say
            whether the graph is training or what dropouts drop, which are pinned unasked.
        cut: The inputs that a queue, reader or iterator fills in the source.
        consumers: The largest difference of each output in the other programs that were asked.
        by_batch: The normalisations that were built for training: they use the mean and variance of
            the batch they are given, and not the trained averages, so that what an example gives
            depends on those beside it.
        steps: What each of the transforms did; with `for_opencv`, which is taken unasked where
            OpenCV is a target and refuses the graph without.
        weights: The prefix of the weights, if they lie apart; a model may have none.
        uncompared: What of the source could not be compared, as a sentence; mostly empty.
        forced: The branches that no batch took, and that were compared by telling session and file
            what their condition is, such as `Less=True`.
        unproven: The branches that could not be, and conditions of which it is not known which
            branches ran; each with the reason.
        signature: What the signature of the source calls inputs and outputs, if it has one.
    """

    path: Path
    inputs: list[TensorInfo]
    outputs: list[TensorInfo]
    max_abs_diff: float
    batches_checked: int
    nodes: int
    parameters: int
    bytes: int
    pins: dict[str, Any] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    consumers: dict[str, dict[str, float]] = field(default_factory=dict)
    by_batch: list[str] = field(default_factory=list)
    steps: list[StepReport] = field(default_factory=list)
    weights: Path | None = None
    uncompared: str = ""
    forced: list[str] = field(default_factory=list)
    unproven: dict[str, str] = field(default_factory=dict)
    signature: SignatureNames = field(default_factory=SignatureNames)
