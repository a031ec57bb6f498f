"""contrib.slim and what it is made of: layers, framework, losses, metrics, mostly from tf_slim."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_PYTHON = "tensorflow.python"
_COLUMNS = "graphkit.tf1._contrib._feature_columns"
_EMBEDDINGS = "graphkit.tf1._contrib._embeddings"

_TARGETS = {
    **offer(
        "graphkit.tf1._contrib._target_columns",
        "ProblemType binary_svm_target multi_class_target regression_target",
    ),
    **offer("graphkit.tf1._contrib._target_metrics", "get_default_binary_metrics_for_eval"),
}

_FEATURE_COLUMNS = {
    **offer(
        f"{_COLUMNS}._simple",
        "bucketized_column real_valued_column sparse_column_with_hash_bucket "
        "sparse_column_with_integerized_feature sparse_column_with_keys "
        "sparse_column_with_vocabulary_file",
    ),
    **offer(
        f"{_COLUMNS}._derived",
        "crossed_column embedding_column one_hot_column "
        "shared_embedding_columns weighted_sparse_column",
    ),
    **offer(
        "graphkit.tf1._contrib._feature_cross",
        "SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY sparse_feature_cross",
    ),
    **offer(
        "graphkit.tf1._contrib._scattered_embeddings",
        "scattered_embedding_lookup scattered_embedding_lookup_sparse",
    ),
    # Where the parts are summed changes no number.
    "embedding_lookup_sparse_with_distributed_aggregation": f"{_V1}:nn.embedding_lookup_sparse",
    **offer(
        f"{_COLUMNS}._inputs",
        "check_feature_columns create_feature_spec_for_parsing infer_real_valued_columns "
        "input_from_feature_columns make_place_holder_tensors_for_base_features "
        "parse_feature_columns_from_examples",
    ),
    **offer(f"{_COLUMNS}._weighted_sum", "weighted_sum_from_feature_columns"),
    **offer(
        f"{_COLUMNS}._transformed", "joint_weighted_sum_from_feature_columns transform_features"
    ),
    **offer(
        f"{_COLUMNS}._sequences",
        "parse_feature_columns_from_sequence_examples sequence_input_from_feature_columns",
    ),
    **offer(f"{_COLUMNS}._scattered", "scattered_embedding_column"),
    "InputLayer": f"{_PYTHON}.feature_column.feature_column:InputLayer",
    **refuse(
        "a column of a contrib.learn DataFrame, which 1.15 itself had no longer",
        "make a real_valued_column of the numbers",
        "DataFrameColumn",
    ),
}

_LAYERS = {
    **_FEATURE_COLUMNS,
    **_TARGETS,
    **offer(
        _EMBEDDINGS,
        "bow_encoder embed_sequence embedding_lookup_unique safe_embedding_lookup_sparse",
    ),
    "feature_column": "graphkit.tf1.contrib.layers.feature_column",
    "summaries": "tf_slim.layers.summaries",
}

_INITIALIZERS = {
    f"convolutional_{kind}": f"{_PYTHON}.ops.init_ops:convolutional_{kind}"
    for kind in ("delta_orthogonal", "orthogonal_1d", "orthogonal_2d", "orthogonal_3d")
}

_FRAMEWORK = {
    **_INITIALIZERS,
    "BoundedTensorSpec": f"{_PYTHON}.framework.tensor_spec:BoundedTensorSpec",
    "CriticalSection": f"{_V1}:CriticalSection",
    "RecordInput": f"{_PYTHON}.ops.data_flow_ops:RecordInput",
    "TensorSpec": f"{_V1}:TensorSpec",
    "arg_scope": "tf_slim:arg_scope",
    "nest": "graphkit.tf1.python.util.nest",
    **offer(
        _V1, "argsort assert_same_float_dtype convert_to_tensor_or_sparse_tensor is_tensor sort"
    ),
    **offer(f"{_V1}:train", "init_from_checkpoint list_variables load_checkpoint load_variable"),
    "assert_scalar": f"{_PYTHON}.ops.check_ops:assert_scalar",
    **offer(
        f"{_PYTHON}.util.deprecation",
        "deprecated deprecated_arg_values deprecated_args",
    ),
    **offer(f"{_PYTHON}.framework.ops", "get_name_scope prepend_name_scope strip_name_scope"),
    "get_graph_from_inputs": f"{_PYTHON}.framework.ops:_get_graph_from_inputs",
    **offer(f"{_PYTHON}.framework.smart_cond", "smart_case smart_cond smart_constant_value"),
    "remove_squeezable_dimensions": (
        f"{_PYTHON}.ops.confusion_matrix:remove_squeezable_dimensions"
    ),
    **offer(
        "graphkit.tf1._contrib._framework",
        "assert_scalar_int get_placeholders py_func reduce_sum_n with_same_shape with_shape "
        "zero_initializer",
    ),
    **offer(
        "graphkit.tf1._contrib._warm_start",
        "load_and_remap_matrix_initializer load_embedding_initializer "
        "load_linear_multiclass_bias_initializer load_variable_slot_initializer",
    ),
    **offer("graphkit.tf1._contrib._fused_op", "fuse_op"),
}

_METRICS = {
    "confusion_matrix": f"{_V1}:math.confusion_matrix",
    **{
        f"set_{name}": f"{_V1}:sets.{name}"
        for name in ("difference", "intersection", "size", "union")
    },
}

_SLIM = {
    **_FEATURE_COLUMNS,
    **_TARGETS,
    "arg_scope": "tf_slim:arg_scope",
    "experimental": "graphkit.tf1._contrib._experimental:experimental",
    "zero_initializer": "graphkit.tf1._contrib._framework:zero_initializer",
    "deprecated_arg_values": f"{_PYTHON}.util.deprecation:deprecated_arg_values",
    "make_all": f"{_PYTHON}.util.all_util:make_all",
    # The modules these were in before 1.0; tf_slim gives some of the names to functions.
    "initializers": "tf_slim.layers.initializers",
    "layers": "tf_slim.layers.layers",
    "losses": "graphkit.tf1.contrib.losses",
    "metrics": "graphkit.tf1.contrib.metrics",
    "nets": "graphkit.tf1.contrib.slim.nets",
    "ops": "tf_slim.ops",
    "regularizers": "tf_slim.layers.regularizers",
    "utils": "tf_slim.layers.utils",
    "init_ops": f"{_PYTHON}.ops.init_ops",
}

_LAYERS_BEHIND = ("tf_slim.layers", "tf_slim.layers.layers")
_FRAMEWORK_BEHIND = ("tf_slim.ops.variables", "tf_slim.ops.arg_scope")

_PRIVATE_SLIM = {
    "contrib.slim.python": Area(),
    "contrib.slim.python.slim": Area({}, ("graphkit.tf1.contrib.slim",)),
    "contrib.slim.python.slim.data": Area({}, ("tf_slim.data",)),
    "contrib.slim.python.slim.nets": Area({}, ("tf_slim.nets",)),
    "contrib.layers.python": Area(),
    "contrib.layers.python.layers": Area(
        {
            "feature_column": "graphkit.tf1.contrib.layers.feature_column",
            "target_column": "graphkit.tf1.contrib.layers",
        },
        ("tf_slim.layers", "graphkit.tf1.contrib.layers"),
    ),
    "contrib.layers.python.ops": Area({}, ("tf_slim.layers",)),
    "contrib.framework.python": Area(),
    "contrib.framework.python.framework": Area(
        {
            "checkpoint_utils": f"{_V1}:train",
            "experimental": "graphkit.tf1.contrib.framework.python.framework.experimental",
            "tensor_util": "graphkit.tf1.contrib.framework",
        },
        ("graphkit.tf1.contrib.framework",),
    ),
    "contrib.framework.python.framework.experimental": Area(
        {"experimental": "graphkit.tf1._contrib._experimental:experimental"}
    ),
    "contrib.framework.python.ops": Area(
        {"arg_scope": "tf_slim:arg_scope", "variables": "tf_slim.ops.variables"},
        ("graphkit.tf1.contrib.framework",),
    ),
    "contrib.framework.python.ops.arg_scope": Area({}, ("tf_slim.ops.arg_scope",)),
    "contrib.losses.python": Area(),
    "contrib.losses.python.metric_learning": Area(
        {"metric_loss_ops": "tf_slim.losses.metric_learning"}
    ),
    "contrib.losses.python.losses": Area({}, ("tf_slim.losses",)),
    "contrib.metrics.python": Area(),
    "contrib.metrics.python.ops": Area({}, ("tf_slim.metrics",)),
    "contrib.metrics.python.metrics": Area({}, ("tf_slim.metrics",)),
}

AREAS = {
    "contrib.framework": Area(_FRAMEWORK, _FRAMEWORK_BEHIND),
    "contrib.layers": Area(_LAYERS, _LAYERS_BEHIND),
    "contrib.layers.feature_column": Area(_FEATURE_COLUMNS),
    "contrib.losses": Area(
        {"metric_learning": "tf_slim.losses.metric_learning"},
        ("tf_slim.losses.loss_ops", "tf_slim.losses"),
    ),
    "contrib.metrics": Area(_METRICS, ("tf_slim.metrics",)),
    "contrib.slim": Area(
        _SLIM, ("tf_slim", *_LAYERS_BEHIND, *_FRAMEWORK_BEHIND, "graphkit.tf1.contrib.layers")
    ),
    "contrib.slim.nets": Area({}, ("tf_slim.nets",)),
    **_PRIVATE_SLIM,
}
