"""Graphs whose reading ends OpenCV's process: a child is lost, this process goes on and says so."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ConversionError, CorruptFileError, UnsafeFileError
from graphkit.export import compare_engines, freeze, open_model
from graphkit.export._running._engines._opencv_apart import check_readable

BATCH = {"x": np.float32([[[1], [-2], [3]]])}
READER = "readNetFromTensorflow"


@pytest.fixture(scope="module")
def squeezed(tmp_path_factory):
    """A graph whose `Squeeze` names no axis, in a folder with a space."""
    path = tmp_path_factory.mktemp("of open cv") / "m.pb"
    with tf.Graph().as_default() as graph:
        tf.squeeze(tf.nn.relu(tf.placeholder(tf.float32, [1, 3, 1], name="x")), name="y")
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


@pytest.fixture(scope="module")
def survived(squeezed):
    """Whether this version of OpenCV reads it."""
    try:
        check_readable(squeezed, READER)
    except CorruptFileError as failure:
        assert "OpenCV refuses it: reading it ended a process by SIG" in str(failure)
        return False
    return True


def test_graph_is_refused_or_run(squeezed, survived):
    if survived:
        with open_model(squeezed, engine="opencv") as model:
            assert model.run(BATCH)["y"].ravel().tolist() == [1, 0, 3]
    else:
        with pytest.raises(CorruptFileError, match=r"m\.pb: OpenCV refuses it: reading it ended"):
            open_model(squeezed, engine="opencv")


def test_frozen_for_opencv_it_is_written_so_that_a_process_survives(squeezed, survived, tmp_path):
    try:
        report = freeze(squeezed, tmp_path / "again.pb", targets="opencv")
    except ConversionError as refused:
        assert cv2.__version__ < "5"  # which gives a matrix for a vector
        assert "ended a process" in str(refused)
        assert not (tmp_path / "again.pb").exists()
    else:
        assert [step.name for step in report.steps] == ["for_opencv"] * (not survived)
        with open_model(tmp_path / "again.pb", engine="opencv") as model:
            assert model.run(BATCH)["y"].ravel().tolist() == [1, 0, 3]


def test_other_engines_are_compared_all_the_same(squeezed, survived):
    timings = {timing.engine: timing for timing in compare_engines(squeezed, BATCH)}
    assert timings["tensorflow"].agrees
    assert ("ended a process" in timings["opencv"].reason) is not survived


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    """A graph that reads an op OpenCV leaves out, whereupon it prints all others."""
    path = tmp_path_factory.mktemp("of branches") / "m.pb"
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        go = tf.placeholder(tf.bool, [], name="go")
        tf.cond(go, lambda: tf.exp(x), lambda: tf.tanh(x), name="y")
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def test_a_refusal_leaves_the_output_to_results(chosen):
    """What OpenCV prints has no end of line: it comes out when the process ends."""
    np.save(chosen.parent / "x.npy", np.zeros((1, 3), np.float32))
    run = [sys.executable, "-m", "graphkit", "infer", "--engine", "opencv", "--json"]
    run += ["--feed", "x=x.npy", chosen.name]
    done = subprocess.run(run, cwd=chosen.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "m.pb: OpenCV refuses it: Input layer not found: go" in done.stderr


def test_what_opencv_says_is_handed_on(tmp_path):
    (tmp_path / "m.pb").write_bytes(b"no graph")
    with pytest.raises(CorruptFileError, match=r"m\.pb: OpenCV refuses it: .+") as caught:
        check_readable(tmp_path / "m.pb", READER)
    assert "\n" not in str(caught.value)


def test_what_opencv_reads_is_not_refused(tmp_path):
    with tf.Graph().as_default() as graph:
        tf.nn.relu(tf.placeholder(tf.float32, [1, 3], name="x"), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    assert check_readable(tmp_path / "m.pb", READER) is None


def test_reading_without_an_end_is_given_up(squeezed):
    with pytest.raises(UnsafeFileError, match=r"did not read it to the end in 0\.001 seconds"):
        check_readable(squeezed, READER, seconds=0.001)
