"""`graphkit infer --engine`: what is measured and compared, who is taken, and how that is told."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import RunError
from graphkit.export._predicting import _fastest
from graphkit.export._running._engines._opencv import OpenCvModel
from graphkit.export._running._engines._tensorflow import TensorFlowModel


def write_graph(path, name, shape):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, shape, name=name)
        tf.reduce_mean(x, [1, 2], name="means") if len(shape) > 2 else tf.multiply(x, 2.0, name="y")
    path.write_bytes(graph.as_graph_def().SerializeToString())


@pytest.fixture
def here(tmp_path):
    """A folder with two graphs and three pictures in `colours/`."""
    write_graph(tmp_path / "means.pb", "pictures", [None, 2, 3, 3])
    write_graph(tmp_path / "fixed.pb", "x", [2, 3])
    (tmp_path / "colours").mkdir()
    for name in "abc":
        assert cv2.imwrite(str(tmp_path / f"colours/{name}.png"), np.full((4, 6, 3), 9, np.uint8))
    return tmp_path


TIMES = {"tensorflow": 3e-3, "opencv": 2e-3}


@pytest.mark.parametrize(
    ("fastest", "inputs", "shape"),
    [
        ("opencv", ["means.pb", "colours"], (1, 2, 3, 3)),
        ("tensorflow", ["means.pb", "colours", "--batch-size", 2], (2, 2, 3, 3)),
        ("opencv", ["means.pb", "colours", "--batch-size", 8], (3, 2, 3, 3)),
        ("opencv", ["fixed.pb", "rows.csv"], (2, 3)),
        ("opencv", ["means.pb", "--feed", "pictures=four.npy"], (4, 2, 3, 3)),
    ],
)
def test_engines_are_measured_on_the_first_batch(
    graphkit, here, monkeypatch, fastest, inputs, shape
):
    np.savetxt(here / "rows.csv", np.eye(3), delimiter=",")
    np.save(here / "four.npy", np.ones((4, 2, 3, 3), np.float32))
    seen = set()

    def seconds(model, feeds):
        seen.update(value.shape for value in feeds.values())
        return 1e-3 if model.engine == fastest else TIMES[model.engine]

    monkeypatch.setattr(_fastest, "_seconds", seconds)
    outcome = graphkit("infer", *inputs, "--engine", "auto", "--json")
    assert outcome.code == 0, outcome.err
    assert seen == {shape}
    assert f"graphkit: {fastest} runs {inputs[0]} ({fastest} 1 ms, " in outcome.err
    found = (
        [json.loads(outcome.out)]
        if "--feed" in inputs
        else [json.loads(line) for line in outcome.out.splitlines()]
    )
    assert {line["engine"] for line in found} == {fastest}
    assert all(line["outputs"] for line in found)


def test_engines_are_measured_on_what_can_be_read(graphkit, here):
    (here / "colours/a.png").write_bytes(b"no picture")
    options = ["--engine", "auto", "--json", "--keep-going", "--batch-size", 2]
    outcome = graphkit("infer", "means.pb", "colours", *options)
    assert outcome.code == 1
    broken, *good = [json.loads(line) for line in outcome.out.splitlines()]
    assert broken.keys() == {"input", "error"}
    assert [line["input"] for line in good] == ["colours/b.png", "colours/c.png"]
    assert "graphkit: " + good[0]["engine"] + " runs means.pb" in outcome.err


def test_without_anything_to_measure_on_the_first_engine_is_taken(graphkit, here):
    for name in "abc":
        (here / f"colours/{name}.png").write_bytes(b"no picture")
    outcome = graphkit("infer", "means.pb", "colours", "--engine", "auto", "--keep-going", "--json")
    assert outcome.code == 1
    assert len(outcome.out.splitlines()) == 3
    assert "ms" not in outcome.err


def write_rows(path, count):
    np.savetxt(path, np.eye(count, 3), delimiter=",")


@pytest.mark.parametrize(
    ("count", "options", "taken"),
    [
        (16, [], None),
        (17, [], "opencv"),
        (17, ["--batch-size", 17], "opencv"),
        (17, ["--engine", "tensorflow"], None),
        (16, ["--engine", "auto"], "opencv"),
    ],
)
def test_for_many_inputs_engines_are_measured_unless_one_is_named(
    graphkit, here, monkeypatch, count, options, taken
):
    monkeypatch.setattr(_fastest, "_seconds", lambda model, feeds: TIMES[model.engine])
    write_rows(here / "rows.csv", count)
    write_graph(here / "twice.pb", "x", [None, 3])
    outcome = graphkit("infer", "twice.pb", "rows.csv", "--json", *options)
    assert outcome.code == 0, outcome.err
    found = [json.loads(line) for line in outcome.out.splitlines()]
    assert len(found) == count
    assert {line.get("engine") for line in found} == {taken}
    assert ("runs twice.pb" in outcome.err) == (taken is not None)
    assert found[-1]["outputs"]["y"] == (2 * np.eye(count, 3)[-1]).tolist()


NAMED = [["means.pb", "colours"], ["means.pb", "--feed", "pictures=four.npy"]]


@pytest.fixture
def four(here):
    """A batch of pictures as an array."""
    np.save(here / "four.npy", np.ones((4, 2, 3, 3), np.float32))


@pytest.mark.parametrize("inputs", NAMED, ids=["inputs", "feeds"])
def test_opencv_is_refused_where_it_reads_a_graph_otherwise(graphkit, four, monkeypatch, inputs):
    right = OpenCvModel._turned_out
    monkeypatch.setattr(OpenCvModel, "_turned_out", lambda *given: right(*given) + 0.5)
    outcome = graphkit("infer", *inputs, "--engine", "opencv", "--json")
    assert (outcome.code, outcome.out) == (1, "")
    told = "means.pb: opencv does not agree with tensorflow: its outputs differ by 0.5; "
    assert told in outcome.err
    assert "--target opencv" in outcome.err


@pytest.mark.parametrize("inputs", NAMED, ids=["inputs", "feeds"])
def test_opencv_that_agrees_is_run_without_a_word(graphkit, four, inputs):
    outcome = graphkit("infer", *inputs, "--engine", "opencv", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert "means" in outcome.out


def test_opencv_is_run_where_nothing_can_be_compared_with_it(graphkit, four, monkeypatch):
    def fail(*given):
        raise RunError("no memory")

    monkeypatch.setattr(TensorFlowModel, "run", fail)
    outcome = graphkit("infer", *NAMED[0], "--engine", "opencv", "--json")
    assert (outcome.code, len(outcome.out.splitlines())) == (0, 3)
    assert "what opencv gives was compared with nothing: no memory" in outcome.err
