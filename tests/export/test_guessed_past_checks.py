"""Checks that others wait for, and what only they read, are no outputs."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export._freezing._guess import guess_outputs


@pytest.fixture
def hidden(graph):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    return tf.matmul(x, tf.get_variable("w", [4, 4]), name="hidden")


def _small(hidden):
    return tf.assert_less(tf.abs(tf.reduce_max(hidden, 1)), 1e9)


def _of_its_own_computation(hidden):
    rows = tf.map_fn(lambda row: row * 2, hidden)
    return tf.assert_equal(tf.shape(rows)[1], 4)


def _plain(hidden):
    return tf.Assert(tf.reduce_all(hidden < 1e9), [tf.nn.relu(hidden)])


def _numerics(hidden):
    return tf.check_numerics(hidden * 2, "twice").op


def _finite(hidden):
    return tf.debugging.assert_all_finite(hidden, "hidden")


@pytest.mark.parametrize(
    "check", [_small, _of_its_own_computation, _plain, _numerics, _finite], ids=lambda c: c.__name__
)
@pytest.mark.parametrize("old", [False, True], ids=["v2", "v1"])
def test_what_only_a_check_reads_is_no_output(graph, hidden, check, old):
    if old:
        tf.disable_control_flow_v2()
    try:
        with tf.control_dependencies([check(hidden)]):
            tf.nn.softmax(hidden, name="y")
    finally:
        tf.enable_control_flow_v2()
    assert guess_outputs("freeze", graph) == ["y"]


def test_a_check_that_the_network_ends_with_is_its_output(graph, hidden):
    tf.check_numerics(hidden, "hidden", name="y")
    assert guess_outputs("freeze", graph) == ["y"]


def test_an_output_may_be_checked_beside_its_loss(graph, hidden):
    labels = tf.placeholder(tf.float32, [None, 4], name="labels")
    with tf.control_dependencies([_small(hidden)]):
        loss = tf.losses.mean_squared_error(labels, hidden)
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    assert guess_outputs("freeze", graph) == ["hidden"]


def test_what_is_only_checked_is_not_taken_unasked(graph, hidden):
    with tf.control_dependencies([tf.check_numerics(hidden * 2, "twice", name="twice")]):
        tf.no_op(name="check")
    with pytest.raises(ArgumentError, match=r"not certain .*'twice' .*; but it is only checked"):
        guess_outputs("freeze", graph)
