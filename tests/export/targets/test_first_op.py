"""The first op whose value differs is found, whichever op it is and whoever computed it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nets import ROWS, branch, classifier, parts

from graphkit._tf import tf
from graphkit.export._graphs._tensors import short_name
from graphkit.export._running._first_op import first_difference, values_on_the_way
from graphkit.export._targets._frozen import frozen_graph


def frozen(build, inputs, outputs):
    with tf.Graph().as_default() as graph:
        build()
    tensors = [graph.get_tensor_by_name(name) for name in outputs]
    placed = {name: graph.get_tensor_by_name(f"{name}:0") for name in inputs}
    return frozen_graph(Path("model.pb"), graph.as_graph_def(), placed, tensors)


def first_of(model, change):
    """Where another program parts that computes as TensorFlow does, but for what `change` makes."""
    with tf.Session(graph=model.graph) as session:

        def one(tensors):
            return session.run(tensors, {"x:0": ROWS})

        def other(tensors):
            names = map(short_name, tensors)
            return [change(n, np.asarray(v)) for n, v in zip(names, one(tensors), strict=True)]

        tensors = values_on_the_way(model.graph.get_operations(), {"Const", "Placeholder"})
        found = {first_difference(tensors, one, other, 1e-5, count) for count in (1, 2, 50)}
    [first] = found
    return first


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [("scope/logits", "MatMul"), ("y", "Softmax"), ("best", "ArgMax")],
)
def test_op_that_differs_is_found(wrong, kind):
    model = frozen(classifier, ["x"], ["y:0", "best:0"])
    first = first_of(model, lambda name, value: value + 1 if name == wrong else value)
    assert first == (wrong, kind)


def test_first_of_several_is_found():
    model = frozen(classifier, ["x"], ["y:0", "best:0"])
    assert first_of(model, lambda name, value: value + 1) == ("scope/logits", "MatMul")


def test_output_of_an_op_with_several_is_looked_at():
    model = frozen(parts, ["x"], ["parts:0", "parts:1", "scaled:0"])
    first = first_of(model, lambda name, value: value * 2 if name == "parts:1" else value)
    assert first == ("parts", "SplitV")


def test_none_is_found_where_all_agree_once_each_is_computed():
    model = frozen(classifier, ["x"], ["y:0"])
    assert first_of(model, lambda name, value: value + np.array(1e-9, value.dtype)) is None


def test_none_is_found_where_the_other_program_gives_no_values():
    def refuses(name, value):
        raise RuntimeError("no such output")

    assert first_of(frozen(classifier, ["x"], ["y:0"]), refuses) is None


@pytest.mark.parametrize(
    "begin",
    [
        lambda value: tf.raw_ops.Enter(data=value, frame_name="loop"),
        lambda value: tf.raw_ops.Switch(data=value, pred=True).output_true,
    ],
    ids=["loop", "branch"],
)
def test_what_lies_before_a_loop_or_branch_is_looked_at(begin):
    with tf.Graph().as_default() as graph:
        before = tf.add(tf.placeholder(tf.float32, [None], name="x"), 1.0, name="before")
        tf.negative(begin(before), name="y")
    values = values_on_the_way(graph.get_operations(), {"Const", "Placeholder"})
    assert [tensor.op.name for tensor in values] == ["before"]


def test_placeholder_with_a_default_is_no_input():
    model = frozen(parts, ["x", "factor"], ["scaled:0"])
    assert [*model.inputs] == ["x"]
    with tf.Session(graph=model.graph) as session:
        found = session.run(model.outputs, {"x:0": ROWS})
    np.testing.assert_array_equal(found["scaled"], ROWS * np.float32(2.5))


def test_graph_it_was_made_of_is_not_changed():
    with tf.Graph().as_default() as graph:
        branch()
        parts_input = tf.placeholder_with_default(1.0, [], name="factor")
        tf.identity(parts_input, name="z")
    before = graph.as_graph_def()
    inputs = {"factor": graph.get_tensor_by_name("factor:0")}
    frozen_graph(Path("model.pb"), before, inputs, [graph.get_tensor_by_name("z:0")])
    assert before == graph.as_graph_def()
