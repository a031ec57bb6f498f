"""A checkpoint of version 2: an index that says where in the data files each value lies.

The index is a table. Under the empty key it says how many data files there are; under the name of
each variable its dtype, shape, place and checksum. A variable that was cut into pieces lists them;
each piece has an entry of its own.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np

from graphkit._formats._dtypes import STRING, StoredType, stored_type
from graphkit._formats._mapped import mapped
from graphkit._formats._shape import read_shape
from graphkit._formats._slice_keys import Extent, is_slice_key, slice_key
from graphkit._formats._stored import Piece, StoredCheckpoint, StoredVariable, read_extents
from graphkit._formats._table import masked_crc, read_table, unmasked
from graphkit._formats._wire import (
    FormatError,
    as_bytes,
    as_int,
    fields,
    read_varint,
)

__all__ = ["BundleEntry", "data_file", "read_bundle", "read_index"]

_LITTLE_ENDIAN = 0
_CRC_BYTES = 4
_MOST_SHARDS = 100_000


@dataclass(frozen=True)
class BundleEntry:
    """Where the values of a variable, or of a piece of one, lie.

    Attributes:
        dtype: The number of its dtype.
        shape: Its shape.
        shard: The data file.
        offset: The byte in it.
        size: How many bytes.
        crc: Their masked checksum.
        slices: The pieces the variable was cut into; they have entries of their own.
    """

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    slices: tuple[tuple[Extent, ...], ...]


def data_file(prefix: Path, shard: int, shards: int) -> Path:
    """The name of a data file."""
    return Path(f"{prefix}.data-{shard:05d}-of-{shards:05d}")


def read_index(prefix: Path) -> tuple[int, dict[bytes, memoryview]]:
    """Reads an index: how many data files there are, and the entries by key, as bytes.

    Raises:
        FormatError: It is damaged, or was written by a machine of the other byte order.
    """
    entries = dict(read_table(mapped(Path(f"{prefix}.index"))))
    header = {number: as_int(value) for number, value in _header(entries.pop(b"", None))}
    if header.get(2, _LITTLE_ENDIAN) != _LITTLE_ENDIAN:
        raise FormatError("was written by a machine of the other byte order")
    shards = header.get(1, 0)
    if not 0 < shards < _MOST_SHARDS:
        raise FormatError(f"claims to have {shards} data files")
    return shards, entries


def read_bundle(prefix: Path) -> StoredCheckpoint:
    """Opens a checkpoint of version 2.

    Raises:
        FormatError: It is damaged, cut short, or a data file is missing.
    """
    shards, entries = read_index(prefix)
    parsed = {key: _entry(value) for key, value in entries.items()}
    used = {entry.shard for entry in parsed.values() if not entry.slices}
    if not used <= set(range(shards)):
        raise FormatError(f"names a data file beyond its {shards}")
    files = {shard: data_file(prefix, shard, shards) for shard in sorted(used)}
    for shard, file in files.items():
        _check_places(file, [e for e in parsed.values() if e.shard == shard and not e.slices])
    data = {shard: mapped(file) for shard, file in files.items()}
    variables = {}
    for key, entry in parsed.items():
        if not is_slice_key(key):
            name = _name(key)
            variables[name] = _variable(name, entry, parsed, data)
    paths = (Path(f"{prefix}.index"), *files.values())
    return StoredCheckpoint(prefix, "V2", dict(sorted(variables.items())), paths)


def _header(message: memoryview | None) -> Iterator[tuple[int, Any]]:
    if message is None:
        raise FormatError("its index has no header")
    return ((number, value) for number, value in fields(message) if number < 3)


def _name(key: bytes) -> str:
    try:
        return key.decode()
    except UnicodeDecodeError:
        raise FormatError("a name is not UTF-8") from None


def _entry(message: memoryview) -> BundleEntry:
    numbers = {1: 0, 3: 0, 4: 0, 5: 0}
    sizes = b""
    crc, slices = 0, []
    for number, value in fields(message):
        if number == 2:
            sizes += as_bytes(value)  # one that is given in parts is put together, as protobuf does
        elif number == 6:
            crc = int.from_bytes(as_bytes(value), "little")
        elif number == 7:
            slices.append(read_extents(as_bytes(value)))
        elif number in numbers:
            numbers[number] = as_int(value)
    shape = read_shape(memoryview(sizes))
    if shape is None or None in shape or min(numbers.values()) < 0:
        raise FormatError("an entry contradicts itself")
    known = tuple(int(size or 0) for size in shape)
    return BundleEntry(numbers[1], known, numbers[3], numbers[4], numbers[5], crc, tuple(slices))


def _check_places(file: Path, entries: list[BundleEntry]) -> None:
    """Refuses a data file that is too short, and values that share bytes and so claim ever more."""
    end = 0
    for entry in sorted(entries, key=lambda entry: (entry.offset, entry.size)):
        if entry.offset < end:
            raise FormatError(f"values lie over each other in {file.name}")
        end = entry.offset + entry.size
    if not file.is_file():
        raise FormatError(f"{file.name}, which holds its values, is not beside it")
    if end and (found := file.stat().st_size) < end:
        raise FormatError(
            f"its data is cut short: {found} bytes of {file.name} where {end} are needed"
        )


def _variable(
    name: str,
    entry: BundleEntry,
    entries: dict[bytes, BundleEntry],
    data: dict[int, memoryview],
) -> StoredVariable:
    dtype = stored_type(entry.dtype)
    if not entry.slices:
        pieces: list[Piece] = [Piece((), _reader(entry, dtype, data))]
        return StoredVariable(name, dtype, entry.shape, tuple(pieces))
    pieces = []
    for extents in entry.slices:
        whole = extents or ((0, -1),) * len(entry.shape)
        piece = entries.get(slice_key(name, whole))
        if piece is None or piece.slices:
            raise FormatError(f"a piece of {name!r} is missing")
        pieces.append(Piece(whole, _reader(piece, dtype, data)))
    return StoredVariable(name, dtype, entry.shape, tuple(pieces))


def _reader(
    entry: BundleEntry, dtype: StoredType, data: dict[int, memoryview]
) -> Callable[[], np.ndarray[Any, Any]]:
    return functools.partial(_values, entry, dtype, data.get(entry.shard, memoryview(b"")))


def _values(entry: BundleEntry, dtype: StoredType, file: memoryview) -> np.ndarray[Any, Any]:
    stored = file[entry.offset : entry.offset + entry.size]
    if entry.dtype == STRING:
        return _texts(stored, entry)
    if not dtype.array:
        raise FormatError(f"values of {dtype.name} cannot be read")
    if masked_crc(int(google_crc32c.value(stored.tobytes()))) != entry.crc:
        raise FormatError("its checksum is wrong")
    if len(stored) % dtype.bytes:
        raise FormatError(f"{len(stored)} bytes are no whole number of {dtype.name} values")
    return np.frombuffer(stored, dtype.array)


def _texts(stored: memoryview, entry: BundleEntry) -> np.ndarray[Any, Any]:
    """Reads strings: the length of each, a checksum of the lengths, then all their bytes."""
    lengths, place = [], 0
    count = math.prod(entry.shape)
    if count > len(stored):
        raise FormatError(f"{len(stored)} bytes cannot hold {count} texts")
    for _ in range(count):
        length, place = read_varint(stored, place)
        lengths.append(length)
    summed = b"".join(length.to_bytes(4 if length < 2**32 else 8, "little") for length in lengths)
    summed += bytes(stored[place : place + _CRC_BYTES])
    place += _CRC_BYTES
    if place + sum(lengths) != len(stored):
        raise FormatError("its texts are cut short")
    crc = google_crc32c.extend(google_crc32c.value(summed), stored[place:].tobytes())
    if int(crc) != unmasked(entry.crc):
        raise FormatError("its checksum is wrong")
    texts = np.empty(count, object)
    for number, length in enumerate(lengths):
        texts[number] = bytes(stored[place : place + length])
        place += length
    return texts
