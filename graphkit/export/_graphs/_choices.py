"""Values that inputs of a graph can take: words that tables know, numbers that are indices."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Graph, tf
from graphkit.export._graphs._examples import made_examples
from graphkit.export._graphs._made_strings import (
    made_bytes,
    made_lines,
    made_numbers,
    made_pictures,
    made_sounds,
    made_words,
)
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._parsed import PARSERS
from graphkit.export._graphs._parsed_features import ParsedFeature, parsed_features
from graphkit.export._graphs._readers_of import ReadersOf
from graphkit.export._graphs._tables import constants_of, table_of

__all__ = ["choices"]

_MOST_WORDS = 64
_PICTURES = frozenset(
    {"DecodeAndCropJpeg", "DecodeBmp", "DecodeGif", "DecodeImage", "DecodeJpeg", "DecodePng"}
)
_HASHES = "StringToHashBucket"
_TAKE_ANY = ("LookupTableFind", _HASHES)
# What can be asked of any value, such as which steps of a sequence Keras is to pass over.
_ASKS = frozenset(
    {
        "Equal",
        "Greater",
        "GreaterEqual",
        "Less",
        "LessEqual",
        "NotEqual",
        "Rank",
        "Shape",
        "Size",
        "ZerosLike",
    }
)

Values = npt.NDArray[Any]


def choices(graph_def: Any, graph: Graph, fillers: Mapping[str, str]) -> dict[str, Values]:
    """Finds what is to be made up for inputs, where the graph tells it.

    Words that are looked up come from the table, and one of them is unknown. Floats that are taken
    for integers, as Keras does with indices, are 0 or 1; those that are sorted into buckets come
    from all of them. Strings are what the graph decodes them as: Examples with the features it
    parses, pictures, sounds, numbers. What functions do with an input counts as well.

    Args:
        graph_def: The graph, whose tables are filled with constants.
        graph: A graph that has its functions.
        fillers: For each table, the op that fills it.

    Returns:
        Values to choose from, by the name of a placeholder.
    """
    inputs = [node for node in graph_def.node if node.op in PLACEHOLDERS]
    if not inputs:
        return {}
    told = _Told(ReadersOf(graph_def, graph), fillers)
    found = {node.name: told.values(f"{node.name}:0", _dtype(node)) for node in inputs}
    return {name: values for name, values in found.items() if values is not None}


def _dtype(placeholder: Any) -> Any:
    return tf.as_dtype(placeholder.attr["dtype"].type)


class _Told:
    """What a graph tells of values by what it does with them.

    Args:
        readers: Who reads what in it.
        fillers: For each table, the op that fills it.
    """

    def __init__(self, readers: ReadersOf, fillers: Mapping[str, str]) -> None:
        self._readers = readers
        self._fillers = fillers
        self._random = np.random.default_rng(0)
        self._asked: set[str] = set()  # of what is decoded in a loop again and again

    def values(self, reference: str, dtype: Any) -> Values | None:
        """Values that a tensor can have; None where any will do.

        A number has to be what all its readers want, a string what one of them decodes; what looks
        up, hashes or compares takes any.
        """
        if reference in self._asked:
            return None
        self._asked.add(reference)
        found = self._readers.of(reference)
        readers = [(self._complete(node), place) for node, place in found if node.op not in _ASKS]
        parsers = [node for node, place in readers if node.op in PARSERS and place == 0]
        if parsers:
            return self._examples(parsers)
        readers.sort(key=lambda reader: reader[0].op.startswith(_TAKE_ANY))
        told = [self._of_reader(node, place) for node, place in readers]
        known = [values for values in told if values is not None]
        return known[0] if known and (dtype == tf.string or len(known) == len(told)) else None

    def _complete(self, node: Any) -> Any:
        """A copy of a node that has all attributes; files lack what is there by default."""
        copy = type(node)()
        copy.CopyFrom(node)
        try:
            known = self._readers.graph.op_def_for_type(node.op).attr
        except RuntimeError:  # there is no such op here
            known = ()
        for attr in known:
            if attr.name not in copy.attr and attr.HasField("default_value"):
                copy.attr[attr.name].CopyFrom(attr.default_value)
        return copy

    def _of_reader(self, node: Any, place: int) -> Values | None:
        """Values that one reader can take."""
        if node.op == "LookupTableFindV2":
            return self._keys(node) if place == 1 else None
        if place != 0:
            return None
        if node.op == "Cast":
            return np.arange(2) if _takes_for_integers(node) else None
        if node.op == "Bucketize":
            return _of_buckets(node.attr["boundaries"].list.f)
        return self._strings(node)

    def _strings(self, node: Any) -> Values | None:
        """Strings that an op can read."""
        random, shape = self._random, self._readers.shape_behind(f"{node.name}:0")
        if node.op in _PICTURES:
            return made_pictures(node.op, shape, random)
        if node.op.startswith(_HASHES):
            return made_words()
        makers: dict[str, Callable[[], Values | None]] = {
            "DecodeBase64": lambda: self._in_letters(f"{node.name}:0"),
            "DecodeCSV": lambda: made_lines(node, random),
            "DecodeRaw": lambda: made_bytes(node.attr["out_type"].type, shape, random),
            "DecodeWav": lambda: made_sounds(node, random),
            "StringToNumber": lambda: made_numbers(node.attr["out_type"].type, random),
        }
        return makers[node.op]() if node.op in makers else None

    def _in_letters(self, decoded: str) -> Values:
        """Strings from which others are decoded, which are read in turn."""
        inner = self.values(decoded, tf.string)
        plain = made_words() if inner is None else inner
        return np.array([base64.urlsafe_b64encode(one) for one in plain], object)

    def _keys(self, lookup: Any) -> Values | None:
        """Keys of a table, and an unknown one if they are words."""
        filler = self._fillers.get(table_of(self._readers.nodes, lookup))
        nodes = self._readers.nodes
        contents = None if filler is None else constants_of(nodes, nodes[filler])
        if contents is None or contents[0].dtype != object:
            return None
        words = contents[0].ravel()
        return np.append(words[:: len(words) // _MOST_WORDS + 1], b"")

    def _examples(self, parsers: list[Any]) -> Values | None:
        features = [one for node in parsers for one in parsed_features(self._readers, node)]
        told = {one.output: self.values(one.output, one.dtype) for one in features}

        def values(feature: ParsedFeature, count: int) -> Values:
            known = told[feature.output]
            if known is None and feature.dtype.is_floating:
                return self._random.standard_normal(count)
            if known is None:
                known = made_words() if feature.dtype == tf.string else np.arange(2)
            return known[self._random.integers(0, len(known), count)]

        return made_examples(features, values, self._random)


def _takes_for_integers(cast: Any) -> bool:
    given, taken = (tf.as_dtype(cast.attr[name].type) for name in ("SrcT", "DstT"))
    return bool(given.is_floating and taken.is_integer)


def _of_buckets(boundaries: Any) -> Values | None:
    """A number from each bucket."""
    edges = np.array(list(boundaries), np.float64)
    if not edges.size:
        return None
    return np.concatenate([edges[:1] - 1, (edges[:-1] + edges[1:]) / 2, edges[-1:] + 1])
