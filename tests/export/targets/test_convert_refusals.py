"""What cannot be converted is refused by name, and nothing is written."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest
from nets import ROWS, WEIGHTS, classifier, loop, parts, write

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ConversionError,
    CorruptFileError,
    MissingFileError,
    UnknownNameError,
    UnsafeFileError,
    UsageError,
    VerificationError,
)
from graphkit.export import convert


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sources")


@pytest.fixture(scope="module")
def model(folder):
    return write(folder / "classifier.pb", classifier)


def lengths():
    tf.strings.length(tf.placeholder(tf.string, [None], name="words"), name="scope/lengths")


def inverse():
    tf.raw_ops.Erfinv(x=tf.placeholder(tf.float32, [None], name="x"), name="scope/inverse")


def any_rank():
    tf.add(tf.placeholder(tf.float32, None, name="x"), 1.0, name="y")


def handed_on():
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.identity(x, name="same")
    tf.add(x, 1.0, name="y")


def twice():
    y = tf.add(tf.placeholder(tf.float32, [None], name="x"), 1.0, name="y")
    tf.identity(y, name="again")
    tf.identity(y, name="once_more")


@pytest.mark.parametrize(
    ("build", "target", "ops", "message"),
    [
        (
            lengths,
            "tflite",
            [("scope/lengths", "StringLength")],
            "no such op; name inputs behind it",
        ),
        (lengths, "onnx", [("scope/lengths", "StringLength")], "tf2onnx has no such op"),
        (inverse, "tflite", [("scope/inverse", "Erfinv")], "TFLite has no such op; nothing"),
        (inverse, "onnx", [("scope/inverse", "Erfinv")], "tf2onnx has no such op"),
        (any_rank, "tflite", [("x", "Placeholder")], "build the placeholder with a shape"),
        (any_rank, "onnx", [("x", "Placeholder")], "the rank of the input 'x'"),
        (handed_on, "tflite", [("same", "Identity")], "'same' is its input 'x'"),
        (twice, "tflite", [("once_more", "Identity")], "'again' and 'once_more' are one tensor"),
    ],
)
def test_what_a_format_has_not_is_named(tmp_path, build, target, ops, message):
    if target == "onnx":
        pytest.importorskip("tf2onnx")
    source = write(tmp_path / "source.pb", build)
    is_string = build is lengths
    given = np.array([b"a", b""], object) if is_string else np.float32([0.5, 0])
    feeds = {"words" if is_string else "x": given}
    with pytest.raises(ConversionError, match=message) as caught:
        convert(source, tmp_path / f"model.{target}", feeds=feeds)
    assert (caught.value.target, caught.value.ops) == (target, ops)
    assert os.listdir(tmp_path) == ["source.pb"]


def test_file_that_differs_is_not_written_and_its_op_is_named(model, tmp_path):
    with pytest.raises(VerificationError) as caught:
        convert(model, tmp_path / "m.tflite", outputs="y", weights="float16", tolerance=1e-9)
    assert caught.value.tensor == "y"
    assert caught.value.first_op == ("scope/logits", "MatMul")
    message = str(caught.value)
    assert message.startswith("the model, run by tflite, differs from its source at 'y' (it begins")
    assert os.listdir(tmp_path) == []


def test_good_file_stays_where_a_bad_one_was_to_replace_it(model, tmp_path):
    path = tmp_path / "m.tflite"
    convert(model, path)
    before = {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}
    with pytest.raises(VerificationError):
        convert(model, path, weights="int8", tolerance=1e-9)
    with pytest.raises(ConversionError):
        convert(write(tmp_path / "source.pb", inverse), path)
    (tmp_path / "source.pb").unlink()
    assert {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)} == before
    assert sorted(before) == ["m.tflite", "m.tflite.json"]


def test_better_file_takes_the_place_of_the_old_one(model, tmp_path):
    path = tmp_path / "m.tflite"
    convert(model, path, weights="float16")
    first = path.read_bytes()
    convert(model, path)
    assert path.read_bytes() != first


def test_loop_that_begins_to_differ_names_no_op(tmp_path):
    def build():
        loop()
        x = tf.get_default_graph().get_tensor_by_name("y:0")
        tf.matmul(x, tf.constant(WEIGHTS), name="z")

    source = write(tmp_path / "source.pb", build)
    feeds = {"x": ROWS, "times": np.int32(2)}
    options = {"outputs": "z", "feeds": feeds, "weights": "float16", "tolerance": 1e-9}
    with pytest.raises(VerificationError) as caught:
        convert(source, tmp_path / "m.tflite", **options)
    assert (caught.value.tensor, caught.value.first_op) == ("z", None)


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("m.caffe", {}, "path must be a file .pb, .pbtxt, .tflite or .onnx, a folder without a"),
        ("m.pb", {"target": "tf"}, "target must be one of 'pb', 'saved_model', 'tflite', 'onnx'"),
        ("m.onnx", {"weights": "int8"}, "weights must be left out for onnx"),
        ("m.tflite", {"weights": "int4"}, "weights must be one of 'float32', 'float16', 'int8'"),
        ("m.tflite", {"tolerance": -1}, "tolerance must be a finite number"),
        ("m.tflite", {"inputs": []}, "inputs must be at least one tensor name"),
    ],
)
def test_mistakes_are_told_before_the_work(model, tmp_path, path, options, message):
    with pytest.raises(ArgumentError, match=message):
        convert(model, tmp_path / path, **options)
    assert os.listdir(tmp_path) == []


def test_name_that_is_not_there_is_told_with_those_like_it(model, tmp_path):
    with pytest.raises(UnknownNameError, match="scope/logits"):
        convert(model, tmp_path / "m.tflite", outputs="scope/logit")


def test_folder_that_exists_is_not_written_into(model, tmp_path):
    kept = tmp_path / "folder"
    kept.mkdir()
    with pytest.raises(MissingFileError, match="exists already; a SavedModel is written as a new"):
        convert(model, kept)
    assert os.listdir(kept) == []


@pytest.mark.parametrize("name", ["absent/m.tflite", "absent/folder"])
def test_place_that_does_not_exist_is_told(model, tmp_path, name):
    with pytest.raises(MissingFileError, match="folder does not exist; nothing was written"):
        convert(model, tmp_path / name)


def test_record_that_cannot_be_written_keeps_the_model_from_its_name(model, tmp_path):
    (tmp_path / "m.tflite.json").mkdir()
    with pytest.raises(MissingFileError, match=r"m\.tflite\.json: is a folder"):
        convert(model, tmp_path / "m.tflite")
    assert os.listdir(tmp_path) == ["m.tflite.json"]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (None, MissingFileError, "does not exist"),
        (b"", CorruptFileError, "holds no graph"),
        (b"no model at all", CorruptFileError, "holds no graph"),
    ],
)
def test_source_that_is_no_model_is_told(tmp_path, content, error, message):
    source = tmp_path / "source.pb"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(error, match=message):
        convert(source, tmp_path / "m.tflite")


def test_source_that_reads_files_is_not_run(tmp_path):
    def build():
        tf.io.read_file(tf.placeholder(tf.string, [], name="name"), name="content")

    source = write(tmp_path / "source.pb", build)
    with pytest.raises(UnsafeFileError, match="'content' is a ReadFile"):
        convert(source, tmp_path / "folder")


def test_missing_package_is_told_with_the_way_to_it(model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(UsageError, match=r"writing an ONNX model needs .*`pip install tf2onnx`"):
        convert(model, tmp_path / "m.onnx")
    assert os.listdir(tmp_path) == []


def test_input_with_a_default_becomes_that_default(tmp_path):
    source = write(tmp_path / "source.pb", parts)
    report = convert(source, tmp_path / "m.tflite")
    assert [info.name for info in report.inputs] == ["x"]
