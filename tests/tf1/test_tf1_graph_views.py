"""What contrib.graph_editor's views and copies refuse, and copies beyond the recorded programs."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError, ArgumentTypeError

ge = tf.contrib.graph_editor


@pytest.fixture
def chain(graph):
    a, b = tf.constant([1.0, 2.0], name="a"), tf.constant([3.0, 4.0], name="b")
    c = tf.add(a, b, name="c")
    return a, b, c, tf.negative(c, name="d")


def test_a_name_without_a_graph_is_refused(chain):
    with pytest.raises(ValueError, match="keyword argument 'graph'"):
        ge.sgv("^c")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ge.sgv(3), "args must be ops, tensors or names, got int"),
        (lambda: ge.sgv([None]), "args must be ops, tensors or names, got NoneType"),
        (lambda: ge.SubGraphView([1]), "inside_ops must be ops, got int"),
    ],
)
def test_what_is_no_op_is_refused(graph, call, message):
    with pytest.raises(ArgumentTypeError, match=message):
        call()


@pytest.mark.parametrize("place", [2, -1, 5, "a", None])
def test_a_place_that_is_not_there_is_refused(chain, place):
    view = ge.sgv(chain[2].op)
    with pytest.raises(ArgumentError, match=r"a place in \['a:0', 'b:0'\]"):
        view.remap_inputs([place])
    with pytest.raises(ArgumentError, match=r"a place in \['c:0'\]"):
        view.remap_outputs([0, place])


def test_an_op_that_is_not_in_the_view_is_refused(chain):
    with pytest.raises(ArgumentError, match=r"op_name must be one of \['c'\], got 'd'"):
        ge.sgv(chain[2].op).find_op_by_name("d")


@pytest.mark.parametrize(
    "join",
    [ge.connect, ge.reroute_inputs, ge.swap_inputs, ge.reroute_ios, ge.swap_ios],
)
def test_views_of_unequal_sides_are_not_joined(chain, join):
    _, _, c, d = chain
    with pytest.raises(ArgumentError, match=r"the second view or list must be of \d tensors"):
        join(ge.sgv(c.op).remap_outputs([0, 0]), ge.sgv(d.op))
    assert [t.name for t in d.op.inputs] == ["c:0"]


def test_lists_of_unequal_length_are_not_swapped(chain):
    with pytest.raises(ArgumentError, match="must be of 1 tensors, got 2"):
        ge.swap_ts([chain[0]], [chain[1], chain[2]])


def test_what_a_join_gives_back_are_views_of_the_graph_as_it_is_then(chain):
    _, b, _, d = chain
    first, second = ge.connect(ge.sgv(b.op), ge.sgv(d.op))
    assert [t.name for t in second.inputs] == ["b:0"]
    assert d.op in first.consumers()


def test_ops_that_may_not_change_are_not_swapped(chain):
    a, b, c, _ = chain
    assert ge.swap_ts([a], [b], cannot_modify=[c.op]) == 0
    assert [t.name for t in c.op.inputs] == ["a:0", "b:0"]


def test_an_empty_view_has_no_graph_and_is_not_copied(graph):
    assert ge.sgv().graph is None
    with pytest.raises(TypeError, match="dst_graph must be a Graph, got NoneType"):
        ge.copy_with_input_replacements([], {})
    assert graph.get_operations() == []


def test_targets_that_are_not_computed_from_what_is_replaced_are_refused(chain):
    a, _, c, d = chain
    with pytest.raises(ArgumentError, match=r"tensors that \['c:0'\] are computed from"):
        ge.graph_replace(c, {d: a})
    with pytest.raises(ArgumentError, match="graph_replace"):
        ge.graph_replace(d, {})


def test_a_scope_is_used_again_on_demand(chain):
    a, b, c, d = chain
    ge.copy_with_input_replacements([c.op], {a: b}, dst_scope="x")
    view, _ = ge.copy_with_input_replacements([d.op], {c: a}, dst_scope="x", reuse_dst_scope=True)
    assert [op.name for op in view.ops] == ["x/d"]


def test_copies_keep_shapes_attributes_and_what_runs_before(session, chain):
    a, b, _, _ = chain
    with tf.control_dependencies([b]):
        total = tf.add_n([a, a], name="total")
    other = tf.constant([3.0, 4.0])
    view, _ = ge.copy_with_input_replacements([total.op], {a: other}, dst_scope="x")
    (copy,) = view.ops
    assert copy.get_attr("N") == 2
    assert copy.outputs[0].shape.as_list() == [2]
    assert copy.control_inputs == [b.op]
    np.testing.assert_array_equal(session.run(view.outputs[0]), [6.0, 8.0])


def test_gradients_flow_through_copies(session, chain):
    a, _, _, d = chain
    x = tf.placeholder(tf.float32, [2])
    again = ge.graph_replace(tf.square(d), {a: x})
    (gradient,) = tf.gradients(again, x)
    # The square of -(x + b), whose slope is 2 (x + b).
    np.testing.assert_array_equal(session.run(gradient, {x: [1.0, 0.0]}), [8.0, 8.0])
