"""What is known of a tensor before anything runs: its shape, and the value where it is a small one.

Shapes are often computed in the graph itself (a `Shape`, some of its numbers, a `Reshape`), so that
one is not found without the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from graphkit._formats._shape import checked_shape
from graphkit._formats._wire import FormatError

__all__ = [
    "MOST_NUMBERS",
    "UNKNOWN",
    "Fact",
    "Facts",
    "Numbers",
    "Shape",
    "Unknown",
    "elements",
    "small",
]

Shape: TypeAlias = tuple[int | None, ...]
Numbers: TypeAlias = tuple[int, ...]

MOST_NUMBERS = 256
_LARGEST = 2**63 - 1


class Unknown(Exception):
    """A shape or value does not follow from what is known."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a tensor.

    Attributes:
        shape: Its shape, None where a dimension is open; None if the rank is.
        value: Its elements in their order, if they are few integers and known.
    """

    shape: Shape | None = None
    value: Numbers | None = None


UNKNOWN = Fact()


class Facts:
    """The facts of a node's inputs, each asked for by its place.

    Args:
        facts: The facts, in the order of the inputs.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = facts

    def __len__(self) -> int:
        return len(self._facts)

    def all(self) -> list[Fact]:
        """All of them."""
        return list(self._facts)

    def shape(self, place: int) -> Shape:
        """The shape of an input; `Unknown` is raised if there is none."""
        shape = self._at(place).shape
        if shape is None:
            raise Unknown
        return shape

    def shapes(self, first: int = 0, last: int | None = None) -> list[Shape]:
        """The shapes of several inputs."""
        return [self.shape(place) for place in range(len(self._facts))[first:last]]

    def value(self, place: int) -> Numbers:
        """The value of an input; `Unknown` is raised if it is not known."""
        value = self._at(place).value
        if value is None:
            raise Unknown
        return value

    def number(self, place: int) -> int:
        """The value of an input that is one number."""
        value = self.value(place)
        if len(value) != 1:
            raise Unknown
        return value[0]

    def _at(self, place: int) -> Fact:
        if not -len(self._facts) <= place < len(self._facts):
            raise Unknown
        return self._facts[place]


def elements(shape: Shape | None) -> int:
    """How many elements a shape has.

    Raises:
        Unknown: A dimension is open, or more are claimed than a tensor can have.
    """
    if shape is None or any(size is None or size < 0 for size in shape):
        raise Unknown
    try:
        return math.prod(size or 0 for size in checked_shape(shape))
    except FormatError:
        raise Unknown from None


def sizes(shape: Shape) -> Numbers:
    """A shape as a value.

    Raises:
        Unknown: A dimension is open.
    """
    elements(shape)
    return tuple(size or 0 for size in shape)


def small(numbers: Sequence[int]) -> Numbers:
    """Numbers as a value.

    Raises:
        Unknown: They are many, or beyond an int64: no shape is made of such.
    """
    if len(numbers) > MOST_NUMBERS or any(abs(number) > _LARGEST for number in numbers):
        raise Unknown
    return tuple(numbers)
