"""The core of TensorFlow 1: compat.v1, what it lost, and what became different."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_OLDER = "graphkit.tf1._core._older_names"
_TRANSPOSED = "graphkit.tf1._core._transposed"
_ORDER = "graphkit.tf1._core._parameter_order"
_AS_BEFORE = "graphkit.tf1._core._as_before"
_GRAPH = "graphkit.graph"
_FREEZING = "graphkit.tf1._core._constants"
_PARSING = "graphkit.tf1._core._parsing"
_GRAPHS = "graphkit.tf1._core._old_graphs"
_READERS = "graphkit.readers"
_DRAWN = "graphkit.tf1._core._random_ops"

_RENAMED = {
    # Names from before 1.0, as they were renamed in 1.0 and 1.x.
    "LegacySyncReplicasOptimizer": f"{_V1}:train.SyncReplicasOptimizer",
    "audio_summary": f"{_OLDER}:audio_summary",
    "batch_cholesky": f"{_V1}:cholesky",
    "batch_fft": f"{_V1}:fft",
    "batch_fft2d": f"{_V1}:fft2d",
    "batch_fft3d": f"{_V1}:fft3d",
    "batch_ifft": f"{_V1}:ifft",
    "batch_ifft2d": f"{_V1}:ifft2d",
    "batch_ifft3d": f"{_V1}:ifft3d",
    "batch_matmul": f"{_OLDER}:batch_matmul",
    "batch_matrix_band_part": f"{_V1}:matrix_band_part",
    "batch_matrix_determinant": f"{_V1}:matrix_determinant",
    "batch_matrix_diag": f"{_V1}:matrix_diag",
    "batch_matrix_diag_part": f"{_V1}:matrix_diag_part",
    "batch_matrix_inverse": f"{_V1}:matrix_inverse",
    "batch_matrix_set_diag": f"{_V1}:matrix_set_diag",
    "batch_matrix_solve": f"{_V1}:matrix_solve",
    "batch_matrix_solve_ls": f"{_V1}:matrix_solve_ls",
    "batch_matrix_transpose": f"{_V1}:matrix_transpose",
    "batch_matrix_triangular_solve": f"{_V1}:matrix_triangular_solve",
    "batch_self_adjoint_eig": f"{_V1}:self_adjoint_eig",
    "batch_svd": f"{_V1}:svd",
    "complex_abs": f"{_V1}:abs",
    "concat": f"{_OLDER}:concat",
    "concat_v2": f"{_V1}:concat",
    "histogram_summary": f"{_OLDER}:histogram_summary",
    "image_summary": f"{_OLDER}:image_summary",
    "inv": f"{_V1}:reciprocal",
    "listdiff": f"{_V1}:setdiff1d",
    "merge_all_summaries": f"{_V1}:summary.merge_all",
    "merge_summary": f"{_V1}:summary.merge",
    "mul": f"{_OLDER}:mul",
    "neg": f"{_OLDER}:neg",
    "pack": f"{_OLDER}:pack",
    "scalar_summary": f"{_OLDER}:scalar_summary",
    "select": f"{_OLDER}:select",
    "split": f"{_OLDER}:split",
    "sub": f"{_OLDER}:sub",
    "unpack": f"{_OLDER}:unpack",
}

_ROOT = {
    "COMPILER_VERSION": f"{_V1}:COMPILER_VERSION",
    "GIT_VERSION": f"{_AS_BEFORE}:GIT_VERSION",
    "VERSION": f"{_AS_BEFORE}:VERSION",
    "__git_version__": f"{_AS_BEFORE}:GIT_VERSION",
    "__version__": f"{_AS_BEFORE}:VERSION",
    "__compiler_version__": f"{_V1}:COMPILER_VERSION",
    "LMDBReader": "graphkit.tf1._core._lmdb:LMDBReader",
    **offer(_AS_BEFORE, "add lin_space linspace"),
    **offer(_GRAPHS, "import_graph_def"),
    **offer(_PARSING, "parse_example parse_single_example"),
    **offer(_DRAWN, "random_uniform"),
    **offer("graphkit.tf1._core._version_one", "disable_v2_behavior"),
    **offer(_ORDER, "matmul numpy_function scatter_nd"),
    **offer(
        _ORDER,
        "tensor_scatter_add tensor_scatter_nd_add tensor_scatter_nd_sub tensor_scatter_sub",
    ),
    "function": f"{_ORDER}:function",
    **offer(_GRAPH, "set_random_seed"),
    **offer(
        _READERS,
        "FixedLengthRecordReader IdentityReader TFRecordReader TextLineReader WholeFileReader",
    ),
    "keras": "graphkit.tf1.keras",
    "pywrap_tensorflow": "graphkit.tf1.python.pywrap_tensorflow",
    **_RENAMED,
}

_SERVER = "graphkit.tf1._core._local_server:Server"
_TRAIN = {
    "ExponentialMovingAverage": "graphkit.tf1._core._averages:ExponentialMovingAverage",
    "SummaryWriter": f"{_V1}:summary.FileWriter",
    "Server": _SERVER,
    **offer("graphkit.tf1._core._coordination", "Coordinator Supervisor"),
    **offer(_GRAPHS, "import_meta_graph"),
    **offer(
        "graphkit.tf1._core._global_step",
        "create_global_step get_global_step get_or_create_global_step",
    ),
    **offer(
        _READERS,
        "add_queue_runner batch batch_join input_producer limit_epochs match_filenames_once "
        "maybe_batch maybe_batch_join maybe_shuffle_batch maybe_shuffle_batch_join "
        "range_input_producer shuffle_batch shuffle_batch_join slice_input_producer "
        "string_input_producer",
    ),
}

_NN = {
    **offer(_DRAWN, "dropout"),
    **offer(
        _ORDER,
        "sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits "
        "sparse_softmax_cross_entropy_with_logits top_k",
    ),
    **offer(
        _TRANSPOSED,
        "atrous_conv2d_transpose conv1d_transpose conv2d_backprop_input conv2d_transpose",
    ),
    # Names from before 1.0.
    "bidirectional_rnn": f"{_V1}:nn.static_bidirectional_rnn",
    "deconv2d": f"{_TRANSPOSED}:conv2d_transpose",
    "rnn": f"{_V1}:nn.static_rnn",
    "state_saving_rnn": f"{_V1}:nn.static_state_saving_rnn",
}

_SAVED_MODEL = {"load": f"{_GRAPHS}:load_saved_model"}

_STATISTICS = refuse(
    "statistics of a tf.data pipeline, recorded while it ran",
    "profile the run with tf.profiler or look at it in TensorBoard's profiler",
    "StatsAggregator StatsOptions bytes_produced_stats latency_stats",
)

_DATA_EXPERIMENTAL = {
    **_STATISTICS,
    **refuse(
        "options of a rewriting that tf.data no longer has",
        "leave it out: the pipeline computes the same without it",
        "MapVectorizationOptions",
    ),
    **offer(
        "graphkit.tf1._core._pipeline_hook",
        "CheckpointInputPipelineHook make_saveable_from_iterator",
    ),
}

AREAS = {
    "": Area(_ROOT, (_V1,)),
    "app": Area({"flags": "graphkit.tf1.flags"}, (f"{_V1}:app",)),
    "autograph": Area({}, (f"{_V1}:autograph",)),
    "autograph.experimental": Area(
        offer(_ORDER, "set_loop_options"), (f"{_V1}:autograph.experimental",)
    ),
    "compat": Area({"v1": "graphkit.tf1"}, (f"{_V1}:compat",)),
    "compat.v2": Area(
        {"__internal__": "tensorflow:__internal__", "keras": "tf_keras"}, ("tensorflow",)
    ),
    "compat.v2.compat": Area(
        {"v1": "graphkit.tf1", "v2": "graphkit.tf1.compat.v2"}, ("tensorflow:compat",)
    ),
    "config": Area(
        {"experimental_list_devices": f"{_AS_BEFORE}:experimental_list_devices"},
        (f"{_V1}:config",),
    ),
    "config.experimental": Area(
        offer(_ORDER, "set_virtual_device_configuration"), (f"{_V1}:config.experimental",)
    ),
    "core": Area({}, ("tensorflow.core",)),
    "data": Area({}, (f"{_V1}:data",)),
    "data.experimental": Area(_DATA_EXPERIMENTAL, (f"{_V1}:data.experimental",)),
    "distribute": Area({"Server": _SERVER}, (f"{_V1}:distribute",)),
    "flags": Area({}, (f"{_V1}:flags",)),
    "graph_util": Area(
        {
            **offer(_GRAPHS, "import_graph_def"),
            **offer(_FREEZING, "convert_variables_to_constants"),
        },
        (f"{_V1}:graph_util",),
    ),
    "image": Area(
        {
            **offer(_ORDER, "adjust_jpeg_quality"),
            "per_image_whitening": f"{_V1}:image.per_image_standardization",
        },
        (f"{_V1}:image",),
    ),
    "io": Area(offer(_PARSING, "parse_example parse_single_example"), (f"{_V1}:io",)),
    "layers": Area(
        {"experimental": "graphkit.tf1.layers.experimental"},
        ("graphkit.tf1._core._layers_before:legacy_layers",),
    ),
    "layers.experimental": Area(
        {}, ("tf_keras.api._v1.keras.__internal__.legacy.layers.experimental",)
    ),
    "linalg": Area(offer(_ORDER, "matmul"), (f"{_V1}:linalg",)),
    "lite": Area({}, (f"{_V1}:lite",)),
    "lite.experimental": Area(
        refuse(
            "a conversion aid of the old TFLite converter",
            "convert with tf.lite.TFLiteConverter or `graphkit convert`",
            "get_potentially_supported_ops nn",
        ),
        (f"{_V1}:lite.experimental",),
    ),
    "manip": Area(offer(_ORDER, "scatter_nd"), (f"{_V1}:manip",)),
    "math": Area({**offer(_ORDER, "top_k"), **offer(_AS_BEFORE, "add")}, (f"{_V1}:math",)),
    "nn": Area(_NN, (f"{_V1}:nn",)),
    "nn.rnn_cell": Area({}, ("tf_keras.api._v1.keras.__internal__.legacy.rnn_cell",)),
    "random": Area(
        {**offer(_GRAPH, "set_random_seed"), "uniform": f"{_DRAWN}:random_uniform"},
        (f"{_V1}:random",),
    ),
    "random.experimental": Area(offer(_ORDER, "create_rng_state"), (f"{_V1}:random.experimental",)),
    "saved_model": Area(
        {**_SAVED_MODEL, "loader": "graphkit.tf1.saved_model.loader"}, (f"{_V1}:saved_model",)
    ),
    "saved_model.loader": Area(_SAVED_MODEL, (f"{_V1}:saved_model.loader",)),
    "test": Area(offer(_AS_BEFORE, "is_built_with_cuda"), (f"{_V1}:test",)),
    "tools": Area({}, ("tensorflow.tools",)),
    "tpu": Area({}, (f"{_V1}:tpu",)),
    "tpu.experimental": Area(
        offer(
            "graphkit.tf1._core._tpu_parameters",
            "AdagradParameters AdamParameters StochasticGradientDescentParameters",
        ),
        (f"{_V1}:tpu.experimental",),
    ),
    "train": Area(_TRAIN, (f"{_V1}:train",)),
    "train.queue_runner": Area(offer(_READERS, "add_queue_runner"), (f"{_V1}:train.queue_runner",)),
}
