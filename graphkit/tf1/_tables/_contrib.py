"""contrib, the parts that today's TensorFlow still has under other names, and the smaller rest."""

from __future__ import annotations

from graphkit.tf1._entries import Area, Entry, Refusal, offer

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_PYTHON = "tensorflow.python"
_KERAS = "tf_keras.api._v1.keras"
_KERAS_PARTS: dict[str, Entry] = {
    name: f"graphkit.tf1.keras.{name}"
    for name in ("layers", "losses", "metrics", "models", "utils", "wrappers")
}
_EXPERIMENTAL = f"{_V1}:data.experimental"
_SUMMARY = f"{_PYTHON}.ops.summary_ops_v2"
_GRAPH_EDITOR = "graphkit.tf1._contrib._graph_editor"
_GONE = "its kernels are deleted from TensorFlow's runtime"

_WHOLE_AREAS = {
    "cloud": Refusal(
        f"readers of Google BigQuery and settings of Cloud Storage; {_GONE}",
        "use tf.io.gfile with gs:// paths, and the package google-cloud-bigquery",
    ),
    "constrained_optimization": Refusal(
        "optimizers under constraints", "use the package tensorflow-constrained-optimization"
    ),
    "labeled_tensor": Refusal(
        "tensors whose axes have names", "use the axes' numbers, or the package xarray"
    ),
    "meta_graph_transform": Refusal(
        "transforms of a MetaGraphDef", "use `graphkit freeze` and its transforms"
    ),
    "model_pruning": Refusal(
        "layers that lose their smallest weights",
        "use the package tensorflow-model-optimization",
    ),
    "receptive_field": Refusal(
        "a computation of receptive fields from a GraphDef",
        "work it out from kernel sizes and strides",
    ),
    "recurrent": Refusal("recurrent networks as one function", "use tf.nn.dynamic_rnn"),
    "specs": Refusal(
        "a language of one-letter layers", "write the layers with contrib.slim or tf.layers"
    ),
    "stat_summarizer": Refusal(
        "a summary of step statistics, whose C++ part is deleted",
        "use tf.profiler, or client.timeline of RunMetadata",
    ),
    "text": Refusal(f"skip-gram samples; {_GONE}", "draw pairs with NumPy in tf.data.Dataset"),
    "bayesflow": Refusal(
        "means over samples of a distribution", "use tf.reduce_mean over what sample returns"
    ),
    "bigtable": Refusal("a client of Google Bigtable", "use the package google-cloud-bigtable"),
    "boosted_trees": Refusal(
        f"gradient boosted trees; {_GONE}", "use xgboost, scikit-learn or another tree library"
    ),
    "ffmpeg": Refusal(f"audio and video files; {_GONE}", "decode with the package av or ffmpeg"),
    "fused_conv": Refusal(f"a fused convolution; {_GONE}", "use tf.nn.conv2d and tf.nn.bias_add"),
    "gan": Refusal("TFGAN, a package of its own since 2019", "write the two losses with tf.losses"),
    "hadoop": Refusal(f"Hadoop sequence files; {_GONE}", "convert them to TFRecord files first"),
    "ignite": Refusal(f"a data set in Apache Ignite; {_GONE}", "read it with a client package"),
    "kafka": Refusal(f"a data set in Apache Kafka; {_GONE}", "read it with a client package"),
    "kinesis": Refusal(f"a data set in Amazon Kinesis; {_GONE}", "read it with a client package"),
    "nearest_neighbor": Refusal(f"a hash search; {_GONE}", "search with scikit-learn or faiss"),
    "periodic_resample": Refusal(f"a resampling op; {_GONE}", "use tf.nn.depth_to_space"),
    "quantization": Refusal(
        "the generated functions of quantised ops", "use tf.quantization and tf.raw_ops"
    ),
    "reduce_slice_ops": Refusal(
        f"sums and products over slices of rows; {_GONE}", "use tf.segment_sum and its siblings"
    ),
    "remote_fused_graph": Refusal(f"graphs on a DSP; {_GONE}", "convert the model to TFLite"),
    "rpc": Refusal(f"remote procedure calls; {_GONE}", "call the service in tf.py_func"),
    "tensor_forest": Refusal(f"random forests; {_GONE}", "use scikit-learn's RandomForest"),
    "tensorrt": Refusal(
        "TensorRT graphs on an NVIDIA GPU; today's builds are made without TensorRT",
        "freeze the graph, convert it to ONNX (`graphkit convert`) and give that to TensorRT",
    ),
    "timeseries": Refusal("models of time series", "use statsmodels or write the model"),
}

_DATA = {
    **offer(
        _EXPERIMENTAL,
        "AUTOTUNE Counter CsvDataset Optional RandomDataset Reducer SqlDataset TFRecordWriter "
        "bucket_by_sequence_length choose_from_datasets copy_to_device dense_to_sparse_batch "
        "enumerate_dataset get_next_as_optional get_single_element group_by_reducer "
        "group_by_window ignore_errors make_batched_features_dataset make_csv_dataset "
        "map_and_batch parallel_interleave parse_example_dataset "
        "prefetch_to_device rejection_resample sample_from_datasets scan shuffle_and_repeat "
        "unbatch unique",
    ),
    **offer(
        "graphkit.tf1._contrib._data._steps",
        "assert_element_shape batch_and_drop_remainder padded_batch_and_drop_remainder "
        "read_batch_features reduce_dataset sliding_window_batch sloppy_interleave",
    ),
    # In 1.15 in the private module threadpool only.
    **offer("graphkit.tf1._contrib._data._thread_pool", "PrivateThreadPool override_threadpool"),
    # Before 1.4 the data sets themselves lived here.
    **offer(
        "graphkit.tf1._contrib._data._dataset",
        "Dataset FixedLengthRecordDataset TFRecordDataset TextLineDataset",
    ),
    "Iterator": f"{_V1}:data.Iterator",
    **offer("graphkit.tf1._contrib._data._lmdb", "LMDBDataset"),
    **offer(
        "graphkit.tf1._core._pipeline_hook",
        "CheckpointInputPipelineHook make_saveable_from_iterator",
    ),
}

_SUMMARIES = {
    **offer(
        _SUMMARY,
        "SummaryWriter always_record_summaries audio create_file_writer "
        "create_summary_file_writer eval_dir flush generic graph histogram image import_event "
        "initialize never_record_summaries record_summaries_every_n_global_steps scalar "
        "should_record_summaries summary_writer_initializer_op",
    ),
    "all_summary_ops": f"{_V1}:summary.all_v2_summary_ops",
    **offer("graphkit.tf1._contrib._summary_db", "create_db_writer"),
}

_LOOKUP = {
    **offer(
        f"{_PYTHON}.ops.lookup_ops",
        "FastHashSpec HasherSpec IdTableWithHashBuckets InitializableLookupTableBase "
        "KeyValueTensorInitializer LookupInterface MutableHashTable StrongHashSpec "
        "TableInitializerBase TextFileIdTableInitializer TextFileIndex TextFileInitializer "
        "TextFileStringTableInitializer index_table_from_file index_to_string_table_from_file "
        "index_to_string_table_from_tensor",
    ),
    **offer(
        "graphkit.tf1._contrib._lookup",
        "HashTable MutableDenseHashTable index_table_from_tensor index_to_string string_to_index "
        "string_to_index_table_from_file string_to_index_table_from_tensor",
    ),
}

_ALL_REDUCE = f"{_PYTHON}.distribute.v1.all_reduce"

_CLUSTERS = offer(
    f"{_V1}:distribute.cluster_resolver",
    "ClusterResolver GCEClusterResolver KubernetesClusterResolver SimpleClusterResolver "
    "SlurmClusterResolver TFConfigClusterResolver TPUClusterResolver",
)

_EDITOR = {
    **offer(
        f"{_GRAPH_EDITOR}._chosen",
        "can_be_regex filter_ops filter_ops_from_regex filter_ts filter_ts_from_regex "
        "get_consuming_ops get_generating_ops get_name_scope_ops get_tensors make_list_of_op "
        "make_list_of_t make_regex select_ops select_ops_and_ts select_ts",
    ),
    **offer(
        f"{_GRAPH_EDITOR}._controls",
        "ControlOutputs add_control_inputs check_cios remove_control_inputs",
    ),
    **offer(
        f"{_GRAPH_EDITOR}._walks",
        "compute_boundary_ts get_backward_walk_ops get_forward_walk_ops get_ops_ios "
        "get_walks_intersection_ops get_walks_union_ops get_within_boundary_ops",
    ),
    **offer(f"{_GRAPH_EDITOR}._views", "SubGraphView make_view make_view_from_scope sgv sgv_scope"),
    **offer(
        f"{_GRAPH_EDITOR}._joins",
        "connect reroute_inputs reroute_ios reroute_outputs reroute_ts swap_inputs swap_ios "
        "swap_outputs swap_ts",
    ),
    **offer(
        f"{_GRAPH_EDITOR}._cuts",
        "bypass detach detach_control_inputs detach_control_outputs detach_inputs detach_outputs "
        "make_placeholder_from_dtype_and_shape make_placeholder_from_tensor ph placeholder_name",
    ),
    **offer(
        f"{_GRAPH_EDITOR}._handlers",
        "assign_renamed_collections_handler copy_op_handler keep_t_if_possible_handler "
        "replace_t_with_placeholder_handler transform_op_if_inside_handler",
    ),
    **offer(f"{_GRAPH_EDITOR}._transformer", "Transformer TransformerInfo"),
    **offer(f"{_GRAPH_EDITOR}._copies", "copy copy_with_input_replacements graph_replace"),
}

_EDITOR_UTIL = offer(
    f"{_GRAPH_EDITOR}._util",
    "ListView check_graphs concatenate_unique find_corresponding find_corresponding_elem "
    "flatten_tree get_predefined_collection_names get_unique_graph is_iterable scope_basename "
    "scope_dirname scope_finalize transform_tree",
)

AREAS = {
    "contrib": Area(_WHOLE_AREAS),
    "contrib.all_reduce": Area({}, (_ALL_REDUCE,)),
    "contrib.all_reduce.python": Area({"all_reduce": _ALL_REDUCE}),
    "contrib.cluster_resolver": Area(
        {**_CLUSTERS, "UnionClusterResolver": f"{_V1}:distribute.cluster_resolver.UnionResolver"}
    ),
    "contrib.compiler": Area(),
    "contrib.compiler.jit": Area({"experimental_jit_scope": f"{_V1}:xla.experimental.jit_scope"}),
    "contrib.compiler.xla": Area({"compile": f"{_V1}:xla.experimental.compile"}),
    "contrib.data": Area(_DATA),
    "contrib.deprecated": Area(
        {
            **offer(
                "graphkit.tf1._core._older_names",
                "audio_summary histogram_summary image_summary scalar_summary",
            ),
            "merge_all_summaries": f"{_V1}:summary.merge_all",
            "merge_summary": f"{_V1}:summary.merge",
        }
    ),
    "contrib.graph_editor": Area(_EDITOR),
    **{
        f"contrib.graph_editor.{module}": Area(_EDITOR)
        for module in ("edit", "reroute", "select", "subgraph", "transform")
    },
    "contrib.graph_editor.util": Area({**_EDITOR, **_EDITOR_UTIL}),
    "contrib.hooks": Area({"ProfilerHook": f"{_V1}:train.ProfilerHook"}),
    "contrib.image": Area(
        offer(
            "graphkit.tf1._contrib._image._maps",
            "angles_to_projective_transforms dense_image_warp rotate transform translate "
            "translations_to_projective_transforms",
        )
        | offer(
            "graphkit.tf1._contrib._image._splines",
            "compose_transforms flat_transforms_to_matrices interpolate_spline "
            "matrices_to_flat_transforms sparse_image_warp",
        )
        | offer("graphkit.tf1._contrib._image._components", "connected_components")
        | offer("graphkit.tf1._contrib._image._matching", "bipartite_match")
        | offer("graphkit.tf1._contrib._image._stereograms", "single_image_random_dot_stereograms"),
        # The distortions of its private modules.
        otherwise=Refusal(f"an image op; {_GONE}", "use scipy.ndimage or OpenCV in tf.py_func"),
    ),
    "contrib.input_pipeline": Area(offer("graphkit.tf1._contrib._input_pipeline", "obtain_next")),
    "contrib.input_pipeline.python": Area(),
    "contrib.input_pipeline.python.ops": Area(),
    "contrib.input_pipeline.python.ops.input_pipeline_ops": Area(
        offer("graphkit.tf1._contrib._input_pipeline", "obtain_next seek_next")
    ),
    "contrib.memory_stats": Area(
        offer("graphkit.tf1._contrib._memory_stats", "BytesInUse BytesLimit MaxBytesInUse")
    ),
    "contrib.keras": Area(_KERAS_PARTS, (_KERAS,)),
    "contrib.keras.python": Area(),
    "contrib.keras.python.keras": Area(_KERAS_PARTS, (_KERAS,)),
    "contrib.libsvm": Area(offer("graphkit.tf1._contrib._libsvm", "decode_libsvm")),
    "contrib.lookup": Area(_LOOKUP),
    "contrib.nn": Area(
        {
            **offer(
                "graphkit.tf1._contrib._nn._losses",
                "alpha_dropout deprecated_flipped_sigmoid_cross_entropy_with_logits "
                "deprecated_flipped_softmax_cross_entropy_with_logits "
                "deprecated_flipped_sparse_softmax_cross_entropy_with_logits scaled_softplus",
            ),
            "conv1d_transpose": f"{_V1}:nn.conv1d_transpose",
            "nth_element": f"{_PYTHON}.ops.nn_ops:nth_element",
            **offer(
                "graphkit.tf1._contrib._nn._sampled",
                "rank_sampled_softmax_loss sampled_sparse_softmax_loss",
            ),
        }
    ),
    "contrib.nccl": Area(offer(f"{_PYTHON}.ops.nccl_ops", "all_max all_min all_prod all_sum")),
    "contrib.saved_model": Area(
        {
            "load_keras_model": "graphkit.tf1._core._keras_exports:load_from_saved_model",
            "save_keras_model": "graphkit.tf1._core._keras_exports:export_saved_model",
        },
        (f"{_V1}:saved_model",),
    ),
    "contrib.signal": Area({}, (f"{_V1}:signal",)),
    "contrib.staging": Area(offer(f"{_PYTHON}.ops.data_flow_ops", "StagingArea")),
    "contrib.stateless": Area(
        {
            **offer(
                f"{_V1}:random",
                "stateless_multinomial",
            ),
            "stateless_random_normal": f"{_V1}:random.stateless_normal",
            "stateless_random_uniform": f"{_V1}:random.stateless_uniform",
            "stateless_truncated_normal": f"{_V1}:random.stateless_truncated_normal",
        }
    ),
    "contrib.summary": Area(_SUMMARIES),
    "contrib.tensorboard": Area(),
    "contrib.tensorboard.plugins": Area(),
    "contrib.tensorboard.plugins.projector": Area(
        {"DESCRIPTOR": "tensorboard.plugins.projector.projector_config_pb2:DESCRIPTOR"},
        ("tensorboard.plugins.projector",),
    ),
    "contrib.tfprof": Area(offer("graphkit.tf1._contrib._profile_context", "ProfileContext")),
    "contrib.tfprof.model_analyzer": Area(
        {
            **offer("graphkit.tf1._contrib._analysis", "print_model_analysis"),
            **offer("graphkit.tf1._contrib._analysis", "FLOAT_OPS_OPTIONS PRINT_ALL_TIMING_MEMORY"),
            **offer("graphkit.tf1._contrib._analysis", "TRAINABLE_VARS_PARAMS_STAT_OPTIONS"),
            **offer("graphkit.tf1._contrib._profile_context", "ProfileContext"),
            **offer(f"{_PYTHON}.profiler.model_analyzer", "ALL_ADVICE advise"),
        }
    ),
    "contrib.tfprof.tfprof_logger": Area(
        offer(f"{_PYTHON}.profiler.tfprof_logger", "write_op_log")
    ),
    "contrib.util": Area(
        {
            **offer(_V1, "make_ndarray make_tensor_proto"),
            "constant_value": f"{_V1}:get_static_value",
            "ops_used_by_graph_def": f"{_PYTHON}.framework.meta_graph:ops_used_by_graph_def",
            "stripped_op_list_for_graph": (
                f"{_PYTHON}.framework.meta_graph:stripped_op_list_for_graph"
            ),
        }
    ),
}
