"""A checkpoint of real TensorFlow 1.15.5 fits a network built here, and training goes the same."""

from __future__ import annotations

import numpy as np
import pytest
from graph_cases import FOLDER, GOLDEN, fed, network

from graphkit._tf import tf
from graphkit.graph import make_train_op

RECORDED = GOLDEN["training"]
IMAGES = fed({"feed": [4, 4, 6, 1], "dtype": "float32"})


@pytest.fixture
def trained(graph):
    """Builds the recorded network with its training step."""
    x = tf.placeholder(tf.float32, [None, 4, 6, 1], "x")
    training = tf.placeholder_with_default(False, [], "training")
    y = network(x, training)
    loss = tf.reduce_mean(tf.square(y - 1.0))
    train = make_train_op(loss, learning_rate=0.01, clip_norm=0.5)
    return x, training, y, loss, train


def test_checkpoint_keys_are_those_of_tensorflow_1(trained, session, tmp_path):
    session.run(tf.global_variables_initializer())
    saved = tf.train.Saver().save(session, str(tmp_path / "model"), write_meta_graph=False)
    keys = [[name, list(shape)] for name, shape in tf.train.list_variables(saved)]
    assert keys == RECORDED["keys"]


def test_tensorflow_1_checkpoint_is_restored(trained, session):
    x, _, y, _, _ = trained
    tf.train.Saver().restore(session, str(FOLDER / "graph_checkpoint" / "model"))
    outputs = session.run(y, {x: IMAGES})
    np.testing.assert_allclose(outputs.ravel(), RECORDED["outputs"], rtol=1e-5, atol=1e-6)


def test_three_training_steps_give_the_losses_and_variables_of_tensorflow_1(trained, session):
    x, training, _, loss, train = trained
    session.run(tf.global_variables_initializer())
    feed = {x: IMAGES, training: True}
    losses = [session.run([loss, train], feed)[0] for _ in range(3)]
    np.testing.assert_allclose(losses, RECORDED["losses"], rtol=1e-4)
    found = {v.op.name: v for v in tf.global_variables()}
    assert set(found) == {record["name"] for record in RECORDED["variables"]}
    for record in RECORDED["variables"]:
        value = session.run(found[record["name"]])
        np.testing.assert_allclose(value.ravel(), record["value"], rtol=2e-3, atol=2e-5)


def test_train_op_has_the_name_of_tensorflow_1(trained):
    assert trained[-1].name == RECORDED["train_op"]
