"""What freezing refuses before it runs anything, and what it must not change in a session."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, RunError, UnknownNameError
from graphkit.export import freeze_session, load_graph
from graphkit.session import SessionRunner


def _optimizer(w, x):
    return tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(x * w))


def _scatter(w, x):
    return w.scatter_nd_sub([[0]], [1.0])


def _slice(w, x):
    return w[:1].assign([7.0])


def _sparse_optimizer(w, x):
    return tf.raw_ops.ResourceSparseApplyAdagrad(
        var=w.handle, accum=w.handle, lr=1.0, grad=[1.0], indices=[0]
    )


@pytest.mark.parametrize(
    ("write", "resource"),
    [(_sparse_optimizer, True)]
    + [(write, kind) for write in (_optimizer, _scatter, _slice) for kind in (True, False)],
)
def test_outputs_that_write_are_refused_and_nothing_is_written(
    graph, session, tmp_path, write, resource
):
    x = tf.placeholder(tf.float32, [2], name="x")
    w = tf.get_variable("w", initializer=[1.0, 2.0], use_resource=resource)
    written = write(w, x)
    with tf.control_dependencies([getattr(written, "op", written)]):
        tf.identity(x, name="y")
    session.run(tf.global_variables_initializer())
    with pytest.raises(ArgumentError, match="do not depend on ops that write variables"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert session.run(w).tolist() == [1.0, 2.0]


def test_an_accumulator_is_refused_instead_of_waited_for(graph, session, tmp_path):
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[])
    tf.identity(accumulator.take_grad(1), name="y")
    with pytest.raises(ArgumentError, match=r"accumulators or stages.*ConditionalAccumulator"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_reading_a_value_does_not_run_an_assignment(graph, session, tmp_path):
    handle = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[], shared_name="v", name="v")
    setting = tf.raw_ops.AssignVariableOp(resource=handle, value=1.0)
    adding = tf.raw_ops.AssignAddVariableOp(resource=handle, value=1.0)
    with tf.control_dependencies([adding]):
        tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)
    tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32, name="y")
    session.run(setting)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert session.run("y:0") == 1.0


def test_a_tensor_of_another_graph_is_refused(dense, tmp_path):
    with tf.Graph().as_default():
        y = tf.constant(1.0, name="y")
    with pytest.raises(ArgumentError, match=r"outputs must be a tensor of this graph.*'y:0'"):
        freeze_session(dense, tmp_path / "m.pb", outputs=y)


@pytest.mark.parametrize("given", [None, "session"])
def test_what_is_no_session_is_refused(tmp_path, given):
    with pytest.raises(ArgumentTypeError, match=r"session must be a tf.Session .*got (NoneT|str)"):
        freeze_session(given, tmp_path / "m.pb", outputs="y")


def test_a_runner_is_told_to_give_its_session(graph, tmp_path):
    tf.constant(1.0, name="y")
    with SessionRunner(graph) as runner:
        with pytest.raises(ArgumentTypeError, match=r"its .session\), got SessionRunner"):
            freeze_session(runner, tmp_path / "m.pb", outputs="y")
        freeze_session(runner.session, tmp_path / "m.pb", outputs="y")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"feeds": 3}, ArgumentTypeError, "feeds must be a dict .* got int"),
        ({"feeds": [3]}, ArgumentTypeError, "feeds must be a dict .* got int"),
        ({"feeds": {3: 3}}, UnknownNameError, "no input named '3'"),
        ({"pins": 3}, ArgumentTypeError, "pins must be a dict of values by name, got int"),
        ({"tolerance": float("inf")}, ArgumentError, "a finite number, 0 or more, got inf"),
        ({"tolerance": "0"}, ArgumentError, "a finite number, 0 or more, got '0'"),
        ({"feeds": {"x": np.zeros([0, 3])}}, ArgumentError, "finite number; .* got 'these'"),
        ({"feeds": {"x": np.full([1, 3], np.nan)}}, ArgumentError, "proves nothing"),
    ],
)
def test_arguments_of_another_kind_are_named(dense, tmp_path, arguments, error, message):
    with pytest.raises(error, match=message):
        freeze_session(dense, tmp_path / "m.pb", outputs="y", **arguments)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("dtype", "value", "fits"),
    [
        (tf.uint8, 255, True),
        (tf.uint8, 256, False),
        (tf.uint8, -1, False),
        (tf.int32, 2**31, False),
        (tf.uint64, 2**64 - 1, True),
        (tf.float32, 3, True),
    ],
)
def test_a_pin_is_taken_if_it_fits(graph, session, tmp_path, dtype, value, fits):
    tf.identity(tf.placeholder(dtype, [], name="n"), name="y")
    if fits:
        freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"n": value})
        with load_graph(tmp_path / "m.pb") as loaded:
            assert loaded.run({})["y"] == value
    else:
        with pytest.raises(ArgumentTypeError, match=r"pins\['n'\] must be within the range of"):
            freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"n": value})


def test_numbers_are_no_strings(graph, session, tmp_path):
    tf.identity(tf.placeholder(tf.string, [None], name="s"), name="y")
    with pytest.raises(ArgumentError, match=r"feeds\['s'\] must be of dtype string, got 'int64'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"s": [1, 2]})


def test_an_empty_dimension_stays_empty(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 0], name="x")
    tf.reduce_sum(x, axis=1, name="y")
    assert freeze_session(session, tmp_path / "m.pb", outputs="y").batches_checked == 2


def test_values_for_a_huge_input_are_not_made_up(graph, session, tmp_path):
    tf.reduce_sum(tf.placeholder(tf.float32, [None, 2**20, 2**20], name="x"), name="y")
    with pytest.raises(ArgumentError, match=r"input 'x' must be .*got 'one of shape .*, too large"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_what_the_session_cannot_compute_is_told(graph, session, tmp_path):
    x = tf.placeholder(tf.string, [], name="x")
    tf.io.read_file(x, name="y")
    with pytest.raises(tf.errors.NotFoundError, match=r"\Ay\b") as error:
        freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"x": b"/no/such/file"})
    assert isinstance(error.value, RunError)
