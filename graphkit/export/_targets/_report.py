"""What a conversion wrote, and what was compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._tensor_info import TensorInfo

__all__ = ["ConversionReport"]


@dataclass(frozen=True)
class ConversionReport:
    """What was written, and what was compared.

    Attributes:
        path: The file or folder.
        target: Its format: "pb", "saved_model", "tflite" or "onnx".
        engine: The program that ran it beside the source.
        inputs: What it takes.
        outputs: What it gives.
        differences: The largest absolute difference of each output over all batches.
        batches_checked: How many batches were compared.
        bytes: The size of all that was written.
        uncompared: What of the source could not be compared, as a sentence; mostly empty.
        signature: What the signature of the source calls inputs and outputs, if it has one; a
            SavedModel's own signature has these names.
        unproven: The branches that were not compared, as no batch leads there, and conditions of
            which that is not known; each with the reason.
    """

    path: Path
    target: str
    engine: str
    inputs: list[TensorInfo]
    outputs: list[TensorInfo]
    differences: dict[str, float]
    batches_checked: int
    bytes: int
    uncompared: str = ""
    signature: SignatureNames = field(default_factory=SignatureNames)
    unproven: dict[str, str] = field(default_factory=dict)

    @property
    def max_abs_diff(self) -> float:
        """The largest difference of all."""
        return max(self.differences.values())
