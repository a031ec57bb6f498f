"""contrib.copy_graph: what was copied computes the same, and is not copied twice."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

copying = tf.contrib.copy_graph


def run(graph, fetches, feed=None):
    with tf.Session(graph=graph) as session:
        with graph.as_default():
            session.run(tf.global_variables_initializer())
        return session.run(fetches, feed)


@pytest.fixture(params=[True, False], ids=["resource", "reference"])
def model(graph, request):
    """Logits of rows, and the variables they are made with."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("layer", use_resource=request.param):
        start = tf.constant_initializer([[1.0, 2.0], [3.0, 4.0]])
        weights = tf.get_variable("w", [2, 2], initializer=start)
    return x, weights, tf.nn.softmax(tf.matmul(x, weights), name="logits")


@pytest.mark.parametrize("scope", ["", "other"])
def test_a_copied_model_computes_what_the_model_does(graph, model, scope):
    x, weights, logits = model
    there = tf.Graph()
    variable = copying.copy_variable_to_graph(weights, there, scope)
    made = copying.copy_op_to_graph(logits, there, [variable], scope)
    rows = np.array([[0.5, -1.0], [2.0, 0.0]])
    found = run(there, made, {copying.get_copied_op(x, there, scope): rows})
    np.testing.assert_allclose(found, run(graph, logits, {x: rows}), rtol=1e-6)
    assert made.dtype == logits.dtype


def test_what_two_tensors_share_is_copied_once(graph, model):
    _, weights, logits = model
    there = tf.Graph()
    variables = [copying.copy_variable_to_graph(weights, there)]
    first = copying.copy_op_to_graph(logits, there, variables)
    count = len(there.get_operations())
    assert copying.copy_op_to_graph(logits, there, variables) is first
    second = copying.copy_op_to_graph(logits.op, there, variables)
    assert second is first.op
    assert len(there.get_operations()) == count


def test_a_copied_variable_is_trained_on_its_own(graph, model):
    _, weights, _ = model
    there = tf.Graph()
    variable = copying.copy_variable_to_graph(weights, there)
    with there.as_default():
        step = tf.train.GradientDescentOptimizer(1.0).minimize(tf.reduce_sum(variable))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(step)
            assert session.run(variable).tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert run(graph, weights).tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_devices_and_collections_go_along(graph):
    with tf.device("/job:worker/task:1"):
        value = tf.exp(tf.constant(1.0), name="value")
    tf.add_to_collection("kept", value)
    there = tf.Graph()
    made = copying.copy_op_to_graph(value, there, [], "inner")
    assert made.op.device == "/job:worker/task:1"
    assert there.get_collection("inner/kept") == [made]


@pytest.mark.parametrize("given", [3, "text", None])
def test_only_variables_are_copied_as_variables(graph, given):
    with pytest.raises(TypeError, match="is not a Variable"):
        copying.copy_variable_to_graph(given, tf.Graph())


def test_a_copy_that_is_not_there_is_told(graph):
    value = tf.constant(1.0, name="value")
    with pytest.raises(KeyError, match="inner/value:0"):
        copying.get_copied_op(value, tf.Graph(), "inner")
