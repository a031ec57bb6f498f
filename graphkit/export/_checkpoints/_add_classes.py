"""A checkpoint whose last layer knows more classes; what it knew stays bit-identical."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._stored import Piece, StoredCheckpoint, StoredVariable
from graphkit._formats._write_bundle import write_bundle
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.export._checkpoints._change import CheckpointReport, write_checkpoint
from graphkit.export._checkpoints._files import find_checkpoint

__all__ = ["add_classes"]

_WHERE = "add_classes"
_Values = npt.NDArray[Any]


def add_classes(
    checkpoint: str | PathLike[str],
    path: str | PathLike[str],
    variables: str | Sequence[str],
    *,
    count: int = 1,
    value: float = 0.0,
) -> CheckpointReport:
    """Writes a checkpoint again with more columns in some variables, such as a head's weights.

    What was there stays as it is, bit by bit, so that the network gives the same logits for the
    classes it knew; a graph built with so many classes more restores it. Slots of the variables
    (`head/kernel/Adam`) grow with them, by the mean of what they hold for each row: nothing would
    stop an optimizer that divides by a root of zero. TensorFlow is not needed.

    Args:
        checkpoint: The prefix (`model.ckpt-100`), or its folder, whose latest checkpoint is taken.
        path: The prefix to write, in a folder that exists; no checkpoint has it yet.
        variables: The names of the variables whose last dimension is the classes: of a dense
            layer, its kernel `[features, classes]` and its bias `[classes]`.
        count: How many classes to add, behind those there are.
        value: What the new columns hold.

    Returns:
        What was written.

    Raises:
        MissingFileError: There is no such checkpoint, or the folder to write to does not exist.
        UnknownNameError: It has no such variable.
        ArgumentError: A variable has no dimension, no floats or other classes than the others,
            `count` is less than 1, or `path` is no prefix that is free.
        ArgumentTypeError: An argument is of another type.
        CorruptFileError: The checkpoint is damaged.
    """
    source = read_checkpoint(find_checkpoint(checkpoint))
    names = [variables] if isinstance(variables, str) else list(variables)
    _check(source, names, count, value)
    grown = {}
    for name in names:
        grown[name] = _widened(source, name, count, lambda old: np.full_like(old, value))
        for slot in _slots(source, name):
            grown[slot] = _widened(source, slot, count, lambda old: old)
    widened = replace(source, variables={**source.variables, **grown})
    report = write_checkpoint(_WHERE, widened, Path(path), {}, write_bundle)
    shapes = {name: (source.variables[name].shape, new.shape) for name, new in grown.items()}
    return replace(report, grown=shapes)


def _check(source: StoredCheckpoint, names: list[str], count: Any, value: Any) -> None:
    if isinstance(count, bool) or not isinstance(count, int):
        raise ArgumentTypeError(_WHERE, "count", type(count).__name__, "an integer")
    if not isinstance(value, Real):
        raise ArgumentTypeError(_WHERE, "value", type(value).__name__, "a number")
    if count < 1:
        raise ArgumentError(_WHERE, "count", count, "1 or more")
    if not names:
        raise ArgumentError(_WHERE, "variables", names, "the names of the head's variables")
    classes: dict[str, int] = {}
    for name in names:
        if name not in source.variables:
            raise UnknownNameError("variable", name, source.variables)
        variable = source.variables[name]
        if not variable.shape or not _is_real(variable):
            shown = f"{name!r} of shape {list(variable.shape)} and dtype {variable.dtype.name}"
            wanted = "variables of floats whose last dimension is the classes"
            raise ArgumentError(_WHERE, "variables", name, wanted, shown=shown)
        classes[name] = variable.shape[-1]
    if len(set(classes.values())) > 1:
        shown = ", ".join(f"{name!r} with {number}" for name, number in classes.items())
        wanted = "variables of as many classes each"
        raise ArgumentError(_WHERE, "variables", names, wanted, shown=shown)


def _slots(source: StoredCheckpoint, name: str) -> list[str]:
    """What an optimizer keeps for each number of a variable."""
    shape = source.variables[name].shape
    return [
        other
        for other, variable in source.variables.items()
        if other.startswith(f"{name}/") and variable.shape == shape and _is_real(variable)
    ]


def _is_real(variable: StoredVariable) -> bool:
    """Tells whether NumPy can calculate with the values; it reads bfloat16 as plain bits."""
    return bool(variable.dtype.array) and np.dtype(variable.dtype.array).kind == "f"


def _widened(
    source: StoredCheckpoint, name: str, count: int, column: Callable[[_Values], _Values]
) -> StoredVariable:
    """A variable with more columns, each made of the mean of those there are."""
    variable = source.variables[name]

    def read() -> _Values:
        old = source.read(name)
        mean = old.astype(np.float64).mean(axis=-1, keepdims=True).astype(old.dtype)
        added = np.repeat(column(mean), count, axis=-1)
        return np.ascontiguousarray(np.concatenate([old, added], axis=-1)).reshape(-1)

    shape = (*variable.shape[:-1], variable.shape[-1] + count)
    return replace(variable, shape=shape, pieces=(Piece((), read),))
