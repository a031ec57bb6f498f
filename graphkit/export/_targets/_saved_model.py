"""A SavedModel of version 1 with one signature, for TensorFlow of any version and its Serving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphkit._tf import SavedModel, tf
from graphkit.export._targets._frozen import Frozen
from graphkit.export._targets._options import Options
from graphkit.export._targets._whole import write_whole

__all__ = ["write_saved_model"]

_SCHEMA = 1


def write_saved_model(frozen: Frozen, part: Path, options: Options) -> None:
    """Makes the folder: the graph with its constants in `saved_model.pb`, no variables beside it.

    The signature is `serving_default`, of the method predict; its keys are the names of inputs and
    outputs. Attributes that have their default are left out, so that an older TensorFlow, which
    does not know them, reads the file.
    """
    saved = SavedModel(saved_model_schema_version=_SCHEMA)
    meta_graph = saved.meta_graphs.add()
    with frozen.graph.as_default():
        exported = tf.train.export_meta_graph(graph=frozen.graph, strip_default_attrs=True)
        meta_graph.CopyFrom(exported)
        signature = tf.saved_model.build_signature_def(
            _infos(frozen.inputs), _infos(frozen.outputs), tf.saved_model.PREDICT_METHOD_NAME
        )
    meta_graph.meta_info_def.tags.append(tf.saved_model.tag_constants.SERVING)
    key = tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    meta_graph.signature_def[key].CopyFrom(signature)
    part.mkdir()
    write_whole(part / "saved_model.pb", saved.SerializeToString(deterministic=True))


def _infos(tensors: dict[str, Any]) -> dict[str, Any]:
    return {name: tf.saved_model.build_tensor_info(tensor) for name, tensor in tensors.items()}
