"""The files in which the weights of a graph lie, and whether they are that graph's."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from graphkit._formats._bundle import read_bundle
from graphkit._formats._wire import FormatError
from graphkit._formats._write_bundle import write_values
from graphkit._marks import WEIGHTS_MARK
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError

__all__ = [
    "LIMIT",
    "are_too_large",
    "check_weights",
    "check_whole",
    "copy_weights",
    "marked_digest",
    "weight_files",
    "weights_prefix",
    "write_weights",
]

LIMIT = 2**31 - 1  # what protobuf can write

_SUFFIXES = (".data-00000-of-00001", ".index")


def weights_prefix(model: Path) -> Path:
    """The prefix of the weights: `net.pb.weights` of `net.pb`."""
    return model.with_name(f"{model.name}.weights")


def weight_files(model: Path) -> list[Path]:
    """The files they lie in: data and index."""
    return [Path(f"{weights_prefix(model)}{suffix}") for suffix in _SUFFIXES]


def are_too_large(model: Path) -> bool:
    """Tells whether the weights beside a graph are more than it could hold itself."""
    data = weight_files(model)[0]
    return data.is_file() and data.stat().st_size > LIMIT


def write_weights(
    model: Path, values: Iterable[tuple[str, int, Sequence[int], np.ndarray[Any, Any]]]
) -> str:
    """Writes the weights of a graph; gives what tells them from those of others.

    Args:
        model: The file of the graph.
        values: See `write_values`.
    """
    write_values(weights_prefix(model), values)
    return _digest(model)


def copy_weights(prefix: Path, folder: Path) -> None:
    """Copies weights into the folder of a SavedModel's variables, which is made."""
    folder.mkdir()
    for suffix in _SUFFIXES:
        shutil.copyfile(f"{prefix}{suffix}", folder / f"variables{suffix}")


def marked_digest(nodes: Iterable[Any]) -> str:
    """What the weights of a graph have to be; empty of a graph that holds its own.

    Args:
        nodes: Its nodes, as TensorFlow reads them.
    """
    found = (node.attr[WEIGHTS_MARK].s for node in nodes if WEIGHTS_MARK in node.attr)
    return next(found, b"").decode(errors="replace")


def check_whole(where: str, argument: str, model: Path, nodes: Iterable[Any]) -> None:
    """Refuses a graph whose weights lie apart, where it has to hold them.

    Args:
        where: The function that was called.
        argument: Its argument.
        model: The file of the graph.
        nodes: The nodes of the graph.

    Raises:
        ArgumentError: They lie apart.
    """
    if marked_digest(nodes):
        wanted = f"a graph that holds its weights (graphkit freeze {str(model)!r} -o WHOLE.pb)"
        if are_too_large(model):
            wanted = (
                "a graph that holds its weights; these exceed the 2 GiB that one can hold, so that "
                f"only a part will do (graphkit freeze {str(model)!r} -o PART.pb --outputs NAME)"
            )
        raise ArgumentError(where, argument, str(model), wanted)


def check_weights(model: Path, digest: str) -> Path:
    """Finds the weights of a graph; gives their prefix.

    Args:
        model: The file of the graph.
        digest: What they have to be.

    Raises:
        MissingFileError: A file of them is not there.
        CorruptFileError: They are of another model, or cut short.
    """
    prefix = weights_prefix(model)
    for file in weight_files(model):
        if not file.is_file():
            raise MissingFileError(file, f"does not exist; the weights of {model} lie there")
    if _digest(model) != digest:
        index = weight_files(model)[1]
        raise CorruptFileError(index, f"holds the weights of another model than {model}")
    try:
        read_bundle(prefix)
    except FormatError as exc:
        reason = f"holds the weights of {model}, and is damaged: {exc}"
        raise CorruptFileError(weight_files(model)[0], reason) from exc
    return prefix


def _digest(model: Path) -> str:
    return hashlib.sha256(Path(f"{weights_prefix(model)}.index").read_bytes()).hexdigest()
