"""`compare_engines`: who agrees, who is fastest, and why one does not count."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import RunError
from graphkit.export import EngineTiming, compare_engines
from graphkit.export._predicting import _fastest
from graphkit.export._predicting._fastest import ranked

BATCH = {"x": np.float32([[1, 2, 3]])}


def write(path, build):
    with tf.Graph().as_default() as graph:
        build(tf.placeholder(tf.float32, [None, 3], name="x"))
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


@pytest.fixture
def dense(tmp_path):
    weights = np.arange(6, dtype=np.float32).reshape(3, 2)
    return write(tmp_path / "net.pb", lambda x: tf.nn.relu(tf.matmul(x, weights), name="y"))


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ([("tensorflow", 2e-3, True), ("opencv", 1e-3, True)], ["opencv", "tensorflow"]),
        ([("tensorflow", 1e-3, True), ("opencv", 2e-3, True)], ["tensorflow", "opencv"]),
        ([("tensorflow", 2e-3, True), ("opencv", 1e-3, False)], ["tensorflow", "opencv"]),
        ([("tensorflow", 2e-3, True), ("opencv", 0.0, False)], ["tensorflow", "opencv"]),
        ([("tensorflow", 1e-3, True), ("opencv", 1e-3, True)], ["tensorflow", "opencv"]),
        ([("onnxruntime", 1e-3, True), ("opencv", 1e-3, True)], ["onnxruntime", "opencv"]),
        (
            [("a", 3.0, True), ("b", 2.0, False), ("c", 1.0, True), ("d", 1.0, False)],
            ["c", "a", "d", "b"],
        ),
        ([("tflite", 5.0, True)], ["tflite"]),
        ([], []),
    ],
)
def test_the_table_of_times_says_who_comes_first(measured, expected):
    timings = [EngineTiming(name, seconds, agrees=agrees) for name, seconds, agrees in measured]
    assert [timing.engine for timing in ranked(timings)] == expected


@pytest.mark.parametrize(("slow", "first"), [("opencv", "tensorflow"), ("tensorflow", "opencv")])
def test_the_fastest_of_those_that_agree_comes_first(dense, monkeypatch, slow, first):
    monkeypatch.setattr(_fastest, "_seconds", lambda model, _: 2.0 if model.engine == slow else 1.0)
    timings = compare_engines(dense, BATCH)
    assert [timing.engine for timing in timings] == [first, slow]
    assert [timing.seconds for timing in timings] == [1.0, 2.0]
    assert all(timing.agrees and timing.max_abs_diff < 1e-5 for timing in timings)


def test_an_engine_that_refuses_comes_last_with_its_reason(tmp_path):
    path = write(tmp_path / "net.pb", lambda x: tf.math.betainc(x, x, tf.sigmoid(x), name="y"))
    first, second = compare_engines(path, BATCH)
    assert (first.engine, first.agrees, first.reason) == ("tensorflow", True, "")
    assert (second.engine, second.agrees, second.seconds) == ("opencv", False, 0.0)
    assert "Betainc" in second.reason


def test_an_engine_that_computes_something_else_does_not_count(dense, monkeypatch):
    times = {"tensorflow": 2.0, "opencv": 1.0}
    monkeypatch.setattr(_fastest, "_seconds", lambda model, _: times[model.engine])
    first, second = compare_engines(dense, BATCH, tolerance=-1.0)
    assert not (first.agrees or second.agrees)
    assert second.reason == "its outputs differ by 0"


def test_the_first_engine_has_to_run(tmp_path):
    path = write(tmp_path / "net.pb", lambda x: tf.reshape(x, [9], name="y"))
    with pytest.raises(RunError, match="requested shape has 9"):
        compare_engines(path, BATCH)
