"""What differs between two files."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from graphkit._formats._checkpoint import read_checkpoint
from graphkit.errors import ArgumentError
from graphkit.export._checkpoints._files import find_checkpoint, is_checkpoint
from graphkit.export._comparison._checkpoints import diff_checkpoints
from graphkit.export._comparison._difference import FileDifference
from graphkit.export._comparison._graphs import diff_graphs
from graphkit.export._comparison._names import (
    NamedVariables,
    diff_names,
    variables_of_checkpoint,
    variables_of_graph,
)
from graphkit.export._graph_file import read_graph_file

__all__ = ["diff"]


def diff(first: str | PathLike[str], second: str | PathLike[str]) -> FileDifference:
    """Compares two graphs, two checkpoints, or the variables of a graph and a checkpoint.

    Nothing in the files is executed, and TensorFlow is needed for graphs in text form only. Graphs
    are compared node by node: op type, attributes, inputs, device, values of constants; checkpoints
    variable by variable: dtype, shape, and values bit by bit; a graph and a checkpoint by the
    names, dtypes and shapes of their variables. What has another name in the second file is found
    by what it is, and listed with the reason.

    Args:
        first: A graph (`.pb`, `.pbtxt`, `.meta`, a SavedModel folder) or a checkpoint (V1 or V2;
            its prefix, its folder or one of its files).
        second: Another; a checkpoint may be of the other version.

    Returns:
        The differences.

    Raises:
        MissingFileError: There is no such file.
        ArgumentError: One is a checkpoint, and the other a graph without variables.
        CorruptFileError: A file is damaged, or of neither kind.
    """
    one, two = Path(first), Path(second)
    kinds = [_is_values(path) for path in (one, two)]
    if kinds[0] != kinds[1]:
        return diff_names(*map(_named_variables, (one, two), kinds))
    if kinds[0]:
        return diff_checkpoints(*(read_checkpoint(find_checkpoint(path)) for path in (one, two)))
    files = [read_graph_file(path) for path in (one, two)]
    before, after = ((file.path, file.graph) for file in files)
    return diff_graphs(before, after)


def _named_variables(path: Path, is_values: bool) -> NamedVariables:
    if is_values:
        return variables_of_checkpoint(read_checkpoint(find_checkpoint(path)))
    file = read_graph_file(path)
    found = variables_of_graph(file.path, file.graph)
    if not found.variables:
        wanted = "a graph with variables, to compare with those of the checkpoint"
        raise ArgumentError("diff", "the graph", str(path), wanted)
    return found


def _is_values(path: Path) -> bool:
    """Whether a path means the values of a checkpoint; a `.meta` file is the graph beside them."""
    if not (path.exists() or is_checkpoint(path)):
        find_checkpoint(path)  # says what lies there instead
    return is_checkpoint(path)
