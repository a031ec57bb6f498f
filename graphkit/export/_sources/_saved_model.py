"""A SavedModel: one of its meta graphs, by tag, and one of its signatures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, UnknownNameError
from graphkit.export._graph_file import read_graph_file
from graphkit.export._graphs._assets import asset_names
from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._sources._signature import (
    choose_signature,
    listed_once,
    named_by_signature,
)
from graphkit.export._sources._source import Source
from graphkit.export._sources._stored import graph_of, restored

__all__ = ["VARIABLES", "chosen_meta_graph", "open_saved_model"]

VARIABLES = Path("variables", "variables")
_USUAL = "serve"


def open_saved_model(where: str, folder: Path, tag: str | None, signature: str | None) -> Source:
    """A SavedModel as a source. Of its functions only those its signature calls are kept.

    Args:
        where: The function that was called.
        folder: The folder.
        tag: A tag of the meta graph that is meant; "serve", or the only one, unless given.
        signature: The name of the signature; "serving_default", or the only one, unless given.

    Raises:
        UnknownNameError: There is no such tag or signature.
        ArgumentError: There are several, and none was named.
        CorruptFileError: The file is damaged.
        UnsafeFileError: It would unfold into gigabytes.
    """
    meta_graph = chosen_meta_graph(where, folder, tag)
    chosen = choose_signature(where, meta_graph, signature)
    names = SignatureNames() if chosen is None else named_by_signature(meta_graph, chosen)
    graph = graph_of(folder, meta_graph.graph_def, meta_graph.meta_info_def.stripped_op_list.op)
    values = folder / VARIABLES
    prefix = values if Path(f"{values}.index").is_file() else None

    def opened(_frozen: Any) -> Any:
        return restored(graph, meta_graph, prefix)

    return Source(
        graph,
        opened,
        folder,
        listed_once(names.outputs),
        listed_once(names.inputs),
        asset_names(folder, meta_graph),
        names=names,
    )


def chosen_meta_graph(where: str, folder: Path, tag: str | None) -> Any:
    """The meta graph of a SavedModel that is meant; see `open_saved_model`."""
    stored = read_graph_file(folder)
    try:
        found = [tf.MetaGraphDef.FromString(bytes(part)) for part in stored.meta_graphs]
    except DecodeError as exc:
        raise CorruptFileError(folder, "holds half of a SavedModel") from exc
    if not found:
        raise CorruptFileError(folder, "holds a graph that is no SavedModel")
    tags = [sorted(meta_graph.meta_info_def.tags) for meta_graph in found]
    wanted = _USUAL if tag is None and len(found) > 1 else tag
    matching = [m for m, own in zip(found, tags, strict=True) if wanted is None or wanted in own]
    if not matching and tag is not None:
        raise UnknownNameError("tag", tag, {name for own in tags for name in own})
    exact = [m for m in matching if list(m.meta_info_def.tags) == [wanted]]
    if len(exact or matching) != 1:
        listed = ", ".join("+".join(own) or "no tag" for own in tags)
        raise ArgumentError(where, "tag", tag, f"one that means one of its graphs: {listed}")
    return (exact or matching)[0]
