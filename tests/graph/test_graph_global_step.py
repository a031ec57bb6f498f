"""The global step is found however the program made it."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.graph import GraphBuilder, find_global_step
from graphkit.session import SessionRunner


@pytest.mark.parametrize("use_resource", [False, True])
def test_a_variable_made_by_name_alone_is_found(graph, use_resource):
    step = tf.Variable(0, name="global_step", trainable=False, use_resource=use_resource)
    assert find_global_step(graph) is step


def test_the_collection_goes_before_the_name(graph):
    tf.Variable(0, name="global_step", trainable=False)
    with tf.variable_scope("inner"):
        step = tf.get_variable("count", initializer=0, trainable=False)
    tf.add_to_collection(tf.GraphKeys.GLOBAL_STEP, step)
    assert find_global_step(graph) is step


def test_a_graph_without_one_has_none(graph):
    tf.Variable(1.0, name="weight")
    assert find_global_step(graph) is None


def test_train_op_and_loop_count_a_step_of_2016():
    with GraphBuilder() as g:
        weight = g.variable("weight", initializer=1.0)
        step = tf.Variable(0, name="global_step", trainable=False)
        minimize = tf.train.GradientDescentOptimizer(0.1).minimize(
            weight * weight, global_step=step
        )
        g.train_op(weight * weight, optimizer="gradient_descent")
        names = [variable.op.name for variable in tf.global_variables()]
    assert names.count("global_step") == 1
    with SessionRunner(g) as runner:
        assert [done.step for done in runner.steps(minimize, max_steps=3)] == [1, 2, 3]
        assert runner.run(step) == 3
