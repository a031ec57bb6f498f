"""A checkpoint written again: with other names, or in today's format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from graphkit._aside import check_target, folder_aside, move_out
from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._stored import StoredCheckpoint
from graphkit._formats._wire import FormatError
from graphkit._formats._write_bundle import copy_bundle, write_bundle
from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.export._checkpoints._files import find_checkpoint, prefix_of
from graphkit.export._checkpoints._names import new_names
from graphkit.export._comparison._checkpoints import values_in_words

__all__ = ["CheckpointReport", "convert_checkpoint", "rename_checkpoint", "write_checkpoint"]

_FREE = "a prefix that no checkpoint has yet"
Shape = tuple[int, ...]
_OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"


@dataclass(frozen=True)
class CheckpointReport:
    """A checkpoint that was written.

    Attributes:
        path: Its prefix.
        variables: How many variables it holds; all were read back and are the same bit by bit.
        renamed: The new name of each that has another.
        bytes: Its size on disk.
        grown: The old and the new shape of each variable that has more columns.
    """

    path: Path
    variables: int
    renamed: dict[str, str]
    bytes: int
    grown: dict[str, tuple[Shape, Shape]] = field(default_factory=dict)


def rename_checkpoint(
    checkpoint: str | PathLike[str],
    path: str | PathLike[str],
    renames: Mapping[str, str],
    *,
    regex: bool = False,
) -> CheckpointReport:
    """Writes a checkpoint again, its variables under other names.

    TF1: a script around `tf.train.NewCheckpointReader` and a graph of new variables. Here nothing
    is computed: of a checkpoint of version 2 the data files are copied as they are, so values,
    pieces and checksums stay what they were. TensorFlow is not needed. The `.meta` file is not
    taken along, since its saver asks for the old names.

    Args:
        checkpoint: The prefix (`model.ckpt-100`), or its folder, whose latest checkpoint is taken.
        path: The prefix to write, in a folder that exists; no checkpoint has it yet.
        renames: New names by old ones. A scope takes all below it along (`{"net": "model"}`), so
            does a variable its slots; of several that fit, the longest decides. "" leaves a scope
            out.
        regex: Whether the old names are regular expressions instead, replaced wherever they are
            found, one after the other; the new ones may refer to their groups.

    Returns:
        What was written.

    Raises:
        MissingFileError: There is no such checkpoint, or the folder to write to does not exist.
        UnknownNameError: A rule means no variable and no scope.
        ArgumentError: Two variables would have one name, the checkpoint is one of objects
            (`tf.train.Checkpoint`), or `path` is no prefix that is free.
        CorruptFileError: The checkpoint is damaged, or what was written reads back otherwise; it
            was not kept.
    """
    source = read_checkpoint(find_checkpoint(checkpoint))
    if _OBJECTS in source.variables:
        wanted = "a checkpoint of tf.train.Saver; the names in one of objects are their attributes"
        raise ArgumentError("rename_checkpoint", "checkpoint", str(source.prefix), wanted)
    names = new_names(source.variables, renames, regex=regex)
    write = copy_bundle if source.version == "V2" else write_bundle
    return write_checkpoint("rename_checkpoint", source, Path(path), names, write)


def convert_checkpoint(
    checkpoint: str | PathLike[str], path: str | PathLike[str]
) -> CheckpointReport:
    """Writes a checkpoint of version 1 as one of version 2, which is what TensorFlow writes today.

    One of version 2 is taken too: its data files become one, and variables that were cut into
    pieces become whole; a saver that asks for a piece finds it in the whole.

    Args:
        checkpoint: As for `rename_checkpoint`.
        path: As for `rename_checkpoint`.

    Returns:
        What was written.

    Raises:
        MissingFileError: As for `rename_checkpoint`.
        ArgumentError: `path` is no prefix that is free.
        CorruptFileError: As for `rename_checkpoint`, or it holds what is no value.
    """
    source = read_checkpoint(find_checkpoint(checkpoint))
    return write_checkpoint("convert_checkpoint", source, Path(path), {}, write_bundle)


_Write = Callable[[StoredCheckpoint, Path, Mapping[str, str]], None]


def write_checkpoint(
    where: str, source: StoredCheckpoint, target: Path, names: dict[str, str], write: _Write
) -> CheckpointReport:
    """Writes aside, reads back, compares, and only then gives the files their names.

    Args:
        where: The function that was called.
        source: The values.
        target: The prefix to write.
        names: New names by old ones; others stay.
        write: What writes them.
    """
    check_target(target)
    prefix = prefix_of(target)
    if prefix != target:
        raise ArgumentError(where, "path", str(target), f"the prefix {str(prefix)!r}")
    if target.exists() or Path(f"{target}.index").exists():
        raise ArgumentError(where, "path", str(target), _FREE)
    with folder_aside(target.parent) as aside:
        part = aside / target.name
        try:
            write(source, part, names)
        except FormatError as exc:
            raise CorruptFileError(source.prefix, f"cannot be written again: {exc}") from exc
        found = read_checkpoint(part)
        _check_same(target, source, found, names)
        size = sum(file.stat().st_size for file in found.files)
        index = Path(f"{part}.index")
        # The index comes last: without it, there is no checkpoint.
        try:
            move_out([*(file for file in aside.iterdir() if file != index), index], target.parent)
        except FileExistsError as exc:
            reason = f"{_FREE}; {exc.filename2} exists"
            raise ArgumentError(where, "path", str(target), reason) from exc
    return CheckpointReport(target, len(found.variables), names, size)


def _check_same(
    target: Path, source: StoredCheckpoint, found: StoredCheckpoint, names: Mapping[str, str]
) -> None:
    wanted = {names.get(name, name): name for name in source.variables}
    for new in sorted({*wanted, *found.variables}):
        there = new in wanted and new in found.variables
        if not there or _differs(source, wanted[new], found, new):
            reason = f"{new!r} was not read back as it was in {source.prefix}; nothing was kept"
            raise CorruptFileError(target, reason)


def _differs(source: StoredCheckpoint, old: str, found: StoredCheckpoint, new: str) -> bool:
    one, two = source.variables[old], found.variables[new]
    if (one.dtype, one.shape) != (two.dtype, two.shape):
        return True
    if not one.readable:
        return False
    return bool(values_in_words(source.read(old), found.read(new), one.dtype.name))
