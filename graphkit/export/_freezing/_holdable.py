"""What a file cannot hold: pipelines, tables of a session, Python, writes to variables."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from graphkit.errors import ArgumentError
from graphkit.export._graphs._nodes import op_of, ops_within
from graphkit.export._graphs._op_kinds import (
    CALLS_PYTHON,
    feeds_pipeline,
    keeps_state,
    writes_variable,
)
from graphkit.export._graphs._tables import table_of

__all__ = ["check_holdable", "pipeline_entries"]

_SHOWN = 5


def check_holdable(where: str, graph_def: Any, inputs: Any, tables: Collection[str]) -> None:
    """Refuses ops whose work does not lie in the graph and its constants.

    Args:
        where: The function that was called.
        graph_def: What is to be frozen.
        inputs: What was named as its inputs.
        tables: The tables that constants or files fill.

    Raises:
        ArgumentError: There is such an op; the message says where to cut or what to pin.
    """
    _check_pipeline(where, graph_def, inputs)
    _check_tables(where, graph_def, inputs, tables)
    ops = [(name, kind) for name, kind in ops_within(graph_def) if name not in tables]
    refused = (
        (CALLS_PYTHON.__contains__, "ops that call Python, which a .pb cannot hold"),
        (keeps_state, "tables, accumulators or stages, which a .pb cannot fill"),
        (
            writes_variable,
            "ops that write variables; pin the switch they hang on (pins={'is_training': False}) "
            "or name an output before them",
        ),
    )
    for is_refused, what in refused:
        if found := [f"{name} ({kind})" for name, kind in ops if is_refused(kind)]:
            shown = ", ".join(found[:_SHOWN])
            raise ArgumentError(where, "outputs", shown, f"tensors that do not depend on {what}")


def pipeline_entries(graph_def: Any) -> list[str]:
    """The names of the tensors through which queues, readers and iterators hand on data.

    Args:
        graph_def: The graph.
    """
    pipeline = _pipeline(graph_def)
    return sorted(
        {
            reference if ":" in reference else f"{reference}:0"
            for node in graph_def.node
            if node.name not in pipeline
            for reference in node.input
            if op_of(reference) in pipeline and not reference.startswith("^")
        }
    )


def _pipeline(graph_def: Any) -> dict[str, str]:
    return {node.name: node.op for node in graph_def.node if feeds_pipeline(node.op)}


def _check_pipeline(where: str, graph_def: Any, inputs: Any) -> None:
    """Refuses a graph that would read its data by itself, and says where to cut it."""
    pipeline = _pipeline(graph_def)
    if not pipeline:
        return
    entries = pipeline_entries(graph_def)
    ops = ", ".join(f"{name} ({kind})" for name, kind in list(pipeline.items())[:_SHOWN])
    given = [] if inputs is None else inputs
    proposed = f"; add {', '.join(map(repr, entries))}" if entries else ""
    wanted = (
        f"the tensors where data enters, so that no queue, reader or iterator is left{proposed}"
    )
    raise ArgumentError(where, "inputs", given, f"{wanted}; the outputs still depend on {ops}")


def _check_tables(where: str, graph_def: Any, inputs: Any, filled: Collection[str]) -> None:
    """Refuses lookups in tables that only a session fills, and says where to cut behind them."""
    by_name = {node.name: node for node in graph_def.node}
    lookups = [
        node
        for node in graph_def.node
        if node.op.startswith("LookupTableFind") and table_of(by_name, node) not in filled
    ]
    if not lookups:
        return
    tables = sorted({op_of(node.input[0]) for node in lookups})
    entries = [f"{node.name}:0" for node in lookups]
    proposed, named = (", ".join(map(repr, names)) for names in (entries, tables))
    wanted = (
        f"the tensors behind the lookup tables, which a .pb cannot fill; add {proposed} and feed "
        f"what the table gives; the outputs still depend on {named}"
    )
    raise ArgumentError(where, "inputs", [] if inputs is None else inputs, wanted)
