"""Finding tensors and ops by name, with the nearest names when there is none."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.graph import find_operation, find_tensor


@pytest.fixture
def logits(graph):
    return tf.constant([1.0, 2.0], name="logits")


@pytest.mark.parametrize("name", ["logits", "logits:0"])
def test_tensor_is_found_by_name(graph, logits, name):
    assert find_tensor(graph, name) is logits
    assert find_operation(graph, name) is logits.op


def test_second_output_is_found(graph):
    parts = tf.split(tf.constant([1.0, 2.0]), 2, name="parts")
    assert find_tensor(graph, "parts:1") is parts[1]


def test_tensor_and_op_of_the_graph_come_back(graph, logits):
    assert find_tensor(graph, logits) is logits
    assert find_operation(graph, logits) is logits.op
    assert find_operation(graph, logits.op) is logits.op


@pytest.mark.parametrize("use_resource", [True, False])
def test_variable_means_its_value(graph, session, use_resource):
    variable = tf.get_variable("w", initializer=[1.0, 2.0], use_resource=use_resource)
    session.run(variable.initializer)
    for name in ("w", "w:0", variable):
        tensor = find_tensor(graph, name)
        assert tensor.dtype.base_dtype == tf.float32
        assert session.run(tensor).tolist() == [1.0, 2.0]


def test_local_variable_means_its_value(graph):
    tf.get_local_variable("count", initializer=1)
    assert find_tensor(graph, "count").dtype == tf.int32


def test_other_resource_is_left_alone(graph):
    handle = tf.placeholder(tf.resource, [], "handle")
    assert find_tensor(graph, "handle") is handle


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("logit", "did you mean 'logits'"),
        ("logits:1", "did you mean 'logits:0'"),
        ("Logits:0", "did you mean 'logits:0'"),
        ("zzz", "there is 'logits'"),
        ("", "there is 'logits'"),
    ],
)
def test_unknown_tensor_is_refused_with_the_nearest(graph, logits, name, hint):
    with pytest.raises(UnknownNameError, match=f"no tensor named '{name}'; {hint}"):
        find_tensor(graph, name)


def test_unknown_op_is_refused_with_the_nearest(graph, logits):
    with pytest.raises(UnknownNameError, match=r"no op named 'logts'; did you mean 'logits'\?"):
        find_operation(graph, "logts")


def test_empty_graph_says_so(graph):
    with pytest.raises(UnknownNameError, match="no tensor named 'x'; there is no tensor at all"):
        find_tensor(graph, "x")


def test_op_without_outputs_is_no_tensor(graph):
    op = tf.no_op("train")
    assert find_operation(graph, "train") is op
    with pytest.raises(ArgumentError, match=r"an op with outputs .*got 'train'"):
        find_tensor(graph, "train")
    with pytest.raises(ArgumentTypeError, match="name must be a tensor, got the op 'train'"):
        find_tensor(graph, op)


@pytest.mark.parametrize("find", [find_tensor, find_operation])
def test_tensor_of_another_graph_is_refused_in_plain_words(graph, logits, find):
    with pytest.raises(ArgumentError, match=r"belongs to another graph, got 'logits:0'"):
        find(tf.Graph(), logits)


@pytest.mark.parametrize("find", [find_tensor, find_operation])
@pytest.mark.parametrize("value", [3, None, [1.0]])
def test_neither_name_nor_tensor_is_refused(graph, find, value):
    with pytest.raises(ArgumentTypeError, match=f"name must be a name.*got {type(value).__name__}"):
        find(graph, value)


def test_eager_tensor_is_refused():
    graph, eager = tf.Graph(), tf.constant(1)
    with pytest.raises(ArgumentTypeError, match="name must be a name or a tensor, got EagerTensor"):
        find_tensor(graph, eager)


@pytest.mark.parametrize("find", [find_tensor, find_operation])
def test_graph_must_be_a_graph(find):
    with pytest.raises(ArgumentTypeError, match=f"{find.__name__}: graph must be a tf.Graph"):
        find("graph", "x")
