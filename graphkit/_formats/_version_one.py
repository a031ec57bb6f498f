"""A checkpoint of version 1: a table of names, shapes and values, or one for each shard.

Under the empty key lies a `SavedTensorSlices` that lists the variables and the pieces each was cut
into; every other entry is the value of one piece. A shard lists the pieces it holds.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from graphkit._formats._dtypes import StoredType, stored_type
from graphkit._formats._mapped import mapped
from graphkit._formats._shape import read_shape
from graphkit._formats._shards import version_one_files
from graphkit._formats._slice_keys import Extent
from graphkit._formats._stored import Piece, StoredCheckpoint, StoredVariable, read_extents
from graphkit._formats._table import read_table
from graphkit._formats._tensor import read_tensor
from graphkit._formats._wire import FormatError, as_bytes, as_int, as_text, fields

__all__ = ["read_version_one"]


class _Listed(NamedTuple):
    name: str
    shape: tuple[int, ...]
    dtype: int
    pieces: list[tuple[Extent, ...]]


def read_version_one(prefix: Path) -> StoredCheckpoint:
    """Opens a checkpoint of version 1.

    Args:
        prefix: Its file, or what the names of its shards begin with, or their pattern.

    Raises:
        FormatError: It is damaged, or a value or shard is missing.
    """
    places: dict[tuple[str, tuple[Extent, ...]], memoryview] = {}
    listed: dict[str, _Listed] = {}
    files = version_one_files(prefix)
    for file in files:
        _read_shard(file, listed, places)
    variables = {name: _variable(variable, places) for name, variable in listed.items()}
    return StoredCheckpoint(prefix, "V1", dict(sorted(variables.items())), tuple(files))


def _read_shard(
    file: Path,
    listed: dict[str, _Listed],
    places: dict[tuple[str, tuple[Extent, ...]], memoryview],
) -> None:
    """Adds what one file holds to what others do."""
    for key, value in read_table(mapped(file)):
        for number, part in fields(value):
            if not key and number == 1:
                for variable in _listed(as_bytes(part)):
                    _join(listed, variable)
            elif key and number == 2:
                name, extents, tensor = _saved(as_bytes(part))
                places[name, extents] = tensor


def _join(listed: dict[str, _Listed], variable: _Listed) -> None:
    """Takes a variable in, whose other pieces may lie in another shard."""
    known = listed.setdefault(variable.name, variable._replace(pieces=[]))
    if (known.shape, known.dtype) != (variable.shape, variable.dtype):
        raise FormatError(f"its shards do not agree on shape and dtype of {variable.name!r}")
    known.pieces.extend(variable.pieces)


def _listed(meta: memoryview) -> Iterator[_Listed]:
    for number, value in fields(meta):
        if number == 1:
            name, dtype, shape, pieces = "", 0, None, []
            for inner, part in fields(as_bytes(value)):
                if inner == 1:
                    name = as_text(part)
                elif inner == 2:
                    shape = read_shape(as_bytes(part))
                elif inner == 3:
                    dtype = as_int(part)
                elif inner == 4:
                    pieces.append(read_extents(as_bytes(part)))
            if shape is None or None in shape:
                raise FormatError(f"{name!r} is of no definite shape")
            yield _Listed(name, tuple(int(size or 0) for size in shape), dtype, pieces)


def _saved(message: memoryview) -> tuple[str, tuple[Extent, ...], memoryview]:
    name, tensor = "", memoryview(b"")
    extents: tuple[Extent, ...] = ()
    for number, value in fields(message):
        if number == 1:
            name = as_text(value)
        elif number == 2:
            extents = read_extents(as_bytes(value))
        elif number == 3:
            tensor = as_bytes(value)
    return name, extents, tensor


def _variable(
    listed: _Listed, places: dict[tuple[str, tuple[Extent, ...]], memoryview]
) -> StoredVariable:
    dtype = stored_type(listed.dtype)
    pieces = []
    for extents in listed.pieces:
        stored = places.get((listed.name, extents))
        if stored is None:
            raise FormatError(f"a piece of {listed.name!r} is missing")
        size = _size(listed.shape, extents)
        pieces.append(Piece(extents, functools.partial(_values, stored, dtype, size)))
    return StoredVariable(listed.name, dtype, listed.shape, tuple(pieces))


def _size(shape: tuple[int, ...], extents: tuple[Extent, ...]) -> int:
    """How many elements a piece has."""
    if not extents:
        return math.prod(shape)
    cut = zip(extents, shape, strict=False)
    return math.prod(size if length < 0 else length for (_, length), size in cut)


def _values(stored: memoryview, dtype: StoredType, size: int) -> np.ndarray[Any, Any]:
    tensor = read_tensor(stored, dtype)
    if tensor.written.size != size:
        raise FormatError(f"{tensor.written.size} values stand where {size} should")
    return tensor.written
