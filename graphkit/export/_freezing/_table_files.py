"""Lookup tables that a text file fills: which file that is, and its contents as constants."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.errors import CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import free_name, op_of
from graphkit.export._graphs._tables import FILLS_FROM_FILE
from graphkit.export._running._engines._beside import check_beside
from graphkit.session import SessionConfig

__all__ = ["TableFile", "TableFiles", "hold_table_files"]

_ASSETS = "assets"
_RULES = ("key_index", "value_index", "vocab_size", "offset")
_LARGEST = 2**30


@dataclass(frozen=True)
class TableFiles:
    """The text files that may be read for the tables of a graph.

    Attributes:
        path: The file the graph came from, which is not trusted; None for the caller's own graph,
            which may name any file.
        assets: Files in the folder of a SavedModel, by the op that is given their place.
        allow: The types of ops that may run although they touch files.
    """

    path: Path | None = None
    assets: Mapping[str, str] = field(default_factory=dict)
    allow: Collection[str] = ()

    def place(self, filler: str, named_by: str, name: str) -> Path:
        """The file that fills a table: where the graph says, or beside the file it came from.

        Args:
            filler: The op that fills the table.
            named_by: The constant that names the file.
            name: The file's name.

        Raises:
            MissingFileError: The folder of a SavedModel lacks one of its assets.
            UnsafeFileError: It may not be read.
        """
        if self.path is None:
            return Path(name)
        if named_by in self.assets:
            folder = self.path / _ASSETS
            check_beside(self.path, [self.assets[named_by]], folder)
            return folder / self.assets[named_by]
        if FILLS_FROM_FILE not in self.allow:
            raise UnsafeFileError(
                self.path,
                f"its op {filler!r} fills a table from the file {name!r}, which was not read "
                f"(allow={{{FILLS_FROM_FILE!r}}} or --allow {FILLS_FROM_FILE} permits it; one of "
                "that name beside the source will do)",
            )
        beside = self.path.parent / re.split(r"[\\/]", name)[-1]
        return beside if beside.is_file() and not Path(name).is_file() else Path(name)


class TableFile(NamedTuple):
    """A text file that fills a table.

    Attributes:
        table: The table.
        path: Where it lies.
    """

    table: str
    path: Path


def hold_table_files(graph_def: Any, readable: TableFiles) -> list[TableFile]:
    """Lets constants fill each table that a text file fills.

    Args:
        graph_def: The graph, changed in place.
        readable: The files that may be read.

    Returns:
        The files.

    Raises:
        MissingFileError: There is no such file.
        CorruptFileError: It cannot fill the table; the line is named.
        UnsafeFileError: It may not be read, or is too large.
    """
    by_name = {node.name: node for node in graph_def.node}
    found = []
    for node in [node for node in graph_def.node if node.op == FILLS_FROM_FILE]:
        table, named_by = (by_name[op_of(reference)] for reference in node.input[:2])
        name = os.fsdecode(tf.make_ndarray(named_by.attr["value"].tensor).item())
        file = readable.place(node.name, named_by.name, name)
        found.append(TableFile(table.name, file))
        _fill_with_constants(graph_def, node, table, _contents(file, node, table))
    return found


def _contents(file: Path, filler: Any, table: Any) -> list[npt.NDArray[Any]]:
    """Keys and values as TensorFlow's own kernel reads them, in the order of the values."""
    if not file.is_file():
        raise MissingFileError(file, f"does not exist; it fills the table {table.name!r}")
    if file.stat().st_size > _LARGEST:
        raise UnsafeFileError(file, f"larger than the {_LARGEST:,} bytes a table of a .pb may have")
    rules = {name: filler.attr[name].i for name in _RULES if name in filler.attr}
    delimiter = filler.attr["delimiter"].s if "delimiter" in filler.attr else b"\t"
    dtypes = [tf.as_dtype(table.attr[name].type) for name in ("key_dtype", "value_dtype")]
    with tf.Graph().as_default() as graph:
        own = tf.raw_ops.HashTableV2(key_dtype=dtypes[0], value_dtype=dtypes[1])
        fill = tf.raw_ops.InitializeTableFromTextFileV2(
            table_handle=own, filename=os.fsencode(file), delimiter=delimiter, **rules
        )
        everything = tf.raw_ops.LookupTableExportV2(
            table_handle=own, Tkeys=dtypes[0], Tvalues=dtypes[1]
        )
    with tf.Session(graph=graph, config=SessionConfig().to_proto()) as session:
        try:
            session.run(fill)
        except tf.errors.OutOfRangeError as exc:
            raise CorruptFileError(file, f"is empty; it fills the table {table.name!r}") from exc
        except tf.errors.OpError as exc:
            raise CorruptFileError(file, f"cannot fill {table.name!r}: {_said(exc)}") from exc
        keys, values = session.run(everything)
    order = sorted(range(len(keys)), key=lambda place: (values[place], keys[place]))
    return [np.asarray(keys)[order], np.asarray(values)[order]]


def _said(error: Any) -> str:
    """What the kernel said, without TensorFlow's traceback of where the op was made."""
    lines = [line for line in str(error.message).splitlines() if line and line[0] not in "\t "]
    return next((line for line in reversed(lines) if not line.startswith("Original")), lines[-1])


def _fill_with_constants(
    graph_def: Any, filler: Any, table: Any, contents: list[npt.NDArray[Any]]
) -> None:
    taken = {node.name for node in graph_def.node}
    places = [free_name(taken, f"{filler.name}/{part}") for part in ("keys", "values")]
    for place, array in zip(places, contents, strict=True):
        make_constant(graph_def.node.add(), place, array)
    waits = [reference for reference in filler.input if reference.startswith("^")]
    name, handle = filler.name, filler.input[0]
    filler.Clear()
    filler.name, filler.op = name, "LookupTableImportV2"
    filler.input.extend([handle, *places, *waits])
    filler.attr["Tin"].type = table.attr["key_dtype"].type
    filler.attr["Tout"].type = table.attr["value_dtype"].type
