"""Layers in a graph with a seed start their weights by the ops of 1.15, also in library use."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from first_weights_cases import LAYERS, started

import graphkit.tf1 as tf

GOLDEN = Path(__file__).parents[1] / "golden" / "first_weights.json"
RECORDED = json.loads(GOLDEN.read_text())

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_weights_start_by_the_ops_of_then(name):
    assert started(tf, LAYERS[name]) == RECORDED[name]


def first_numbers(program):
    """What the trainable weights of a program start with."""
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        program(tf)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return session.run(tf.trainable_variables())


@pytest.mark.parametrize("name", ["dense", "gru_cell", "bahdanau", "keras_lstm", "keras_conv2d"])
def test_the_seed_of_the_graph_repeats_the_weights(name):
    once, again = first_numbers(LAYERS[name]), first_numbers(LAYERS[name])
    assert any(np.ptp(weight) > 0 for weight in once)
    for one, other in zip(once, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_saved_model_comes_back(tmp_path):
    path = str(tmp_path / "model.h5")
    rows = np.arange(8, dtype=np.float32).reshape(2, 4)
    with tf.Graph().as_default(), tf.Session():
        tf.set_random_seed(6)
        layers = tf.keras.layers
        model = tf.keras.Sequential([layers.Dense(3, input_shape=(4,)), layers.Dense(2)])
        before = model.predict(rows)
        model.save(path)
    with tf.Graph().as_default(), tf.Session():
        loaded = tf.keras.models.load_model(path)
        assert isinstance(loaded.layers[0], tf.keras.layers.Dense)
        np.testing.assert_array_equal(loaded.predict(rows), before)
