"""Which variables a graph asks for and a checkpoint holds: names, dtypes and shapes, no values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit._formats._stored import StoredCheckpoint
from graphkit.export._comparison._difference import Change, FileDifference, Lone
from graphkit.export._comparison._renames import Thing, find_renames
from graphkit.export._graphs._op_kinds import VARIABLES

__all__ = ["NamedVariables", "diff_names", "variables_of_checkpoint", "variables_of_graph"]

_Kind: TypeAlias = "tuple[str, tuple[int | None, ...] | None]"


@dataclass(frozen=True)
class NamedVariables:
    """The variables of a file.

    Attributes:
        path: The file, or the prefix of the checkpoint.
        variables: Dtype and shape of each, by the name it has in a checkpoint.
    """

    path: Path
    variables: Mapping[str, _Kind]


def variables_of_checkpoint(checkpoint: StoredCheckpoint) -> NamedVariables:
    """Those a checkpoint holds."""
    found = {name: (held.dtype.name, held.shape) for name, held in checkpoint.variables.items()}
    return NamedVariables(checkpoint.prefix, found)


def variables_of_graph(path: Path, graph: StoredGraph) -> NamedVariables:
    """Those a graph asks for."""
    variables = [node for node in graph.nodes if node.op in VARIABLES]
    return NamedVariables(path, {_key(node): _kind(node) for node in variables})


def diff_names(first: NamedVariables, second: NamedVariables) -> FileDifference:
    """Compares the variables of a graph with those of a checkpoint."""
    before, after = first.variables, second.variables
    removed = {name: _thing(kind) for name, kind in before.items() if name not in after}
    added = {name: _thing(kind) for name, kind in after.items() if name not in before}
    renames = find_renames(removed, added)
    gone, come = ({getattr(rename, side) for rename in renames} for side in ("old", "new"))
    both = [name for name in before if name in after]
    return FileDifference(
        first=first.path,
        second=second.path,
        kind="checkpoint",
        compared=len(both) + len(renames),
        removed=[Lone(name, _words(before[name])) for name in removed if name not in gone],
        added=[Lone(name, _words(after[name])) for name in added if name not in come],
        renamed=renames,
        changed=[
            Change(name, what, f"{_words(before[name])}, then {_words(after[name])}")
            for name in both
            for what in _changed(before[name], after[name])
        ],
    )


def _key(node: StoredNode) -> str:
    return node.text("shared_name") or node.name if node.op == "VarHandleOp" else node.name


def _kind(node: StoredNode) -> _Kind:
    dtype = node.dtype("dtype")
    return dtype.name if dtype else "unknown", node.shape()


def _thing(kind: _Kind) -> Thing:
    return Thing(kind, None, f"also {_words(kind)}", "")


def _words(kind: _Kind) -> str:
    dtype, shape = kind
    return f"{dtype} {'of any shape' if shape is None else list(shape)}"


def _changed(one: _Kind, two: _Kind) -> list[str]:
    if one[0] != two[0]:
        return ["dtype"]
    open_ = one[1] is None or two[1] is None
    return [] if open_ or one[1] == two[1] else ["shape"]
