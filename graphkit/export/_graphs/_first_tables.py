"""Lookup tables as graphs had them until 2017, made what they have been since.

The ops are the same but for the handle: it was a reference to text and became a resource.
"""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.export._graphs._nodes import op_of

__all__ = ["renew_tables"]

_TABLE = "HashTable"
_USES = {
    "InitializeTable",
    "InitializeTableFromTextFile",
    "LookupTableExport",
    "LookupTableFind",
    "LookupTableImport",
    "LookupTableSize",
}
_HANDS_ON = {"Enter", "Identity", "RefEnter", "RefIdentity", "RefSwitch", "Switch"}


def renew_tables(graph_def: Any) -> None:
    """Gives tables, and what uses them, the op types of today.

    A table that something else uses too stays what it is.

    Args:
        graph_def: The graph, changed in place.
    """
    readers: dict[str, list[Any]] = {}
    for node in graph_def.node:
        for name in {op_of(reference) for reference in node.input if reference[0] != "^"}:
            readers.setdefault(name, []).append(node)
    for table in [node for node in graph_def.node if node.op == _TABLE]:
        behind = [table]
        for node in behind:
            if node.op == _TABLE or node.op in _HANDS_ON:
                behind += readers.get(node.name, [])
        if all(node.op == _TABLE or node.op in _USES | _HANDS_ON for node in behind):
            for node in behind:
                _renew(node)


def _renew(node: Any) -> None:
    if node.op in _HANDS_ON:
        node.op = node.op.removeprefix("Ref")
        node.attr["T"].type = tf.resource.as_datatype_enum
    elif not node.op.endswith("V2"):
        node.op += "V2"
