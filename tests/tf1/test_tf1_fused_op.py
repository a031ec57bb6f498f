"""contrib.framework.fuse_op puts a real op in the place of several, and refuses what it cannot."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError

fuse_op = tf.contrib.framework.fuse_op


@pytest.fixture
def relu6_by_hand(graph):
    """The minimum of a relu and six, from x to y, of which a relu6 is the one op."""
    x = tf.placeholder(tf.float32, [3], name="x")
    held = tf.minimum(tf.nn.relu(x, name="low"), 6.0, name="high")
    tf.identity(tf.identity(held, name="out") * 2.0, name="y")
    return graph.as_graph_def()


def test_the_op_computes_what_it_stands_for(relu6_by_hand):
    made = fuse_op(relu6_by_hand, ["x"], ["out"], [tf.float32], False, "fused", "Relu6")
    for node in made.node:
        if node.name == "fused":
            node.attr["T"].type = tf.float32.as_datatype_enum
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(made, name="")
        kinds = {op.name: op.type for op in graph.get_operations()}
        assert kinds["fused"] == "Relu6"
        assert not {"low", "high"} & kinds.keys()
        with tf.Session() as session:
            found = session.run("y:0", {"x:0": [-1.0, 3.0, 9.0]})
    np.testing.assert_array_equal(found, [0.0, 6.0, 12.0])


def test_functions_and_versions_are_kept(relu6_by_hand):
    relu6_by_hand.library.function.add().signature.name = "helper"
    made = fuse_op(relu6_by_hand, ["x"], ["out"], [tf.float32], True, "fused", "One")
    assert made.versions == relu6_by_hand.versions
    assert [function.signature.name for function in made.library.function] == ["helper"]


@pytest.mark.parametrize("kinds", [[tf.quint8, tf.float32], ["quint8", "float32"], [12, 1]])
def test_dtypes_are_given_in_any_form(relu6_by_hand, kinds):
    made = fuse_op(relu6_by_hand, ["x"], ["out"], kinds, True, "fused", "One")
    (node,) = [node for node in made.node if node.op == "One"]
    assert list(node.attr["_output_types"].list.type) == [12, 1]
    assert node.attr["_output_quantized"].b


@pytest.mark.parametrize("argument", ["input_nodes", "output_nodes"])
def test_one_name_is_no_list_of_names(relu6_by_hand, argument):
    names = {"input_nodes": ["x"], "output_nodes": ["out"], argument: "x"}
    with pytest.raises(ArgumentTypeError, match=f"{argument} must be a list of names, got str"):
        fuse_op(
            relu6_by_hand,
            **names,
            output_dtypes=[1],
            output_quantized=True,
            op_name="o",
            op_type="O",
        )


def test_what_is_no_graph_def_is_refused(graph):
    with pytest.raises(ArgumentTypeError, match="graph_def must be a GraphDef, got Graph"):
        fuse_op(graph, [], [], [], True, "o", "O")


@pytest.mark.parametrize(("inputs", "outputs"), [(["xx"], ["out"]), (["x"], ["out:0"])])
def test_an_unknown_node_is_named_with_its_nearest(relu6_by_hand, inputs, outputs):
    with pytest.raises(UnknownNameError, match=r"no node named '(xx'; did you mean 'x'|out:0')"):
        fuse_op(relu6_by_hand, inputs, outputs, [1], True, "o", "O")


def test_an_input_that_is_left_out_is_named(graph):
    a = tf.placeholder(tf.float32, name="a")
    b = tf.negative(a, name="b")
    tf.identity(tf.add(tf.square(b, name="c"), b, name="d"), name="e")
    with pytest.raises(TypeError, match=r"Node d uses input b not in input_nodes\."):
        fuse_op(graph.as_graph_def(), ["c"], ["e"], [1], True, "o", "O")


def test_an_output_has_one_input(relu6_by_hand):
    with pytest.raises(ArgumentError, match="nodes of one input, not 2, got 'high'"):
        fuse_op(relu6_by_hand, ["x"], ["high"], [1], True, "o", "O")
