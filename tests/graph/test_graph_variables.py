"""Constants and variables made by the builder."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import GraphBuilder


@pytest.fixture
def g():
    with GraphBuilder(seed=1) as builder:
        yield builder


@pytest.fixture
def session(g):
    with tf.Session(graph=g.graph) as opened:
        yield opened


def test_constant_holds_its_value(g, session):
    assert session.run(g.constant([[1, 2]], "float32", name="c")).tolist() == [[1.0, 2.0]]
    assert session.run(g.constant("text")) == b"text"
    assert g.find("c").dtype == tf.float32


def test_short_constant_is_filled_up_as_in_tensorflow_1(g, session):
    assert session.run(g.constant([1, 2], shape=[4])).tolist() == [1, 2, 2, 2]


@pytest.mark.parametrize(
    ("value", "dtype", "shape", "error", "message"),
    [
        ("a", "float32", None, ArgumentTypeError, "that float32 can hold, got 'a'"),
        (1.5, "int32", None, ArgumentTypeError, "that int32 can hold, got 1.5"),
        ([1, 2, 3], None, [2], ArgumentError, r"at most 2 numbers for shape \(2,\), got \[1, 2, 3"),
        ([[1], [1, 2]], None, None, ArgumentError, r"rows of one length, got \[\[1\], \[1, 2\]\]"),
        (1, None, [None], ArgumentError, "shape must be fully defined"),
        (1, "int", None, ArgumentTypeError, "dtype must be a dtype .*got 'int'"),
    ],
)
def test_constant_that_cannot_be_is_refused(g, value, dtype, shape, error, message):
    with pytest.raises(error, match=f"constant: .*{message}"):
        g.constant(value, dtype, shape)
    assert not g.graph.get_operations()


def test_variable_is_that_of_get_variable(g):
    w = g.variable("w", [2, 3], "float64", trainable=False)
    assert (w.op.name, w.shape.as_list(), w.dtype.base_dtype) == ("w", [2, 3], tf.float64)
    assert g.graph.get_collection("variables") == [w]
    assert g.graph.get_collection("trainable_variables") == []


@pytest.mark.parametrize(
    "initializer", [[1, 2], np.array([1, 2]), (1.0, 2.0), np.array([1.0, 2.0], "float64")]
)
def test_initial_value_takes_the_dtype(g, session, initializer):
    w = g.variable("w", initializer=initializer)
    session.run(w.initializer)
    assert w.dtype.base_dtype == tf.float32
    assert session.run(w).tolist() == [1.0, 2.0]


def test_initial_value_may_be_a_tensor(g, session):
    w = g.variable("w", initializer=tf.ones([2]) * 3)
    session.run(w.initializer)
    assert session.run(w).tolist() == [3.0, 3.0]


def test_initializer_function_is_used(g, session):
    w = g.variable("w", [2], initializer=tf.constant_initializer(4.0))
    session.run(w.initializer)
    assert session.run(w).tolist() == [4.0, 4.0]


def test_regularizer_makes_a_loss(g):
    g.variable("w", [2], regularizer=tf.reduce_sum)
    assert len(g.graph.get_collection("regularization_losses")) == 1


def test_variable_is_shared_where_the_scope_says_so(g):
    with g.variable_scope("s"):
        w = g.variable("w", [2])
    with g.variable_scope("s", reuse=True):
        assert g.variable("w") is w
    with g.variable_scope("s", reuse=tf.AUTO_REUSE):
        assert g.variable("w", [2]) is w


def test_second_variable_of_a_name_is_tensorflows_own_error(g):
    g.variable("w", [2])
    with pytest.raises(ValueError, match="Variable w already exists"):
        g.variable("w", [2])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"shape": None}, ArgumentError, "shape must be given for a new variable, got None"),
        ({"shape": [None, 2]}, ArgumentError, "shape must be fully defined, got TensorShape"),
        ({"shape": [1], "initializer": [1.0]}, ArgumentError, "shape must be None when the init"),
        (
            {"initializer": "zeros"},
            ArgumentTypeError,
            "initializer .*float32 can hold, got 'zeros'",
        ),
        ({"shape": [1], "dtype": "real"}, ArgumentTypeError, "dtype must be .*got 'real'"),
        ({"shape": [1], "regularizer": 0.1}, ArgumentTypeError, "regularizer must be .*got 0.1"),
        ({"shape": [1], "name": "a b"}, ArgumentError, "name must be made of .*got 'a b'"),
    ],
)
def test_variable_that_cannot_be_is_refused(g, arguments, error, message):
    with pytest.raises(error, match=f"variable: {message}"):
        g.variable(**{"name": "w", **arguments})
    assert not g.graph.get_operations()


def test_initial_tensor_of_another_dtype_is_refused(g):
    with pytest.raises(ArgumentTypeError, match="initializer must be of dtype float32, got int32"):
        g.variable("w", initializer=tf.constant(1))
