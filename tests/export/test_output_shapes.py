"""The static shape of an output that the ops do not tell goes along in the file."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import freeze, freeze_session, import_into, load_graph, transform
from graphkit.graph import layers

PICTURES = np.arange(24, dtype=np.float32).reshape(2, 2, 2, 3)


@pytest.fixture
def flat(tmp_path, graph, session):
    """`flatten` of pictures of 2 x 2 x 3, which says by itself that 12 numbers come out."""
    pictures = tf.placeholder(tf.float32, [None, 2, 2, 3], name="pictures")
    flat = layers.flatten(pictures)
    assert flat.shape.as_list() == [None, 12]
    freeze_session(session, tmp_path / "flat.pb", outputs=flat.op.name)
    return tmp_path / "flat.pb", flat.op.name


def test_a_file_says_the_shape_that_a_layer_set(flat):
    path, name = flat
    with load_graph(path) as frozen:
        assert frozen.outputs[name].shape.as_list() == [None, 12]
        assert frozen.run({"pictures": PICTURES})[name].tolist() == PICTURES.reshape(2, 12).tolist()


def test_a_new_head_is_built_behind_it(flat):
    path, name = flat
    with tf.Graph().as_default() as graph:
        front = import_into(graph, path, prefix="front", outputs=name)
        layers.dense(front[f"front/{name}"], 5, name="head")
        [kernel, _] = tf.global_variables()
    assert kernel.shape.as_list() == [12, 5]


@pytest.mark.parametrize(("size", "shape"), [(None, [None, 12]), (4, [4, 12])])
def test_an_input_in_its_place_may_be_of_a_known_batch(flat, size, shape):
    path, name = flat
    with tf.Graph().as_default() as graph:
        mapped = {"pictures": tf.placeholder(tf.float32, [size, 2, 2, 3])}
        front = import_into(graph, path, mapped, outputs=name)
        assert front[f"import/{name}"].shape.as_list() == shape


def test_an_input_of_another_size_makes_another_shape(tmp_path, graph, session):
    x = tf.placeholder(tf.float32, [1, 2, 3], name="x")
    y = tf.reshape(x, tf.where(tf.size(x) > 0, [-1, 6], [0, 6]), name="y")
    y.set_shape([1, 6])
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    with tf.Graph().as_default() as graph:
        mapped = {"x": tf.placeholder(tf.float32, [8, 2, 3])}
        again = import_into(graph, tmp_path / "m.pb", {**mapped}, prefix="a")
        with tf.Session() as other:
            found = other.run(again["a/y"], {mapped["x"]: np.ones((8, 2, 3))})
    assert found.shape == (8, 6)


def test_shapes_that_the_ops_tell_are_not_written(tmp_path, graph, session):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    tf.add(x, 1.0, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert b"_output_shapes" not in (tmp_path / "m.pb").read_bytes()


def test_one_output_of_several(tmp_path, graph, session):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    size = tf.placeholder_with_default([1, 3], [2], name="size")
    first, second = tf.split(x, size, axis=1, num=2, name="parts")
    second.set_shape([None, 3])
    freeze_session(session, tmp_path / "m.pb", outputs=["parts:0", "parts:1"])
    with load_graph(tmp_path / "m.pb") as frozen:
        shapes = [tensor.shape.as_list() for tensor in frozen.outputs.values()]
    assert shapes == [first.shape.as_list(), [None, 3]]


def test_a_file_frozen_again_keeps_it(flat, tmp_path):
    path, name = flat
    freeze(path, tmp_path / "again.pb")
    said = json.loads((tmp_path / "again.pb.json").read_text())
    assert said["outputs"] == [{"name": name, "dtype": "float32", "shape": [None, 12]}]
    with load_graph(tmp_path / "again.pb") as frozen:
        assert frozen.outputs[name].shape.as_list() == [None, 12]


def test_a_transformed_file_keeps_it(flat, tmp_path):
    path, name = flat
    transform(path, tmp_path / "t.pb", ["strip_unused"])
    with load_graph(tmp_path / "t.pb") as frozen:
        assert frozen.outputs[name].shape.as_list() == [None, 12]
