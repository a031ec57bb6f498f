"""Shapes as files claim them: refused where no tensor of TensorFlow could have them.

A few bytes can claim thousands of dimensions of any size, whose product takes long to compute and
has more digits than Python prints.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graphkit._formats._wire import FormatError, as_bytes, as_int, as_text, fields

__all__ = ["checked_shape", "read_shape", "require_array"]

_MOST_DIMENSIONS = 254
_MOST_ELEMENTS = 2**63 - 1
# What arrays of NumPy have at most; one of nothing may not have other dimensions either that go
# beyond what it can address.
_MOST_AXES = 32 if np.__version__.startswith("1.") else 64
_MOST_ADDRESSED = 2**56


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


def require_array(name: str, shape: Sequence[int]) -> None:
    """Refuses a shape that a tensor can have, but no array.

    Args:
        name: Whose shape it is.
        shape: The shape.

    Raises:
        FormatError: It has too many dimensions, or too large ones beside one of 0.
    """
    if len(shape) > _MOST_AXES:
        most = f"no array has more than {_MOST_AXES}"
        raise FormatError(f"{name} has {len(shape)} dimensions; {most}")
    if 0 in shape and math.prod(max(1, size) for size in shape) > _MOST_ADDRESSED:
        raise FormatError(f"no array has the shape {list(shape)} of {name}")


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
