"""The first op whose value differs is found, whichever op it is and whoever computed it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nets import ROWS, branch, classifier, parts

from graphkit._tf import tf
from graphkit.export._targets._first_op import first_difference
from graphkit.export._targets._frozen import frozen_graph


def frozen(build, inputs, outputs):
    with tf.Graph().as_default() as graph:
        build()
    tensors = [graph.get_tensor_by_name(name) for name in outputs]
    return frozen_graph(Path("model.pb"), graph.as_graph_def(), inputs, tensors)


def computing(change):
    """Another program: it computes as TensorFlow does, but for what `change` makes of a value."""

    def compute(cut):
        with tf.Session(graph=cut.graph) as session:
            found = session.run(cut.outputs, {"x:0": ROWS})
        return [change(name, np.asarray(value)) for name, value in found.items()]

    return compute


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [("scope/logits", "MatMul"), ("y", "Softmax"), ("best", "ArgMax")],
)
def test_op_that_differs_is_found(wrong, kind):
    model = frozen(classifier, ["x"], ["y:0", "best:0"])
    other = computing(lambda name, value: value + 1 if name == wrong else value)
    assert first_difference(model, other, {"x": ROWS}, 1e-5) == (wrong, kind)


def test_first_of_several_is_found():
    model = frozen(classifier, ["x"], ["y:0", "best:0"])
    other = computing(lambda name, value: value + 1)
    assert first_difference(model, other, {"x": ROWS}, 1e-5) == ("scope/logits", "MatMul")


def test_output_of_an_op_with_several_is_looked_at():
    model = frozen(parts, ["x"], ["parts:0", "parts:1", "scaled:0"])
    other = computing(lambda name, value: value * 2 if name == "parts:1" else value)
    assert first_difference(model, other, {"x": ROWS}, 1e-5) == ("parts", "SplitV")


def test_none_is_found_where_all_agree_once_each_is_computed():
    model = frozen(classifier, ["x"], ["y:0"])
    other = computing(lambda name, value: value + np.array(1e-9, value.dtype))
    assert first_difference(model, other, {"x": ROWS}, 1e-5) is None


def test_none_is_found_where_the_other_program_gives_no_values():
    def refuses(cut):
        raise RuntimeError("no such output")

    model = frozen(classifier, ["x"], ["y:0"])
    assert first_difference(model, refuses, {"x": ROWS}, 1e-5) is None


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
    frozen_graph(Path("model.pb"), before, ["factor"], [graph.get_tensor_by_name("z:0")])
    assert before == graph.as_graph_def()
