"""Noise, dropout and layers make the ops of 1.15 in a graph, and so do not move later seeds."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import tf_keras
from op_list_cases import CALLS, made

import graphkit.tf1 as tf

GOLDEN = Path(__file__).parents[1] / "golden" / "op_lists.json"
RECORDED = json.loads(GOLDEN.read_text())

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.usefixtures("control_flow_of_one_graph")
@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_ops_are_those_of_then(name):
    assert made(tf, CALLS[name]) == RECORDED[name]


def run(tensor):
    with tf.Session() as session:
        return session.run(tensor)


def test_uniform_noise_lies_between_its_bounds():
    with tf.Graph().as_default():
        drawn = run(tf.random_uniform([1000], -3.0, 5.0, seed=1))
        plain = run(tf.random_uniform([1000], seed=1))
    np.testing.assert_allclose(drawn, plain * 8 - 3, rtol=1e-5, atol=1e-5)
    assert -3 <= drawn.min() < -2.9
    assert 4.9 < drawn.max() < 5


@pytest.mark.parametrize("how", [{"keep_prob": 0.8}, {"rate": 0.2}])
def test_dropout_scales_what_it_keeps(how):
    with tf.Graph().as_default():
        kept = run(tf.nn.dropout(tf.ones([100, 100]), seed=1, **how))
    np.testing.assert_allclose(np.unique(kept), [0, 1.25], rtol=1e-6)
    assert abs(np.mean(kept > 0) - 0.8) < 0.02


def test_dropout_of_a_noise_shape_drops_whole_rows():
    with tf.Graph().as_default():
        kept = run(tf.nn.dropout(tf.ones([50, 4]), 0.5, noise_shape=[50, 1], seed=1))
    assert set(kept.sum(axis=1)) == {0.0, 8.0}


@pytest.mark.parametrize(
    "arguments",
    [{}, {"keep_prob": 0.5, "rate": 0.5}, {"rate": 2.0}, {"keep_prob": -0.5}],
)
def test_a_wrong_rate_is_refused(arguments):
    with tf.Graph().as_default(), pytest.raises(ValueError, match=r"(?i)rate|keep_prob"):
        tf.nn.dropout(tf.ones([2]), **arguments)


def test_dropout_of_integers_is_refused():
    with tf.Graph().as_default(), pytest.raises(ValueError, match="floating point"):
        tf.nn.dropout(tf.constant([1, 2]), 0.5)


def test_integers_without_a_bound_are_refused():
    with tf.Graph().as_default(), pytest.raises(ValueError, match="maxval"):
        tf.random_uniform([2], dtype=tf.int32)


def test_outside_graphs_they_are_the_functions_of_today():
    assert tf.random_uniform([3]).numpy().shape == (3,)
    np.testing.assert_array_equal(tf.nn.dropout(tf.ones([3]), rate=0.0).numpy(), [1, 1, 1])
    assert tf.layers.Flatten()(tf.ones([2, 3, 4])).shape == (2, 12)


def test_plain_tensorflow_beside_it_makes_its_own_ops():
    import tensorflow as plain

    with tf.Graph().as_default() as graph:
        plain.compat.v1.nn.dropout(tf.ones([2]), rate=0.5)
        plain.compat.v1.random_uniform([2])
        names = {op.name for op in graph.get_operations()}
    assert "dropout/SelectV2" in names
    assert "random_uniform" not in names


def test_outside_graphs_layers_compute_at_once():
    rows = np.ones([1, 4, 4, 1], np.float32)
    summed = tf.keras.layers.Conv2D(3, 2, kernel_initializer="ones")(rows)
    np.testing.assert_array_equal(summed.numpy(), np.full([1, 3, 3, 3], 4))
    np.testing.assert_array_equal(tf.keras.layers.Dropout(0.5)(rows).numpy(), rows)


def test_a_layer_of_keras_is_one_of_the_namespace_and_the_other_way_round():
    plain, mine = tf_keras.layers.Conv2D(2, 3), tf.keras.layers.Conv2D(2, 3)
    assert isinstance(plain, tf.keras.layers.Conv2D)
    assert isinstance(mine, tf_keras.layers.Conv2D)
    assert not isinstance(mine, tf.keras.layers.Dropout)
    assert issubclass(tf.keras.layers.Conv2D, tf.keras.layers.Layer)
    assert tf.keras.layers.Dense is tf_keras.layers.Dense  # makes the ops that it made


def test_a_class_derived_from_a_layer_is_its_own():
    class Mine(tf.keras.layers.Dropout):
        pass

    assert isinstance(Mine(0.5), Mine)
    assert isinstance(Mine(0.5), tf.keras.layers.Dropout)
    assert not isinstance(tf.keras.layers.Dropout(0.5), Mine)


def test_the_config_is_that_of_keras_and_makes_the_layer_anew():
    mine, plain = (keras.layers.Flatten(name="flat") for keras in (tf.keras, tf_keras))
    assert tf_keras.layers.serialize(mine) == tf_keras.layers.serialize(plain)
    made = type(mine).from_config(mine.get_config())
    assert type(made) is tf.keras.layers.Flatten
    assert copy.deepcopy(mine).get_config() == mine.get_config()


def test_functions_are_found_where_a_pickle_looks():
    for function in (tf.layers.dropout, tf.nn.dropout, tf.random_uniform):
        assert pickle.loads(pickle.dumps(function)) is function
