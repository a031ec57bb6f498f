"""What a stream depends on besides the files and ops of its pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._position import Beginning, Position, drawn

__all__ = ["Stream"]


@dataclass(frozen=True)
class Stream:
    """How a stream begins, and how its random numbers are drawn.

    Attributes:
        start: What it draws once, as it begins; whatever has no seed takes it (int64, `[]`).
        by_number: Whether random ops draw by the number of the example.
        position: Where it begins; None for a stream that always begins at the beginning.
    """

    start: Tensor
    by_number: bool
    position: Position | None

    @classmethod
    def of(cls, *, by_number: bool, order: list[int] | None) -> Stream:
        """Adds what a stream needs to the current graph.

        Args:
            by_number: Whether random ops draw by the number of the example.
            order: What its order depends on; None if its position is not to be saved.
        """
        position = None if order is None else Position(order)
        return cls(drawn() if position is None else position.start, by_number, position)

    @property
    def beginning(self) -> Beginning | None:
        """What goes to where it begins; None where that is always the beginning."""
        return None if self.position is None else self.position.beginning

    @property
    def examples_start(self) -> Tensor | None:
        """What random ops of the program draw from; None for TensorFlow's own generators."""
        return self.start if self.by_number else None

    @property
    def producers_start(self) -> Tensor | None:
        """What producers without a seed shuffle by; None for TensorFlow's own generators."""
        return None if self.position is None else self.start

    def shuffle_seed(self, seed: int | None) -> int | Tensor | None:
        """The seed of the shuffling between examples, given the program's."""
        unseeded = seed is None and tf.get_default_graph().seed is None
        return self.start if unseeded and self.position is not None else seed

    def resumed(self, dataset: Any) -> Any:
        """Leaves out of what is delivered what was delivered before."""
        return dataset if self.position is None else dataset.skip(self.position.delivered)
