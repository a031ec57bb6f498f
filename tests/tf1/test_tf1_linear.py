"""The product with trained weights that cells share, by NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.tf1._contrib._linear import linear


def waves(*shape):
    return np.cos(1.7 * np.arange(np.prod(shape))).reshape(shape)


def computed(session, result):
    """The result, and the variables it was made with by name."""
    session.run(tf.global_variables_initializer())
    made = {variable.op.name: variable for variable in tf.global_variables()}
    return session.run([result, made])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_are_multiplied_side_by_side(session, dtype):
    first, second = waves(2, 3).astype(dtype), waves(2, 1).astype(dtype)
    with tf.variable_scope("cell"):
        result = linear([tf.constant(first), tf.constant(second)], 4)
    found, made = computed(session, result)
    assert {name: value.shape for name, value in made.items()} == {
        "cell/kernel": (4, 4),
        "cell/bias": (4,),
    }
    assert made["cell/bias"].tolist() == [0, 0, 0, 0]
    wanted = np.concatenate([first, second], 1) @ made["cell/kernel"]
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    assert found.dtype == dtype


def test_one_input_needs_no_list(session):
    found, made = computed(session, linear(tf.constant(waves(2, 3)), 2))
    np.testing.assert_allclose(found, waves(2, 3) @ made["kernel"], rtol=1e-9)


def test_without_a_bias_there_is_only_a_kernel(session):
    ones = tf.ones_initializer()
    result = linear(tf.constant([[1.0, 2.0]]), 2, bias=False, kernel_initializer=ones)
    found, made = computed(session, result)
    assert (found.tolist(), sorted(made)) == ([[3.0, 3.0]], ["kernel"])


def test_a_bias_starts_where_it_is_told_to(session):
    result = linear(tf.zeros([1, 2]), 3, bias_initializer=tf.constant_initializer(-1.5))
    found, _ = computed(session, result)
    assert found.tolist() == [[-1.5, -1.5, -1.5]]


def test_the_scope_gives_the_weights_it_is_asked_for(session):
    with tf.variable_scope("cell", initializer=tf.constant_initializer(2.0)):
        first = linear(tf.ones([1, 2]), 1)
    with tf.variable_scope("cell", reuse=True):
        again = linear(2 * tf.ones([1, 2]), 1)
    found, made = computed(session, [first, again])
    assert [value.tolist() for value in found] == [[[4.0]], [[8.0]]]
    assert sorted(made) == ["cell/bias", "cell/kernel"]


def test_the_number_of_rows_may_be_open(session):
    rows = tf.placeholder(tf.float32, [None, 2])
    result = linear(rows, 3, kernel_initializer=tf.ones_initializer())
    assert result.shape.as_list() == [None, 3]
    session.run(tf.global_variables_initializer())
    assert session.run(result, {rows: [[1, 2]] * 2}).tolist() == [[3.0, 3.0, 3.0]] * 2
