"""Writing checkpoints of version 2: a new index over the same data, or all of it anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import google_crc32c
import numpy as np

from graphkit._formats._bundle import data_file, read_index
from graphkit._formats._dtypes import number_of
from graphkit._formats._slice_keys import is_slice_key, renamed_key
from graphkit._formats._stored import StoredCheckpoint
from graphkit._formats._table import masked_crc, write_table
from graphkit._formats._wire import write_bytes, write_fixed32, write_int, write_varint

__all__ = ["copy_bundle", "write_bundle", "write_values"]

# One data file, of the first version of the format, by a machine of the usual byte order.
_HEADER = write_int(1, 1) + write_bytes(3, write_int(1, 1))


def copy_bundle(checkpoint: StoredCheckpoint, target: Path, names: Mapping[str, str]) -> None:
    """Writes a checkpoint whose variables have other names; the data files are copied as they are.

    Args:
        checkpoint: One of version 2.
        target: The prefix to write.
        names: New names by old ones; others stay.
    """
    prefix = checkpoint.prefix
    shards, entries = read_index(prefix)
    for shard in range(shards):
        if data_file(prefix, shard, shards).is_file():
            shutil.copyfile(data_file(prefix, shard, shards), data_file(target, shard, shards))
    renamed = {b"": write_int(1, shards) + write_bytes(3, write_int(1, 1))}
    for key, value in entries.items():
        plain = key.decode() if not is_slice_key(key) else ""
        new = names.get(plain, plain).encode() if plain else renamed_key(key, names)
        renamed[new] = bytes(value)
    Path(f"{target}.index").write_bytes(write_table(sorted(renamed.items())))


def write_bundle(checkpoint: StoredCheckpoint, target: Path, names: Mapping[str, str]) -> None:
    """Writes a checkpoint's values anew, each variable in one piece, one at a time.

    Args:
        checkpoint: What to write.
        target: The prefix to write.
        names: New names by old ones; others stay.

    Raises:
        CorruptFileError: A value is damaged.
    """
    write_values(
        target,
        (
            (
                names.get(name, name),
                number_of(variable.dtype),
                variable.shape,
                checkpoint.read(name),
            )
            for name, variable in checkpoint.variables.items()
        ),
    )


def write_values(
    target: Path, values: Iterable[tuple[str, int, Sequence[int], np.ndarray[Any, Any]]]
) -> None:
    """Writes a checkpoint of values, one after the other.

    Args:
        target: The prefix to write.
        values: Of each its name, the number of its dtype, its shape and its elements.
    """
    entries = {b"": _HEADER}
    with open(data_file(target, 0, 1), "wb") as data:
        for name, dtype, shape, elements in values:
            entries[name.encode()] = _append(data, dtype, shape, elements)
        data.flush()
        os.fsync(data.fileno())
    Path(f"{target}.index").write_bytes(write_table(sorted(entries.items())))


def _append(
    data: BinaryIO, dtype: int, shape: Sequence[int], values: np.ndarray[Any, Any]
) -> bytes:
    """Writes the values of a variable; gives the entry that says where."""
    offset = data.tell()
    written, crc = _texts(values) if values.dtype == object else _numbers(values)
    data.write(written)
    dimensions = b"".join(write_bytes(2, write_int(1, size)) for size in shape)
    return b"".join(
        (
            write_int(1, dtype),
            write_bytes(2, dimensions),
            write_int(4, offset),
            write_int(5, len(written)),
            write_fixed32(6, masked_crc(crc)),
        )
    )


def _numbers(values: np.ndarray[Any, Any]) -> tuple[bytes, int]:
    written = values.tobytes()
    return written, int(google_crc32c.value(written))


def _texts(values: np.ndarray[Any, Any]) -> tuple[bytes, int]:
    """The length of each text, a checksum of the lengths, then all their bytes.

    The checksum is of the lengths as whole words, not as they are written.
    """
    texts = values.ravel().tolist()
    words = b"".join(len(text).to_bytes(4 if len(text) < 2**32 else 8, "little") for text in texts)
    check = masked_crc(int(google_crc32c.value(words))).to_bytes(4, "little")
    lengths = b"".join(write_varint(len(text)) for text in texts)
    joined = b"".join(texts)
    return lengths + check + joined, int(google_crc32c.value(words + check + joined))
