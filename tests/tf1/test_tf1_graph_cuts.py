"""contrib.graph_editor cuts, bypasses and copies so that the graph still computes."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError, ArgumentTypeError

ge = tf.contrib.graph_editor


@pytest.fixture
def net(graph):
    """h = relu(x w), y = h + b; x holds ones, w twos and b threes."""
    x = tf.constant(np.ones([2, 2], np.float32), name="x")
    w = tf.get_variable("w", [2, 2], initializer=tf.constant_initializer(2.0), use_resource=False)
    with tf.name_scope("hidden"):
        h = tf.nn.relu(tf.matmul(x, w, name="product"), name="h")
    return x, w, h, tf.add(h, 3.0, name="y")


def test_a_view_that_is_cut_off_runs_on_what_it_is_fed(session, net):
    _, _, h, y = net
    view, (going_in, weights), (coming_out,) = ge.detach([h.op.inputs[0].op, h.op])
    session.run(tf.global_variables_initializer())
    assert going_in.name == "geph__x_0:0"
    assert [op.name for op in view.ops] == ["hidden/product", "hidden/h"]
    fed = {going_in: [[1.0, -1.0]] * 2, weights: [[1.0, 0.0], [3.0, -1.0]]}
    np.testing.assert_allclose(session.run(h, fed), [[0.0, 1.0]] * 2)
    np.testing.assert_allclose(session.run(y, {coming_out: [[5.0, 5.0]] * 2}), [[8.0, 8.0]] * 2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must feed"):
        session.run(y)


def test_placeholders_of_what_comes_out_know_its_shape(net):
    _, (made,) = ge.detach_outputs(net[2].op)
    assert (made.dtype, made.shape.as_list()) == (tf.float32, [2, 2])
    assert made.op.name == "hidden/geph__h_0"
    assert net[3].op.inputs[0] is made


def test_a_layer_is_bypassed(session, net):
    _, _, h, y = net
    session.run(tf.global_variables_initializer())
    np.testing.assert_array_equal(session.run(y), [[7.0, 7.0]] * 2)
    _, (unused,) = ge.bypass(h.op)
    assert unused.op.name == "hidden/geph__product_0"
    assert y.op.inputs[0].op.name == "hidden/product"
    np.testing.assert_array_equal(session.run(y), [[7.0, 7.0]] * 2)


def test_sides_that_do_not_match_are_not_bypassed(net):
    with pytest.raises(ValueError, match=r"zip\(\)|tensors"):
        ge.bypass(net[2].op.inputs[0].op)


def test_gradients_pass_a_joint_again(session, net):
    _, w, h, y = net
    view, _ = ge.detach_outputs(h.op)
    ge.connect(view, ge.sgv(y.op).remap_inputs([0]))
    (gradient,) = tf.gradients(tf.reduce_sum(y), w)
    session.run(tf.global_variables_initializer())
    np.testing.assert_array_equal(session.run(gradient), [[2.0, 2.0]] * 2)


def test_a_network_moves_to_another_graph_with_its_variable(net):
    y = net[3]
    ops = ge.get_backward_walk_ops(y)
    ops += [op for op in y.graph.get_operations() if op not in ops]
    other = tf.Graph()
    with pytest.raises(TypeError, match="dst_graph"):
        ge.copy(ops, dst_graph="other")
    view, info = ge.copy(ops, dst_graph=other, dst_scope="moved")
    assert view.graph is other
    assert [op.name for op in other.get_operations()][:1] == ["moved/x"]
    with tf.Session(graph=other) as session:
        session.run("moved/w/Assign")
        np.testing.assert_array_equal(session.run(info.transformed(y)), [[7.0, 7.0]] * 2)
    assert info.original(info.transformed(y)) is y
    assert "graph[" in str(info) and "=>" in str(info)


def test_a_copy_keeps_attributes_shapes_and_devices(session, net):
    with tf.device("/cpu:0"):
        cast = tf.cast(net[3], tf.float64, name="cast")
    view, _ = ge.copy(cast.op, dst_scope="again")
    (copy,) = view.ops
    assert copy.get_attr("DstT") == tf.float64
    assert copy.device == cast.op.device == "/device:CPU:0"
    assert copy.outputs[0].shape.as_list() == [2, 2]
    assert copy.inputs[0].op.type == "Placeholder"


def test_a_node_can_be_changed_on_the_way(session, net):
    copier = ge.Transformer()

    def wider(node):
        node.attr["DstT"].type = tf.float64.as_datatype_enum
        return node

    cast = tf.cast(net[0], tf.int32, name="cast")

    def change(info, op, new_inputs):
        return ge.copy_op_handler(info, op, new_inputs, copy_shape=True, nodedef_fn=wider)

    copier.transform_op_handler = change
    copier.transform_external_input_handler = ge.keep_t_if_possible_handler
    view, info = copier(cast.op, cast.graph, "new")
    made = info.transformed(cast)
    assert (made.op.type, made.op.name) == ("Cast", "new/cast")
    assert made.op.get_attr("DstT") == tf.float64
    assert [t.name for t in view.ops[0].inputs] == ["x:0"]
    with pytest.raises(ArgumentTypeError, match="new_inputs must be a list of tensors, got bool"):
        ge.copy_op_handler(info, cast.op, True)


def test_what_runs_before_is_copied_or_kept(session, net):
    counter = tf.get_variable("n", [], tf.int32, tf.zeros_initializer(), use_resource=False)
    step = tf.assign_add(counter, 1, name="step")
    with tf.control_dependencies([step]):
        outside = tf.identity(net[0], name="outside")
    kept, _ = ge.copy_with_input_replacements(outside.op, {}, dst_scope="kept")
    both, _ = ge.copy_with_input_replacements([step.op, outside.op], {}, dst_scope="both")
    assert [op.name for op in kept.ops[0].control_inputs] == ["step"]
    assert [op.name for op in both.ops[1].control_inputs] == ["both/step"]
    session.run(tf.global_variables_initializer())
    session.run([kept.outputs[0], both.ops[1].outputs[0]])
    assert session.run(counter) == 2


def test_collections_follow_their_handler(net):
    _, _, h, y = net
    tf.add_to_collection("mine", y)
    tf.add_to_collection(tf.GraphKeys.ACTIVATIONS, h)
    ge.copy([h.op, y.op], dst_scope="again")
    assert [t.name for t in tf.get_collection("again/mine")] == ["again/y:0"]
    assert [t.name for t in tf.get_collection(tf.GraphKeys.ACTIVATIONS)] == [
        "hidden/h:0",
        "again/hidden/h:0",
    ]
    copier = ge.Transformer()
    copier.assign_collections_handler = lambda info, elem, elem_: None
    copier([y.op], y.graph, "third")
    assert tf.get_collection("third/mine") == []


def test_names_of_a_scope_that_is_left_out_must_be_in_it(net):
    _, _, h, y = net
    with pytest.raises(ValueError, match="y does not belong to source scope: hidden/"):
        ge.copy(y.op, src_scope="hidden")
    view, _ = ge.copy(h.op, dst_scope="shown", src_scope="hidden/")
    assert [op.name for op in view.ops] == ["shown/h"]


def test_what_is_neither_op_nor_tensor_has_no_copy(net):
    _, info = ge.copy(net[3].op, dst_scope="x")
    with pytest.raises(ArgumentTypeError, match="item must be an Operation or a Tensor, got int"):
        info.transformed(3)
    assert info.transformed(net[0]) is None
    assert info.transformed([net[3], net[0]], lambda item: item)[1] is net[0]


class TestOldLoops:
    """Loops as 1.15 made them: ops in a circle."""

    @pytest.fixture(autouse=True)
    def _old_control_flow(self):
        on = tf.control_flow_v2_enabled()
        tf.disable_control_flow_v2()
        yield
        if on:
            tf.enable_control_flow_v2()

    @staticmethod
    def power(x):
        """The fourth power of x, by squaring twice."""
        return tf.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, v * v), (0, x))[1]

    def test_a_loop_is_copied_as_a_circle(self, session):
        x = tf.constant(2.0, name="x")
        y = self.power(x)
        inside = [op for op in y.graph.get_operations() if op.name.startswith("while")]
        _, info = ge.copy_with_input_replacements(inside, {x: tf.constant(3.0)}, dst_scope="c")
        assert session.run([y, info.transformed(y)]) == [16.0, 81.0]

    def test_a_loop_moves_to_another_graph(self, graph):
        y = self.power(tf.constant(2.0, name="x"))
        other = tf.Graph()
        _, info = ge.copy(graph.get_operations(), dst_graph=other)
        with tf.Session(graph=other) as session:
            assert session.run(info.transformed(y)) == 16.0

    def test_a_condition_is_computed_again_from_another_tensor(self, session):
        x = tf.constant(2.0, name="x")
        y = tf.cond(x > 5.0, lambda: x * 10.0, lambda: x - 1.0)
        again = ge.graph_replace(y, {x: tf.constant(7.0)})
        assert session.run([y, again]) == [1.0, 70.0]


@pytest.mark.parametrize("module", ["edit", "reroute", "select", "subgraph", "transform", "util"])
def test_every_module_of_the_editor_has_the_functions(module):
    inner = getattr(ge, module)
    assert inner.__name__ == f"graphkit.tf1.contrib.graph_editor.{module}"
    assert inner.get_tensors is ge.get_tensors
    assert not hasattr(inner, "no_such")


def test_what_is_replaced_must_be_given(net):
    with pytest.raises(ArgumentError, match=r"got \[\]"):
        ge.graph_replace(net[3], {})
