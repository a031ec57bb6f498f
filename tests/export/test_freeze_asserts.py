"""Asserts that outputs wait for are not frozen, nor what only they read."""

from __future__ import annotations

import numpy as np
import pytest
from frozen_files import check_same, frozen, ops

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import freeze, freeze_session
from graphkit.export._graphs._nodes import ops_within

ROWS = np.float32([[1, 2, 3], [4, 5, 6]])


def _checked(x, checks):
    """A layer whose result waits for checks of what it is computed from."""
    w = tf.get_variable("w", [3, 2], initializer=tf.ones_initializer())
    h = tf.matmul(x, w, name="h")
    with tf.control_dependencies(checks(x, h)):
        return tf.add(h, 1.0, name="y")


CHECKS = {
    "an assert": lambda x, h: [tf.Assert(tf.reduce_all(x < 100), [x])],
    "a comparison": lambda x, h: [tf.assert_less(h, 1e6)],
    "several": lambda x, h: [tf.group(tf.assert_rank(x, 2), tf.assert_non_negative(x))],
    "a value that was checked": lambda x, h: [
        tf.abs(tf.debugging.assert_all_finite(h, "finite")),
        tf.assert_positive(tf.placeholder_with_default([1.0], [1], name="only_checked")),
    ],
}


@pytest.fixture(params=["functions", "switches"])
def control_flow(request):
    """Both forms that branches and loops have."""
    was = tf.control_flow_v2_enabled()
    (tf.enable_control_flow_v2 if request.param == "functions" else tf.disable_control_flow_v2)()
    yield request.param
    (tf.enable_control_flow_v2 if was else tf.disable_control_flow_v2)()


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize("checks", sorted(CHECKS))
def test_what_an_output_waits_for_is_left_out(graph, session, tmp_path, checks, resource):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.variable_scope("", use_resource=resource):
        _checked(x, CHECKS[checks])
    session.run(tf.global_variables_initializer())
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"x": ROWS})
    assert sorted(set(ops(tmp_path / "m.pb").values()) - {"Identity"}) == [
        "AddV2",
        "Const",
        "MatMul",
        "Placeholder",
    ]
    assert [info.name for info in report.inputs] == ["x"]
    check_same(session, tmp_path / "m.pb", ["y"], {"x": ROWS})


def test_an_output_that_is_checked_stays_what_it_is(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.control_dependencies([tf.assert_less(x, 100.0)]):
        tf.identity(x, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"x": ROWS})
    assert ops(tmp_path / "m.pb") == {"x": "Placeholder", "y": "Identity"}


def test_a_frozen_graph_loses_its_asserts_when_it_is_frozen_again(graph, tmp_path):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.control_dependencies([tf.assert_less(x, 100.0)]):
        tf.negative(x, name="y")
    (tmp_path / "old.pb").write_bytes(graph.as_graph_def().SerializeToString())
    freeze(tmp_path / "old.pb", tmp_path / "m.pb", outputs="y", feeds={"x": ROWS})
    assert ops(tmp_path / "m.pb") == {"x": "Placeholder", "y": "Neg"}


def test_what_acts_behind_an_assert_is_refused_as_ever(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    steps = tf.get_variable("steps", [], initializer=tf.zeros_initializer())
    with tf.control_dependencies([tf.assert_less(x, 100.0)]):
        counted = tf.assign_add(steps, 1.0)
    with tf.control_dependencies([counted]):
        tf.negative(x, name="y")
    session.run(tf.global_variables_initializer())
    with pytest.raises(ArgumentError, match="do not depend on ops that write variables"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def _checked_constant(x):
    with tf.control_dependencies([tf.assert_less(x, 100.0)]):
        return tf.fill([2], 7.0)


def _checked_double(x):
    with tf.control_dependencies([tf.assert_less(x, 100.0)]):
        return tf.multiply(x, 2.0)


def _branch(x):
    big = tf.reduce_sum(x) > 5
    return tf.cond(big, lambda: _checked_constant(x), lambda: tf.check_numerics(x, "finite"))


def _branch_in_branch(x):
    return tf.cond(
        x[0] > 0,
        lambda: tf.cond(x[1] > 1, lambda: _checked_double(x), lambda: _checked_constant(x)),
        lambda: x,
    )


def _loop(x):
    def body(step, value):
        with tf.control_dependencies([tf.assert_less(value, 1e6)]):
            return step + 1, value * tf.constant(2.0)

    def goes_on(step, value):
        with tf.control_dependencies([tf.assert_non_negative(step)]):
            return tf.less(step, tf.constant(3))

    return tf.while_loop(goes_on, body, [0, x])[1]


def _branch_in_loop(x):
    def body(step, value):
        checked = tf.cond(step > 0, lambda: _checked_double(value), lambda: value + 1.0)
        return step + 1, checked

    return tf.while_loop(lambda step, _: step < 3, body, [0, x])[1]


def _loop_in_branch(x):
    return tf.cond(x[0] > 0, lambda: _loop(x), lambda: _checked_constant(x))


INSIDE = {
    "a branch": (_branch, {(3, 4): (7, 7), (1, 2): (1, 2)}),
    "a branch in a branch": (_branch_in_branch, {(1, 2): (2, 4), (1, 0): (7, 7), (-1, 5): (-1, 5)}),
    "a loop": (_loop, {(1, 2): (8, 16)}),
    "a branch in a loop": (_branch_in_loop, {(1, 2): (8, 12)}),
    "a loop in a branch": (_loop_in_branch, {(1, 2): (8, 16), (-1, 2): (7, 7)}),
}


@pytest.mark.parametrize("shape", sorted(INSIDE))
def test_asserts_within_branches_and_loops_are_left_out(
    graph, session, tmp_path, control_flow, shape
):
    build, expected = INSIDE[shape]
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.identity(build(x), name="y")
    batches = [{"x": np.float32(given)} for given in expected]
    freeze_session(session, tmp_path / "m.pb", outputs="y", feeds=batches)
    kinds = {kind for _, kind in ops_within(frozen(tmp_path / "m.pb"))}
    assert not kinds & {"Assert", "CheckNumerics"}
    with tf.Graph().as_default() as other:
        tf.import_graph_def(frozen(tmp_path / "m.pb"), name="")
    with tf.Session(graph=other) as reloaded:
        for given, result in expected.items():
            np.testing.assert_array_equal(reloaded.run("y:0", {"x:0": given}), result)


def test_what_acts_within_a_branch_is_refused_as_ever(graph, session, tmp_path, control_flow):
    x = tf.placeholder(tf.float32, [2], name="x")
    steps = tf.get_variable("steps", [], initializer=tf.zeros_initializer(), use_resource=True)

    def counted():
        with tf.control_dependencies([tf.assert_less(x, 100.0)]):
            count = steps.assign_add(1.0)
        with tf.control_dependencies([count]):
            return tf.negative(x)

    tf.identity(tf.cond(x[0] > 0, counted, lambda: x), name="y")
    session.run(tf.global_variables_initializer())
    with pytest.raises(ArgumentError, match="do not depend on ops that write variables"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_a_function_need_not_have_checked_before_it_returns(graph, session, tmp_path):
    @tf.function
    def doubled(x):
        def body(step, value):
            tf.Assert(tf.reduce_all(value < 1e6), [value])
            return step + 1, value * 2.0

        return tf.while_loop(lambda step, _: step < 3, body, [0, x])[1]

    tf.identity(doubled(tf.placeholder(tf.float32, [2], name="x")), name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"x": np.float32([1, 2])})
    inside = frozen(tmp_path / "m.pb").library.function
    assert inside
    assert not any(function.control_ret for function in inside)
    assert not any(function.signature.control_output for function in inside)
    check_same(session, tmp_path / "m.pb", ["y"], {"x": np.float32([3, 4])})


def test_what_is_checked_on_its_way_is_only_handed_on(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.check_numerics(tf.negative(x), "finite", name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert set(ops(tmp_path / "m.pb").values()) == {"Placeholder", "Neg", "Identity"}
    check_same(session, tmp_path / "m.pb", ["y"], {"x": np.float32([3, 4])})


def test_what_only_an_assert_reads_need_not_be_fed(graph, session, tmp_path, control_flow):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    words = tf.placeholder(tf.string, [None], name="words")
    asked = [
        tf.assert_equal(tf.shape(x)[0], tf.shape(labels)[0]),
        tf.Assert(tf.reduce_all(tf.equal(words, "yes")), [words]),
    ]
    with tf.control_dependencies(asked):
        tf.negative(x, name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert [info.name for info in report.inputs] == ["x"]
    assert ops(tmp_path / "m.pb") == {"x": "Placeholder", "y": "Neg"}


def test_values_are_made_up_that_no_assert_would_let_pass(graph, session, tmp_path, control_flow):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.control_dependencies([tf.assert_greater(x, 1e6)]):
        tf.negative(x, name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert report.max_abs_diff == 0


def test_arrays_and_tables_that_only_asserts_read_are_left_out(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.disable_control_flow_v2()
    try:
        doubled = tf.map_fn(lambda row: row * 2.0, x)
    finally:
        tf.enable_control_flow_v2()
    words = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant([1, 2]), tf.constant([3, 4])), -1
    )
    asked = [
        tf.assert_equal(tf.shape(doubled)[1], 3),
        tf.assert_positive(words.lookup(tf.shape(x)[:1])),
    ]
    with tf.control_dependencies(asked):
        tf.negative(x, name="y")
    session.run(tf.tables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert ops(tmp_path / "m.pb") == {"x": "Placeholder", "y": "Neg"}


def _terabytes():
    return tf.less(tf.reduce_max(tf.placeholder(tf.float32, [2**20, 2**20], name="big")), 1.0)


def _handle():
    handle = tf.placeholder(tf.resource, [], name="handle")
    return tf.raw_ops.VarIsInitializedOp(resource=handle)


@pytest.mark.parametrize("asked", [_terabytes, _handle])
def test_what_no_value_can_be_made_for_is_not_needed_where_only_checks_ask(
    graph, session, tmp_path, asked
):
    x = tf.placeholder(tf.float32, [None], name="x")
    with tf.control_dependencies([tf.Assert(asked(), [x])]):
        tf.identity(x * 2, name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert [info.name for info in report.inputs] == ["x"]


def test_it_is_told_as_missing_where_a_check_shows_it(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    check = tf.Assert(_terabytes(), [graph.get_tensor_by_name("big:0")])
    with tf.control_dependencies([check]):
        tf.identity(x * 2, name="y")
    with pytest.raises(ArgumentError, match="You must feed a value for placeholder tensor 'big'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert [*tmp_path.iterdir()] == []
