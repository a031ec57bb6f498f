"""What each format computes is what NumPy computes, whoever opens the file."""

from __future__ import annotations

import json

import numpy as np
import pytest
from nets import NETS, write

from graphkit._tf import tf
from graphkit.export import convert, inspect_file, open_model

FORMATS = {"text.pbtxt": "pb", "again.pb": "pb", "folder": "saved_model", "m.tflite": "tflite"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A frozen graph of each net, in a folder with a space."""
    folder = tmp_path_factory.mktemp("frozen graphs")
    return {name: write(folder / f"{name}.pb", net.build) for name, net in NETS.items()}


def check(sources, name, path, target):
    net = NETS[name]
    report = convert(sources[name], path, outputs=net.outputs)
    assert (report.path, report.target, report.batches_checked) == (path, target, 2)
    assert [*report.differences] == net.outputs
    assert report.max_abs_diff <= 1e-5
    with open_model(path) as model:
        assert sorted(info.name for info in model.inputs) == sorted(net.feeds)
        found = model.run(net.feeds, net.outputs)
    for output, expected in net.compute(**net.feeds).items():
        np.testing.assert_allclose(found[output], expected, rtol=1e-5, atol=1e-6)
        assert found[output].dtype == expected.dtype
    return report


@pytest.mark.parametrize("file", FORMATS)
@pytest.mark.parametrize("name", NETS)
def test_converted_net_computes_what_numpy_does(sources, tmp_path, name, file):
    report = check(sources, name, tmp_path / file, FORMATS[file])
    assert {info.name for info in report.inputs} == {*NETS[name].feeds}


@pytest.mark.parametrize("name", NETS)
def test_onnx_computes_what_numpy_does(sources, tmp_path, name):
    pytest.importorskip("tf2onnx")
    pytest.importorskip("onnxruntime")
    report = check(sources, name, tmp_path / "m.onnx", "onnx")
    assert report.engine == "onnxruntime"


@pytest.mark.parametrize("name", ["classifier", "loop", "branch"])
def test_batches_of_any_size_run_one_after_the_other(sources, tmp_path, name):
    net = NETS[name]
    path = convert(sources[name], tmp_path / "m.tflite", outputs="y").path
    with open_model(path) as model:
        for size in (1, 7, 2):
            feeds = {**net.feeds, "x": np.resize(net.feeds["x"], (size, 4))}
            np.testing.assert_allclose(model.run(feeds)["y"], net.compute(**feeds)["y"], rtol=1e-5)


def test_strings_go_into_a_saved_model(tmp_path):
    def build():
        words = tf.placeholder(tf.string, [None], name="words")
        tf.strings.join([words, "!"], name="loud")

    path = convert(write(tmp_path / "m.pb", build), tmp_path / "folder").path
    with open_model(path) as model:
        found = model.run({"words": np.array([b"a", b"bc"], object)})["loud"]
    assert found.tolist() == [b"a!", b"bc!"]


def test_only_what_lies_between_the_named_tensors_is_written(sources, tmp_path):
    report = convert(
        sources["classifier"], tmp_path / "head.tflite", inputs="scope/logits", outputs="y"
    )
    assert [(info.name, info.shape) for info in report.inputs] == [("scope/logits", (None, 3))]
    with open_model(report.path) as model:
        found = model.run({"scope/logits": np.zeros((1, 3), np.float32)})["y"]
    np.testing.assert_allclose(found, np.full((1, 3), 1 / 3), atol=1e-6)


@pytest.mark.parametrize(("flag", "expected"), [(True, 6.0), (False, 2.0)])
def test_pinned_switch_leaves_one_branch(sources, tmp_path, flag, expected):
    report = convert(sources["branch"], tmp_path / "m.tflite", pins={"flag": flag})
    assert [info.name for info in report.inputs] == ["x"]
    with open_model(report.path) as model:
        found = model.run({"x": np.full((1, 4), 3, np.float32)})["y"]
    np.testing.assert_array_equal(found, np.full((1, 4), expected))
    assert "IF" not in inspect_file(report.path).details.ops


def test_given_batches_are_those_that_are_compared(sources, tmp_path):
    batches = [{"x": np.ones((size, 4), np.float32)} for size in (1, 2, 5)]
    report = convert(sources["classifier"], tmp_path / "m.tflite", feeds=batches)
    assert report.batches_checked == 3


@pytest.mark.parametrize(("weights", "share"), [("float16", 0.75), ("int8", 0.6)])
def test_smaller_weights_make_a_smaller_file(tmp_path, weights, share):
    table = np.linspace(-1, 1, 64 * 64, dtype=np.float32).reshape(64, 64)

    def build():
        x = tf.placeholder(tf.float32, [None, 64], name="x")
        tf.tanh(tf.matmul(x, tf.constant(table)) / 64, name="y")

    source = write(tmp_path / "m.pb", build)
    feeds = {"x": np.eye(64, dtype=np.float32)[:8]}
    full = convert(source, tmp_path / "full.tflite", feeds=feeds)
    small = convert(source, tmp_path / "small.tflite", feeds=feeds, weights=weights)
    assert small.bytes < share * full.bytes
    assert 0 < small.max_abs_diff < 0.02
    with open_model(small.path) as model:
        found = model.run(feeds)["y"]
    np.testing.assert_allclose(found, np.tanh(table[:8] / 64), atol=0.02)


def test_session_is_converted_as_it_is(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    scale = tf.get_variable("scale", initializer=np.float32([2, 3]), use_resource=True)
    tf.multiply(x, scale, name="y")
    session.run(tf.global_variables_initializer())
    report = convert(session, tmp_path / "m.tflite", outputs="y")
    with open_model(report.path) as model:
        assert model.run({"x": np.float32([[1, 1]])})["y"].tolist() == [[2, 3]]
    assert json.loads((tmp_path / "m.tflite.json").read_text())["source"] == {}


def test_checkpoint_is_converted_at_once(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    tf.add(x, tf.get_variable("bias", initializer=np.float32([0.5, -1])), name="y")
    session.run(tf.global_variables_initializer())
    prefix = tf.train.Saver().save(session, str(tmp_path / "model.ckpt"))
    report = convert(prefix, tmp_path / "folder")
    with open_model(report.path) as model:
        assert model.run({"x": np.float32([[1, 1]])})["y"].tolist() == [[1.5, 0]]
    said = json.loads((tmp_path / "folder.json").read_text())
    assert {"model.ckpt.index", "model.ckpt.meta"} <= {*said["source"]}
