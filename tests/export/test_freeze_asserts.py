"""Asserts that outputs wait for are not frozen, nor what only they read."""

from __future__ import annotations

import numpy as np
import pytest
from frozen_files import check_same, ops

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import freeze, freeze_session

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
