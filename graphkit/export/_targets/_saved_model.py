"""A SavedModel of version 1 with one signature, for TensorFlow of any version and its Serving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphkit._tf import Graph, SavedModel, tf
from graphkit.export._apart._beside import copy_weights
from graphkit.export._apart._split import add_restoring, add_saving
from graphkit.export._targets._frozen import Frozen
from graphkit.export._targets._options import Options
from graphkit.export._targets._whole import write_whole

__all__ = ["write_saved_model"]

_SCHEMA = 1
_VARIABLES = "variables/variables"


def write_saved_model(frozen: Frozen, part: Path, options: Options) -> None:
    """Makes the folder: the graph with its constants in `saved_model.pb`, no variables beside it.

    Weights that lie apart are the variables of the SavedModel.

    The signature is `serving_default`, of the method predict; its keys are the names of inputs and
    outputs. Attributes that have their default are left out, so that an older TensorFlow, which
    does not know them, reads the file.
    """
    saved = SavedModel(saved_model_schema_version=_SCHEMA)
    meta_graph = saved.meta_graphs.add()
    graph, saver = (frozen.graph, None) if frozen.weights is None else _with_saver(frozen)
    with graph.as_default():
        exported = tf.train.export_meta_graph(
            graph=graph, saver_def=saver, strip_default_attrs=True
        )
        meta_graph.CopyFrom(exported)
        signature = tf.saved_model.build_signature_def(
            _infos(frozen.inputs), _infos(frozen.outputs), tf.saved_model.PREDICT_METHOD_NAME
        )
    meta_graph.meta_info_def.tags.append(tf.saved_model.tag_constants.SERVING)
    key = tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    meta_graph.signature_def[key].CopyFrom(signature)
    part.mkdir()
    if frozen.weights is not None:
        copy_weights(frozen.weights, part / tf.saved_model.constants.VARIABLES_DIRECTORY)
    write_whole(part / "saved_model.pb", saved.SerializeToString(deterministic=True))


def _with_saver(frozen: Frozen) -> tuple[Graph, Any]:
    """The graph with what restores and saves its variables, which every SavedModel names."""
    graph_def = frozen.graph.as_graph_def()
    restoring = add_restoring(graph_def, _VARIABLES)
    saving = add_saving(graph_def, restoring)
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(graph_def, name="")
    return graph, tf.train.SaverDef(
        filename_tensor_name=restoring.file,
        restore_op_name=restoring.op,
        save_tensor_name=saving,
        version=tf.train.SaverDef.V2,
    )


def _infos(tensors: dict[str, Any]) -> dict[str, Any]:
    return {name: tf.saved_model.build_tensor_info(tensor) for name, tensor in tensors.items()}
