"""Placeholders: dtype and shape in any spelling, a role, a default that fits."""

from __future__ import annotations

import re

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import GraphBuilder, PlaceholderInfo, placeholder_roles


@pytest.fixture
def g():
    return GraphBuilder()


def value_of(tensor, feed=None):
    with tf.Session(graph=tensor.graph) as session:
        return session.run(tensor, feed)


@pytest.mark.parametrize(
    ("spelling", "dtype"),
    [("float32", tf.float32), (np.int64, tf.int64), (np.dtype("uint8"), tf.uint8), (bool, tf.bool)],
)
def test_dtype_in_any_spelling(g, spelling, dtype):
    assert g.placeholder("x", spelling, []).dtype == dtype


@pytest.mark.parametrize(
    ("spelling", "shape"),
    [
        (None, None),
        ([], []),
        ([None, 2], [None, 2]),
        ((3,), [3]),
        (4, [4]),
        (tf.TensorShape([None]), [None]),
    ],
)
def test_shape_in_any_spelling(g, spelling, shape):
    tensor = g.placeholder("x", "float32", spelling)
    assert (None if tensor.shape.rank is None else tensor.shape.as_list()) == shape


def test_placeholder_knows_its_role(g):
    x = g.placeholder("x", "float32", [None, 2])
    y = g.placeholder("y", "int32", [None], role="label")
    training = g.switch("is_training")
    assert g.placeholders == {
        "x": PlaceholderInfo(x, "input", tf.float32, x.shape),
        "y": PlaceholderInfo(y, "label", tf.int32, y.shape),
        "is_training": PlaceholderInfo(training, "switch", tf.bool, training.shape),
    }


def test_roles_are_read_without_the_builder(g):
    roles = ["input", "label", "switch"]
    with g.name_scope("tower"):
        for role in roles:
            g.placeholder(role, "float32", [], role=role)
    assert placeholder_roles(g.graph) == {f"tower/{role}": role for role in roles}


def test_roles_travel_with_the_meta_graph(g):
    g.placeholder("x", "float32", [])
    g.switch("s")
    with g:
        meta = tf.train.export_meta_graph()
    with tf.Graph().as_default() as again:
        tf.train.import_meta_graph(meta)
    assert placeholder_roles(again) == {"x": "input", "s": "switch"}


def test_placeholder_without_a_role_is_left_out(graph):
    tf.placeholder(tf.float32, [])
    assert placeholder_roles(graph) == {}


def test_roles_need_a_graph(g):
    with pytest.raises(ArgumentTypeError, match=r"placeholder_roles: graph must be a tf.Graph"):
        placeholder_roles(g)


def test_switch_has_a_default_and_can_be_fed(g):
    off, on = g.switch("off"), g.switch("on", default=True)
    assert not value_of(off)
    assert value_of(on)
    assert value_of(off, {off: True})


@pytest.mark.parametrize(
    ("dtype", "shape", "default", "expected"),
    [
        ("float32", [2], [1, 2.5], [1.0, 2.5]),
        ("int64", [None], [3], [3]),
        ("uint8", [], 255, 255),
        ("int32", [0], np.zeros(0, "int64"), []),
        ("complex64", [], 1.0, 1 + 0j),
        ("string", [], "hi", b"hi"),
        ("bfloat16", [], 0.5, 0.5),
    ],
)
def test_default_takes_the_dtype(g, dtype, shape, default, expected):
    tensor = g.placeholder("x", dtype, shape, default=default)
    assert tensor.dtype == tf.as_dtype(dtype)
    assert tensor.shape.as_list() == shape
    value = value_of(tensor)
    assert (value.tolist() if isinstance(value, np.ndarray) else value) == expected


@pytest.mark.parametrize(
    ("dtype", "default", "message"),
    [
        ("int32", 1.5, "that int32 can hold, got 1.5"),
        ("int8", 300, "that int8 can hold, got 300"),
        ("float32", "a", "that float32 can hold, got 'a'"),
        ("bool", 1, "that bool can hold, got 1"),
        ("string", 1, "that string can hold, got 1"),
        ("float32", 1j, "that float32 can hold, got 1j"),
    ],
)
def test_default_of_another_kind_is_refused(g, dtype, default, message):
    with pytest.raises(ArgumentTypeError, match=f"placeholder: default .*{message}"):
        g.placeholder("x", dtype, [], default=default)
    assert not g.graph.get_operations()


@pytest.mark.parametrize(
    ("default", "message"),
    [([1.0], r"of a shape that fits \(3,\), got \[1\]"), ([[1], [1, 2]], "rows of one length")],
)
def test_default_of_another_shape_is_refused(g, default, message):
    with pytest.raises(ArgumentError, match=f"placeholder: default must be .*{message}"):
        g.placeholder("x", "float32", [3], default=default)
    assert not g.graph.get_operations()


def test_taken_name_is_refused(g):
    g.placeholder("x", "float32", [])
    with pytest.raises(ArgumentError, match=r"name must be a name not yet used .*got 'x'"):
        g.placeholder("x", "float32", [])
    with g.name_scope("a"):
        assert g.placeholder("x", "float32", []).op.name == "a/x"
        with pytest.raises(ArgumentError, match=r"name must be .*got 'a/x'"):
            g.placeholder("x", "float32", [])


@pytest.mark.parametrize("name", ["", "a b", "_x", "x:0", "ü"])
def test_invalid_name_is_refused(g, name):
    with pytest.raises(ArgumentError, match=f"placeholder: name .*got {re.escape(repr(name))}"):
        g.placeholder(name, "float32", [])


def test_name_in_a_scope_may_begin_with_an_underscore(g):
    with g.name_scope("a"):
        assert g.placeholder("_x", "float32", []).op.name == "a/_x"


def test_name_must_be_a_string(g):
    with pytest.raises(ArgumentTypeError, match="placeholder: name must be a string, got 3"):
        g.placeholder(3, "float32", [])


@pytest.mark.parametrize(
    ("dtype", "hint"), [("floot32", r"'float32'\?"), (None, "such as"), ("", "such as")]
)
def test_unknown_dtype_is_refused_with_the_nearest(g, dtype, hint):
    with pytest.raises(ArgumentTypeError, match=f"placeholder: dtype .*{hint}.*got {dtype!r}"):
        g.placeholder("x", dtype, [])


@pytest.mark.parametrize("shape", [[-1], ["a"], [2.5], -3, True])
def test_impossible_shape_is_refused(g, shape):
    with pytest.raises(ArgumentError, match=rf"placeholder: shape .*got {re.escape(repr(shape))}"):
        g.placeholder("x", "float32", shape)


def test_text_is_no_shape(g):
    with pytest.raises(ArgumentTypeError, match=r"placeholder: shape .*got '2,3'"):
        g.placeholder("x", "float32", "2,3")


def test_unknown_role_is_refused(g):
    with pytest.raises(ArgumentError, match=r"role must be one of 'input', 'label'.*got 'target'"):
        g.placeholder("x", "float32", [], role="target")
