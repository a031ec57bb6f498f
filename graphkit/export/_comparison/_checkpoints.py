"""How two checkpoints differ: variables, dtypes, shapes and values, bit by bit."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from graphkit._formats._stored import StoredCheckpoint, StoredVariable
from graphkit.export._comparison._difference import Change, FileDifference, Lone
from graphkit.export._comparison._renames import Thing, find_renames

__all__ = ["diff_checkpoints", "values_in_words"]


def diff_checkpoints(first: StoredCheckpoint, second: StoredCheckpoint) -> FileDifference:
    """Compares two checkpoints; of the values, those of one variable at a time are in memory.

    Raises:
        CorruptFileError: A value of one of them is damaged.
    """
    removed = {n: _thing(first, n) for n in first.variables if n not in second.variables}
    added = {n: _thing(second, n) for n in second.variables if n not in first.variables}
    renames = find_renames(removed, added)
    pairs = [(name, name) for name in first.variables if name in second.variables]
    pairs += [(rename.old, rename.new) for rename in renames]
    gone, come = ({getattr(rename, side) for rename in renames} for side in ("old", "new"))
    return FileDifference(
        first=first.prefix,
        second=second.prefix,
        kind="checkpoint",
        compared=len(pairs),
        removed=[Lone(n, _words(first.variables[n])) for n in removed if n not in gone],
        added=[Lone(n, _words(second.variables[n])) for n in added if n not in come],
        renamed=renames,
        changed=[change for old, new in pairs for change in _changes(first, old, second, new)],
    )


def _thing(checkpoint: StoredCheckpoint, name: str) -> Thing:
    variable = checkpoint.variables[name]
    content = hashlib.blake2b(_bits(checkpoint.read(name))).digest() if variable.readable else None
    kind = variable.dtype, variable.shape
    return Thing(kind, content, f"also {_words(variable)}", "the same values")


def _words(variable: StoredVariable) -> str:
    return f"{variable.dtype.name} {list(variable.shape)}"


def _changes(first: StoredCheckpoint, old: str, second: StoredCheckpoint, new: str) -> list[Change]:
    one, two = first.variables[old], second.variables[new]
    if one.dtype != two.dtype:
        return [Change(old, "dtype", f"{_words(one)}, then {_words(two)}")]
    if one.shape != two.shape:
        return [Change(old, "shape", f"{list(one.shape)}, then {list(two.shape)}")]
    if not one.readable:
        return []
    words = values_in_words(first.read(old), second.read(new), one.dtype.name)
    return [Change(old, "values", words)] if words else []


def values_in_words(one: np.ndarray[Any, Any], two: np.ndarray[Any, Any], dtype: str) -> str:
    """Says how two arrays of one dtype and shape differ; "" if not in a single bit."""
    if _bits(one) == _bits(two):
        return ""
    if one.dtype == object:
        return f"{np.count_nonzero(one != two):,} of {one.size:,} texts"
    count = np.count_nonzero((_bytes_of_each(one) != _bytes_of_each(two)).any(axis=1))
    one, two = _numbers(one, dtype), _numbers(two, dtype)
    with np.errstate(all="ignore"):
        differences = np.abs(one.astype(_wide(one)) - two.astype(_wide(two)))
    finite = differences[np.isfinite(differences)]
    largest = f", by {finite.max():.6g} at most" if finite.size and finite.max() else ""
    return f"{count:,} of {one.size:,} differ{largest}"


def _bits(values: np.ndarray[Any, Any]) -> bytes:
    if values.dtype != object:
        return values.tobytes()
    return b"".join(len(text).to_bytes(8, "little") + text for text in values.ravel())


def _bytes_of_each(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.frombuffer(values.tobytes(), np.uint8).reshape(values.size, -1)


def _numbers(values: np.ndarray[Any, Any], dtype: str) -> np.ndarray[Any, Any]:
    """What the bits mean where NumPy has no dtype of that name."""
    if dtype != "bfloat16":
        return values
    return (values.astype(np.uint32) << 16).view(np.float32)


def _wide(values: np.ndarray[Any, Any]) -> type:
    return np.complex128 if values.dtype.kind == "c" else np.float64
