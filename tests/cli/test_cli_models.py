"""`graphkit freeze`, `infer` and `inspect` on a network worked out by hand: y = 2x + 1."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from graphkit._tf import tf


@pytest.fixture
def checkpoint(tmp_path):
    """A checkpoint of `y = x * weight + 1`, scaled by a switch, in a folder with a space."""
    folder = tmp_path / "my model"
    folder.mkdir()
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        doubled = tf.placeholder_with_default(False, [], name="doubled")
        weight = tf.get_variable("weight", initializer=2.0)
        y = tf.add(x * weight, 1.0, name="line")
        tf.multiply(y, tf.where(doubled, 2.0, 1.0), name="y")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(folder / "model"), global_step=7)
    return folder


@pytest.fixture
def model(graphkit, checkpoint):
    outcome = graphkit("freeze", checkpoint, "-o", "model.pb", "--outputs", "y")
    assert outcome.code == 0, outcome.err
    return "model.pb"


def test_freeze_reports_what_was_proven(graphkit, checkpoint):
    outcome = graphkit("freeze", checkpoint, "-o", "model.pb", "--outputs", "y")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0].startswith("model.pb: ")
    assert lines[0].endswith(" 1 parameters")
    assert "verified on 2 batches, largest absolute difference 0" in lines[-1]
    assert any(line.split()[:2] == ["input", "x"] for line in lines)
    assert any(line.split()[:2] == ["output", "y"] for line in lines)
    assert outcome.err == ""


def test_freeze_as_json(graphkit, checkpoint):
    prefix = checkpoint / "model-7"
    outcome = graphkit("freeze", prefix, "-o", "m.pb", "--outputs", "y:0", "--json")
    report = json.loads(outcome.out)
    assert report["path"] == "m.pb"
    assert [tensor["name"] for tensor in report["outputs"]] == ["y"]
    assert report["max_abs_diff"] == 0


@pytest.mark.parametrize(("name", "start"), [("m.pbtxt", b"node {"), ("m.pb", b"\n")])
def test_freeze_writes_text_where_the_name_says_so(graphkit, checkpoint, tmp_path, name, start):
    assert graphkit("freeze", checkpoint, "-o", name, "--outputs", "y").code == 0
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("tolerance", ["inf", "nan"])
def test_freeze_refuses_a_tolerance_that_means_nothing(graphkit, checkpoint, tolerance):
    outcome = graphkit("freeze", checkpoint, "-o", "m.pb", "--tolerance", tolerance)
    assert outcome.code == 2
    assert f"tolerance must be a finite number, 0 or more, got {tolerance}" in outcome.err


def test_freeze_pins_a_switch(graphkit, checkpoint, tmp_path):
    graphkit("freeze", checkpoint, "-o", "m.pb", "--outputs", "y", "--pin", "doubled=true")
    np.save(tmp_path / "x.npy", np.array([[1, 2]], np.float32))
    outcome = graphkit("infer", "m.pb", "--feed", "x=x.npy", "--json")
    assert json.loads(outcome.out) == {"y": [[6.0, 10.0]]}


def test_freeze_suggests_the_nearest_output(graphkit, checkpoint, tmp_path):
    outcome = graphkit("freeze", checkpoint, "-o", "m.pb", "--outputs", "lines")
    assert outcome.code == 2
    assert "did you mean 'line'" in outcome.err
    assert not (tmp_path / "m.pb").exists()


def test_freeze_of_a_data_file_says_what_to_give(graphkit, checkpoint):
    data = next(checkpoint.glob("*.data-*"))
    outcome = graphkit("freeze", data, "-o", "m.pb", "--outputs", "y")
    assert outcome.code == 2
    assert "model-7" in outcome.err


def test_infer_prints_a_table(graphkit, model, tmp_path):
    np.save(tmp_path / "x.npy", np.array([[1, 2], [3, 4]], np.float32))
    outcome = graphkit("infer", model, "--feed", "x=x.npy", "--outputs", "y")
    assert outcome.code == 0
    header, row = outcome.out.splitlines()
    assert header.split() == ["output", "dtype", "shape", "values"]
    assert row == "y       float32  [2, 2]  3 5 7 9"


def test_infer_shortens_long_outputs(graphkit, model, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((600, 2), np.float32))
    outcome = graphkit("infer", model, "--feed", "x=x.npy")
    assert outcome.out.splitlines()[1].endswith("1 1 1 1 1 1 1 1 1 1 … (1,200 values)")


def test_infer_shows_the_placement_on_virtual_devices(graphkit, model, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((1, 2), np.float32))
    outcome = graphkit(
        "infer", model, "--feed", "x=x.npy", "--placement", "--cpu-devices", 2, "--json"
    )
    assert outcome.code == 0
    assert json.loads(outcome.out) == {"y": [[3.0, 3.0]]}
    assert "CPU:0" in outcome.err


@pytest.mark.parametrize(
    ("feed", "code", "said"),
    [
        ("x", 2, "'x' is not of the form NAME=FILE"),
        ("z=x.npy", 2, "'z'"),
        ("x=absent.npy", 2, "absent.npy: does not exist"),
        ("x=.", 2, "is a folder"),
        ("x=words.txt", 1, "words.txt"),
        ("x=cut.npy", 1, "cut.npy: cannot be read as a .npy array"),
        ("x=objects.npy", 1, "objects.npy: cannot be read as a .npy array"),
        ("x=wide.npy", 2, "x"),
    ],
)
def test_infer_names_what_is_wrong_with_a_feed(graphkit, model, tmp_path, feed, code, said):
    np.save(tmp_path / "x.npy", np.ones((1, 2), np.float32))
    np.save(tmp_path / "wide.npy", np.ones((1, 5), np.float32))
    np.save(tmp_path / "objects.npy", np.array([{}], object), allow_pickle=True)
    (tmp_path / "cut.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:20])
    (tmp_path / "words.txt").write_text("no picture")
    outcome = graphkit("infer", model, "--feed", feed)
    assert outcome.code == code, outcome.err
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_infer_takes_no_array_that_claims_more_than_its_file(graphkit, model, tmp_path):
    with open(tmp_path / "x.npy", "wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (2**45, 2)}
        np.lib.format.write_array_header_1_0(file, header)
    outcome = graphkit("infer", model, "--feed", "x=x.npy")
    assert outcome.code == 1
    assert "x.npy: cannot be read as a .npy array" in outcome.err


def test_infer_tells_in_one_line_which_op_failed(graphkit, tmp_path):
    with tf.Graph().as_default() as graph:
        tf.reshape(tf.placeholder(tf.float32, [None], name="x"), [3], name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    np.save(tmp_path / "x.npy", np.float32([1.0]))
    outcome = graphkit("infer", "m.pb", "--feed", "x=x.npy")
    assert outcome.code == 1
    assert outcome.err.startswith("graphkit: y")
    assert "1 values, but the requested shape has 3" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("value", "result"), [("true", 6.0), ("True", 6.0), ("false", 3.0), ("1", None), ("0.5", None)]
)
def test_infer_takes_a_single_value_without_a_file(graphkit, model, tmp_path, value, result):
    np.save(tmp_path / "x.npy", np.ones((1, 2), np.float32))
    outcome = graphkit("infer", model, "--feed", "x=x.npy", "--feed", f"doubled={value}", "--json")
    if result is None:
        assert (outcome.code, "feeds['doubled'] must be of dtype bool" in outcome.err) == (2, True)
    else:
        assert json.loads(outcome.out) == {"y": [[result, result]]}


def test_a_file_named_like_a_number_is_read(graphkit, model, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((1, 2), np.float32))
    np.save(tmp_path / "n.npy", True)
    (tmp_path / "n.npy").rename(tmp_path / "false")
    outcome = graphkit("infer", model, "--feed", "x=x.npy", "--feed", "doubled=false", "--json")
    assert json.loads(outcome.out) == {"y": [[6.0, 6.0]]}


def test_an_input_with_dimensions_needs_a_file(graphkit, model):
    outcome = graphkit("infer", model, "--feed", "x=1")
    assert (outcome.code, outcome.err) == (2, "graphkit: 1: does not exist\n")


def test_infer_names_an_archive_of_arrays(graphkit, model, tmp_path):
    np.savez(tmp_path / "x.npz", x=np.ones((1, 2), np.float32))
    outcome = graphkit("infer", model, "--feed", "x=x.npz")
    assert outcome.code == 1
    assert "x.npz: is an archive of arrays; save the one to feed with numpy.save" in outcome.err


@pytest.mark.parametrize("scale", ["nan", "inf"])
def test_infer_refuses_a_scale_that_is_no_number(graphkit, model, scale):
    outcome = graphkit("infer", model, "--feed", "x=x.npy", "--scale", scale)
    assert outcome.code == 2
    assert f"'--scale': {scale} is no finite number" in outcome.err


def test_infer_refuses_one_input_fed_twice(graphkit, model):
    outcome = graphkit("infer", model, "--feed", "x=a.npy", "--feed", "x=b.npy")
    assert outcome.code == 2
    assert "names 'x' twice" in outcome.err


def test_infer_without_a_feed_names_what_is_missing(graphkit, model):
    outcome = graphkit("infer", model)
    assert outcome.code == 2
    assert "'x'" in outcome.err


@pytest.fixture
def picture_model(tmp_path):
    """A graph that returns the mean of each channel of a 2-by-3 picture."""
    with tf.Graph().as_default() as graph:
        images = tf.placeholder(tf.float32, [None, 2, 3, 3], name="images")
        tf.reduce_mean(images, [1, 2], name="means")
    (tmp_path / "means.pb").write_bytes(graph.as_graph_def().SerializeToString())
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[...] = (30, 20, 10)  # blue, green, red, as OpenCV keeps them
    cv2.imwrite(str(tmp_path / "picture.png"), pixels)
    return "means.pb"


@pytest.mark.parametrize(
    ("options", "means"),
    [
        ((), [10, 20, 30]),
        (("--colour", "BGR"), [30, 20, 10]),
        (("--scale", "0.5"), [5, 10, 15]),
    ],
)
def test_infer_reads_a_picture_as_a_batch_of_one(graphkit, picture_model, options, means):
    outcome = graphkit("infer", picture_model, "--feed", "images=picture.png", "--json", *options)
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out) == {"means": [means]}


def test_inspect_of_a_frozen_graph(graphkit, model):
    outcome = graphkit("inspect", model)
    assert outcome.code == 0
    assert "x" in outcome.out and "Placeholder" in outcome.out
    report = json.loads(graphkit("inspect", model, "--json").out)
    assert report["parameters"] == 1


def test_inspect_of_a_checkpoint_lists_its_variables(graphkit, checkpoint):
    outcome = graphkit("inspect", checkpoint)
    assert outcome.code == 0
    assert "weight" in outcome.out


@pytest.mark.parametrize("content", [b"", b"plain words", b"\x00" * 100, b"\xff" * 5000])
def test_inspect_of_something_else_lists_what_is_known(graphkit, tmp_path, content):
    (tmp_path / "thing").write_bytes(content)
    outcome = graphkit("inspect", "thing")
    assert outcome.code in (0, 1)
    assert "thing" in outcome.out + outcome.err
    assert "Traceback" not in outcome.err


def test_inspect_of_an_event_file_points_to_the_board(graphkit, tmp_path):
    with tf.Graph().as_default() as graph, tf.summary.FileWriter(str(tmp_path / "logs"), graph):
        pass
    outcome = graphkit("inspect", next((tmp_path / "logs").iterdir()))
    assert outcome.code == 0
    assert ": event file, " in outcome.out
    assert f"`graphkit board '{tmp_path / 'logs'}'` shows its summaries" in outcome.out


@pytest.mark.parametrize("given", ["", "model-7", "model-7.meta"])
def test_infer_of_a_checkpoint_points_to_freeze(graphkit, checkpoint, given):
    outcome = graphkit("infer", checkpoint / given)
    assert outcome.code in (1, 2)
    assert f"`graphkit freeze '{checkpoint / given}' -o MODEL.pb`" in outcome.err


def test_infer_of_no_graph_says_so(graphkit, tmp_path):
    (tmp_path / "words.pb").write_bytes(b"plain words, no graph")
    outcome = graphkit("infer", "words.pb")
    assert outcome.code == 1
    assert "words.pb" in outcome.err


def test_freeze_lists_the_tensors_that_may_be_meant(graphkit, tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        tf.multiply(x, tf.get_variable("weight", [2]), name="scores")
        tf.add(x, tf.get_variable("shift", [2]), name="moved")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "model"))
    outcome = graphkit("freeze", "model", "-o", "m.pb")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "graphkit: freeze: outputs must be named (outputs, --outputs NAME), got none, "
        "and several tensors may be meant, the likeliest first: 'moved' (float32 [None, 2] from "
        "x:0), 'scores' (float32 [None, 2] from x:0)\n"
    )


def test_infer_refuses_to_allow_an_op_that_does_not_exist(graphkit, model):
    outcome = graphkit("infer", model, "--allow", "Readfile")
    assert (outcome.code, outcome.out) == (2, "")
    said = "no op type named 'Readfile'; did you mean 'ReadFile' or 'WriteFile'?"
    assert outcome.err == f"graphkit: {said}\n"
