"""A frozen graph in files: the graph, and beside it its weights where they lie apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf import text_format

from graphkit._tf import tf
from graphkit.errors import MissingFileError
from graphkit.export._apart._beside import weight_files, weights_prefix, write_weights
from graphkit.export._apart._split import Split, add_restoring
from graphkit.export._graphs._attributes import drop_later_defaults

__all__ = ["files_of", "write_graph", "write_through"]


def files_of(target: Path, *, apart: bool) -> list[Path]:
    """The files a graph is written to, itself at the end.

    Args:
        target: Its file.
        apart: Whether its weights lie apart.
    """
    return [*(weight_files(target) if apart else []), target]


def write_graph(target: Path, part: Path, graph_def: Any, split: Split | None, text: bool) -> None:
    """Writes a graph, and its weights if they were split from it.

    Args:
        target: What the file becomes.
        part: The file.
        graph_def: The graph; what restores its weights is added to it, and
            what older releases could not read is taken out.
        split: Its weights, which are let go of.
        text: Whether to write the text form.

    Raises:
        MissingFileError: It cannot be written.
    """
    if split is not None:
        digest = write_weights(part, _stored(split))
        add_restoring(graph_def, weights_prefix(target).name, digest)
    drop_later_defaults(graph_def)
    if text:
        write_through(target, part, text_format.MessageToString(graph_def).encode())
    else:
        write_through(target, part, graph_def.SerializeToString(deterministic=True))


def _stored(split: Split) -> Iterator[tuple[str, int, tuple[int, ...], Any]]:
    while split.values:
        name, value = split.values.popitem()
        yield name, tf.as_dtype(value.dtype).as_datatype_enum, value.shape, value


def write_through(target: Path, part: Path, data: bytes) -> None:
    """Has the bytes on the disk before the file can get its name.

    Args:
        target: The name it is to get.
        part: The file.
        data: The bytes.

    Raises:
        MissingFileError: It cannot be written.
    """
    try:
        with open(part, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:
        reason = f"cannot be written ({exc.strerror}); nothing was"
        raise MissingFileError(target, reason) from exc
