"""Branches a pin makes impossible, in both forms of `tf.cond`."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphkit._tf import tf
from graphkit.export import freeze_session, load_graph


def _ops(path):
    graph_def = tf.GraphDef.FromString(Path(path).read_bytes())
    return {node.name: node.op for node in graph_def.node}, graph_def.library.function


def _frozen(session, path, pins):
    freeze_session(session, path, outputs="y", pins=pins, feeds={"x": [1.0, 2.0]})
    with load_graph(path) as loaded:
        return loaded.run({"x": [1.0, 2.0]})["y"].tolist()


def _switch(data, condition):
    out = tf.raw_ops.Switch(data=data, pred=condition)
    return out.output_false, out.output_true


@pytest.mark.parametrize(("pinned", "expected"), [(True, [10.0, 20.0]), (False, [101.0, 102.0])])
def test_a_switch_and_its_merge(graph, session, tmp_path, pinned, expected):
    x = tf.placeholder(tf.float32, [2], name="x")
    condition = tf.identity(tf.placeholder(tf.bool, [], name="p"), name="pred_id")
    no, yes = _switch(x, condition)
    merged = tf.raw_ops.Merge(inputs=[no + 100.0, yes * 10.0])
    tf.identity(merged.output, name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": pinned}) == expected
    kinds, _ = _ops(tmp_path / "m.pb")
    assert not {"Switch", "Merge"} & set(kinds.values())
    assert ("Mul" in kinds.values()) is pinned


@pytest.mark.parametrize("pinned", [True, False])
def test_which_side_a_merge_took(graph, session, tmp_path, pinned):
    x = tf.placeholder(tf.float32, [2], name="x")
    no, yes = _switch(x, tf.placeholder(tf.bool, [], name="p"))
    merged = tf.raw_ops.Merge(inputs=[no, yes])
    tf.add(merged.output, tf.cast(merged.value_index, tf.float32), name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": pinned}) == [1.0 + pinned, 2.0 + pinned]


def test_a_negated_condition(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    no, yes = _switch(x, tf.logical_not(tf.placeholder(tf.bool, [], name="p")))
    tf.identity(tf.raw_ops.Merge(inputs=[no, yes * 10.0]).output, name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": False}) == [10.0, 20.0]


@pytest.mark.parametrize("pinned", [True, False])
def test_a_condition_whose_shape_was_not_told(graph, session, tmp_path, pinned):
    """`tf.cond` squeezes it."""
    x = tf.placeholder(tf.float32, [2], name="x")
    flag = tf.placeholder(tf.bool, name="p")
    tf.identity(tf.cond(flag, lambda: x * 10.0, lambda: x + 100.0), name="y")
    expected = [10.0, 20.0] if pinned else [101.0, 102.0]
    assert _frozen(session, tmp_path / "m.pb", {"p": pinned}) == expected
    kinds = {*_ops(tmp_path / "m.pb")[0].values()}
    assert not kinds & {"Squeeze", "If", "StatelessIf"}


def test_a_condition_inside_a_condition(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    no, yes = _switch(x, tf.placeholder(tf.bool, [], name="p"))
    inner_no, inner_yes = _switch(yes, tf.placeholder(tf.bool, [], name="q"))
    inner = tf.raw_ops.Merge(inputs=[inner_no + 1.0, inner_yes + 2.0]).output
    tf.identity(tf.raw_ops.Merge(inputs=[no, inner]).output, name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": False, "q": True}) == [1.0, 2.0]
    assert "AddV2" not in _ops(tmp_path / "m.pb")[0].values()
    assert _frozen(session, tmp_path / "n.pb", {"p": True, "q": True}) == [3.0, 4.0]


def test_what_hangs_on_a_side_by_control_alone_goes_with_it(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    no, yes = _switch(x, tf.placeholder(tf.bool, [], name="p"))
    with tf.control_dependencies([tf.identity(yes)]):
        five = tf.constant([5.0, 5.0])
    tf.identity(tf.raw_ops.Merge(inputs=[no, five]).output, name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": False}) == [1.0, 2.0]
    assert _frozen(session, tmp_path / "n.pb", {"p": True}) == [5.0, 5.0]


def test_another_switch_stays(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    other = tf.placeholder_with_default(True, [], name="other")
    scale = tf.placeholder(tf.float32, [], name="scale")
    no, yes = _switch(x * scale, other)
    tf.identity(tf.raw_ops.Merge(inputs=[no, yes * 10.0]).output, name="y")
    assert _frozen(session, tmp_path / "m.pb", {"scale": 2.0}) == [20.0, 40.0]
    assert "Merge" in _ops(tmp_path / "m.pb")[0].values()


def test_a_merge_of_two_living_sides_stays(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    no, yes = _switch(x, tf.placeholder_with_default(True, [], name="other"))
    _, sure = _switch(x, tf.placeholder(tf.bool, [], name="p"))
    merged = tf.raw_ops.Merge(inputs=[no, yes * 10.0]).output
    tf.add(merged, sure, name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": True}) == [11.0, 22.0]


@pytest.mark.parametrize(("pinned", "expected"), [(True, [10.0, 20.0]), (False, [101.0, 102.0])])
def test_a_cond_of_functions(graph, session, tmp_path, pinned, expected):
    x = tf.placeholder(tf.float32, [2], name="x")
    condition = tf.placeholder(tf.bool, [], name="p")
    tf.identity(tf.cond(condition, lambda: x * 10.0, lambda: x + 100.0), name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": pinned}) == expected
    kinds, functions = _ops(tmp_path / "m.pb")
    assert not {"If", "StatelessIf"} & set(kinds.values())
    assert not functions


@pytest.fixture
def control_flow_v1():
    was = tf.control_flow_v2_enabled()
    tf.disable_control_flow_v2()
    yield
    if was:
        tf.enable_control_flow_v2()


@pytest.mark.parametrize("place", ["condition", "loop"])
def test_a_writing_side_deep_inside_goes(control_flow_v1, graph, session, tmp_path, place):
    x = tf.placeholder(tf.float32, [2], name="x")
    training = tf.placeholder(tf.bool, [], name="p")
    count = tf.get_variable("count", initializer=0.0, use_resource=True)

    def train():
        with tf.control_dependencies([count.assign_add(1.0)]):
            return x + 1.0

    if place == "condition":
        q = tf.placeholder_with_default(True, [], name="q")
        y = tf.cond(q, lambda: tf.cond(training, train, lambda: x * 3.0), lambda: -x)
    else:
        y = tf.while_loop(
            lambda i, _: i < 1,
            lambda i, _: (i + 1, tf.cond(training, train, lambda: x * 3.0)),
            [0, x],
        )[1]
    tf.identity(y, name="y")
    session.run(count.initializer)
    assert _frozen(session, tmp_path / "m.pb", {"p": False}) == [3.0, 6.0]


def test_a_cond_on_a_vector_of_conditions_stays(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    chosen = tf.placeholder(tf.bool, [2], name="p")
    tf.where(chosen, x, -x, name="y")
    assert _frozen(session, tmp_path / "m.pb", {"p": [True, False]}) == [1.0, -2.0]
