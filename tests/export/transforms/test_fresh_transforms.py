"""Each step, and the file, are proven in the fresh process; this one only says what they were."""

from __future__ import annotations

import sys

import pytest
from small_networks import numbers

from graphkit._tf import tf
from graphkit.errors import ArgumentError, RunError
from graphkit.export import transform
from graphkit.export._freezing._fresh import _process
from graphkit.export._freezing._fresh._process import FreshProcess, fresh_process
from graphkit.export._transforms import _step
from graphkit.export._transforms._network import copied

DIES = "import sys; sys.stderr.write('the last word'); sys.exit(3)"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """y = relu(x * w)"""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        tf.nn.relu(tf.matmul(x, tf.identity(numbers(3, 2))), name="y")
    path = tmp_path_factory.mktemp("graphs") / "source.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


@pytest.fixture
def asked(monkeypatch):
    """What the fresh process is asked: the names of files, their outputs and inputs."""
    questions = []
    run = FreshProcess.run

    def noting(self, path, outputs, batches):
        questions.append((path.name, tuple(outputs), [sorted(batch) for batch in batches]))
        return run(self, path, outputs, batches)

    monkeypatch.setattr(FreshProcess, "run", noting)
    return questions


def test_it_is_asked_after_each_step_and_for_the_file(source, tmp_path, asked):
    transform(source, tmp_path / "out.pb", ["remove_nodes", "rename:old=y,new=z"])
    (first, *one), (second, *two), (last, *three) = asked
    assert first == second == "step.pb"
    assert last.startswith(".out.pb.")
    assert one == [("y:0",), [["x"], ["x"]]]
    assert two == three == [("z:0",), [["x"], ["x"]]]


def test_inputs_go_by_the_names_they_have_after_a_step(source, tmp_path, asked):
    transform(source, tmp_path / "out.pb", ["rename:old=x,new=rows"])
    assert [inputs for _, _, inputs in asked] == [[["rows"], ["rows"]]] * 2


def test_text_is_read_there_as_it_was_written(source, tmp_path, asked):
    transform(source, tmp_path / "out.pbtxt", ["remove_nodes"])
    assert asked[-1][0].startswith(".out.pbtxt.")


def test_one_process_serves_all_steps(source, tmp_path):
    process = fresh_process()
    transform(source, tmp_path / "out.pb", ["remove_nodes", "fold_constants", "strip_unused"])
    assert fresh_process() is process


def test_a_process_that_ends_leaves_no_file(source, tmp_path, monkeypatch):
    """As TensorFlow does on a graph that it aborts on; here nothing but an error comes of it."""
    dying = FreshProcess(DIES)
    monkeypatch.setattr(_process, "_shared", {(): dying})
    monkeypatch.setattr(_process, "FreshProcess", lambda libraries: FreshProcess(DIES, libraries))
    with pytest.raises(RunError, match=r"could not run .*: it ended with exit code 3; .*last word"):
        transform(source, tmp_path / "out.pb", ["remove_nodes"])
    dying.close()
    assert list(tmp_path.iterdir()) == []


def test_without_an_interpreter_nothing_is_written(source, tmp_path, monkeypatch):
    monkeypatch.setattr(_process, "_shared", {})
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(RunError, match=r"sys.executable does not name a Python interpreter"):
        transform(source, tmp_path / "out.pb", ["remove_nodes"])
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_makes_what_is_no_graph_is_named(source, tmp_path, monkeypatch):
    def spoil(network):
        graph_def = copied(network.graph_def)
        next(node for node in graph_def.node if node.name == "y").op = "NoSuchOp"
        return network.with_graph(graph_def)

    monkeypatch.setitem(_step._KINDS, "spoil", _step._Kind(spoil))
    with pytest.raises(ArgumentError, match=r"(?s)spoil must be one .* accepts .*NoSuchOp"):
        transform(source, tmp_path / "out.pb", ["remove_nodes", "spoil"])
    assert list(tmp_path.iterdir()) == []
