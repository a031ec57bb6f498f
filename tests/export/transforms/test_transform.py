"""`transform` writes a file that computes what its source does, or none."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    CorruptFileError,
    MissingFileError,
    RunError,
    UnknownNameError,
    UnsafeFileError,
    VerificationError,
)
from graphkit.export import Step, inspect_file, load_graph, transform
from graphkit.export._transforms import _step


def write(path, build):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def two_results():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    middle = tf.multiply(x, tf.sqrt(tf.constant([1.0, 4.0, 9.0])), name="middle")
    tf.add(middle, 1.0, name="y")
    tf.reduce_sum(middle, axis=1, name="z")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """y = x * [1, 2, 3] + 1, and z, the sum of each row without the 1."""
    return write(tmp_path_factory.mktemp("graphs") / "source.pb", two_results)


def test_the_report_tells_what_each_step_did(source, tmp_path):
    steps = ["fold_constants", Step("rename", {"old": "middle", "new": "scaled"})]
    report = transform(source, tmp_path / "out.pb", steps)
    assert [step.name for step in report.steps] == ["fold_constants", "rename"]
    first, second = report.steps
    assert first.nodes_before - first.nodes_after == 1
    assert first.bytes_before > first.bytes_after
    assert second.nodes_before == second.nodes_after == report.nodes
    assert report.bytes == (tmp_path / "out.pb").stat().st_size
    assert report.max_abs_diff == first.max_abs_diff == 0
    assert (first.tolerance, report.batches_checked) == (1e-5, 2)
    assert [(t.name, t.shape) for t in report.inputs] == [("x", (None, 3))]
    assert [t.name for t in report.outputs] == ["y", "z"]


def test_the_file_computes_the_same(source, tmp_path):
    transform(source, tmp_path / "out.pb", ["fold_constants", "sort_by_execution_order"])
    with load_graph(tmp_path / "out.pb") as frozen:
        found = frozen.run({"x": [[1, 1, 1], [0, 1, 2]]})
    assert found["y"].tolist() == [[2, 3, 4], [1, 3, 7]]
    assert found["z"].tolist() == [6, 8]


def test_outputs_that_are_named_are_what_is_kept(source, tmp_path):
    report = transform(source, tmp_path / "out.pb", ["strip_unused"], outputs="z:0")
    assert [tensor.name for tensor in report.outputs] == ["z"]
    with load_graph(tmp_path / "out.pb") as frozen:
        assert list(frozen.outputs) == ["z"]
        with pytest.raises(UnknownNameError):
            frozen.run({"x": [[1, 1, 1]]}, "y")


def test_inputs_that_are_named_are_where_it_begins(source, tmp_path):
    report = transform(source, tmp_path / "out.pb", ["strip_unused"], inputs=["middle"])
    assert [(t.name, t.shape) for t in report.inputs] == [("middle", (None, 3))]
    with load_graph(tmp_path / "out.pb") as frozen:
        assert frozen.run({"middle": [[1, 2, 3]]})["z"].tolist() == [6]


def test_an_output_that_was_renamed_stays_one(source, tmp_path):
    rename = Step("rename", {"old": "^y$", "new": "out", "regex": True})
    transform(source, tmp_path / "one.pb", [rename])
    report = transform(tmp_path / "one.pb", tmp_path / "two.pb", ["strip_unused"])
    assert [tensor.name for tensor in report.outputs] == ["out", "z"]


def test_text_is_written_where_the_name_says_so(source, tmp_path):
    transform(source, tmp_path / "out.pbtxt", ["strip_unused"])
    assert (tmp_path / "out.pbtxt").read_text().startswith("node {")
    assert [t.name for t in inspect_file(tmp_path / "out.pbtxt").details.inputs] == ["x"]


def test_batches_that_are_given_are_the_ones_compared(source, tmp_path):
    feeds = [{"x": np.zeros((size, 3))} for size in (1, 2, 4)]
    report = transform(source, tmp_path / "out.pb", ["fold_constants"], feeds=feeds)
    assert report.batches_checked == 3


def test_a_file_may_take_the_place_of_its_source(source, tmp_path):
    copy = tmp_path / "copy.pb"
    copy.write_bytes(source.read_bytes())
    transform(copy, copy, ["fold_constants"])
    assert "Sqrt" not in inspect_file(copy).details.ops


def test_a_step_that_changes_numbers_is_named_and_nothing_is_written(source, tmp_path, monkeypatch):
    def spoil(network):
        graph_def = type(network.graph_def)()
        graph_def.CopyFrom(network.graph_def)
        next(node for node in graph_def.node if node.name == "y").op = "Sub"
        return network.with_graph(graph_def)

    monkeypatch.setitem(_step._KINDS, "spoil", _step._Kind(spoil))
    with pytest.raises(VerificationError) as raised:
        transform(source, tmp_path / "out.pb", ["fold_constants", "spoil", "strip_unused"])
    message = str(raised.value)
    assert message.startswith("the graph after spoil differs from its source at 'y:0': ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        ([], ArgumentError, "steps must be a list of at least one step"),
        ("fold_constants", ArgumentError, "steps must be a list of at least one step"),
        (["fold_constant"], UnknownNameError, "did you mean 'fold_constants'"),
        (["rename:odl=a"], UnknownNameError, "did you mean 'old'"),
        (["rename:old"], ArgumentError, "'old' is no ARGUMENT=VALUE"),
        (["rename:old=a,old=b"], ArgumentError, "gives 'old' once"),
        (["rename:old=x,regex=perhaps"], ArgumentError, "rename:regex must be true or false"),
        (["fold_constants:max_bytes=1e6"], ArgumentError, "max_bytes must be an integer"),
        ([Step("fold_constants", {"max_bytes": "many"})], ArgumentError, "got 'many'"),
    ],
)
def test_steps_that_cannot_be_taken(source, tmp_path, steps, error, message):
    with pytest.raises(error) as raised:
        transform(source, tmp_path / "out.pb", steps)
    assert message in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_regular_expression_may_hold_commas_and_equals_signs(source, tmp_path):
    step = "rename:old=^(mid){1,2}d=?(le)$,new=\\1-\\2,regex=true"
    transform(source, tmp_path / "out.pb", [step])
    with load_graph(tmp_path / "out.pb") as frozen:
        assert frozen.run({"x": [[1, 1, 1]]}, "mid-le")["mid-le"].tolist() == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: tf.read_file("secret", name="y"), UnsafeFileError, "is a ReadFile"),
        (
            lambda: tf.identity(tf.get_variable("v", initializer=1.0), name="y"),
            ArgumentError,
            "a frozen graph (graphkit freeze makes one)",
        ),
        (lambda: tf.random_uniform([2], name="y"), ArgumentError, "the same in every run"),
        (lambda: tf.FIFOQueue(3, tf.float32).dequeue(name="y"), ArgumentError, "a frozen graph"),
        (
            lambda: tf.gather(tf.constant([1.0]), tf.constant([5]), name="y"),
            (RunError, ArgumentError),
            "cannot run on generated values",
        ),
    ],
)
def test_graphs_that_cannot_be_proven(tmp_path, build, error, message):
    file = write(tmp_path / "source.pb", build)
    with pytest.raises(error) as raised:
        transform(file, tmp_path / "out.pb", ["strip_unused"])
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "out.pb").exists()


def test_files_that_are_none(tmp_path, source):
    with pytest.raises(MissingFileError, match="does not exist"):
        transform(tmp_path / "none.pb", tmp_path / "out.pb", ["strip_unused"])
    with pytest.raises(MissingFileError, match="folder does not exist"):
        transform(source, tmp_path / "no" / "out.pb", ["strip_unused"])
    (tmp_path / "half.pb").write_bytes(source.read_bytes()[:-9])
    with pytest.raises(CorruptFileError, match="holds no graph"):
        transform(tmp_path / "half.pb", tmp_path / "out.pb", ["strip_unused"])


@pytest.mark.parametrize("tolerance", [-1, float("nan"), "much"])
def test_tolerances_that_mean_nothing(source, tmp_path, tolerance):
    with pytest.raises(ArgumentError, match="tolerance must be a finite number, 0 or more"):
        transform(source, tmp_path / "out.pb", ["strip_unused"], tolerance=tolerance)
