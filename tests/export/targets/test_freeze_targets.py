"""A frozen graph that other programs have to run too, and what is written down beside it."""

from __future__ import annotations

import hashlib
import json
import os

import cv2
import numpy as np
import pytest
from nets import NETS, classified, classifier, convolution, embedding, normalised, parts, write

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ConversionError,
    MissingFileError,
    VerificationError,
)
from graphkit.export import (
    Preprocessing,
    convert,
    freeze,
    load_graph,
    open_model,
    recorded_preprocessing,
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Graphs in a folder with a space."""
    folder = tmp_path_factory.mktemp("to be frozen")
    builds = (classifier, convolution, embedding, normalised, parts)
    return {build.__name__: write(folder / f"{build.__name__}.pb", build) for build in builds}


@pytest.mark.parametrize(
    ("name", "source"),
    [("classifier", "classifier"), ("convolution", "convolution"), ("batch norm", "normalised")],
)
def test_every_program_that_was_asked_agrees(sources, tmp_path, name, source):
    outputs = [output for output in NETS[name].outputs if output != "best"]
    targets = ["opencv", "tflite", "serving"]
    report = freeze(sources[source], tmp_path / "m.pb", outputs=outputs, targets=targets)
    assert [*report.consumers] == targets
    for differences in report.consumers.values():
        assert [*differences] == outputs
        assert max(differences.values()) <= 1e-5
    assert sorted(os.listdir(tmp_path)) == ["m.pb", "m.pb.json"]


def test_argmax_agrees_in_opencv_or_is_told(sources, tmp_path):
    """OpenCV 5 drops the axis as TensorFlow does, OpenCV 4.8 keeps it."""
    try:
        report = freeze(
            sources["classifier"], tmp_path / "m.pb", outputs=["y", "best"], targets="opencv"
        )
    except VerificationError as failure:
        assert cv2.__version__ < "5"
        assert (failure.tensor, failure.first_op) == ("best", ("best", "ArgMax"))
        assert os.listdir(tmp_path) == []
    else:
        assert report.consumers["opencv"]["best"] == 0


def test_onnx_runtime_is_asked_by_its_format(sources, tmp_path):
    pytest.importorskip("tf2onnx")
    pytest.importorskip("onnxruntime")
    report = freeze(sources["classifier"], tmp_path / "m.pb", outputs="y", targets="onnx")
    assert report.consumers["onnx"]["y"] <= 1e-5


@pytest.mark.parametrize(
    ("name", "outputs", "ops", "message"),
    [
        ("embedding", "y", "GatherV2", "GatherV2"),
        ("parts", ["parts:1", "scaled"], "SplitV", "parts:1"),
    ],
)
def test_what_opencv_has_not_is_named(sources, tmp_path, name, outputs, ops, message):
    with pytest.raises(ConversionError, match=message) as caught:
        freeze(sources[name], tmp_path / "m.pb", outputs=outputs, targets="opencv")
    assert caught.value.target == "opencv"
    assert ops in {kind for _, kind in caught.value.ops}
    assert os.listdir(tmp_path) == []


def _largest_of_all():
    x = tf.placeholder(tf.float32, [1, 8, 8, 3], name="x")
    scores = tf.nn.conv2d(x, np.ones([3, 3, 3, 4]), 1, "SAME", name="scores")
    tf.sqrt(tf.reduce_max(tf.nn.relu(scores), [1, 2, 3], name="largest"), name="y")


def test_the_first_op_is_named_where_opencv_names_none(tmp_path):
    """It says only that it has no such mode."""
    source = write(tmp_path / "source.pb", _largest_of_all)
    with pytest.raises(ConversionError) as caught:
        freeze(source, tmp_path / "m.pb", outputs="y", targets="opencv")
    assert "largest" not in caught.value.reason
    assert caught.value.ops == [("largest", "Max")]


def _normed_pictures():
    """Instance normalisation as networks of styles have it, with weights that are all one."""
    x = tf.placeholder(tf.float32, [1, 4, 4, 3], name="x")
    scores = tf.nn.conv2d(x, tf.ones([3, 3, 3, 4]), 1, "SAME")
    mean, variance = tf.nn.moments(scores, [1, 2], keep_dims=True)
    tf.nn.relu((scores - mean) / tf.sqrt(variance + 0.1), name="y")


def test_moments_agree_in_opencv(tmp_path):
    source = write(tmp_path / "source.pb", _normed_pictures)
    report = freeze(source, tmp_path / "m.pb", outputs="y", targets="opencv")
    assert [step.name for step in report.steps] == ["for_opencv"]
    assert report.consumers["opencv"]["y"] <= 1e-5


def test_good_file_stays_where_a_program_refuses_the_new_one(sources, tmp_path):
    path = tmp_path / "m.pb"
    freeze(sources["classifier"], path, outputs="y")
    before = {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}
    with pytest.raises(ConversionError):
        freeze(sources["embedding"], path, targets=["serving", "opencv"])
    assert {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)} == before


def test_program_that_is_not_known_is_told_with_those_that_are(sources, tmp_path):
    message = "targets must be some of 'opencv', 'onnx', 'tflite', 'serving', got 'caffe'"
    with pytest.raises(ArgumentError, match=message):
        freeze(sources["classifier"], tmp_path / "m.pb", targets=["tflite", "caffe"])


def test_record_says_what_was_frozen_and_who_agreed(sources, tmp_path):
    source = sources["classifier"]
    freeze(source, tmp_path / "m.pb", outputs=["y", "best"], targets=["serving"])
    said = json.loads((tmp_path / "m.pb.json").read_text())
    digest = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (source, tmp_path / "m.pb")
    }
    assert said["source"] == {"classifier.pb": digest["classifier.pb"]}
    assert said["files"] == {"m.pb": digest["m.pb"]}
    assert said["proof"]["engines"] == ["tensorflow", "serving"]
    assert [*said["proof"]["differences"]["tensorflow"]] == ["y", "best"]
    assert said["inputs"] == [{"name": "x", "dtype": "float32", "shape": [None, 4]}]


def test_place_of_the_record_is_looked_at_before_the_work(sources, tmp_path):
    (tmp_path / "m.pb.json").mkdir()
    with pytest.raises(MissingFileError, match=r"m\.pb\.json: is a folder"):
        freeze(sources["classifier"], tmp_path / "m.pb")
    assert os.listdir(tmp_path) == ["m.pb.json"]


def test_preparation_goes_from_the_frozen_file_to_the_converted_one(sources, tmp_path):
    said = Preprocessing(scale=0.5, mean=(1, 2, 3))
    freeze(sources["convolution"], tmp_path / "m.pb", outputs="pooled", preprocessing=said)
    path = convert(tmp_path / "m.pb", tmp_path / "m.tflite").path
    assert recorded_preprocessing(path) == (tmp_path / "m.tflite.json", said)


def test_saved_model_is_a_source_as_well(sources, tmp_path):
    saved = convert(sources["classifier"], tmp_path / "folder", outputs=["y", "best"]).path
    report = convert(saved, tmp_path / "m.tflite")
    assert {info.name for info in report.outputs} == {"y", "best"}
    with open_model(report.path) as model:
        found = model.run({"x": np.float32([[1, 2, 3, 4]])})["y"]
    np.testing.assert_allclose(found, classified(np.float32([[1, 2, 3, 4]]))["y"], rtol=1e-5)
    said = json.loads((tmp_path / "m.tflite.json").read_text())
    assert [*said["source"]] == ["saved_model.pb"]
    freeze(saved, tmp_path / "again.pb", targets="serving")
    with load_graph(tmp_path / "again.pb") as frozen:
        assert {*frozen.outputs} == {"y", "best"}


def test_file_made_for_fewer_outputs_forgets_the_others(sources, tmp_path):
    freeze(sources["classifier"], tmp_path / "both.pb", outputs=["y", "best"])
    convert(tmp_path / "both.pb", tmp_path / "one.pb", outputs="best")
    convert(tmp_path / "both.pb", tmp_path / "same.pb")
    with load_graph(tmp_path / "one.pb") as one, load_graph(tmp_path / "same.pb") as same:
        assert ([*one.outputs], [*same.outputs]) == (["best"], ["y", "best"])
