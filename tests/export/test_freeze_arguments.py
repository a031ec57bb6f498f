"""Freezing refuses arguments and targets by name and writes nothing, or all of it."""

from __future__ import annotations

import math
import signal
from pathlib import Path

import pytest

from graphkit import export
from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    MissingFileError,
    UnknownNameError,
)
from graphkit.export import freeze_session

ROOT = Path(export.__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"outputs": "z"}, UnknownNameError, "no tensor or op named 'z'"),
        ({"outputs": "logit"}, UnknownNameError, "did you mean 'logits'"),
        ({"outputs": "logit:0"}, UnknownNameError, "did you mean 'logits:0'"),
        ({"outputs": "y:1"}, ArgumentError, "outputs must be one of 'y:0', got 'y:1'"),
        ({"outputs": []}, ArgumentError, r"outputs must be at least one tensor name, got \[\]"),
        ({"outputs": ["y", "y:0"]}, ArgumentError, "outputs must be different tensors"),
        ({"outputs": [3]}, ArgumentTypeError, "outputs must be the name of a tensor, got int"),
        ({"outputs": "init"}, ArgumentError, "NoOp ops have no output, got 'init'"),
        ({"outputs": "w"}, ArgumentError, "values .name the op that reads.*got 'w:0'"),
        ({"inputs": "logits", "outputs": "w/read"}, UnknownNameError, "named 'w/read'"),
        ({"inputs": []}, ArgumentError, r"inputs must be at least one tensor name"),
        ({"inputs": "b/read"}, ArgumentError, r"need 'x' \(name it, or pin it\)"),
        ({"inputs": ["x", "unused"]}, ArgumentError, r"depend on, got \['unused:0'\]"),
        ({"inputs": "unused"}, ArgumentError, r"depend on, got \['unused:0'\]"),
        ({"pins": {"logits": 1.0}}, ArgumentError, "placeholders .'logits' is a Add"),
        ({"pins": {"x": "a"}}, ArgumentTypeError, r"pins\['x'\] must be of dtype float32, got <U1"),
        ({"pins": {"x": [1.0]}}, ArgumentError, r"of shape \[None, 3\], got \[1\]"),
        ({"pins": {"xx": 1.0}}, UnknownNameError, "no tensor or op named 'xx'"),
        ({"feeds": {"z": 1.0}}, UnknownNameError, "no input named 'z'; there is 'x'"),
        ({"feeds": {}}, ArgumentError, r"feeds must be values for 'x' too, got \[\]"),
        ({"feeds": []}, ArgumentError, r"feeds must be at least one batch, got \[\]"),
        ({"feeds": {"x": [1.0]}}, ArgumentError, r"feeds\['x'\] must be of shape .*got \[1\]"),
        ({"feeds": {"x": [["a"] * 3]}}, ArgumentError, "of dtype float32, got 'str32'"),
        (
            {"tolerance": -1.0},
            ArgumentError,
            "a finite number, 0 or more, got -1.0",
        ),
        (
            {"tolerance": math.nan},
            ArgumentError,
            "a finite number, 0 or more, got nan",
        ),
    ],
)
def test_wrong_arguments_are_named(dense, tmp_path, arguments, error, message):
    with dense.graph.as_default():
        tf.placeholder(tf.float32, name="unused")
        tf.no_op(name="init")
    with pytest.raises(error, match=message):
        freeze_session(dense, tmp_path / "m.pb", **({"outputs": "y"} | arguments))
    assert list(tmp_path.iterdir()) == []


def test_an_op_of_several_outputs_has_to_be_named_in_full(graph, session, tmp_path):
    tf.split(tf.placeholder(tf.float32, [4], name="x"), 2, name="parts")
    with pytest.raises(ArgumentError, match="one of 'parts:0', 'parts:1', got 'parts'"):
        freeze_session(session, tmp_path / "m.pb", outputs="parts")


def test_a_folder_that_is_missing_is_named(dense, tmp_path):
    with pytest.raises(MissingFileError, match="absent: folder does not exist; nothing was"):
        freeze_session(dense, tmp_path / "absent" / "m.pb", outputs="y")


def test_a_folder_that_is_a_file_is_named(dense, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MissingFileError, match="file: is not a folder; nothing was written"):
        freeze_session(dense, tmp_path / "file" / "m.pb", outputs="y")


def test_a_target_that_is_a_folder_is_named(dense, tmp_path):
    with pytest.raises(MissingFileError, match="is a folder; a file was to be written"):
        freeze_session(dense, tmp_path, outputs="y")


def test_a_name_the_disk_refuses_is_named(dense, tmp_path):
    with pytest.raises(MissingFileError, match=r"x.pb: cannot be written \(File name too long\)"):
        freeze_session(dense, tmp_path / ("x" * 245 + ".pb"), outputs="y")


def test_a_process_killed_half_way_leaves_no_file_of_that_name(warm, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import os, signal, sys\n"
        "from graphkit._tf import tf\n"
        "from graphkit.export import freeze_session\n"
        "from graphkit.export._freezing._fresh._process import FreshProcess\n"
        "def die(*given, **named):\n"
        "    print(os.listdir(sys.argv[1]), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "FreshProcess.run = die\n"
        "graph = tf.Graph()\n"
        "with graph.as_default():\n"
        "    tf.add(tf.placeholder(tf.float32, [None], name='x'), 1.0, name='y')\n"
        "with tf.Session(graph=graph) as session:\n"
        "    freeze_session(session, sys.argv[1] + '/m.pb', outputs='y')\n"
    )
    child = warm.run(program, tmp_path, folder=tmp_path)
    assert child.returncode == -signal.SIGKILL
    assert ".m.pb." in child.stdout
    assert not (tmp_path / "m.pb").exists()


@pytest.mark.parametrize("name", ["m.onnx", "m.TFLITE", "m.h5", "m.keras"])
def test_a_name_of_another_format_is_refused(graph, session, tmp_path, name):
    tf.identity(tf.placeholder(tf.float32, [None, 3], name="x"), name="y")
    message = rf"path must be a file \.pb.*graphkit convert writes.*got '.*{name}'"
    with pytest.raises(ArgumentError, match=message):
        freeze_session(session, tmp_path / name, outputs="y")
    with pytest.raises(ArgumentError, match=message):
        export.transform("source.pb", tmp_path / name, ["strip_unused"])
    assert not list(tmp_path.iterdir())
