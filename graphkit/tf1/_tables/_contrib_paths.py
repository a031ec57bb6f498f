"""The private modules of contrib: `from tensorflow.contrib.data.python.ops import batching`.

They lead to the public area above them. What of a module is more than that has its table elsewhere.
"""

from __future__ import annotations

from graphkit.tf1._entries import Area

__all__ = ["AREAS"]

# Area below contrib, folder below the area (or none), modules in it.
_MODULES = {
    ("checkpoint", "python"): "containers python_state split_dependency visualize",
    ("cluster_resolver", "python.training"): (
        "cluster_resolver gce_cluster_resolver kubernetes_cluster_resolver "
        "slurm_cluster_resolver tfconfig_cluster_resolver tpu_cluster_resolver"
    ),
    ("cudnn_rnn", "python.layers"): "cudnn_rnn",
    ("data", "python.ops"): (
        "batching counter enumerate_ops error_ops get_single_element grouping interleave_ops "
        "iterator_ops parsing_ops prefetching_ops random_ops readers resampling scan_ops "
        "shuffle_ops sliding threadpool unique writers"
    ),
    ("estimator", "python.estimator"): (
        "early_stopping export exporter extenders head hooks logit_fns multi_head rnn"
    ),
    ("framework", "python.framework"): "experimental graph_util",
    ("framework", "python.ops"): "checkpoint_ops prettyprint_ops script_ops sort_ops",
    ("image", "python.ops"): (
        "dense_image_warp distort_image_ops image_ops interpolate_spline "
        "single_image_random_dot_stereograms sparse_image_warp"
    ),
    ("layers", "python.layers"): "embedding_ops encoders feature_column_ops target_column",
    ("layers", "python.ops"): "sparse_feature_cross_op",
    ("libsvm", "python.ops"): "libsvm_ops",
    ("lookup", ""): "lookup_ops",
    ("memory_stats", "python.ops"): "memory_stats_ops",
    ("metrics", "python.ops"): "confusion_matrix_ops set_ops",
    ("nn", "python.ops"): "alpha_dropout cross_entropy sampling_ops scaled_softplus",
    ("seq2seq", "python.ops"): "beam_search_ops sampler",
    ("summary", ""): "summary",
    ("training", "python.training"): (
        "bucket_ops device_setter evaluation hparam resample sampling_ops "
        "sequence_queueing_state_saver training tuner"
    ),
}


def _areas() -> dict[str, Area]:
    areas: dict[str, Area] = {}
    for (area, folder), modules in _MODULES.items():
        public = Area({}, (f"graphkit.tf1.contrib.{area}",))
        path = f"contrib.{area}"
        for part in filter(None, folder.split(".")):
            path += f".{part}"
            areas[path] = public
        areas |= {f"{path}.{module}": public for module in modules.split()}
    return areas


AREAS = _areas()
