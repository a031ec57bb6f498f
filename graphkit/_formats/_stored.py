"""What a checkpoint holds: variables, each in one piece or cut into several."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graphkit._formats._dtypes import STRING, StoredType, stored_type
from graphkit._formats._shape import require_array
from graphkit._formats._slice_keys import Extent
from graphkit._formats._wire import FormatError, as_bytes, as_int, fields
from graphkit.errors import CorruptFileError

__all__ = ["Piece", "StoredCheckpoint", "StoredVariable", "read_extents"]


@dataclass(frozen=True)
class Piece:
    """A part of a variable that lies in one place.

    Attributes:
        extents: Which part it is, by dimension; empty for all of it.
        read: Reads its elements, flat.
    """

    extents: tuple[Extent, ...]
    read: Callable[[], np.ndarray[Any, Any]]


@dataclass(frozen=True)
class StoredVariable:
    """A variable in a checkpoint.

    Attributes:
        name: Its key.
        dtype: Its dtype.
        shape: Its shape.
        pieces: Where its values lie.
    """

    name: str
    dtype: StoredType
    shape: tuple[int, ...]
    pieces: tuple[Piece, ...]

    @property
    def elements(self) -> int:
        """How many elements it has."""
        return math.prod(self.shape)

    @property
    def readable(self) -> bool:
        """Whether values of its dtype can be read: no resources, no dtype of the future."""
        return bool(self.dtype.array) or self.dtype == stored_type(STRING)

    def array(self) -> np.ndarray[Any, Any]:
        """Its values in its shape; strings as an array of bytes objects.

        Raises:
            FormatError: They are damaged, missing, or more or fewer than the shape has.
        """
        require_array(repr(self.name), self.shape)
        if len(self.pieces) == 1 and not self.pieces[0].extents:
            return self._shaped(self.pieces[0].read(), self.shape)
        places = [self._place(piece) for piece in self.pieces]
        sizes = [[place.stop - place.start for place in part] for part in places]
        distinct = len({piece.extents for piece in self.pieces}) == len(self.pieces)
        if not distinct or sum(map(math.prod, sizes)) != self.elements:
            raise FormatError(f"the pieces of {self.name!r} do not make up {list(self.shape)}")
        # All pieces are there before memory is taken for what they claim to make up.
        parts = [
            self._shaped(piece.read(), tuple(size))
            for piece, size in zip(self.pieces, sizes, strict=True)
        ]
        joined = np.empty(self.shape, parts[0].dtype if parts else np.float32)
        for place, part in zip(places, parts, strict=True):
            joined[tuple(place)] = part
        return joined

    def _shaped(self, values: np.ndarray[Any, Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
        if values.size != math.prod(shape):
            raise FormatError(f"{self.name!r} has {values.size} values, not those of {list(shape)}")
        return values.reshape(shape)

    def _place(self, piece: Piece) -> list[slice]:
        if len(piece.extents) != len(self.shape):
            raise FormatError(f"a piece of {self.name!r} is of another rank")
        found = []
        for (start, length), size in zip(piece.extents, self.shape, strict=True):
            stop = size if length < 0 else start + length
            if not 0 <= start <= stop <= size:
                raise FormatError(f"a piece of {self.name!r} reaches beyond {list(self.shape)}")
            found.append(slice(start, stop))
        return found


@dataclass(frozen=True)
class StoredCheckpoint:
    """A checkpoint.

    Attributes:
        prefix: Its prefix.
        version: "V1" or "V2".
        variables: Its variables, by name.
        files: What it consists of, the graph left aside.
    """

    prefix: Path
    version: str
    variables: dict[str, StoredVariable]
    files: tuple[Path, ...]

    def read(self, name: str) -> np.ndarray[Any, Any]:
        """Reads a variable.

        Raises:
            CorruptFileError: Its values are damaged or missing.
        """
        try:
            return self.variables[name].array()
        except FormatError as exc:
            raise CorruptFileError(self.prefix, f"{name!r} cannot be read: {exc}") from exc


def read_extents(message: memoryview) -> tuple[Extent, ...]:
    """Reads a `TensorSliceProto`; empty if it means the whole of its tensor."""
    found: list[Extent] = []
    for number, value in fields(message):
        if number == 1:
            inner = dict(fields(as_bytes(value)))
            length = as_int(inner[2]) if 2 in inner else -1
            found.append((as_int(inner.get(1, 0)), length))
    return () if all(extent == (0, -1) for extent in found) else tuple(found)
