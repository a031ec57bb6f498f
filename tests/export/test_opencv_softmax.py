"""A softmax that OpenCV takes along another axis: refused, and written so that it agrees."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ConversionError, CorruptFileError
from graphkit.export import freeze, open_model
from graphkit.export._graph_file import read_graph_file
from graphkit.export._running._engines import _opencv_softmax
from graphkit.export._running._engines._opencv_softmax import check_softmax

FIVE = hasattr(cv2.dnn, "ENGINE_AUTO")
WEIGHTS = np.random.default_rng(1).standard_normal((1, 1, 3, 5)).astype(np.float32)
BATCH = {"x": np.random.default_rng(2).standard_normal((2, 4, 4, 3)).astype(np.float32)}


def scores(side=4):
    x = tf.placeholder(tf.float32, [None, side, side, 3], name="x")
    return tf.nn.conv2d(x, WEIGHTS, 1, "SAME", name="scores")


def of_pictures():
    tf.nn.softmax(scores(), name="y")


def of_slim():
    value = scores()
    rows = tf.nn.softmax(tf.reshape(value, [-1, 5]), name="soft")
    tf.reshape(rows, tf.shape(value), name="y")


def of_a_list():
    tf.nn.softmax(tf.reshape(scores(), [-1, 16, 5]), name="y")


def of_rows():
    tf.nn.softmax(tf.reshape(scores(), [-1, 5]), name="y")


def rows_in_another_shape():
    rows = tf.nn.softmax(tf.reshape(scores(), [-1, 5]))
    tf.reshape(rows, [-1, 16, 5], name="y")


def of_open_sides():
    tf.nn.softmax(scores(None), name="y")


def written(path, build):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("softmax of")
    builds = (of_pictures, of_slim, of_a_list, of_rows, rows_in_another_shape, of_open_sides)
    made = {build: written(folder / f"{build.__name__}.pb", build) for build in builds}
    return made.__getitem__


@pytest.mark.parametrize(
    ("build", "takes_last", "channels_last", "right"),
    [
        (of_pictures, True, True, False),
        (of_pictures, False, True, True),
        (of_pictures, True, False, True),
        (of_pictures, False, False, False),
        (of_slim, True, True, False),
        (of_slim, False, True, True),
        (of_a_list, True, True, True),
        (of_a_list, False, True, False),
        (of_rows, True, True, True),
        (of_rows, False, True, True),
        (rows_in_another_shape, True, True, True),
        (rows_in_another_shape, False, True, True),
        (of_open_sides, True, True, False),
    ],
)
def test_the_axis_is_that_of_the_version(
    file, build, takes_last, channels_last, right, monkeypatch
):
    monkeypatch.setattr(_opencv_softmax, "_TAKES_LAST", takes_last)
    path = file(build)
    try:
        check_softmax(path, read_graph_file(path).graph, channels_last=channels_last)
    except CorruptFileError as failure:
        assert not right
        name = "soft" if build is of_slim else "y"
        assert f"{build.__name__}.pb: OpenCV takes the softmax {name} along another" in str(failure)
    else:
        assert right


@pytest.mark.parametrize("build", [of_pictures, of_slim, of_rows], ids=lambda b: b.__name__)
def test_what_is_not_refused_is_what_tensorflow_computes(file, build):
    with open_model(file(build)) as model:
        expected = model.run(BATCH)["y"]
    if FIVE and build is not of_rows:
        with pytest.raises(CorruptFileError, match=r"freeze MODEL -o NEW\.pb --target opencv"):
            open_model(file(build), engine="opencv")
        return
    with open_model(file(build), engine="opencv") as model:
        np.testing.assert_allclose(model.run(BATCH)["y"], expected, atol=1e-6)


@pytest.mark.parametrize("build", [of_pictures, of_slim, of_a_list], ids=lambda b: b.__name__)
def test_frozen_for_opencv_it_agrees(file, build, tmp_path):
    report = freeze(file(build), tmp_path / "m.pb", targets=["opencv", "serving"])
    refused = FIVE is not (build is of_a_list)
    assert [step.name for step in report.steps] == ["for_opencv"] * refused
    with open_model(tmp_path / "m.pb") as one, open_model(tmp_path / "m.pb", engine="opencv") as cv:
        np.testing.assert_allclose(cv.run(BATCH)["y"], one.run(BATCH)["y"], atol=1e-6)


@pytest.mark.skipif(not FIVE, reason="OpenCV 4 takes the channels")
def test_a_softmax_of_open_sides_stays_refused(file, tmp_path):
    with pytest.raises(ConversionError, match=r"at 'y' \(Softmax\): OpenCV takes the softmax y"):
        freeze(file(of_open_sides), tmp_path / "m.pb", targets="opencv")
    assert not list(tmp_path.iterdir())


def test_steps_that_were_asked_for_come_first(tmp_path):
    def build():
        scale = tf.constant([2.0, 3.0, 4.0, 5.0, 6.0])
        tf.add(scores() * tf.rsqrt(scale), tf.rsqrt(scale), name="y")

    path = written(tmp_path / "source.pb", build)
    report = freeze(path, tmp_path / "m.pb", targets="opencv", transforms=["strip_unused"])
    assert [step.name for step in report.steps] == ["strip_unused", "for_opencv"]
    assert report.nodes < report.steps[0].nodes_before


def test_no_step_is_taken_for_other_programs(file, tmp_path):
    assert freeze(file(of_slim), tmp_path / "m.pb", targets="serving").steps == []
