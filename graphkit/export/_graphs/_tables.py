"""Lookup tables that constants or a text file fill: they fill themselves before their first use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from graphkit._tf import tf
from graphkit.export._graphs._first_tables import renew_tables
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import (
    free_name,
    needed_nodes,
    op_of,
    ops_within,
    with_functions,
)
from graphkit.export._graphs._op_kinds import (
    PLACEHOLDERS,
    VARIABLES,
    feeds_pipeline,
    is_unsafe,
    keeps_state,
)

__all__ = ["FILLS_FROM_FILE", "constants_of", "fill_tables", "table_of"]

FILLS_FROM_FILE = "InitializeTableFromTextFileV2"
_TABLES = {"HashTableV2"}
_FILL = {"InitializeTableV2", "LookupTableImportV2", FILLS_FROM_FILE}
_CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
_FILLED = "filled"


def fill_tables(graph_def: Any, assets: Mapping[str, str]) -> dict[str, str]:
    """Lets everything that uses a table wait for the op that fills it.

    TensorFlow fills tables by an op of their own, `tf.tables_initializer`, which no reader of a
    `.pb` would run. To fill a table again with the same changes nothing, so it may happen in every
    run. The tables forget their shared names, which are those of files, or numbers that tables of
    other models have too.

    Args:
        graph_def: The graph, changed in place.
        assets: Files in the folder of a SavedModel, by the op that is given their place.

    Returns:
        For each table whose contents are constant, or those of a text file, the op that fills it.
    """
    renew_tables(graph_def)
    _unwrap_fillers(graph_def)
    _read_names(graph_def, assets)
    tables = {node.name: node for node in graph_def.node if node.op in _TABLES}
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
        tables[table].attr["shared_name"].s = b""
        tables[table].attr["use_node_name_sharing"].b = True
    _import_constants(graph_def)
    return found


def _import_constants(graph_def: Any) -> None:
    """Fills by the op of today, the one that TFLite and ONNX have a form for."""
    for node in graph_def.node:
        if node.op == "InitializeTableV2":
            node.op = "LookupTableImportV2"
            node.attr["Tin"].CopyFrom(node.attr.pop("Tkey"))
            node.attr["Tout"].CopyFrom(node.attr.pop("Tval"))


def _unwrap_fillers(graph_def: Any) -> None:
    """Puts the op that fills a table in the place of a call that does nothing else.

    So TensorFlow 2 saves tables; the op has the name of the call, which does the same in a session.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    read = {op_of(name) for node in graph_def.node for name in node.input if name[0] != "^"}
    for node in graph_def.node:
        function = functions.get(node.attr["f"].func.name) if node.op in _CALLS else None
        inside = [one for one in function.node_def if one.op in _FILL] if function else []
        if function is None or len(inside) != 1 or node.name in read:
            continue
        arguments = [argument.name for argument in function.signature.input_arg]
        given = dict(zip(arguments, node.input, strict=False))  # what it waits for comes last
        if all(name in given for name in inside[0].input):
            name, inputs = node.name, [given[name] for name in inside[0].input]
            node.CopyFrom(inside[0])
            node.name = name
            node.ClearField("input")
            node.input.extend(inputs)


def _read_names(graph_def: Any, assets: Mapping[str, str]) -> None:
    """Lets what reads a text file take its name from a constant.

    TensorFlow 2 keeps it in a variable, to which a placeholder is assigned that its loader feeds.
    """
    by_name = {node.name: node for node in graph_def.node}
    assigned: dict[str, list[str]] = {}
    for node in graph_def.node:
        if node.op == "AssignVariableOp":
            assigned.setdefault(op_of(node.input[0]), []).append(op_of(node.input[1]))
    for node in graph_def.node:
        source = by_name[op_of(node.input[1])] if node.op == FILLS_FROM_FILE else node
        values = assigned.get(op_of(source.input[0]), []) if source.op == "ReadVariableOp" else []
        if node is not source and len(values) == 1:
            node.input[1] = values[0]
            if values[0] in assets:
                make_constant(by_name[values[0]], values[0], assets[values[0]])


def table_of(by_name: Mapping[str, Any], user: Any) -> str:
    """The table that an op uses, behind what only hands it on."""
    node, steps = user, 0
    while node.input and not node.input[0].startswith("^") and steps <= len(by_name):
        node, steps = by_name[op_of(node.input[0])], steps + 1
    return str(node.name)


def constants_of(by_name: Mapping[str, Any], filler: Any) -> list[npt.NDArray[Any]] | None:
    """Keys and values that a table is filled with; None where they are not plain constants."""
    nodes = [by_name[op_of(reference)] for reference in filler.input[1:3]]
    if filler.op not in _FILL or any(node.op != "Const" for node in nodes):
        return None
    return [tf.make_ndarray(node.attr["value"].tensor) for node in nodes]


def _is_constant(graph_def: Any, filler: str) -> bool:
    """Tells whether what a table is filled with lies in the graph, or in a file it names."""
    by_name = {node.name: node for node in graph_def.node}
    needed = with_functions(graph_def, needed_nodes(graph_def, [filler]))
    if by_name[filler].op == FILLS_FROM_FILE:
        return bool(by_name[op_of(by_name[filler].input[1])].op == "Const")
    return not any(
        kind in PLACEHOLDERS | VARIABLES
        or feeds_pipeline(kind)
        or is_unsafe(kind)
        or (keeps_state(kind) and kind not in _TABLES)
        for _, kind in ops_within(needed)
    )


def _wait(graph_def: Any, table: str, filler: str, taken: set[str]) -> None:
    name = free_name(taken, f"{table}/{_FILLED}")
    for node in graph_def.node:
        if node.name != filler:
            for position, reference in enumerate(node.input):
                if reference in (table, f"{table}:0"):
                    node.input[position] = name
    waiting = graph_def.node.add(name=name, op="Identity", input=[table, f"^{filler}"])
    waiting.attr["T"].type = tf.resource.as_datatype_enum
