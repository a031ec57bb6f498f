"""The tables of a session: filled, and holding what the file of constants will hold."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Tensor, tf
from graphkit.errors import CorruptFileError
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._freezing._table_files import TableFile
from graphkit.export._graphs._nodes import needed_nodes
from graphkit.export._graphs._op_kinds import CONTROL_FLOW
from graphkit.export._graphs._tables import constants_of, table_of

__all__ = ["filled_tables"]

_MOST_RUNS = 1000


def filled_tables(session: Any, plan: FreezePlan) -> None:
    """Has a session fill the tables it needs; those that it filled before stay as they are.

    Args:
        session: The session.
        plan: What is frozen.

    Raises:
        CorruptFileError: A text file says something else than it did when the session read it.
    """
    if plan.fillers:
        ops = {t: session.graph.get_operation_by_name(name) for t, name in plan.fillers.items()}
        places = {
            tensor: os.fsencode(file.path)
            for file in plan.table_files
            for tensor in ops[file.table].inputs
            if tensor.dtype == tf.string  # the name of the file
        }
        session.run(list(ops.values()), places)
    for one in plan.table_files:
        _check_same(session, plan, one)


def _check_same(session: Any, plan: FreezePlan, file: TableFile) -> None:
    """Looks up every key of a text file, or a thousand, in the table of the session.

    What was in a function is no op of its own there, and left to the comparison of outputs.
    """
    by_name = {node.name: node for node in plan.graph_def.node}
    keys_and_values = constants_of(by_name, by_name[plan.fillers[file.table]]) or []
    ops = {op.name: op for op in session.graph.get_operations()}
    for lookup in (ops[name] for name in _lookups(plan.graph_def, file.table) if name in ops):
        for keys, wanted in _fitting(lookup.inputs[1], *keys_and_values):
            found = np.asarray(session.run(lookup.outputs[0], {lookup.inputs[1]: keys}))
            if not np.array_equal(found, wanted):
                key = keys[found != wanted].tolist()[0]
                reason = f"has changed since the session read it: it has another value for {key!r}"
                raise CorruptFileError(file.path, reason)


def _lookups(graph_def: Any, table: str) -> Iterator[str]:
    """The ops that look up in a table; what lies in a branch or loop cannot be run alone."""
    by_name = {node.name: node for node in graph_def.node}
    for node in graph_def.node:
        if node.op == "LookupTableFindV2" and table_of(by_name, node) == table:
            before = {needed.op for needed in needed_nodes(graph_def, [node.name])}
            if before.isdisjoint(CONTROL_FLOW):
                yield node.name


def _fitting(
    tensor: Tensor, keys: npt.NDArray[Any], values: npt.NDArray[Any]
) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """Keys and values in the shape that a tensor takes, repeated to fill it."""
    shape = [None] if tensor.shape.rank is None else tensor.shape.as_list()
    once = max(1, math.prod(size or 1 for size in shape))
    if None in shape:
        shape[shape.index(None)] = math.ceil(len(keys) / once)
        once = len(keys)
    filled = [size or 1 for size in shape]
    for start in range(0, len(keys), max(once, len(keys) // _MOST_RUNS)):
        yield np.resize(keys[start:], filled), np.resize(values[start:], filled)
