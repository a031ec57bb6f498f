"""`graphkit convert`: what it prints, and how it ends."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import open_model


@pytest.fixture
def model(tmp_path):
    """y = 2x + 1, with a second output z = tanh(y)."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        tf.tanh(tf.add(x * 2.0, 1.0, name="y"), name="z")
    (tmp_path / "my model.pb").write_bytes(graph.as_graph_def().SerializeToString())
    return "my model.pb"


@pytest.mark.parametrize(
    ("output", "target", "engine"),
    [("m.tflite", "tflite", "tflite"), ("folder", "saved_model", "tensorflow")],
)
def test_convert_tells_what_was_written_and_compared(graphkit, model, output, target, engine):
    outcome = graphkit("convert", model, "-o", output)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith(f"{output}: {target}, ")
    assert lines[1:3] == ["  input   x  float32  (None, 2)", "  output  z  float32  (None, 2)"]
    assert lines[3].startswith("  differs  z  by at most ")
    assert lines[4] == f"  verified on 2 batches by {engine}"
    assert sorted(os.listdir()) == sorted([model, output, f"{output}.json"])


def test_convert_as_json(graphkit, model):
    outcome = graphkit("convert", model, "-o", "m.tflite", "--outputs", "y,z:0", "--json")
    report = json.loads(outcome.out)
    assert (report["path"], report["target"], report["engine"]) == ("m.tflite", "tflite", "tflite")
    assert [*report["differences"]] == ["y", "z"]
    assert report["bytes"] == os.path.getsize("m.tflite")


def test_named_inputs_and_target_are_taken(graphkit, model):
    outcome = graphkit(
        "convert", model, "-o", "tail.bin", "--target", "tflite", "--inputs", "y", "--outputs", "z"
    )
    assert outcome.code == 0
    with open_model("tail.bin") as opened:
        found = opened.run({"y": np.float32([[0, 1]])})["z"]
    np.testing.assert_allclose(found, np.tanh([[0, 1]]), rtol=1e-5)


def test_preparation_of_pictures_is_written_down(graphkit, model):
    options = ("--scale", "0.5", "--mean", "1,2,3", "--std", "4", "--colour", "BGR")
    assert graphkit("convert", model, "-o", "m.tflite", *options).code == 0
    with open("m.tflite.json") as file:
        said = json.load(file)["preprocessing"]
    assert said == {"scale": 0.5, "mean": [1, 2, 3], "std": [4], "colour": "BGR"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("-o", "m.caffe"), 2, "path must be a file .pb, .pbtxt, .tflite or .onnx"),
        (("-o", "m.tflite", "--outputs", "zz"), 2, "no tensor or op named 'zz'"),
        (("-o", "m.tflite", "--weights", "int4"), 2, "'int4' is not one of"),
        (("-o", "m.pb", "--target", "keras"), 2, "'keras' is not one of"),
        (
            (
                "-o",
                "absent/m.pb",
            ),
            2,
            "absent: folder does not exist; nothing was written",
        ),
        (("-o", "m.tflite", "--weights", "float16", "--tolerance", "0"), 1, "differs from its"),
        (("-o", "m.tflite", "--std", "0"), 2, "std must be other than 0"),
        (("-o", "m.tflite", "--scale", "nan"), 2, "nan is no finite number"),
        ((), 2, "Missing option '-o'"),
    ],
)
def test_convert_ends_with_a_line_and_a_code(graphkit, tmp_path, arguments, code, message):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 64], name="x")
        weights = tf.constant(np.linspace(-1, 1, 64 * 64, dtype=np.float32).reshape(64, 64))
        tf.matmul(x, weights, name="z")
    (tmp_path / "model.pb").write_bytes(graph.as_graph_def().SerializeToString())
    outcome = graphkit("convert", "model.pb", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
    assert "Traceback" not in outcome.err
    assert os.listdir() == ["model.pb"]


def test_source_that_is_not_there_is_told(graphkit):
    outcome = graphkit("convert", "absent.pb", "-o", "m.tflite")
    assert (outcome.code, outcome.err) == (2, "graphkit: absent.pb: does not exist\n")


def test_freeze_tells_who_agreed_and_writes_down_the_rest(graphkit, model):
    options = ("--target", "tflite", "--target", "serving", "--scale", "0.5")
    outcome = graphkit("freeze", model, "-o", "m.pb", "--outputs", "y,z", *options)
    assert (outcome.code, outcome.err) == (0, "")
    agreed = [line.split()[:2] for line in outcome.out.splitlines() if "agrees" in line]
    assert agreed == [["agrees", "tflite"], ["agrees", "serving"]]
    with open("m.pb.json") as file:
        said = json.load(file)
    assert said["preprocessing"] == {"scale": 0.5}
    assert [*said["proof"]["differences"]] == ["tensorflow", "tflite", "serving"]


def test_freeze_refuses_a_program_it_does_not_know(graphkit, model):
    outcome = graphkit("freeze", model, "-o", "m.pb", "--target", "caffe")
    assert (outcome.code, os.listdir()) == (2, [model])
    assert "'caffe' is not one of 'opencv', 'onnx', 'tflite', 'serving'" in outcome.err


def test_branches_that_were_not_compared_are_named(graphkit, tmp_path):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        large = tf.greater(tf.reduce_sum(x), 1e6, name="large")
        tf.identity(tf.cond(large, lambda: x * 2.0, lambda: x + 1.0), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    outcome = graphkit("convert", "m.pb", "-o", "folder", "--outputs", "y")
    assert (outcome.code, outcome.err) == (0, "")
    assert "  careful not compared in every branch: large=True\n" in outcome.out
