"""Private paths that old code imports lead to what they led to."""

from __future__ import annotations

import importlib

import pytest

import graphkit.tf1 as tf


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
    ],
)
def test_private_path_leads_to_the_name(path, name, same_as):
    found = getattr(importlib.import_module(f"graphkit.tf1.{path}"), name)
    expected = tf
    for part in (same_as or "").split(".") if same_as else []:
        expected = getattr(expected, part)
    assert found is expected or same_as is None
    assert found is not None


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
