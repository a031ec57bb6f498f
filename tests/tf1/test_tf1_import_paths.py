"""Old import paths, as programs wrote them: statements, aliases, and what they then could call."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest

import graphkit.tf1 as tf

# Import statements of programs from 2015 to 2019, and the public name that theirs was.
STATEMENTS = [
    ("from {}.contrib import rnn as found", "contrib.rnn"),
    ("from {}.contrib import layers as found", "contrib.layers"),
    ("from {}.contrib import legacy_seq2seq as found", "contrib.legacy_seq2seq"),
    ("from {}.contrib import slim as found", "contrib.slim"),
    ("import {}.contrib.slim as found", "contrib.slim"),
    ("import {}.contrib.slim.nets as found", "contrib.slim.nets"),
    ("import {}.contrib.layers as found", "contrib.layers"),
    ("import {}.contrib.eager as found", "contrib.eager"),
    ("import {}.contrib.crf as found", "contrib.crf"),
    ("import {}.contrib.graph_editor as found", "contrib.graph_editor"),
    ("from {}.contrib.rnn import LSTMCell as found", "contrib.rnn.LSTMCell"),
    ("from {}.contrib.rnn import BasicLSTMCell as found", "nn.rnn_cell.BasicLSTMCell"),
    ("from {}.contrib.layers import xavier_initializer as found", None),
    ("from {}.contrib.layers import flatten as found", "contrib.layers.flatten"),
    ("from {}.contrib.layers import l2_regularizer as found", "contrib.layers.l2_regularizer"),
    ("from {}.contrib.framework import arg_scope as found", "contrib.framework.arg_scope"),
    ("from {}.contrib.framework.python.ops import arg_scope as found", None),
    ("from {}.contrib.framework.python.ops import variables as found", None),
    ("from {}.contrib.layers.python.layers import utils as found", None),
    ("from {}.contrib.layers.python.layers import layers as found", None),
    ("from {}.contrib.layers.python.layers import initializers as found", None),
    (
        "from {}.contrib.slim.python.slim.nets import resnet_v1 as found",
        "contrib.slim.nets.resnet_v1",
    ),
    ("from {}.contrib.slim.nets import inception as found", "contrib.slim.nets.inception"),
    ("from {}.contrib.seq2seq.python.ops import attention_wrapper as found", None),
    ("from {}.contrib.training.python.training import hparam as found", None),
    ("from {}.contrib.learn.python.learn.datasets import base as found", None),
    ("from {}.contrib.learn.python.learn.datasets.mnist import read_data_sets as found", None),
    ("from {}.contrib.tensorboard.plugins import projector as found", None),
    ("from {}.examples.tutorials.mnist import input_data as found", None),
    ("from {}.python.framework import ops as found", "python.framework.ops"),
    ("from {}.python.framework import dtypes as found", "python.framework.dtypes"),
    ("from {}.python.framework import graph_util as found", None),
    ("from {}.python.framework.ops import Tensor as found", "Tensor"),
    ("from {}.python.ops import array_ops as found", "python.ops.array_ops"),
    ("from {}.python.ops import math_ops as found", "python.ops.math_ops"),
    ("from {}.python.ops import variable_scope as found", "python.ops.variable_scope"),
    ("from {}.python.ops import rnn_cell_impl as found", "python.ops.rnn_cell_impl"),
    ("from {}.python.ops import rnn as found", "python.ops.rnn"),
    ("from {}.python.ops import gen_nn_ops as found", "python.ops.gen_nn_ops"),
    ("from {}.python.ops import init_ops as found", "python.ops.init_ops"),
    ("from {}.python.ops import lookup_ops as found", "python.ops.lookup_ops"),
    ("from {}.python.ops.rnn_cell import LSTMStateTuple as found", None),
    ("from {}.python.ops.nn import rnn_cell as found", None),
    ("from {}.python.layers import core as found", "python.layers.core"),
    ("from {}.python.layers.core import Dense as found", "layers.Dense"),
    ("from {}.python.client import device_lib as found", None),
    ("from {}.python.client import timeline as found", None),
    ("from {}.python.platform import gfile as found", None),
    ("from {}.python.platform import tf_logging as found", None),
    ("from {}.python.platform import flags as found", None),
    ("from {}.python.training import moving_averages as found", None),
    ("from {}.python.training import checkpoint_utils as found", None),
    ("from {}.python.tools import freeze_graph as found", None),
    ("from {}.python.tools import inspect_checkpoint as found", None),
    ("from {}.python.util import nest as found", "python.util.nest"),
    ("from {}.python.debug import LocalCLIDebugWrapperSession as found", None),
    ("from {}.python import debug as found", "python.debug"),
    ("from {}.python import pywrap_tensorflow as found", "pywrap_tensorflow"),
    ("from {}.python.saved_model import tag_constants as found", None),
    ("from {}.python.saved_model import signature_constants as found", None),
    ("from {}.core.framework import summary_pb2 as found", None),
    ("from {}.core.protobuf import config_pb2 as found", None),
    ("from {}.core.example import example_pb2 as found", None),
    ("from {}.models.rnn import rnn_cell as found", "python.ops.rnn_cell"),
    ("from {}.models.rnn import seq2seq as found", "contrib.legacy_seq2seq"),
    ("from {}.keras import layers as found", "keras.layers"),
    ("from {}.keras.models import Sequential as found", "keras.Sequential"),
    ("from {}.keras.preprocessing.image import ImageDataGenerator as found", None),
    ("from {}.python.keras.models import Model as found", "keras.Model"),
    ("from {}.python.keras.layers import LSTM as found", "keras.layers.LSTM"),
    ("from {}.python.keras import backend as found", None),
    ("from {}.python.keras.utils import to_categorical as found", None),
    ("from {}.losses import Reduction as found", "losses.Reduction"),
    ("from {}.nn import relu as found", "nn.relu"),
    ("from {}.train import AdamOptimizer as found", "train.AdamOptimizer"),
    ("import {}.compat.v1 as found", ""),
]


def public(name):
    value = tf
    for part in filter(None, name.split(".")):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize(("statement", "same_as"), STATEMENTS)
def test_an_old_import_statement_works(statement, same_as):
    scope = {}
    exec(statement.format("graphkit.tf1"), scope)
    assert scope["found"] is not None
    if same_as is not None:
        assert scope["found"] is public(same_as)


def test_a_path_is_imported_once():
    path = "graphkit.tf1.contrib.framework.python.ops.variables"
    first = importlib.import_module(path)
    assert importlib.import_module(path) is first is sys.modules[path]
    from graphkit.tf1.contrib.framework.python import ops

    assert ops.variables is first


def test_functions_of_private_modules_compute(session):
    from graphkit.tf1.python.ops import array_ops, control_flow_ops, math_ops, nn_ops

    x = array_ops.placeholder_with_default([[1.0, -2.0]], [1, 2])
    y = nn_ops.relu(math_ops.matmul(x, [[1.0, 0.0], [0.0, 1.0]]))
    again = control_flow_ops.with_dependencies([y], array_ops.identity(x))
    assert session.run(y).tolist() == [[1, 0]]
    assert session.run(again).tolist() == [[1, -2]]
    assert array_ops.shape(y).dtype == tf.int32


def test_variables_are_made_under_private_paths(session):
    from graphkit.tf1.python.ops import init_ops, variable_scope

    with variable_scope.variable_scope("net", initializer=init_ops.constant_initializer(3.0)):
        v = variable_scope.get_variable("v", [2])
    assert v.op.name == "net/v"
    session.run(tf.global_variables_initializer())
    assert session.run(v).tolist() == [3, 3]


def test_gradients_of_pooling_and_relus_are_called_by_their_old_names(session):
    from graphkit.tf1.python.ops import gen_nn_ops

    image = np.array([1.0, 5.0, 2.0, 3.0], np.float32).reshape(1, 2, 2, 1)
    pooled = tf.nn.max_pool(image, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    back = gen_nn_ops._max_pool_grad(
        image, pooled, tf.ones([1, 1, 1, 1]), [1, 2, 2, 1], [1, 2, 2, 1], "VALID"
    )
    mean = gen_nn_ops._avg_pool_grad(
        [1, 2, 2, 1], tf.ones([1, 1, 1, 1]), [1, 2, 2, 1], [1, 2, 2, 1], "VALID"
    )
    cut = gen_nn_ops._relu_grad(tf.ones([3]), tf.constant([-1.0, 0.5, 2.0]))
    low = gen_nn_ops._relu6_grad(tf.ones([3]), tf.constant([-1.0, 0.5, 7.0]))
    found = [part.ravel().tolist() for part in session.run([back, mean, cut, low])]
    assert found == [[0, 1, 0, 0], [0.25] * 4, [0, 1, 1], [0, 1, 0]]


def test_messages_have_their_old_modules(graph):
    from graphkit.tf1.core.example import example_pb2
    from graphkit.tf1.core.framework import graph_pb2, summary_pb2

    example = example_pb2.Example()
    example.features.feature["n"].int64_list.value.append(3)
    assert tf.train.Example.FromString(example.SerializeToString()) == example
    tf.constant(1.0, name="c")
    held = graph_pb2.GraphDef.FromString(graph.as_graph_def().SerializeToString())
    assert [node.name for node in held.node] == ["c"]
    assert summary_pb2.Summary is tf.Summary


def test_saved_model_constants_have_their_values():
    from graphkit.tf1.python.saved_model import signature_constants, tag_constants

    assert (tag_constants.SERVING, tag_constants.TRAINING) == ("serve", "train")
    assert signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY == "serving_default"


def test_nests_are_flattened_by_the_private_module():
    from graphkit.tf1.python.util import nest

    assert nest.flatten({"b": [1, (2,)], "a": 3}) == [3, 1, 2]
    assert nest.map_structure(lambda n: n + 1, (1, [2])) == (2, [3])
    assert nest.pack_sequence_as([1, [2]], [5, 6]) == [5, [6]]
    assert nest.is_sequence((1,)) and not nest.is_sequence("text")


def test_moving_averages_move_by_the_private_function(session):
    from graphkit.tf1.python.training import moving_averages

    v = tf.Variable([1.0, 2.0], trainable=False)
    moved = moving_averages.assign_moving_average(v, [3.0, 6.0], 0.75, zero_debias=False)
    session.run(tf.global_variables_initializer())
    session.run(moved)
    np.testing.assert_allclose(session.run(v), [1.5, 3.0])


def test_a_checkpoint_is_read_under_every_old_path(session, tmp_path):
    tf.get_variable("v", initializer=[1.0, 2.0])
    session.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(session, str(tmp_path / "model"))
    from graphkit.tf1.python import pywrap_tensorflow
    from graphkit.tf1.python.training import checkpoint_utils

    for make in (
        tf.train.NewCheckpointReader,
        pywrap_tensorflow.NewCheckpointReader,
        tf.pywrap_tensorflow.NewCheckpointReader,
        checkpoint_utils.load_checkpoint,
    ):
        reader = make(path)
        assert reader.get_variable_to_shape_map() == {"v": [2]}
        np.testing.assert_array_equal(reader.get_tensor("v"), [1, 2])
    assert tf.contrib.framework.list_variables(path) == [("v", [2])]
    np.testing.assert_array_equal(tf.contrib.framework.load_variable(path, "v"), [1, 2])
