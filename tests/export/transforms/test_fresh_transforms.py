"""Source, steps and file run in the fresh process; this one only says what they were."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest
from small_networks import network_of, numbers

from graphkit._tf import tf
from graphkit.errors import ArgumentError, RunError
from graphkit.export import transform
from graphkit.export._freezing._fresh import _process
from graphkit.export._freezing._fresh._process import FreshProcess, fresh_process
from graphkit.export._transforms import _step
from graphkit.export._transforms._fold_constants import fold_constants
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
    """What the fresh process is asked: the names of files, their outputs and inputs.

    The source comes first, on its first batch a second time, as it may be random.
    """
    questions = []
    run = FreshProcess.run

    def noting(self, path, outputs, batches):
        questions.append((path.name, tuple(outputs), [sorted(batch) for batch in batches]))
        return run(self, path, outputs, batches)

    monkeypatch.setattr(FreshProcess, "run", noting)
    return questions


def test_it_is_asked_after_each_step_and_for_the_file(source, tmp_path, asked):
    transform(source, tmp_path / "out.pb", ["remove_nodes", "rename:old=y,new=z"])
    (source, *zero), (first, *one), (second, *two), (last, *three) = asked
    assert (source, zero) == ("source.pb", [("y:0",), [["x:0"], ["x:0"], ["x:0"]]])
    assert first == second == "step.pb"
    assert last.startswith(".out.pb.")
    assert one == [("y:0",), [["x"], ["x"]]]
    assert two == three == [("z:0",), [["x"], ["x"]]]


def test_inputs_go_by_the_names_they_have_after_a_step(source, tmp_path, asked):
    transform(source, tmp_path / "out.pb", ["rename:old=x,new=rows"])
    assert [inputs for _, _, inputs in asked[1:]] == [[["rows"], ["rows"]]] * 2


def test_text_is_read_there_as_it_was_written(source, tmp_path, asked):
    transform(source, tmp_path / "out.pbtxt", ["remove_nodes"])
    assert asked[-1][0].startswith(".out.pbtxt.")


def test_one_process_serves_all_steps(source, tmp_path):
    process = fresh_process()
    transform(source, tmp_path / "out.pb", ["remove_nodes", "fold_constants", "strip_unused"])
    assert fresh_process() is process


@pytest.fixture
def dying(monkeypatch):
    """Lets the fresh process end as TensorFlow does on a graph that it aborts on."""
    process = FreshProcess(DIES)
    monkeypatch.setattr(_process, "_shared", {(): process})
    monkeypatch.setattr(_process, "FreshProcess", lambda libraries: FreshProcess(DIES, libraries))
    yield
    process.close()


def test_a_process_that_ends_leaves_no_file(source, tmp_path, dying):
    told = rf"could not run {re.escape(str(source))}: it ended with exit code 3; .*last word"
    with pytest.raises(RunError, match=told):
        transform(source, tmp_path / "out.pb", ["remove_nodes"])
    assert list(tmp_path.iterdir()) == []


def test_without_an_interpreter_nothing_is_written(source, tmp_path, monkeypatch):
    monkeypatch.setattr(_process, "_shared", {})
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(RunError, match=r"sys.executable does not name a Python interpreter"):
        transform(source, tmp_path / "out.pb", ["remove_nodes"])
    assert list(tmp_path.iterdir()) == []


def test_constants_are_folded_there_with_nothing_but_what_they_depend_on(asked):
    def build():
        roots = tf.sqrt(tf.constant([4.0, 9.0]), name="roots")
        tf.add(tf.placeholder(tf.float32, [None, 2], name="x"), roots, name="y")

    fold_constants(network_of(build))
    assert asked == [("source.pb", ("roots:0",), [[]])]
    asked.clear()
    network = network_of(lambda: tf.add(tf.placeholder(tf.float32, [2], name="x"), 1.0, name="y"))
    fold_constants(network)
    assert asked == []


def test_constants_that_end_it_are_told(dying):
    network = network_of(lambda: tf.add(tf.sqrt(tf.constant(4.0)), tf.zeros([2]), name="y"))
    with pytest.raises(RunError, match=r"could not run the constants to fold: it ended with exit"):
        fold_constants(network)


def test_a_step_that_makes_what_is_no_graph_is_named(source, tmp_path, monkeypatch):
    def spoil(network):
        graph_def = copied(network.graph_def)
        next(node for node in graph_def.node if node.name == "y").op = "NoSuchOp"
        return network.with_graph(graph_def)

    monkeypatch.setitem(_step._KINDS, "spoil", _step._Kind(spoil))
    with pytest.raises(ArgumentError, match=r"(?s)spoil must be one .* accepts .*NoSuchOp"):
        transform(source, tmp_path / "out.pb", ["remove_nodes", "spoil"])
    assert list(tmp_path.iterdir()) == []


def test_an_abort_of_tensorflow_ends_no_process_of_the_users(source, tmp_path):
    """As 2.21 aborts on a depthwise convolution with a padding of its own, a bias and a Relu."""
    with tf.Graph().as_default() as graph:
        value = tf.raw_ops.DepthwiseConv2dNative(
            input=tf.placeholder(tf.float32, [None, 8, 8, 3], name="x"),
            filter=numbers(3, 3, 3, 1),
            strides=[1, 1, 1, 1],
            padding="EXPLICIT",
            explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0],
        )
        tf.nn.relu(tf.nn.bias_add(value, numbers(3)), name="y")
    path = tmp_path / "aborts.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    try:
        transform(path, tmp_path / "out.pb", ["strip_unused"])
    except RunError as error:
        assert re.search(rf"could not run {re.escape(str(path))}: it ended by SIG", str(error))
        assert [file.name for file in tmp_path.iterdir()] == ["aborts.pb"]
    assert transform(source, tmp_path / "good.pb", ["remove_nodes"]).max_abs_diff == 0


def test_where_a_step_begins_is_computed_there_too(source, tmp_path, asked):
    """The values of a tensor that becomes a placeholder, which the proof goes on with."""
    transform(source, tmp_path / "out.pb", ["cut:inputs=MatMul"])
    first, values, again, *_ = asked
    assert first[0] == values[0] == again[0] == "source.pb"
    assert (values[1], values[2]) == (("MatMul:0",), [["x"], ["x"]])
    assert (again[1], again[2]) == (("y:0",), [["MatMul:0"]] * 3)


def test_a_source_that_fails_says_which_op_does(tmp_path):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.int32, [None], name="x")
        tf.gather(tf.constant([1.0, 2.0]), x, name="y")
    path = tmp_path / "fails.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"y \(GatherV2.*indices\[0\] = 7"):
        transform(path, tmp_path / "out.pb", ["strip_unused"], feeds={"x": np.int32([7])})
    with pytest.raises(
        ArgumentError, match=r"feeds must be given \(.*--feed .*\), .* cannot run on generated"
    ):
        transform(_wants_large_numbers(tmp_path), tmp_path / "out.pb", ["strip_unused"])


def _wants_large_numbers(folder):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2, 2], name="x")
        tf.reshape(x, tf.cast(x[0], tf.int32) + 100, name="y")
    path = folder / "large.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def test_a_source_that_is_random_is_found_out(tmp_path):
    """In one session: a seed gives the same numbers in each new one."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        tf.add(x, tf.random_uniform([3], seed=1), name="y")
    path = tmp_path / "random.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    with pytest.raises(ArgumentError, match=r"the same in every run; .*RandomUniform"):
        transform(path, tmp_path / "out.pb", ["strip_unused"])
