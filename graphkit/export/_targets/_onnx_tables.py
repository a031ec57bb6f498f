"""Lookups in tables of constants, as ONNX has them: a `LabelEncoder` that holds keys and values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.export._graphs._nodes import op_of, ops_within
from graphkit.export._graphs._tables import constants_of, table_of

__all__ = ["DOMAIN", "DOMAIN_VERSION", "enclosed_lookups", "lookup_handlers"]

DOMAIN, DOMAIN_VERSION = "ai.onnx.ml", 2
_LOOKUP = "LookupTableFindV2"
_TABLE = "HashTableV2"
_KINDS = {"O": "string", "S": "string", "i": "int64", "f": "float"}
_HELD = (tf.string, tf.int64, tf.float32)


def lookup_handlers(graph_def: Any) -> dict[str, Any]:
    """How tf2onnx is to write the lookups of a graph; nothing of one that ONNX has no table for.

    Args:
        graph_def: The graph, in which constants fill the tables.
    """
    by_name = {node.name: node for node in graph_def.node}
    lookups = [node for node in graph_def.node if node.op == _LOOKUP]
    fillers = {table_of(by_name, node): node for node in graph_def.node if "TableImport" in node.op}
    found = {node.name: _encoder(by_name, node, fillers) for node in lookups}
    if not found or None in found.values():
        return {}
    return {_LOOKUP: (partial(_write, found), []), _TABLE: (_leave_out, [])}


def enclosed_lookups(graph_def: Any) -> list[tuple[str, str]]:
    """Name and type of the lookups inside loops and branches.

    Those lie in functions, or their table, which stands outside, comes in by `Enter` or `Switch`.
    """
    outside = {node.name: node for node in graph_def.node}

    def is_inside(name: str) -> bool:
        table = outside[op_of(outside[name].input[0])] if name in outside else None
        return table is None or table.op in ("Enter", "Switch")

    return [(name, op) for name, op in ops_within(graph_def) if op == _LOOKUP and is_inside(name)]


def _encoder(by_name: Any, node: Any, fillers: Any) -> dict[str, Any] | None:
    """The attributes of the `LabelEncoder` that looks up what an op does."""
    filler = fillers.get(table_of(by_name, node))
    held = None if filler is None else constants_of(by_name, filler)
    default = by_name[op_of(node.input[2])]
    types = {node.attr["Tin"].type, node.attr["Tout"].type}
    if held is None or default.op != "Const" or not types <= {t.as_datatype_enum for t in _HELD}:
        return None
    keys, values = (array.ravel() for array in held)
    missing = tf.make_ndarray(default.attr["value"].tensor)
    return {
        f"keys_{_KINDS[keys.dtype.kind]}s": _plain(keys),
        f"values_{_KINDS[values.dtype.kind]}s": _plain(values),
        f"default_{_KINDS[values.dtype.kind]}": _plain(missing.reshape(1))[0],
    }


def _plain(array: npt.NDArray[Any]) -> list[Any]:
    return list(array) if array.dtype == np.object_ else list(array.tolist())


def _write(found: Mapping[str, Any], ctx: Any, node: Any, name: str, _args: Any) -> None:
    """Puts a `LabelEncoder` in the place of a lookup, as tf2onnx asks a handler to."""
    output, keys = node.output[0], node.input[1]
    shape, dtype = ctx.get_shape(output), ctx.get_dtype(output)
    ctx.remove_node(name)
    ctx.make_node(
        "LabelEncoder",
        [keys],
        attr=found[name],
        outputs=[output],
        name=name,
        domain=DOMAIN,
        shapes=[shape],
        dtypes=[dtype],
    )


def _leave_out(_ctx: Any, _node: Any, _name: str, _args: Any) -> None:
    """Leaves a table alone, which nothing reads any more."""
