"""How a target is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphkit.export._running._batches import Batch

__all__ = ["Options"]


@dataclass(frozen=True)
class Options:
    """What only some writers ask for.

    Attributes:
        text: Whether a `.pb` is written as text.
        weights: "float32", "float16" or "int8"; TFLite alone has others than the first.
        batches: What int8 takes the range of numbers from.
    """

    text: bool = False
    weights: str = "float32"
    batches: Sequence[Batch] = ()
