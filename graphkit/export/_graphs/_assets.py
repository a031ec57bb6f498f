"""The files in the folder of a SavedModel that its graph reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export._graphs._nodes import op_of

__all__ = ["asset_names"]

_ASSETS = "saved_model_assets"


def asset_names(path: Path, meta_graph: Any) -> dict[str, str]:
    """The name of each asset, by the op that gets its place; TensorFlow 1 kept them apart.

    Args:
        path: Where the meta graph came from.
        meta_graph: A `MetaGraphDef`.

    Raises:
        CorruptFileError: What is among the assets is none.
    """
    found = list(meta_graph.asset_file_def)
    for packed in meta_graph.collection_def[_ASSETS].any_list.value:
        asset = tf.MetaGraphDef().asset_file_def.add()
        if not packed.Unpack(asset):
            raise CorruptFileError(path, f"holds an asset that is a {packed.type_url!r}")
        found.append(asset)
    return {op_of(asset.tensor_info.name): asset.filename for asset in found}
