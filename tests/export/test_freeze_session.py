"""Freezing a session: what is in the file, and that it computes the same."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from graphkit import export
from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    MissingFileError,
    UnknownNameError,
    VerificationError,
)
from graphkit.export import TensorInfo, freeze_session, load_graph
from graphkit.graph import layers, make_train_op

ROOT = Path(export.__file__).parents[2]


def _frozen(path):
    return tf.GraphDef.FromString(Path(path).read_bytes())


def _ops(path):
    """Name and type of each node, those of functions too."""
    graph_def = _frozen(path)
    nodes = [*graph_def.node, *(n for f in graph_def.library.function for n in f.node_def)]
    return {node.name: node.op for node in nodes}


def _check_same(session, path, outputs, feeds):
    """Compares what session and file compute, by a path of its own."""
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(_frozen(path), name="")
    with tf.Session(graph=graph) as other:
        names = [f"{name}:0" for name in outputs]
        expected = session.run(names, {f"{key}:0": value for key, value in feeds.items()})
        found = other.run(names, {f"{key}:0": value for key, value in feeds.items()})
    for one, two in zip(expected, found, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_the_report_says_what_was_written(dense, tmp_path):
    path = tmp_path / "my model.pb"
    report = freeze_session(dense, path, outputs=["logits", "y:0"])
    assert report.path == path
    assert report.inputs == [TensorInfo("x", "float32", (None, 3))]
    assert report.outputs == [
        TensorInfo("logits", "float32", (None, 2)),
        TensorInfo("y", "float32", (None, 2)),
    ]
    assert (report.parameters, report.batches_checked) == (8, 2)
    assert report.max_abs_diff <= 1e-6
    assert report.nodes == len(_frozen(path).node)
    assert report.bytes == path.stat().st_size


def test_no_variable_and_no_training_node_is_left(dense, tmp_path):
    with dense.graph.as_default():
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        optimizer.minimize(tf.reduce_mean(dense.graph.get_tensor_by_name("y:0")), name="train")
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    kinds = set(_ops(tmp_path / "m.pb").values())
    assert kinds - {"Add", "AddV2"} == {"Const", "Identity", "MatMul", "Placeholder", "Softmax"}


def test_nothing_is_added_to_the_session_graph(dense, tmp_path):
    dense.graph.finalize()
    before = dense.graph.as_graph_def()
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    assert dense.graph.as_graph_def() == before


def test_the_file_computes_the_same(dense, batch, tmp_path):
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    _check_same(dense, tmp_path / "m.pb", ["y"], {"x": batch})


def test_two_freezes_give_the_same_bytes(dense, tmp_path):
    for name in ("one", "two"):
        freeze_session(dense, tmp_path / name, outputs="y")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_text_form(dense, batch, tmp_path):
    freeze_session(dense, tmp_path / "m.pbtxt", outputs="y", text=True)
    assert (tmp_path / "m.pbtxt").read_text().startswith("node {")
    with load_graph(tmp_path / "m.pbtxt") as loaded:
        expected = dense.run("y:0", {"x:0": batch})
        np.testing.assert_allclose(loaded.run({"x": batch})["y"], expected, atol=1e-6)


@pytest.mark.parametrize("clear", [True, False])
def test_devices_are_cleared_unless_kept(graph, session, tmp_path, clear):
    with tf.device("/cpu:0"):
        tf.add(tf.placeholder(tf.float32, [None], name="x"), 1.0, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", clear_devices=clear)
    (node,) = [node for node in _frozen(tmp_path / "m.pb").node if node.name == "y"]
    assert node.device == ("" if clear else "/device:CPU:0")


@pytest.mark.parametrize("pins", [{"is_training": False}, None])
@pytest.mark.parametrize("fused", [True, False])
def test_batch_normalization_keeps_its_moving_averages(graph, session, tmp_path, pins, fused):
    x = tf.placeholder(tf.float32, [None, 2, 2, 3], name="x")
    is_training = tf.placeholder(tf.bool, [], name="is_training")
    net = layers.batch_normalization(
        x, training=is_training, momentum=0.5, fused=fused, name="norm"
    )
    tf.identity(net, name="y")
    train = make_train_op(tf.reduce_mean(tf.square(net - 1.0)), learning_rate=0.1)
    session.run(tf.global_variables_initializer())
    random = np.random.default_rng(0)
    for _ in range(4):
        session.run(train, {x: random.normal(3.0, 2.0, [8, 2, 2, 3]), is_training: True})
    given = random.normal(size=[2, 2, 2, 3]).astype(np.float32)
    freeze_session(session, tmp_path / "m.pb", outputs="y", pins=pins)
    with load_graph(tmp_path / "m.pb") as loaded:
        switch = {} if pins else {"is_training": False}
        found = loaded.run({"x": given} | switch)["y"]
    values = {v.op.name: v for v in tf.global_variables()}
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    gamma, beta, mean, variance = session.run([values[f"norm/{name}"] for name in names])
    assert not np.allclose(mean, 0)
    np.testing.assert_allclose(
        found, gamma * (given - mean) / np.sqrt(variance + 1e-3) + beta, atol=1e-5
    )


def test_a_branch_that_trains_goes_with_its_pin(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    is_training = tf.placeholder(tf.bool, [], name="is_training")
    mean = tf.get_variable("mean", [2], initializer=tf.zeros_initializer(), use_resource=True)

    def trained():
        with tf.control_dependencies([mean.assign(0.5 * mean + 0.5 * tf.reduce_mean(x, 0))]):
            return tf.reduce_mean(x, 0)

    tf.subtract(x, tf.cond(is_training, trained, lambda: tf.identity(mean)), name="y")
    session.run(tf.global_variables_initializer())
    session.run("y:0", {x: [[2.0, 4.0]], is_training: True})
    with pytest.raises(ArgumentError, match=r"write variables; pin .*AssignVariableOp"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"is_training": False})
    with load_graph(tmp_path / "m.pb") as loaded:
        np.testing.assert_array_equal(loaded.run({"x": [[2.0, 4.0]]})["y"], [[1.0, 2.0]])
    assert not any(op.startswith("Assign") for op in _ops(tmp_path / "m.pb").values())


def test_a_switch_that_writes_no_variable_may_stay(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    is_training = tf.placeholder(tf.bool, [], name="is_training")
    mean = tf.get_variable("mean", initializer=np.float32([1, 2]), use_resource=True)
    shift = tf.cond(
        is_training,
        lambda: tf.reduce_mean(x, 0),
        lambda: tf.raw_ops.ReadVariableOp(resource=mean.handle, dtype=tf.float32),
    )
    tf.subtract(x, shift, name="y")
    session.run(tf.global_variables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    for switch in (False, True):
        _check_same(session, tmp_path / "m.pb", ["y"], {"x": [[3.0, 5.0]], "is_training": switch})


@pytest.mark.parametrize("use_resource", [False, True])
def test_an_lstm_over_an_embedding(graph, session, tmp_path, use_resource):
    words = tf.placeholder(tf.int64, [None, 4], name="words")
    with tf.variable_scope("net", use_resource=use_resource):
        table = tf.get_variable("table", [7, 3])
        states, last = tf.nn.dynamic_rnn(
            layers.lstm_cell(2), tf.nn.embedding_lookup(table, words), dtype=tf.float32
        )
    tf.identity(states, name="states")
    tf.identity(last.h, name="last")
    session.run(tf.global_variables_initializer())
    report = freeze_session(session, tmp_path / "m.pb", outputs=["states", "last"])
    assert report.parameters == 7 * 3 + (3 + 2) * 8 + 8
    _check_same(session, tmp_path / "m.pb", ["states", "last"], {"words": [[0, 1, 2, 6]]})


def test_a_gather_inside_a_loop(graph, session, tmp_path):
    table = tf.get_variable("table", initializer=np.float32([[1, 2], [4, 8]]), use_resource=True)
    start = tf.placeholder(tf.float32, [2], name="start")
    rows = tf.placeholder(tf.int32, [None], name="rows")

    def body(step, total):
        picked = tf.nn.embedding_lookup(table, rows)
        shape = tf.cast(tf.shape(table)[0], tf.float32)
        first = tf.gather_nd(table, [[0]])[0]
        return step + 1, total + tf.reduce_sum(picked, 0) + first * shape

    _, total = tf.while_loop(lambda step, _: step < 3, body, [0, start])
    tf.identity(total, name="y")
    session.run(tf.global_variables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    _check_same(session, tmp_path / "m.pb", ["y"], {"start": [0.5, 0.5], "rows": [0, 1, 1]})
    assert "VarHandleOp" not in _ops(tmp_path / "m.pb").values()


@pytest.mark.parametrize(
    "build",
    [
        lambda v: tf.raw_ops.ResourceGather(resource=v.handle, indices=[1], dtype=tf.float32),
        lambda v: tf.raw_ops.ResourceGatherNd(resource=v.handle, indices=[[1]], dtype=tf.float32),
        lambda v: tf.raw_ops.ResourceGather(
            resource=v.handle, indices=[[0], [1]], dtype=tf.float32, batch_dims=1
        ),
        lambda v: tf.cast(tf.raw_ops.VariableShape(input=v.handle), tf.float32),
        lambda v: tf.cast(tf.raw_ops.VarIsInitializedOp(resource=v.handle), tf.float32),
        lambda v: tf.raw_ops.ReadVariableOp(resource=tf.identity(v.handle), dtype=tf.float32),
        lambda v: tf.switch_case(tf.shape(v)[1] - 2, [lambda: v + 1.0, lambda: v + 2.0]),
    ],
)
def test_every_use_of_a_handle(graph, session, tmp_path, build):
    variable = tf.get_variable("v", initializer=np.float32([[1, 2], [3, 4]]), use_resource=True)
    x = tf.placeholder(tf.float32, [], name="x")
    tf.add(build(variable), x, name="y")
    session.run(tf.global_variables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    _check_same(session, tmp_path / "m.pb", ["y"], {"x": 0.5})


def test_a_handle_that_goes_through_a_switch(graph, session, tmp_path):
    variable = tf.get_variable("v", initializer=np.float32([1, 2]), use_resource=True)
    condition = tf.placeholder_with_default(True, [], name="condition")
    sides = tf.raw_ops.Switch(data=variable.handle, pred=condition)
    merged = tf.raw_ops.Merge(inputs=[sides.output_false, sides.output_true]).output
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.add(x, tf.raw_ops.ReadVariableOp(resource=merged, dtype=tf.float32), name="y")
    session.run(variable.initializer)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    _check_same(session, tmp_path / "m.pb", ["y"], {"x": [1.0, 1.0], "condition": False})


def test_a_handle_that_goes_through_functions(graph, session, tmp_path):
    variable = tf.get_variable("v", initializer=np.float32([1, 2]), use_resource=True)

    @tf.function
    def inner(value):
        initialized = tf.raw_ops.VarIsInitializedOp(resource=variable.handle)
        return value + variable * tf.cast(initialized, tf.float32)

    @tf.function
    def outer(value):
        return inner(value) + inner(2.0 * value)

    tf.identity(outer(tf.placeholder(tf.float32, [2], name="x")), name="y")
    session.run(tf.global_variables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    _check_same(session, tmp_path / "m.pb", ["y"], {"x": [1.0, 1.0]})


def test_reference_ops_become_value_ops(graph, session, tmp_path):
    variable = tf.Variable([1.0, 2.0], use_resource=False, name="v")
    passed = tf.raw_ops.RefIdentity(input=variable.op.outputs[0])
    initialized = tf.is_variable_initialized(variable)
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.add(x, passed * tf.cast(initialized, tf.float32), name="y")
    session.run(variable.initializer)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    _check_same(session, tmp_path / "m.pb", ["y"], {"x": [1.0, 1.0]})


def test_a_queue_is_cut_at_the_batch(graph, session, tmp_path):
    queue = tf.FIFOQueue(4, [tf.float32, tf.int32], [[2], []])
    images, labels = queue.dequeue_many(2, name="batch")
    tf.add(images, 1.0, name="y")
    tf.subtract(labels, 1, name="z")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", inputs="batch:0")
    assert report.inputs == [TensorInfo("batch", "float32", (2, 2))]
    assert set(_ops(tmp_path / "m.pb").values()) <= {"Add", "AddV2", "Const", "Placeholder"}
    both = ["batch:0", "batch:1"]
    report = freeze_session(session, tmp_path / "m.pb", outputs=["y", "z"], inputs=both)
    assert [info.name for info in report.inputs] == ["batch", "batch_1"]
    report = freeze_session(session, tmp_path / "m.pb", outputs="z", inputs="batch:1")
    assert report.inputs == [TensorInfo("batch_1", "int32", (2,))]


def test_an_iterator_is_cut_at_the_batch(graph, session, tmp_path):
    dataset = tf.data.Dataset.from_tensors(np.float32([1, 2]))
    tf.add(tf.data.make_one_shot_iterator(dataset).get_next(), 1.0, name="y")
    with pytest.raises(ArgumentError, match=r"add 'IteratorGetNext:0'.*OneShotIterator"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", inputs="IteratorGetNext")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"IteratorGetNext": [5.0, 6.0]})["y"].tolist() == [6.0, 7.0]


def test_a_cut_op_keeps_its_name_where_another_output_is_needed(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [4], name="x")
    left, right = tf.split(x, 2, name="parts")
    taken = tf.placeholder_with_default(0.0, [], name="parts_0")
    with tf.control_dependencies([left]):
        tf.add(left, right + taken, name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=["parts:0", "x"])
    assert sorted(info.name for info in report.inputs) == ["parts_0", "parts_0_1", "x"]
    with load_graph(tmp_path / "m.pb") as loaded:
        given = {"parts_0_1": [10.0, 20.0], "x": [1.0, 2.0, 3.0, 4.0]}
        assert loaded.run(given)["y"].tolist() == [13.0, 24.0]


def test_an_output_of_an_op_with_several(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [4], name="x")
    tf.split(x, 2, name="parts")
    report = freeze_session(session, tmp_path / "m.pb", outputs="parts:1")
    assert report.outputs == [TensorInfo("parts:1", "float32", (2,))]
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({"x": [1.0, 2.0, 3.0, 4.0]})
    assert {name: value.tolist() for name, value in found.items()} == {"parts:1": [3.0, 4.0]}


def test_tensors_can_be_given_in_place_of_names(dense, tmp_path):
    graph = dense.graph
    y, x = graph.get_tensor_by_name("y:0"), graph.get_tensor_by_name("x:0")
    report = freeze_session(dense, tmp_path / "m.pb", outputs=y, inputs=[x], feeds={x: [[1, 2, 3]]})
    assert report.batches_checked == 1


def test_a_placeholder_with_default_stays(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    scale = tf.placeholder_with_default(3.0, [], name="scale")
    tf.multiply(x, scale, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", inputs="x")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [3.0]
        assert loaded.run({"x": [1.0], "scale": 5.0})["y"].tolist() == [5.0]


@pytest.mark.parametrize("default", [True, False])
def test_a_pin_replaces_a_placeholder(graph, session, tmp_path, default):
    x = tf.placeholder(tf.float32, [None], name="x")
    if default:
        scale = tf.placeholder_with_default(tf.constant(3.0), [], name="scale")
    else:
        scale = tf.placeholder(tf.float32, [], name="scale")
    tf.multiply(x, scale, name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"scale:0": 5})
    assert [info.name for info in report.inputs] == ["x"]
    assert _ops(tmp_path / "m.pb")["scale"] == "Const"
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [5.0]


@pytest.mark.parametrize(
    ("dtype", "shape"),
    [
        (tf.float32, [None, 3]),
        (tf.float64, [2, None]),
        (tf.float16, []),
        (tf.uint8, [None, None, None, 3]),
        (tf.int32, [None]),
        (tf.int64, []),
        (tf.bool, []),
        (tf.bool, [None]),
        (tf.string, [None]),
        (tf.complex64, [None]),
    ],
)
def test_batches_are_generated_for_every_dtype(graph, session, tmp_path, dtype, shape):
    tf.identity(tf.placeholder(dtype, shape, name="x"), name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert (report.batches_checked, report.max_abs_diff) == (2, 0)


def test_a_graph_without_input(graph, session, tmp_path):
    variable = tf.get_variable("v", initializer=[1.0, 2.0])
    tf.multiply(variable, 2.0, name="y")
    session.run(variable.initializer)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({})["y"].tolist() == [2.0, 4.0]


def test_nan_and_infinity_equal_themselves(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.log(x, name="y")
    feeds = {"x": [-1.0, 0.0, 1.0]}
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", feeds=feeds)
    assert report.max_abs_diff == 0


def test_several_batches_are_compared(dense, tmp_path):
    feeds = [{"x": np.ones([size, 3])} for size in (1, 2, 5)]
    report = freeze_session(dense, tmp_path / "m.pb", outputs="y", feeds=feeds)
    assert report.batches_checked == 3


class _Drifting:
    """A session that gives other numbers once the graph was read."""

    def __init__(self, session, change):
        self.graph = session.graph
        self._session = session
        self._change = change

    def run(self, fetches, feed_dict=None):
        values = self._session.run(fetches, feed_dict)
        return [self._change(value) for value in values] if feed_dict else values


def _drift(session, amount):
    return _Drifting(session, lambda value: value + amount)


@pytest.mark.parametrize("existing", [True, False])
def test_a_file_that_differs_is_not_written(dense, tmp_path, existing):
    path = tmp_path / "m.pb"
    if existing:
        freeze_session(dense, path, outputs="y")
    before = path.read_bytes() if existing else None
    with pytest.raises(VerificationError, match=r"'y:0'.*difference 0.01, allowed 1e-05; nothing"):
        freeze_session(_drift(dense, np.float32(0.01)), path, outputs="y")
    assert (path.read_bytes() if path.exists() else None) == before
    assert [file.name for file in tmp_path.iterdir()] == (["m.pb"] if existing else [])


def test_the_tolerance_is_the_callers(dense, tmp_path):
    drifting = _drift(dense, np.float32(0.01))
    report = freeze_session(drifting, tmp_path / "m.pb", outputs="y", tolerance=0.1)
    assert math.isclose(report.max_abs_diff, 0.01, rel_tol=1e-4)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value[:, :1],
        lambda value: value.astype(np.float64),
        lambda value: np.where(value == value.max(), np.float32(np.nan), value),
        lambda value: np.where(value == value.max(), np.float32(np.inf), value),
    ],
)
def test_another_shape_dtype_or_nan_differs(dense, tmp_path, change):
    with pytest.raises(VerificationError, match="difference inf"):
        freeze_session(_Drifting(dense, change), tmp_path / "m.pb", outputs="y")


def test_integers_have_to_be_equal(graph, session, tmp_path):
    tf.add(tf.placeholder(tf.int32, [None], name="x"), 1, name="y")
    with pytest.raises(VerificationError, match=r"'y:0'.*difference inf"):
        freeze_session(_drift(session, np.int32(1)), tmp_path / "m.pb", outputs="y", tolerance=10)


def test_large_numbers_may_differ_in_proportion(graph, session, tmp_path):
    tf.multiply(tf.placeholder(tf.float32, [None], name="x"), 1e6, name="y")
    drifting = _drift(session, np.float32(1.0))
    report = freeze_session(drifting, tmp_path / "m.pb", outputs="y", feeds={"x": [1.0]})
    assert report.max_abs_diff == 1.0


def test_a_random_output_is_refused_with_its_op(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 50], name="x")
    keep_prob = tf.placeholder(tf.float32, [], name="keep_prob")
    tf.identity(tf.nn.dropout(x, keep_prob=keep_prob), name="y")
    feeds = {"x": np.ones([2, 50]), "keep_prob": 0.5}
    message = r"same in every run.*RandomUniform.*pins=\{'keep_prob': 1.0\}.*got 'y"
    with pytest.raises(ArgumentError, match=message):
        freeze_session(session, tmp_path / "m.pb", outputs="y", feeds=feeds)
    freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"keep_prob": 1.0})


def test_a_random_output_without_a_switch(graph, session, tmp_path):
    tf.random_normal([3], name="y")
    with pytest.raises(
        ArgumentError, match=r"depends on y/RandomStandardNormal \(Random\w+\), got"
    ):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_numbers_that_prove_nothing_are_refused(graph, session, tmp_path):
    rate = tf.placeholder(tf.float32, [], name="rate")
    tf.divide(0.0, rate - 1.0, name="y")
    with pytest.raises(
        ArgumentError, match=r"feeds must be values that lead to a finite number; .* got .generated"
    ):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_generated_values_that_do_not_fit_ask_for_real_ones(graph, session, tmp_path):
    text = tf.placeholder(tf.string, [], name="text")
    tf.io.decode_jpeg(text, name="y")
    with pytest.raises(
        ArgumentError, match=r"feeds must be given, .*, and the graph cannot run on"
    ):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    with pytest.raises(tf.errors.InvalidArgumentError):
        freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"text": b"no image"})


def test_an_input_of_unknown_rank_asks_for_values(graph, session, tmp_path):
    tf.identity(tf.placeholder(tf.float32, name="x"), name="y")
    with pytest.raises(
        ArgumentError, match=r"input 'x' must be of a known.* --pin x=VALUE.*'one of unknown shape'"
    ):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"x": 1.0}).inputs == [
        TensorInfo("x", "float32", None)
    ]


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


@pytest.mark.parametrize("use_resource", [False, True])
def test_a_variable_without_a_value_is_named(graph, session, tmp_path, use_resource):
    ready = tf.get_variable("ready", initializer=1.0)
    late = tf.get_variable("late", [2], use_resource=use_resource)
    tf.add(ready, late, name="y")
    session.run(ready.initializer)
    with pytest.raises(ArgumentError, match=r"run the initializer.*without a value for late'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_queues_that_are_not_cut_are_named(graph, session, tmp_path):
    images = tf.FIFOQueue(4, [tf.float32], [[2]], name="queue").dequeue_many(2, name="batch")
    tf.add(images, 1.0, name="y")
    message = r"add 'batch:0'; the outputs still depend on queue \(FIFOQueueV2\), batch \(Queue"
    with pytest.raises(ArgumentError, match=message):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    with pytest.raises(ArgumentError, match=r"no queue, reader or iterator is left; the outputs"):
        freeze_session(session, tmp_path / "m.pb", outputs="batch")


@pytest.fixture
def worded(graph, session, tmp_path):
    """Words through a table, read from a file, into an embedding."""
    (tmp_path / "words.txt").write_text("cat\ndog\n")
    source = tf.lookup.TextFileInitializer(
        str(tmp_path / "words.txt"),
        tf.string,
        tf.lookup.TextFileIndex.WHOLE_LINE,
        tf.int64,
        tf.lookup.TextFileIndex.LINE_NUMBER,
    )
    words = tf.placeholder(tf.string, [None], name="words")
    ids = tf.lookup.StaticHashTable(source, 2).lookup(words, name="ids")
    vectors = tf.get_variable("vectors", initializer=np.float32([[1], [2], [3]]))
    tf.gather(vectors, ids, name="y")
    session.run([tf.global_variables_initializer(), tf.tables_initializer()])
    return session


def test_a_table_is_named_with_the_place_to_cut_behind_it(worded, tmp_path):
    told = (
        r"freeze_session: inputs must be the tensors behind the lookup tables, which a \.pb cannot "
        r"fill; add '(ids/.*:0)' and feed what the table gives; the outputs still depend on "
        r"'hash_table.*', got \[\]$"
    )
    with pytest.raises(ArgumentError, match=told) as caught:
        freeze_session(worded, tmp_path / "m.pb", outputs="y")
    entry = re.search(told, str(caught.value))[1]
    report = freeze_session(worded, tmp_path / "m.pb", outputs="y", inputs=[entry])
    (given,) = report.inputs
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({given.name: [1, 0, 2]})["y"].tolist() == [[2], [1], [3]]


def test_a_table_that_is_cut_off_need_not_be_filled(graph, session, tmp_path):
    table = tf.lookup.experimental.MutableHashTable(tf.int64, tf.float32, 0.0)
    found = table.lookup(tf.placeholder(tf.int64, [None], name="ids"))
    tf.multiply(found, 2.0, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=found.name)
    with load_graph(tmp_path / "m.pb") as loaded:
        (name,) = loaded.inputs
        assert loaded.run({name: [1.5]})["y"].tolist() == [3]


def test_what_a_file_cannot_hold_is_named(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.py_func(lambda value: value, [x], tf.float32, name="python")
    initializer = tf.lookup.KeyValueTensorInitializer([1], [2])
    table = tf.lookup.StaticHashTable(initializer, 0)
    tf.identity(table.lookup(tf.constant([1])), name="found")
    variable = tf.get_variable("v", initializer=0.0)
    tf.identity(variable.assign_add(1.0), name="counted")
    for output, message in {
        "python": r"call Python.*got 'python \(PyFunc",
        "found": r"add 'hash_table_Lookup/LookupTableFindV2:0' and feed what the table gives",
        "counted": r"write variables; pin .*Assign",
    }.items():
        with pytest.raises(ArgumentError, match=message):
            freeze_session(session, tmp_path / "m.pb", outputs=output)


def test_variables_beyond_2_gib_are_named_before_they_are_read(graph, session, tmp_path):
    big = tf.get_variable("big", [2**15, 2**14], use_resource=False)
    small = tf.get_variable("small", [2], use_resource=False)
    tf.add(big[0, 0], small, name="y")
    with pytest.raises(ArgumentError, match=r"big \(2,048 MiB\), small \(0 MiB\)"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_a_handle_nobody_reads_is_named(graph, session, tmp_path):
    handle = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[2], shared_name="v", name="v")
    tf.raw_ops.VariableShape(input=handle, name="y")
    with pytest.raises(ArgumentError, match="never reads 'v'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_a_use_of_a_variable_no_constant_can_take(graph, session, tmp_path):
    variable = tf.get_variable("v", initializer=1.0, use_resource=True)
    packed = tf.stack([variable.handle, variable.handle])
    tf.raw_ops.ReadVariableOp(resource=packed[0], dtype=tf.float32, name="y")
    session.run(variable.initializer)
    with pytest.raises(ArgumentError, match="computed without variables"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert list(tmp_path.iterdir()) == []


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


def test_a_process_killed_half_way_leaves_no_file_of_that_name(tmp_path):
    code = (
        "import os, signal, sys\n"
        "from graphkit._tf import tf\n"
        "from graphkit.export import freeze_session\n"
        "runs = []\n"
        "class Dying(tf.Session):\n"
        "    def run(self, *given, **named):\n"
        "        if self.graph is not graph:\n"
        "            print(os.listdir(sys.argv[1]), flush=True)\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return super().run(*given, **named)\n"
        "tf.Session = Dying\n"
        "graph = tf.Graph()\n"
        "with graph.as_default():\n"
        "    tf.add(tf.placeholder(tf.float32, [None], name='x'), 1.0, name='y')\n"
        "with tf.Session(graph=graph) as session:\n"
        "    freeze_session(session, sys.argv[1] + '/m.pb', outputs='y')\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert child.returncode == -signal.SIGKILL
    assert ".m.pb." in child.stdout
    assert not (tmp_path / "m.pb").exists()
