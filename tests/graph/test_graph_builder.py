"""GraphBuilder: one graph, one seed, one default device, current inside its `with`."""

from __future__ import annotations

import doctest
import gc
import importlib
import weakref

import numpy as np
import pytest

from graphkit import graph as room
from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.graph import GraphBuilder, layers


def test_builder_owns_a_new_graph():
    assert GraphBuilder().graph is not GraphBuilder().graph
    assert GraphBuilder().graph is not tf.get_default_graph()


def test_builder_continues_a_given_graph(graph):
    tf.constant(1, name="before")
    g = GraphBuilder(graph=graph)
    assert g.graph is graph
    assert g.find("before").graph is graph


def test_graph_must_be_a_graph():
    with pytest.raises(ArgumentTypeError, match=r"GraphBuilder: graph must be a tf.Graph, got str"):
        GraphBuilder(graph="model")


def test_with_makes_the_graph_current_and_gives_it_back():
    with GraphBuilder() as outer:
        with GraphBuilder() as inner:
            assert tf.constant(1).graph is inner.graph
            with outer:
                assert tf.constant(1).graph is outer.graph
            assert tf.constant(1).graph is inner.graph
        assert tf.constant(1).graph is outer.graph
    assert tf.executing_eagerly()


def test_with_can_be_entered_again():
    g = GraphBuilder()
    with g, g:
        tf.constant(1, name="a")
    with g:
        tf.constant(1, name="b")
    assert [op.name for op in g.graph.get_operations()] == ["a", "b"]


def test_error_inside_with_leaves_and_passes_on():
    g = GraphBuilder()
    with pytest.raises(ZeroDivisionError), g:
        _ = 1 / 0
    assert tf.executing_eagerly()


def test_methods_need_no_with():
    g = GraphBuilder()
    assert g.constant(1).graph is g.graph
    assert g.placeholder("x", "float32", []).graph is g.graph
    assert g.variable("w", [1]).graph is g.graph
    assert layers.dense(g.placeholder("y", "float32", [1, 2]), 1).graph is g.graph


def test_two_builders_with_the_same_names_do_not_touch():
    def doubled(factor):
        with GraphBuilder() as g:
            x = g.placeholder("x", "float32", [])
            return g, tf.multiply(x, factor, name="y")

    (a, _), (b, _) = doubled(2.0), doubled(3.0)
    with tf.Session(graph=a.graph) as first, tf.Session(graph=b.graph) as second:
        assert first.run(a.find("y"), {a.find("x"): 5.0}) == 10.0
        assert second.run(b.find("y"), {b.find("x"): 5.0}) == 15.0


def random_numbers(seed):
    with GraphBuilder(seed=seed) as g:
        numbers = tf.random_uniform([3])
    with tf.Session(graph=g.graph) as session:
        return session.run(numbers).tolist()


def test_seed_makes_random_ops_repeat():
    assert random_numbers(1) == random_numbers(np.int64(1))
    assert random_numbers(1) != random_numbers(2)
    assert random_numbers(None) != random_numbers(None)


def test_seed_is_that_of_set_random_seed(graph):
    tf.set_random_seed(7)
    assert GraphBuilder(seed=7).graph.seed == graph.seed


@pytest.mark.parametrize("seed", ["1", 1.5])
def test_seed_must_be_whole(seed):
    with pytest.raises(ArgumentTypeError, match=rf"seed must be a whole number.*{seed!r}"):
        GraphBuilder(seed=seed)


def test_default_device_is_asked_for_where_nothing_else_is():
    with GraphBuilder(device="/cpu:1") as g:
        assert tf.constant(1).device == "/device:CPU:1"
        assert g.constant(1).device == "/device:CPU:1"
        with g.device("/cpu:0"):
            assert g.constant(1).device == "/device:CPU:0"
            assert layers.flatten(g.constant([[1]])).device == "/device:CPU:0"
        with g.device(None):
            assert g.constant(1).device == ""
    assert g.constant(1).device == "/device:CPU:1"


def test_default_device_stays_with_its_own_graph():
    with GraphBuilder(device="/cpu:1"), GraphBuilder() as inner:
        assert inner.constant(1).device == ""


def test_scopes_put_names_before_names():
    g = GraphBuilder()
    with g.name_scope("a") as scope:
        assert scope == "a/"
        assert g.constant(1, name="c").name == "a/c:0"
    with g.variable_scope("v") as scope:
        assert scope.name == "v"
        assert g.variable("w", [2]).op.name == "v/w"
    with g.variable_scope("v", reuse=True):
        assert g.variable("w").op.name == "v/w"
    assert len(g.graph.get_collection("variables")) == 1


def test_scope_is_entered_again_or_left():
    g = GraphBuilder()
    with g.name_scope("a") as scope, g.name_scope("b"), g.name_scope(scope):
        assert g.constant(1, name="c").op.name == "a/c"
        with g.name_scope(None):
            assert g.constant(1, name="c").op.name == "c"
    with g.variable_scope("v") as variables, g.variable_scope("w"), g.variable_scope(variables):
        assert g.variable("x", [1]).op.name == "v/x"


@pytest.mark.parametrize("scope", ["name_scope", "variable_scope"])
def test_invalid_scope_name_is_refused(scope):
    g = GraphBuilder()
    with (
        pytest.raises(ArgumentError, match=rf"{scope}: name must be made of .*got 'a b'"),
        getattr(g, scope)("a b"),
    ):
        pass


def test_control_dependencies_take_ops_tensors_and_names():
    g = GraphBuilder()
    a, b = g.constant(1, name="a"), g.constant(2, name="b")
    with g.control_dependencies([a, b.op, "a"]):
        waiting = g.constant(3)
        with g.control_dependencies(None):
            free = g.constant(4)
    assert {op.name for op in waiting.op.control_inputs} == {"a", "b"}
    assert not free.op.control_inputs


def test_control_dependencies_refuse_unknown_names():
    g = GraphBuilder()
    g.constant(1, name="update")
    with (
        pytest.raises(UnknownNameError, match=r"no op named 'updates'; did you mean 'update'\?"),
        g.control_dependencies(["updates"]),
    ):
        pass


def test_layers_are_the_public_module():
    assert GraphBuilder().layers is layers


def test_train_op_takes_the_name_of_the_loss():
    with GraphBuilder() as g:
        w = g.variable("w", [])
        tf.square(w, name="loss")
        train = g.train_op("loss", optimizer="gradient_descent", learning_rate=0.25)
        start = tf.global_variables_initializer()
    with tf.Session(graph=g.graph) as session:
        session.run(start)
        w0 = session.run(w)
        session.run(train)
        assert session.run(w) == pytest.approx(w0 / 2)


def test_parameter_count_counts_what_is_trained():
    with GraphBuilder() as g:
        x = g.placeholder("x", "float32", [None, 3])
        h = g.layers.dense(x, 4)
        g.layers.batch_normalization(h, training=True)
    assert g.parameter_count() == 3 * 4 + 4 + 2 * 4


def test_building_runs_nothing():
    with GraphBuilder() as g:
        x = g.constant([[1.0]])
        tf.Assert(False, [x])
        layers.dense(x, 1)
    assert g.find("dense/BiasAdd").shape.as_list() == [1, 1]


def test_graph_is_freed_with_its_builder():
    g = GraphBuilder()
    g.layers.dense(g.placeholder("x", "float32", [1, 2]), 1)
    gone = weakref.ref(g.graph)
    del g
    gc.collect()
    assert gone() is None


def test_malformed_default_device_is_refused():
    with pytest.raises(ArgumentError, match=r'GraphBuilder: device .*"/gpu:1".*got \'gpu1\''):
        GraphBuilder(device="gpu1")


def test_example_in_the_docstring_runs():
    module = importlib.import_module("graphkit.graph._builder")
    assert doctest.testmod(module) == (0, 2)


def test_public_names_are_sorted_and_real():
    assert room.__all__ == sorted(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)
