"""A plain session told in plain words, and the parts that a runner is made of."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, GraphkitError, RunError
from graphkit.session import (
    PlacedOp,
    PlacementReport,
    SessionConfig,
    SessionRunner,
    placement_report,
    translated_op_error,
)
from graphkit.session._ancestors import executed_ops
from graphkit.session._checkpoints import step_of
from graphkit.session._mistakes import leaves
from graphkit.session._steps import _crossed, _scalars
from graphkit.session._translate import root_cause


def failing(run):
    """The error of a plain session."""
    with pytest.raises(tf.errors.OpError) as caught:
        run()
    return caught.value


def test_error_of_a_plain_session_is_told_with_its_op_and_line(graph, session):
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.debugging.check_numerics(tf.log(x), "no logarithm", name="checked")
    error = failing(lambda: session.run(y, {x: [-1.0]}))
    told = translated_op_error(error, graph)
    assert isinstance(told, RunError)
    assert isinstance(told, tf.errors.InvalidArgumentError)
    assert isinstance(told, type(error))
    assert str(told).startswith(f"checked (CheckNumerics, {__file__}:")
    assert "no logarithm : Tensor had NaN values" in str(told)
    assert told.message == str(told)
    assert (told.exit_code, told.error_code) == (1, error.error_code)


def test_error_that_is_told_already_stays(graph, session):
    error = failing(lambda: session.run(tf.constant([1, 2])[tf.placeholder_with_default(5, [])]))
    told = translated_op_error(error, graph)
    assert translated_op_error(told, graph) is told


def test_told_error_travels_between_processes(graph, session):
    x = tf.placeholder(tf.float32, [2], name="x")
    told = translated_op_error(failing(lambda: session.run(x)), graph)
    again = pickle.loads(pickle.dumps(told))
    assert str(again) == str(told)
    assert isinstance(again, tf.errors.InvalidArgumentError)
    assert isinstance(again, GraphkitError)


@pytest.mark.parametrize("name", ["OutOfRangeError", "CancelledError", "ResourceExhaustedError"])
def test_every_class_of_tensorflow_is_kept(graph, name):
    cls = getattr(tf.errors, name)
    told = translated_op_error(cls(None, None, "the words"), graph)
    assert isinstance(told, cls)
    assert isinstance(told, RunError)
    assert str(told) == "the words"


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("plain words", "plain words"),
        ("Graph execution error:\n\nthe cause", "the cause"),
        ("the cause\n\t [[{{node y}}]]", "the cause"),
        ("the cause\n\t [[{{node y}}]]\n\nOriginal stack trace for 'y':\n  File", "the cause"),
        (
            "2 root error(s) found.\n  (0) INVALID_ARGUMENT: the cause\n\t [[node a]]\n"
            "  (1) INVALID_ARGUMENT: another\n0 successful operations.",
            "the cause",
        ),
        ("two\nlines of cause", "two\nlines of cause"),
        ("", ""),
    ],
)
def test_cause_is_left_of_what_tensorflow_writes(message, cause):
    assert root_cause(message) == cause


def test_ops_of_a_run_are_those_above_what_is_fetched(graph):
    a = tf.constant(1.0, name="a")
    b = tf.identity(a, name="b")
    with tf.control_dependencies([tf.no_op(name="first")]):
        c = tf.add(b, 1.0, name="c")
    tf.identity(c, name="below")
    names = [op.name for op in executed_ops([c], [])]
    assert names[0] == "c"
    assert sorted(names) == ["a", "b", "c", "c/y", "first"]
    assert sorted(op.name for op in executed_ops([c], [b])) == ["c", "c/y", "first"]
    assert list(executed_ops([c], [c])) == []
    assert [op.name for op in executed_ops([a, a.op, a], [])] == ["a"]


@pytest.mark.parametrize(
    ("fetches", "found"),
    [
        ("x", ["x"]),
        (["x", ["y"], ()], ["x", "y"]),
        ({"a": "x", "b": {"c": ("y", "z")}}, ["x", "y", "z"]),
        ([], []),
    ],
)
def test_leaves_of_a_nesting_come_in_order(fetches, found):
    assert list(leaves(fetches)) == found


@pytest.mark.parametrize(
    ("prefix", "step"),
    [("model.ckpt-500", 500), ("a-7/model.ckpt", 0), ("model.ckpt", 0), ("m-0", 0), ("m--3", 3)],
)
def test_step_stands_at_the_end_of_a_checkpoints_name(prefix, step):
    assert step_of(prefix) == step


@pytest.mark.parametrize(
    ("before", "after", "every", "due"),
    [
        (0, 1, 1, True),
        (9, 10, 10, True),
        (10, 11, 10, False),
        (8, 12, 10, True),
        (0, 9, 10, False),
        (5, 25, 10, True),
        (3, 3, 1, False),
        (9, 10, None, False),
    ],
)
def test_what_is_due_every_so_many_steps(before, after, every, due):
    assert _crossed(before, after, every) is due


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (None, {}),
        ([1.0], {}),
        ({"loss": np.float32(0.5), "n": 3}, {"loss": 0.5, "n": 3.0}),
        ({"loss": np.zeros(2), "name": "x", "none": None}, {}),
        ({("a", 1): 2}, {"('a', 1)": 2.0}),
    ],
)
def test_numbers_alone_are_shown_beside_the_bar(values, shown):
    assert _scalars(values) == shown


ROWS = [
    PlacedOp("layer1/kernel", "VarHandleOp", "", "/device:CPU:0"),
    PlacedOp("layer1/MatMul", "MatMul", "/device:CPU:1", "/device:CPU:1"),
    PlacedOp("layer2/MatMul", "MatMul", "/device:GPU:0", "/device:CPU:0"),
]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({}, [0, 1, 2]),
        ({"name": "layer1/*"}, [0, 1]),
        ({"type": "MatMul"}, [1, 2]),
        ({"type": "Mat*", "name": "*2/*"}, [2]),
        ({"device": "cpu:0"}, [0, 2]),
        ({"device": "CPU:1", "asked_only": True}, [1]),
        ({"asked_only": True}, [1, 2]),
        ({"name": "LAYER1/*"}, []),
    ],
)
def test_report_is_filtered_by_every_condition(wanted, places):
    report = PlacementReport(ROWS)
    assert report.filter(**wanted).rows == [ROWS[place] for place in places]
    assert report.rows is ROWS


def test_report_is_a_table_of_one_line_per_op():
    lines = PlacementReport(ROWS).to_text().splitlines()
    assert [line.split() for line in lines] == [
        ["op", "type", "asked", "given"],
        ["layer1/kernel", "VarHandleOp", "-", "/device:CPU:0"],
        ["layer1/MatMul", "MatMul", "/device:CPU:1", "/device:CPU:1"],
        ["layer2/MatMul", "MatMul", "/device:GPU:0", "/device:CPU:0"],
    ]
    assert len({line.index("/device", 40) for line in lines[1:]}) == 1
    assert PlacementReport([]).to_text().split() == ["op", "type", "asked", "given"]


def test_report_of_every_kind_of_graph_owner(graph):
    with tf.device("/cpu:1"):
        tf.constant(1.0, name="one")
    config = SessionConfig(cpu_devices=2)
    runner = SessionRunner(graph, config=config)
    for owner, given in ((graph, config), (runner, None)):
        (row,) = placement_report(owner, config=given).filter("one").rows
        assert (row.asked, row.given) == ("/device:CPU:1", "/device:CPU:1")
    (row,) = placement_report(runner, config=SessionConfig()).filter("one").rows
    assert row.given == "/device:CPU:0"
    assert runner.config is config
    assert SessionRunner(graph).config == SessionConfig()


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ({"graph": None}, ArgumentTypeError, "graph must be a tf.Graph, .*got NoneType"),
        ({"config": {}}, ArgumentTypeError, "config must be a SessionConfig or None, got dict"),
        ({"resume": True}, ArgumentError, "checkpoint_dir must be given with resume=True"),
        ({"keep_checkpoints": 0}, ArgumentError, "keep_checkpoints must be 1 or more, got 0"),
        ({"grace_seconds": 0}, ArgumentError, "grace_seconds must be above 0, got 0"),
        ({"grace_seconds": float("nan")}, ArgumentError, "grace_seconds must be above 0, got nan"),
    ],
)
def test_runner_is_refused_before_anything_opens(graph, arguments, error, told):
    with pytest.raises(error, match=f"SessionRunner: {told}"):
        SessionRunner(**{"graph": graph, **arguments})
    assert not graph.finalized


def test_failed_opening_leaves_nothing_open(graph, tmp_path):
    tf.get_variable("w", initializer=tf.placeholder(tf.float32, [], name="start"))
    runner = SessionRunner(graph, checkpoint_dir=tmp_path, log_dir=tmp_path)
    with pytest.raises(RunError, match="start"), runner:
        pytest.fail("it opened")
    with pytest.raises(RunError, match="run: the session is not open"):
        runner.run("w")
    assert list(tmp_path.iterdir()) == []
    with SessionRunner(graph, init_feed={"start": 4.0}) as opened:
        assert opened.run("w") == 4
