"""The tutorial's network of MNIST computes what NumPy computes, under the tutorial's names."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

mnist = tf.examples.tutorials.mnist.mnist
IMAGES = np.sin(np.arange(3 * 784)).reshape(3, 784).astype(np.float32)
NAMES = [
    f"{layer}/{part}"
    for layer in ("hidden1", "hidden2", "softmax_linear")
    for part in ("weights", "biases")
]


@pytest.fixture
def values(session):
    """The network's scores of three images, and the values of its variables."""
    logits = mnist.inference(tf.constant(IMAGES), 6, 4)
    session.run(tf.global_variables_initializer())
    for number, variable in enumerate(tf.trainable_variables()):
        size = variable.shape.as_list()
        variable.load(np.cos(np.arange(np.prod(size)) + number).reshape(size), session)
    return logits, session.run(tf.trainable_variables())


def scores(weights):
    """The same by NumPy: two layers of rectified units and a linear one."""
    rows = IMAGES.astype(np.float64)
    for place in (0, 2):
        rows = np.maximum(rows @ weights[place] + weights[place + 1], 0)
    return rows @ weights[4] + weights[5]


def softmax(rows):
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_variables_have_the_tutorials_names_and_shapes(values):
    assert [v.op.name for v in tf.trainable_variables()] == NAMES
    assert [v.shape.as_list() for v in tf.trainable_variables()] == [
        [784, 6],
        [6],
        [6, 4],
        [4],
        [4, 10],
        [10],
    ]


def test_scores_are_those_of_numpy(values, session):
    logits, weights = values
    assert logits.shape.as_list() == [3, 10]
    np.testing.assert_allclose(session.run(logits), scores(weights), rtol=1e-4, atol=1e-4)


def test_weights_start_within_two_deviations_and_biases_at_zero(graph, session):
    mnist.inference(tf.placeholder(tf.float32, [None, 784]), 100, 50)
    session.run(tf.global_variables_initializer())
    found = dict(zip(NAMES, session.run(tf.trainable_variables()), strict=True))
    for layer, inputs in (("hidden1", 784), ("hidden2", 100), ("softmax_linear", 50)):
        spread = inputs**-0.5
        weights = found[f"{layer}/weights"]
        assert np.abs(weights).max() <= 2 * spread
        assert 0.7 * spread < weights.std() < 1.0 * spread
        assert not found[f"{layer}/biases"].any()


@pytest.mark.parametrize("dtype", [tf.int32, tf.int64, tf.uint8])
def test_the_loss_is_the_mean_cross_entropy(values, session, dtype):
    logits, weights = values
    labels = [3, 0, 9]
    loss = mnist.loss(logits, tf.constant(labels, dtype))
    expected = -np.log(softmax(scores(weights))[np.arange(3), labels]).mean()
    assert loss.shape.as_list() == []
    assert tf.losses.get_losses() == [loss]
    np.testing.assert_allclose(session.run(loss), expected, rtol=1e-4)


def test_right_answers_are_counted(values, session):
    logits, weights = values
    best = scores(weights).argmax(axis=1)
    for wrong in range(4):
        labels = (best + (np.arange(3) < wrong)) % 10
        count = mnist.evaluation(logits, tf.constant(labels, tf.int32))
        assert count.dtype == tf.int32
        assert session.run(count) == 3 - wrong


def test_a_step_goes_down_the_slope_and_is_counted(graph, session):
    weight = tf.get_variable("w", initializer=[1.0, -2.0])
    train = mnist.training(tf.reduce_sum(tf.square(weight)), 0.25)
    session.run(tf.global_variables_initializer())
    step = tf.train.get_global_step()
    for number in (1, 2, 3):
        session.run(train)
        assert session.run(step) == number
        # The slope of a square is twice its root: a quarter of that halves the root.
        np.testing.assert_allclose(session.run(weight), np.array([1.0, -2.0]) / 2**number)
    assert [v.op.name for v in tf.trainable_variables()] == ["w"]
    assert step.op.name == "global_step"


def test_the_loss_is_summarised(graph, session):
    mnist.training(tf.reduce_sum(tf.get_variable("w", initializer=[3.0])), 0.1)
    session.run(tf.global_variables_initializer())
    (summary,) = tf.get_collection(tf.GraphKeys.SUMMARIES)
    (value,) = tf.Summary.FromString(session.run(summary)).value
    assert (value.tag, value.simple_value) == ("loss", 3.0)


def test_the_sizes_of_the_tutorial():
    assert (mnist.NUM_CLASSES, mnist.IMAGE_SIZE, mnist.IMAGE_PIXELS) == (10, 28, 784)
