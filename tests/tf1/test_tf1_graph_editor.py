"""Parts of contrib.graph_editor that no recorded program shows."""

from __future__ import annotations

import graphkit.tf1 as tf

ge = tf.contrib.graph_editor


def test_control_inputs_can_be_walked_and_filters_can_keep_all(graph):
    a = tf.constant(1.0, name="a")
    with tf.control_dependencies([a]):
        b = tf.constant(2.0, name="b")
    assert ge.get_backward_walk_ops(b, control_inputs=True) == [b.op, a.op]
    assert ge.get_backward_walk_ops([b]) == [b.op]
    assert ge.filter_ts(graph, True) == [a, b]
    assert ge.filter_ops([a.op, b.op], True) == [a.op, b.op]
    assert ge.select_ops(a.op, [a.op, b.op], positive_filter=lambda op: op is b.op) == [b.op]


def test_only_the_ops_that_may_change_are_rerouted(session):
    a, b = tf.constant(1.0), tf.constant(2.0)
    first, second = tf.negative(b), tf.negative(b)
    assert ge.reroute_ts(a, b, can_modify=[first.op]) == 1
    assert session.run([first, second]) == [-1, -2]
