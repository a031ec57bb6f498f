"""Values that inputs of a graph can take: words that tables know, numbers that are indices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._tables import constants_of, table_of

__all__ = ["choices"]

_HANDS_ON = {"ExpandDims", "Identity", "Reshape", "Squeeze", "StringLower"}
_MOST_WORDS = 64


def choices(graph_def: Any, fillers: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    """Finds what is to be made up for inputs, where the graph tells it.

    Words that are looked up come from the table, and one of them is unknown. Floats that are taken
    for integers, as Keras does with indices, are 0 or 1.

    Args:
        graph_def: The graph, whose tables are filled with constants. What functions in it do with
            an input is not looked at.
        fillers: For each table, the op that fills it.

    Returns:
        Values to choose from, by the name of a placeholder.
    """
    by_name = {node.name: node for node in graph_def.node}
    found: dict[str, npt.NDArray[Any]] = {}
    others: set[str] = set()
    for node in graph_def.node:
        for position, reference in enumerate(node.input):
            source = _source(by_name, op_of(reference))
            if node.op in _HANDS_ON or source.op not in PLACEHOLDERS:
                continue
            if node.op == "LookupTableFindV2" and position == 1:
                found |= _words(by_name, fillers.get(table_of(by_name, node)), source.name)
            elif node.op == "Cast" and _takes_for_integers(node):
                found.setdefault(source.name, np.arange(2))
            elif node.op != "LookupTableFindV2":
                others.add(source.name)
    return {name: values for name, values in found.items() if name not in others}


def _takes_for_integers(cast: Any) -> bool:
    given, taken = (tf.as_dtype(cast.attr[name].type) for name in ("SrcT", "DstT"))
    return bool(given.is_floating and taken.is_integer)


def _source(by_name: Mapping[str, Any], name: str) -> Any:
    """What a value comes from, before ops that only hand it on."""
    node = by_name[name]
    while node.op in _HANDS_ON:
        node = by_name[op_of(node.input[0])]
    return node


def _words(
    by_name: Mapping[str, Any], filler: str | None, name: str
) -> dict[str, npt.NDArray[Any]]:
    contents = None if filler is None else constants_of(by_name, by_name[filler])
    if contents is None or contents[0].dtype != object:
        return {}
    words = contents[0].ravel()
    return {name: np.append(words[:: len(words) // _MOST_WORDS + 1], b"")}
