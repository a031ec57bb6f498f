"""Lookup tables that constants fill: in a file they fill themselves before they are first used."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.export._graphs._nodes import needed_nodes, op_of, ops_within, with_functions
from graphkit.export._graphs._op_kinds import (
    PLACEHOLDERS,
    VARIABLES,
    feeds_pipeline,
    is_unsafe,
    keeps_state,
)

__all__ = ["fill_tables"]

_TABLES = {"HashTableV2"}
_FILL = {"InitializeTableV2", "LookupTableImportV2"}
_FILLED = "filled"


def fill_tables(graph_def: Any) -> dict[str, str]:
    """Lets everything that uses a table wait for the op that fills it.

    TensorFlow fills tables by an op of their own, `tf.tables_initializer`, which no reader of a
    `.pb` would run. To fill a table again with the same changes nothing, so it may happen in every
    run.

    Args:
        graph_def: The graph, changed in place.

    Returns:
        For each table that has constant contents, the op that fills it.
    """
    tables = {node.name for node in graph_def.node if node.op in _TABLES}
    fillers: dict[str, list[str]] = {}
    for node in graph_def.node:
        if node.op in _FILL and op_of(node.input[0]) in tables:
            fillers.setdefault(op_of(node.input[0]), []).append(node.name)
    found = {
        table: names[0]
        for table, names in fillers.items()
        if len(names) == 1 and _is_constant(graph_def, names[0])
    }
    taken = {node.name for node in graph_def.node}
    for table, filler in found.items():
        _wait(graph_def, table, filler, taken)
    return found


def _is_constant(graph_def: Any, filler: str) -> bool:
    """Tells whether what a table is filled with lies in the graph alone."""
    needed = with_functions(graph_def, needed_nodes(graph_def, [filler]))
    return not any(
        kind in PLACEHOLDERS | VARIABLES
        or feeds_pipeline(kind)
        or is_unsafe(kind)
        or (keeps_state(kind) and kind not in _TABLES)
        for _, kind in ops_within(needed)
    )


def _wait(graph_def: Any, table: str, filler: str, taken: set[str]) -> None:
    name = f"{table}/{_FILLED}"
    while name in taken:
        name += "_"
    taken.add(name)
    for node in graph_def.node:
        if node.name != filler:
            for position, reference in enumerate(node.input):
                if reference in (table, f"{table}:0"):
                    node.input[position] = name
    waiting = graph_def.node.add(name=name, op="Identity", input=[table, f"^{filler}"])
    waiting.attr["T"].type = tf.resource.as_datatype_enum
