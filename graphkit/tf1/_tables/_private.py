"""`tensorflow.python.…` and other private paths that old code imports.

A path without a table here is today's module of that path. A table says where names went that left
their module; whatever is public is found in compat.v1 at last.
"""

from __future__ import annotations

from graphkit.tf1._entries import Area, Entry, offer, refuse

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_P = "tensorflow.python"
_KERAS = "tf_keras.api._v1.keras"
_LAYERS = "tf_keras.src.legacy_tf_layers"
_BEFORE = "graphkit.tf1._core._layers_before"
_CELLS = "tf_keras.src.layers.rnn.legacy_cells"
_PARTS = "graphkit.tf1._core._private_parts"
_COORDINATION = "graphkit.tf1._core._coordination"
_SERVER = "graphkit.tf1._core._local_server"
_ESTIMATOR = "tensorflow_estimator.python.estimator"
_RNN = "graphkit.tf1._contrib._rnn._wrappers"

# Module to the names that are elsewhere.
_MOVED: dict[str, dict[str, Entry]] = {
    "client.session": {},
    "framework.common_shapes": offer(_PARTS, "unknown_shape"),
    "framework.constant_op": {},
    "framework.dtypes": {},
    "framework.errors": {},
    "framework.importer": offer("graphkit.tf1._core._old_graphs", "import_graph_def"),
    "framework.graph_util": {
        **offer("graphkit.tf1._core._constants", "convert_variables_to_constants"),
        **offer(
            f"{_V1}:graph_util",
            "extract_sub_graph must_run_on_cpu remove_training_nodes "
            "tensor_shape_from_node_def_name",
        ),
    },
    "framework.op_def_registry": offer(_PARTS, "get_registered_ops"),
    "framework.ops": refuse(
        "the registry of shape functions in Python, which moved into the runtime in 0.12",
        "leave it out: ops of the runtime know their shapes",
        "RegisterShape set_shapes_for_outputs",
    ),
    "framework.random_seed": offer("graphkit.graph", "set_random_seed"),
    "framework.tensor_shape": offer(_PARTS, "matrix scalar vector"),
    "framework.tensor_util": {},
    "ops.array_ops": {},
    "ops.check_ops": {},
    "ops.control_flow_ops": {},
    "ops.data_flow_ops": {},
    "ops.embedding_ops": {},
    "ops.gen_logging_ops": {"_image_summary": f"{_PARTS}:image_summary"},
    "ops.gen_nn_ops": {
        name: f"{_P}.ops.gen_nn_ops:{name[1:]}"
        for name in ("_avg_pool_grad", "_max_pool_grad", "_relu6_grad", "_relu_grad")
    },
    "ops.gradients": {},
    "ops.init_ops": {},
    "ops.linalg_ops": {},
    "ops.logging_ops": offer(
        "graphkit.tf1._core._older_names",
        "audio_summary histogram_summary image_summary scalar_summary",
    ),
    "ops.lookup_ops": {},
    "ops.math_ops": {"mul": "graphkit.tf1._core._older_names:mul"},
    "ops.nn_ops": offer("graphkit.tf1._core._random_ops", "dropout"),
    "ops.random_ops": offer("graphkit.tf1._core._random_ops", "random_uniform"),
    "ops.rnn": {},
    "ops.state_ops": {},
    "ops.variable_scope": {"variable": f"{_V1}:Variable"},
    "ops.variables": {},
    "pywrap_tensorflow": {
        "EventsWriter": f"{_P}.client._pywrap_events_writer:EventsWriter",
        "NewCheckpointReader": f"{_V1}:train.NewCheckpointReader",
    },
    "saved_model.loader": {"load": "graphkit.tf1._core._old_graphs:load_saved_model"},
    "tools.freeze_graph": offer(
        "graphkit.tf1._core._constants", "freeze_graph freeze_graph_with_def_protos"
    ),
    "tools.inspect_checkpoint": offer(
        "graphkit.tf1._core._checkpoint_listing", "print_tensors_in_checkpoint_file"
    ),
    "training.coordinator": offer(_COORDINATION, "Coordinator"),
    "training.saver": offer("graphkit.tf1._core._old_graphs", "import_meta_graph"),
    "training.training_util": offer(
        "graphkit.tf1._core._global_step",
        "create_global_step get_global_step get_or_create_global_step",
    ),
    "training.queue_runner_impl": offer("graphkit.readers", "add_queue_runner"),
    "training.server_lib": offer(_SERVER, "Server"),
    "training.supervisor": offer(_COORDINATION, "Supervisor"),
    "training.training": {
        **offer(_SERVER, "Server"),
        **offer(_COORDINATION, "Coordinator Supervisor"),
        "NewCheckpointReader": f"{_V1}:train.NewCheckpointReader",
    },
    "util.nest": {
        "is_sequence": f"{_P}.util.nest:is_nested",
        "is_sequence_or_composite": f"{_P}.util.nest:is_nested_or_composite",
    },
}

_LAYER_MODULES = {
    "base": Area(
        {"_Layer": f"{_LAYERS}.base:Layer", "InputSpec": "tf_keras.layers:InputSpec"},
        (f"{_LAYERS}.base",),
    ),
    "convolutional": Area({}, (f"{_BEFORE}:convolutional",)),
    "core": Area({"fully_connected": f"{_LAYERS}.core:dense"}, (f"{_BEFORE}:core",)),
    "layers": Area({}, ("graphkit.tf1.layers",)),
    "normalization": Area({}, (f"{_BEFORE}:normalization",)),
    "pooling": Area({}, (f"{_LAYERS}.pooling",)),
}

_CELL_NAMES: dict[str, Entry] = {
    **offer(_RNN, "EmbeddingWrapper InputProjectionWrapper OutputProjectionWrapper"),
    **offer(
        f"{_P}.ops.rnn_cell_impl",
        "_concat _zero_state_tensors assert_like_rnncell",
    ),
    "_linear": f"{_PARTS}:_linear",
    "_Linear": f"{_PARTS}:_Linear",
}

# Where cells were, release by release.
_CELL_MODULES = {
    path: Area(_CELL_NAMES, (_CELLS, f"{_P}.ops.rnn_cell_impl"))
    for path in ("python.ops.rnn_cell", "python.ops.rnn_cell_impl")
}

_KERAS_MODULES = {
    "python.keras": Area(
        {name: f"graphkit.tf1.keras.{name}" for name in ("layers", "models")},
        (_KERAS, "tf_keras.src"),
    ),
    "python.keras.backend": Area({}, (f"{_KERAS}.backend", "tf_keras.src.backend")),
    "python.keras.preprocessing": Area(
        {"sequence": "tf_keras.preprocessing.sequence"}, (f"{_KERAS}.preprocessing",)
    ),
}

_ESTIMATOR_MODULES = {
    "python.estimator": Area({}, (_ESTIMATOR,)),
    "python.estimator.estimator_lib": Area({}, ("graphkit.tf1.estimator",)),
}


def _areas() -> dict[str, Area]:
    areas = {
        **{f"python.{path}": Area(names, (f"{_P}.{path}", _V1)) for path, names in _MOVED.items()},
        **{f"python.layers.{name}": area for name, area in _LAYER_MODULES.items()},
        **_CELL_MODULES,
        **_KERAS_MODULES,
        **_ESTIMATOR_MODULES,
        "python.eager": Area({"profiler": "graphkit.tf1._core._eager_profiler"}, (f"{_P}.eager",)),
        "python.kernel_tests": Area({"gradient_checker": f"{_P}.ops.gradient_checker"}),
        "python.ops.nn": Area(
            offer("graphkit.tf1._core._random_ops", "dropout"), (f"{_P}.ops.nn", f"{_V1}:nn")
        ),
        "tools.tfprof": Area({"tfprof_log_pb2": "tensorflow.core.profiler.tfprof_log_pb2"}),
        "python.ops.seq2seq": Area({}, ("graphkit.tf1.contrib.legacy_seq2seq",)),
        # What the translation tutorial of 2016 imported.
        "models": Area(),
        "models.rnn": Area(
            {
                "rnn": f"{_P}.ops.rnn",
                "rnn_cell": "graphkit.tf1.python.ops.rnn_cell",
                "seq2seq": "graphkit.tf1.contrib.legacy_seq2seq",
            }
        ),
        "python": Area({}, (_P,)),
    }
    for path in list(areas):
        parent = path.rpartition(".")[0]
        if parent and parent not in areas:
            areas[parent] = Area({}, (f"tensorflow.{parent}",))
    return areas


AREAS = _areas()
