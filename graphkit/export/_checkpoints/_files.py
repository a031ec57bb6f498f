"""The files of a checkpoint: which prefix a path means.

logs/model/
    checkpoint                          names the latest prefix
    model.ckpt-100.index                V2: what lies where
    model.ckpt-100.data-00000-of-00001  V2: the values
    model.ckpt-100.meta                 the graph
    model.ckpt-90                       V1: everything but the graph in one file
    model.ckpt-80-00000-of-00002        V1 in shards, one for each device
"""

from __future__ import annotations

import ast
import difflib
import re
from os import PathLike
from pathlib import Path

from graphkit._formats._shards import SHARD, version_one_files
from graphkit._formats._table import TABLE_MAGIC
from graphkit._formats._wire import FormatError
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError

__all__ = ["find_checkpoint", "is_checkpoint", "is_part_of_checkpoint", "prefix_of"]

_STATE_START = b"model_checkpoint_path:"
_LATEST = re.compile(rb"^\s*model_checkpoint_path\s*:\s*(\"(?:[^\"\\\n]|\\.)*\")", re.MULTILINE)
_IN_SAVED_MODEL = Path("variables", "variables")
_PART = re.compile(rf"\.(index|meta|data-\d{{5}}-of-\d{{5}})$|{SHARD.pattern}")


def find_checkpoint(path: str | PathLike[str]) -> Path:
    """Finds the prefix of a checkpoint.

    Args:
        path: The prefix itself, one of its files, or the folder it lies in (the latest is taken).

    Returns:
        The prefix; its values exist.

    Raises:
        MissingFileError: There is no such checkpoint.
        ArgumentError: The folder holds several, and nothing says which is the latest.
        CorruptFileError: The folder's `checkpoint` file cannot be read.
    """
    place = Path(path)
    if place.is_dir():
        return _latest(place)
    if place.name == "checkpoint" and place.is_file():
        return _latest(place.parent)
    prefix = prefix_of(place)
    if _has_values(prefix):
        return prefix
    if place.is_file():
        raise MissingFileError(f"{prefix}.index", f"does not exist beside {place.name}")
    if place.exists():
        raise MissingFileError(place)  # a device or a pipe
    nearby = _near(place) if place.parent.is_dir() else []
    hint = f"; its folder holds {', '.join(nearby[:5])}" if nearby else ""
    reason = f"does not exist and is no checkpoint ({place.name}.index does not exist){hint}"
    raise MissingFileError(place, reason)


def prefix_of(path: Path) -> Path:
    """The prefix of the checkpoint whose part a path is by its name; otherwise the path itself."""
    return path.with_name(_PART.sub("", path.name))


def is_checkpoint(path: Path) -> bool:
    """Whether a path is a checkpoint's prefix, folder or part, its graph left aside."""
    if path.is_dir():
        return (path / "checkpoint").is_file() or any(path.glob("*.index"))
    if path.is_file():
        return Path(f"{path}.index").is_file() or is_part_of_checkpoint(path)
    return _has_values(path.with_name(SHARD.sub("", path.name)))


def is_part_of_checkpoint(file: Path) -> bool:
    """Tells by the table format's last bytes, or for raw values by their name and company."""
    with open(file, "rb") as opened:
        opened.seek(max(0, file.stat().st_size - len(TABLE_MAGIC)))
        if opened.read() == TABLE_MAGIC:
            return True
        opened.seek(0)
        if file.name == "checkpoint" and opened.read(len(_STATE_START)) == _STATE_START:
            return True
    prefix, _, part = file.name.rpartition(".data-")
    return bool(part) and file.with_name(f"{prefix}.index").is_file()


def _latest(folder: Path) -> Path:
    """The checkpoint a folder calls its latest; only names inside the folder count."""
    if (folder / "checkpoint").is_file():
        prefix = prefix_of(folder / Path(_named_latest(folder / "checkpoint")).name)
        try:
            found = _has_values(prefix)
        except OSError as exc:
            reason = f"names a file that cannot be ({exc.strerror})"
            raise CorruptFileError(folder / "checkpoint", reason) from exc
        if not found:
            raise MissingFileError(prefix, "does not exist, though the file 'checkpoint' names it")
        return prefix
    prefixes = sorted(_prefixes(folder))
    if not prefixes:
        inside = folder / _IN_SAVED_MODEL
        hint = f"; that of its SavedModel is {inside}" if _has_values(inside) else ""
        events = sorted(folder.glob("*tfevents*"))
        models = sorted(place.parent.name for place in folder.glob("*/saved_model.pb"))
        if events:
            hint = f"; it holds logs for TensorBoard such as {events[0].name}"
        elif models:  # a folder for each version, as TensorFlow Serving has them
            hint = f"; a SavedModel lies in its folder {models[-1]}"
        raise MissingFileError(folder, f"holds no checkpoint (no file *.index){hint}")
    if len(prefixes) > 1:
        wanted = f"one of {', '.join(prefixes)} in it"
        raise ArgumentError("checkpoint", "path", str(folder), wanted)
    return folder / prefixes[0]


def _named_latest(state: Path) -> str:
    """The path a state file names: a text protobuf, whose strings are written as Python's bytes."""
    found = _LATEST.search(state.read_bytes())
    try:
        if found:
            escaped = found[1].decode("ascii", "backslashreplace")
            return str(ast.literal_eval(f"b{escaped}").decode())
    except (SyntaxError, ValueError):
        pass
    raise CorruptFileError(state, "is no checkpoint state file")


def _has_values(prefix: Path) -> bool:
    if Path(f"{prefix}.index").is_file():
        return True
    try:
        return not _PART.search(prefix.name) and bool(version_one_files(prefix))
    except FormatError as exc:
        raise CorruptFileError(prefix, f"the checkpoint cannot be read: {exc}") from exc


def _near(place: Path) -> list[str]:
    """The checkpoints beside a path that is not there, or a file whose name is like its own."""
    names = [file.name for file in place.parent.glob("*")]
    return sorted(_prefixes(place.parent)) or difflib.get_close_matches(place.name, names, 1)


def _prefixes(folder: Path) -> list[str]:
    """The checkpoints of a folder; those of version 1 are told by the graph beside them."""
    parts = [*folder.glob("*.index"), *folder.glob("*.meta")]
    return [name for name in {part.stem for part in parts} if _has_values(folder / name)]
