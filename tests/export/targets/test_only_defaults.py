"""A model whose every input has a default, as signatures of TensorFlow 2 may have, keeps them."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import convert, freeze, open_model

X = np.float32([[1, -2], [0.5, 4]])


def placed(build, path):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def affine():
    """z = 3x + y, both of x and y with a default."""
    x = tf.placeholder_with_default(np.zeros([1, 2], np.float32), [None, 2], name="x")
    y = tf.placeholder_with_default(np.float32(7), [], name="y")
    tf.add(x * 3.0, y, name="z")


@pytest.fixture
def model(tmp_path):
    return placed(affine, tmp_path / "model.pb")


@pytest.mark.parametrize("name", ["m.tflite", "m.pb", "folder"])
def test_they_become_inputs_of_every_format(model, tmp_path, name):
    report = convert(model, tmp_path / name)
    assert [info.name for info in report.inputs] == ["x", "y"]
    with open_model(tmp_path / name) as opened:
        assert {info.name for info in opened.inputs} == {"x", "y"}
        assert not opened.optional
        found = opened.run({"x": X[:1], "y": np.float32(1)})["z"]
    np.testing.assert_allclose(found, X[:1] * 3 + 1, rtol=1e-6)


def test_onnx_has_them_too(model, tmp_path):
    pytest.importorskip("tf2onnx")
    pytest.importorskip("onnxruntime")
    convert(model, tmp_path / "m.onnx")
    with open_model(tmp_path / "m.onnx") as opened:
        found = opened.run({"x": X, "y": np.float32(1)})["z"]
    np.testing.assert_allclose(found, X * 3 + 1, rtol=1e-6)


def test_a_frozen_graph_keeps_their_defaults_and_is_proven_on_other_values(model, tmp_path):
    report = freeze(model, tmp_path / "m.pb", targets=["tflite"])
    assert [info.name for info in report.inputs] == ["x", "y"]
    assert report.consumers["tflite"]["z"] <= 1e-5
    with open_model(tmp_path / "m.pb") as opened:
        np.testing.assert_array_equal(opened.run({})["z"], [[7, 7]])
        np.testing.assert_array_equal(opened.run({"x": X})["z"], X * 3 + 7)


def test_a_batch_that_is_given_has_all_of_them(model, tmp_path):
    with pytest.raises(ArgumentError, match="feeds must be values for 'y' too"):
        freeze(model, tmp_path / "m.pb", feeds={"x": X})
    assert freeze(model, tmp_path / "m.pb", feeds={"x": X, "y": 2}).batches_checked == 1


def test_one_of_unknown_shape_keeps_its_default(tmp_path):
    def build():
        open_input = tf.placeholder_with_default(np.float32([1, 2]), None, name="x")
        tf.multiply(open_input, 2.0, name="z")

    model = placed(build, tmp_path / "open.pb")
    assert freeze(model, tmp_path / "m.pb").max_abs_diff == 0
    with open_model(tmp_path / "m.pb") as opened:
        assert opened.run({"x": np.float32(4)})["z"] == 8
