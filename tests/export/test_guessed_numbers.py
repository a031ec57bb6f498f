"""Single numbers that are made of results: those a network computes with, and those of a loss."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export._freezing._guess import guess_outputs


@pytest.fixture
def hidden(graph):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    return tf.matmul(x, tf.get_variable("w", [4, 3]), name="hidden")


def _by_its_largest(hidden):
    return hidden / tf.reduce_max(hidden)


def _by_a_gate(hidden):
    return hidden * tf.sigmoid(2.0 * tf.reduce_mean(hidden) - 1.0)


def _clipped_by_its_norm(hidden):
    return tf.clip_by_norm(hidden, 5.0)


def _by_a_number_of_another_layer(hidden):
    other = tf.nn.relu(tf.matmul(hidden, tf.get_variable("more", [3, 3])))
    return hidden * tf.reduce_max(other)


def _switched_by_a_number(hidden):
    return tf.cond(tf.reduce_sum(hidden) > 0, lambda: hidden * 2, lambda: hidden * 3)


@pytest.mark.parametrize(
    "scaled",
    [
        _by_its_largest,
        _by_a_gate,
        _clipped_by_its_norm,
        _by_a_number_of_another_layer,
        _switched_by_a_number,
    ],
)
def test_a_network_goes_on_behind_a_number_it_computes_with(graph, hidden, scaled):
    tf.identity(scaled(hidden), name="y")
    assert guess_outputs("freeze", graph) == ["y"]


def _reported(loss, hidden):
    tf.stack([loss, tf.reduce_max(hidden)], name="report")


def _decayed(loss, hidden):
    tf.fill([3], loss + tf.nn.l2_loss(tf.get_variable("more", [3])), name="filled")


def _remembered(loss, hidden):
    average = tf.train.ExponentialMovingAverage(0.9)
    average.apply([loss])
    tf.expand_dims(average.average(loss) * loss, 0, name="smooth")


def _clipped_updates(loss, hidden):
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    gradients, variables = zip(*optimizer.compute_gradients(loss), strict=True)
    clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
    tf.summary.scalar("norm", norm)
    tf.summary.histogram("scaled", clipped[0] * loss)
    optimizer.apply_gradients(zip(clipped, variables, strict=True))


@pytest.mark.parametrize("follow", [_reported, _decayed, _remembered, _clipped_updates])
@pytest.mark.parametrize("supervised", [False, True])
def test_what_follows_from_a_loss_is_no_output(graph, hidden, follow, supervised):
    tf.nn.softmax(hidden, name="y")
    target = tf.placeholder(tf.float32, [None, 3], name="labels") if supervised else 1.0
    follow(tf.reduce_mean(tf.square(hidden - target)), hidden)
    assert guess_outputs("freeze", graph) == ["y"]


def test_a_graph_of_numbers_alone_has_no_output(graph, hidden):
    tf.reduce_max(tf.reduce_max(hidden, 1), name="best")
    with pytest.raises(ArgumentError, match=r"'Max' .*; but 'best' makes one number of it"):
        guess_outputs("freeze", graph)
