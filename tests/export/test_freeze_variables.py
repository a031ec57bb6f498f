"""Variables in a frozen file: read in branches, loops and functions, each becomes its value."""

from __future__ import annotations

import numpy as np
import pytest
from frozen_files import check_same, ops

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
)
from graphkit.export import freeze_session, load_graph
from graphkit.graph import layers, make_train_op


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
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", pins=pins)
    assert report.pins == {"is_training": False}
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({"x": given})["y"]
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
        freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=["x", "is_training"])
    freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"is_training": False})
    with load_graph(tmp_path / "m.pb") as loaded:
        np.testing.assert_array_equal(loaded.run({"x": [[2.0, 4.0]]})["y"], [[1.0, 2.0]])
    assert not any(op.startswith("Assign") for op in ops(tmp_path / "m.pb").values())


def test_a_branch_may_give_what_it_reads_many_times(session, tmp_path):
    value = tf.get_variable("value", initializer=np.float32([1, 2]), use_resource=True)
    chosen = tf.placeholder(tf.bool, [], name="chosen")
    rows = tf.cond(chosen, lambda: [value.value()] * 33, lambda: [tf.zeros([2])] * 33)
    tf.stack(rows, name="y")
    session.run(value.initializer)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as loaded:
        np.testing.assert_array_equal(loaded.run({"chosen": True})["y"], [[1, 2]] * 33)


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
    freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=["x", "is_training"])
    for switch in (False, True):
        check_same(session, tmp_path / "m.pb", ["y"], {"x": [[3.0, 5.0]], "is_training": switch})


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
    check_same(session, tmp_path / "m.pb", ["states", "last"], {"words": [[0, 1, 2, 6]]})


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
    check_same(session, tmp_path / "m.pb", ["y"], {"start": [0.5, 0.5], "rows": [0, 1, 1]})
    assert "VarHandleOp" not in ops(tmp_path / "m.pb").values()


def test_gathers_in_loops_of_both_kinds_and_behind_waits(control_flow, graph, session, tmp_path):
    """The rows that are fed, the same in each turn, and that of the larger number so far."""
    table = tf.get_variable("table", initializer=np.float32([[1, 2], [4, 8]]), use_resource=True)
    rows = tf.placeholder(tf.int32, [None], name="rows")

    def body(step, total):
        same = tf.nn.embedding_lookup(table, rows)
        other = tf.nn.embedding_lookup(table, tf.argmax(total)[None])
        return step + 1, total + tf.reduce_sum(same, 0) + other[0]

    with tf.control_dependencies([tf.reduce_max(rows)]):
        start = tf.nn.embedding_lookup(table, [1])[0]
    _, total = tf.while_loop(lambda step, _: step < 2, body, [0, start])
    tf.identity(total, name="y")
    session.run(tf.global_variables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    # 4 8, then twice: + (1 2) + (4 8) + (4 8), as the second number stays the larger one
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"rows": [0, 1]})["y"].tolist() == [22, 44]


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
    check_same(session, tmp_path / "m.pb", ["y"], {"x": 0.5})


def test_a_handle_that_goes_through_a_switch(graph, session, tmp_path):
    variable = tf.get_variable("v", initializer=np.float32([1, 2]), use_resource=True)
    condition = tf.placeholder_with_default(True, [], name="condition")
    sides = tf.raw_ops.Switch(data=variable.handle, pred=condition)
    merged = tf.raw_ops.Merge(inputs=[sides.output_false, sides.output_true]).output
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.add(x, tf.raw_ops.ReadVariableOp(resource=merged, dtype=tf.float32), name="y")
    session.run(variable.initializer)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    check_same(session, tmp_path / "m.pb", ["y"], {"x": [1.0, 1.0], "condition": False})


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
    check_same(session, tmp_path / "m.pb", ["y"], {"x": [1.0, 1.0]})


def test_reference_ops_become_value_ops(graph, session, tmp_path):
    variable = tf.Variable([1.0, 2.0], use_resource=False, name="v")
    passed = tf.raw_ops.RefIdentity(input=variable.op.outputs[0])
    initialized = tf.is_variable_initialized(variable)
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.add(x, passed * tf.cast(initialized, tf.float32), name="y")
    session.run(variable.initializer)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    check_same(session, tmp_path / "m.pb", ["y"], {"x": [1.0, 1.0]})
