"""Private paths that old code imports lead to what they led to."""

from __future__ import annotations

import importlib
import sys
import types

import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedNameError


@pytest.mark.parametrize(
    ("path", "name", "same_as"),
    [
        ("python.framework.ops", "Tensor", "Tensor"),
        ("python.framework.ops", "convert_to_tensor", None),
        ("python.framework.ops", "reset_default_graph", None),
        ("python.framework.graph_util", "convert_variables_to_constants", None),
        ("python.ops.array_ops", "stack", "stack"),
        ("python.ops.control_flow_ops", "cond", "cond"),
        ("python.ops.control_flow_ops", "while_loop", "while_loop"),
        ("python.ops.control_flow_ops", "with_dependencies", None),
        ("python.ops.gen_nn_ops", "_max_pool_grad", None),
        ("python.ops.rnn_cell", "BasicLSTMCell", "nn.rnn_cell.BasicLSTMCell"),
        ("python.ops.rnn_cell_impl", "RNNCell", "nn.rnn_cell.RNNCell"),
        ("python.ops.rnn", "dynamic_rnn", "nn.dynamic_rnn"),
        ("python.layers.base", "Layer", "layers.Layer"),
        ("python.layers.core", "Dense", "layers.Dense"),
        ("python.layers.layers", "dense", "layers.dense"),
        ("python.training.moving_averages", "assign_moving_average", None),
        ("python.pywrap_tensorflow", "NewCheckpointReader", None),
        ("python.util.nest", "is_sequence", None),
        ("python.estimator.estimator", "Estimator", None),
        ("python.estimator.model_fn", "EstimatorSpec", "estimator.EstimatorSpec"),
        ("python.keras.layers", "Dense", "keras.layers.Dense"),
        ("python.keras.backend", "set_session", None),
        ("python.keras.preprocessing.sequence", "pad_sequences", None),
        ("python.client.device_lib", "list_local_devices", None),
        ("python.platform.flags", "FLAGS", None),
        ("core.framework.summary_pb2", "Summary", "Summary"),
        ("models.rnn.rnn_cell", "GRUCell", "nn.rnn_cell.GRUCell"),
        ("contrib.rnn.python.ops.core_rnn_cell", "LSTMCell", "nn.rnn_cell.LSTMCell"),
        ("contrib.layers.python.layers", "batch_norm", "contrib.layers.batch_norm"),
        ("contrib.framework.python.ops", "add_arg_scope", "contrib.framework.add_arg_scope"),
        ("contrib.slim.python.slim.nets.vgg", "vgg_16", "contrib.slim.nets.vgg.vgg_16"),
        ("contrib.tpu.python.tpu.tpu_config", "RunConfig", "contrib.tpu.RunConfig"),
        ("contrib.metrics.python.ops.set_ops", "set_size", "contrib.metrics.set_size"),
        ("contrib.metrics.python.ops.metric_ops", "streaming_mean", None),
        ("contrib.framework.python.ops.sort_ops", "argsort", "contrib.framework.argsort"),
        ("contrib.framework.python.ops.variables", "assert_global_step", None),
        ("contrib.layers.python.layers.encoders", "bow_encoder", "contrib.layers.bow_encoder"),
        ("contrib.layers.python.layers.layers", "conv2d", "contrib.layers.conv2d"),
        ("contrib.seq2seq.python.ops.beam_search_ops", "gather_tree", None),
        ("contrib.losses.python.metric_learning.metric_loss_ops", "npairs_loss", None),
        ("contrib.tpu.python.tpu.tpu_estimator", "TPUEstimator", "contrib.tpu.TPUEstimator"),
        ("contrib.tpu.python.tpu.tpu_estimator", "ExportSavedModelApiVersion", None),
        ("contrib.all_reduce.python.all_reduce", "build_ring_all_reduce", None),
        ("contrib.data.python.ops.batching", "map_and_batch", "contrib.data.map_and_batch"),
        ("contrib.learn.python.learn.datasets.base", "maybe_download", None),
        ("contrib.lookup.lookup_ops", "HashTable", "contrib.lookup.HashTable"),
        ("contrib.nn.python.ops.scaled_softplus", "scaled_softplus", "contrib.nn.scaled_softplus"),
        ("contrib.training.python.training.hparam", "HParams", "contrib.training.HParams"),
    ],
)
def test_private_path_leads_to_the_name(path, name, same_as):
    found = getattr(importlib.import_module(f"graphkit.tf1.{path}"), name)
    expected = tf
    for part in (same_as or "").split(".") if same_as else []:
        expected = getattr(expected, part)
    assert found is expected or same_as is None
    assert found is not None


def test_nest_of_contrib_has_its_old_names():
    nest = tf.contrib.framework.nest
    assert nest.is_sequence([1]) and not nest.is_sequence(1)
    assert nest is tf.python.util.nest


def test_a_lost_op_is_refused_only_when_it_is_touched():
    ops = importlib.import_module("graphkit.tf1.contrib.image.python.ops.distort_image_ops")
    with pytest.raises(RefusedNameError, match=r"random_hsv_in_yiq.*deleted"):
        ops.random_hsv_in_yiq  # noqa: B018
    assert not hasattr(ops, "adjust_hsv_in_yiq")


def test_a_data_set_has_threads_of_its_own(graph):
    threadpool = importlib.import_module("graphkit.tf1.contrib.data.python.ops.threadpool")
    pool = threadpool.PrivateThreadPool(3, max_intra_op_parallelism=2)
    data = threadpool.override_threadpool(tf.data.Dataset.range(4).map(tf.square), pool)
    with pytest.warns(UserWarning, match="options"):
        threading = data.options().threading
    assert threading.private_threadpool_size == 3
    assert threading.max_intra_op_parallelism == 2
    squares = data.batch(4).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(squares).tolist() == [0, 1, 4, 9]


def test_a_ring_of_workers_sums(graph):
    all_reduce = tf.contrib.all_reduce.python.all_reduce
    parts = []
    for number in range(3):
        with tf.device(f"/cpu:{number}"):
            parts.append(tf.constant([1.0, 2.0, 3.0]) * (number + 1))
    sums = all_reduce.build_ring_all_reduce(parts, 1, 1, [0, 1, 2], tf.add)
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 3})) as session:
        assert [found.tolist() for found in session.run(sums)] == [[6.0, 12.0, 18.0]] * 3


def test_small_private_functions_compute(graph):
    shapes = tf.python.framework.tensor_shape
    assert shapes.scalar().as_list() == []
    assert shapes.vector(3).as_list() == [3]
    assert shapes.matrix(2, None).as_list() == [2, None]
    unknown = tf.python.framework.common_shapes.unknown_shape
    assert unknown()[0].ndims is None
    assert len(unknown(tf.split(tf.zeros([4]), 2)[0].op)) == 2
    picture = tf.python.ops.gen_logging_ops._image_summary("a", tf.zeros([1, 2, 2, 1]))
    assert picture.op.type == "ImageSummary"


def test_registered_ops_are_listed():
    ops = tf.python.framework.op_def_registry.get_registered_ops()
    assert [arg.name for arg in ops["MatMul"].input_arg] == ["a", "b"]
    assert "NoSuchOp" not in ops


def test_the_linear_helper_of_cells_makes_kernel_and_bias(graph):
    cells = tf.python.ops.rnn_cell_impl
    x = tf.ones([2, 3])
    with tf.variable_scope("a"):
        assert cells._linear([x, x], 4, True).shape.as_list() == [2, 4]
    with tf.variable_scope("b"):
        layer = cells._Linear([x], 4, True)
        assert layer([x]).shape.as_list() == [2, 4]
    assert [v.op.name for v in tf.trainable_variables()] == [
        "a/kernel",
        "a/bias",
        "b/kernel",
        "b/bias",
    ]


def test_a_function_wins_over_the_module_of_its_name(monkeypatch):
    package = importlib.import_module("graphkit.tf1.contrib.framework.python.ops")
    path = f"{package.__name__}.arg_scope"
    monkeypatch.delitem(sys.modules, path, raising=False)  # the import below binds it anew
    module = importlib.import_module(path)
    assert isinstance(module, types.ModuleType)
    assert module.arg_scope is package.arg_scope
    assert module.has_arg_scope(module.add_arg_scope(lambda: None))
