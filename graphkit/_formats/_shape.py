"""Shapes as files claim them: refused where no tensor of TensorFlow could have them.

A few bytes can claim thousands of dimensions of any size, whose product takes long to compute and
has more digits than Python prints.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from graphkit._formats._wire import FormatError, as_bytes, as_int, as_text, fields

__all__ = ["checked_shape", "read_shape"]

_MOST_DIMENSIONS = 254
_MOST_ELEMENTS = 2**63 - 1


def checked_shape(sizes: Sequence[int | None]) -> tuple[int | None, ...]:
    """A shape that a tensor can have; a dimension of None is open.

    Raises:
        FormatError: It has more than 254 dimensions, or 2**63 elements or more.
    """
    if len(sizes) > _MOST_DIMENSIONS:
        raise FormatError(f"a shape of {len(sizes):,} dimensions; no tensor has more than 254")
    if math.prod(1 if size is None else size for size in sizes) > _MOST_ELEMENTS:
        raise FormatError("a shape claims more elements than a tensor can have")
    return tuple(sizes)


def read_shape(message: memoryview) -> tuple[int | None, ...] | None:
    """Reads a `TensorShapeProto`: None for an open dimension, None alone if the rank is open."""
    dimensions: list[int | None] = []
    for number, value in fields(message):
        if number == 3 and value:
            return None
        if number == 2:
            size = _size(as_bytes(value))
            dimensions.append(size if size >= 0 else None)
    return checked_shape(dimensions)


def _size(dimension: memoryview) -> int:
    size = 0
    for number, value in fields(dimension):
        if number == 1:
            size = as_int(value)
        elif number == 2:
            as_text(value)  # its name, which has to be text for TensorFlow
    return size
