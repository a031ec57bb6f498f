"""Branches that the batches do not take: told to be taken, in session and file, and compared."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import VerificationError
from graphkit.export import convert, freeze, freeze_session, load_graph, transform
from graphkit.export._freezing import _proven
from graphkit.export._graphs._conditions import conditions

FEEDS = {"x": np.ones([2, 3], np.float32)}


def numbers():
    return tf.placeholder(tf.float32, [None, 3], name="x")


def is_large(x, name, limit=100.0):
    return tf.greater(tf.reduce_sum(x), limit, name=name)


def report_of(session, tmp_path, y, **options):
    tf.identity(y, name="y")
    session.run(tf.global_variables_initializer())
    return freeze(session, tmp_path / "m.pb", outputs="y", feeds=FEEDS, **options)


def proof_of(model):
    return json.loads(model.with_name(f"{model.name}.json").read_text())["proof"]


def test_the_branch_that_is_not_taken_is_compared(control_flow, graph, session, tmp_path):
    x = numbers()
    w = tf.get_variable("w", initializer=np.float32([1, 2, 3]))
    y = tf.cond(is_large(x, "large"), lambda: x * w, lambda: x + w)
    report = report_of(session, tmp_path, y)
    assert (report.forced, report.unproven, report.batches_checked) == (["large=True"], {}, 1)
    assert proof_of(tmp_path / "m.pb")["forced branches"] == ["large=True"]
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": np.full([1, 3], 50)})["y"].tolist() == [[50, 100, 150]]


def test_nothing_is_forced_where_the_batches_take_both(control_flow, graph, session, tmp_path):
    x = numbers()
    tf.cond(is_large(x, "large"), lambda: x * 2, lambda: x, name="c")
    tf.identity(graph.get_tensor_by_name("c/Merge:0" if control_flow == "v1" else "c:0"), name="y")
    feeds = [FEEDS, {"x": np.full([1, 3], 50)}]
    report = freeze(session, tmp_path / "m.pb", outputs="y", feeds=feeds)
    assert (report.forced, report.unproven) == ([], {})
    assert not {"forced branches", "unproven branches"} & set(proof_of(tmp_path / "m.pb"))


def test_one_branch_in_another_is_reached_through_it(control_flow, graph, session, tmp_path):
    """Both hang on what is computed outside; three ways there are, and one is taken."""
    x = numbers()
    outer, inner = is_large(x, "outer"), is_large(x, "inner", 50.0)
    y = tf.cond(outer, lambda: tf.cond(inner, lambda: x * 2, lambda: x * 3), lambda: x * 4)
    report = report_of(session, tmp_path, y)
    assert sorted(report.forced) == ["inner=False", "inner=True", "outer=True"]
    assert report.unproven == {}


def test_each_way_to_a_branch_is_gone(control_flow, graph, session, tmp_path):
    """The same is asked on both sides of another; four ways there are, and one is taken."""
    x = numbers()
    outer, inner = is_large(x, "outer"), is_large(x, "inner", 50.0)

    def either(first, second):
        return lambda: tf.cond(inner, lambda: x * first, lambda: x * second)

    report = report_of(session, tmp_path, tf.cond(outer, either(2, 3), either(4, 5)))
    assert sorted(report.forced) == ["inner=False", "inner=True", "inner=True", "outer=True"]
    assert report.unproven == {}


def test_a_condition_that_is_computed_in_a_branch(control_flow, graph, session, tmp_path):
    """A branch that is a function computes its own where nothing can be fed."""
    x = numbers()

    def inside():
        return tf.cond(is_large(x, "inner"), lambda: x * 2, lambda: x * 3)

    report = report_of(session, tmp_path, tf.cond(is_large(x, "outer"), inside, lambda: x * 4))
    if control_flow == "v1":
        assert sorted(report.forced) == ["cond/inner=False", "cond/inner=True", "outer=True"]
        assert report.unproven == {}
    else:
        assert report.forced == ["outer=True"]
        assert [*report.unproven.values()] == ["hangs on what a function computes"]


def test_two_conditions_are_forced_one_by_one(control_flow, graph, session, tmp_path):
    x = numbers()
    first = tf.cond(is_large(x, "a"), lambda: x * 2, lambda: x)
    second = tf.cond(is_large(x, "b", -100.0), lambda: x * 3, lambda: x)
    report = report_of(session, tmp_path, first + second)
    assert sorted(report.forced) == ["a=True", "b=False"]


def test_a_condition_in_a_loop_is_named(control_flow, graph, session, tmp_path):
    x = numbers()

    def step(i, h):
        return i + 1, tf.cond(tf.greater(i, 5, name="late"), lambda: h * 2, lambda: h + 1)

    _, y = tf.while_loop(lambda i, _: i < 3, step, [0, x])
    report = report_of(session, tmp_path, y)
    assert report.forced == []
    ((name, reason),) = report.unproven.items()
    assert name.endswith("late")
    assert reason == "hangs on what a loop computes"
    assert proof_of(tmp_path / "m.pb")["unproven branches"] == {name: reason}


def test_a_condition_in_a_function_is_named(graph, session, tmp_path):
    x = numbers()

    @tf.function(autograph=False)
    def called(x):
        return tf.cond(tf.reduce_sum(x) > 100, lambda: x * 2, lambda: x)

    report = report_of(session, tmp_path, called(x))
    assert report.forced == []
    assert [*report.unproven.values()] == ["hangs on what a function computes"]


def test_what_is_handed_to_a_function_is_forced_before(graph, session, tmp_path):
    x = numbers()

    @tf.function(autograph=False)
    def called(flag, x):
        return tf.cond(flag, lambda: x * 2, lambda: x)

    report = report_of(session, tmp_path, called(is_large(x, "large"), x))
    assert (report.forced, report.unproven) == (["large=True"], {})


def test_each_of_many_branches_is_compared(graph, session, tmp_path):
    x = numbers()
    index = tf.cast(tf.reduce_sum(x) / 6, tf.int32, name="index")
    y = tf.switch_case(index, [lambda: x, lambda: x * 2, lambda: x * 3, lambda: x * 4])
    report = report_of(session, tmp_path, y)
    assert sorted(report.forced) == ["index=0", "index=2", "index=3"]


def test_an_index_out_of_range_has_taken_the_last(graph, session, tmp_path):
    x = numbers()
    index = tf.cast(tf.reduce_sum(x), tf.int32, name="index")
    report = report_of(session, tmp_path, tf.switch_case(index, [lambda: x, lambda: x * 2]))
    assert report.forced == ["index=0"]


def test_a_branch_that_refuses_the_batch_is_named(control_flow, graph, session, tmp_path):
    """Rows 7 of two; the file would refuse them as well, and nothing was compared."""
    x = numbers()
    large = is_large(x, "large")
    y = tf.cond(large, lambda: tf.gather(x, tf.fill([2], tf.shape(x)[0] + 5)), lambda: x)
    report = report_of(session, tmp_path, y)
    assert (report.forced, report.unproven) == ([], {"large=True": "the source fails there"})


def test_a_branch_of_chance_is_named(control_flow, graph, session, tmp_path):
    x = numbers()
    y = tf.cond(is_large(x, "large"), lambda: x * tf.random_uniform([]), lambda: x)
    report = report_of(session, tmp_path, y)
    assert report.unproven == {"large=True": "the source gives other numbers each time there"}


def test_switches_that_are_inputs_are_forced_and_pinned_ones_not(
    control_flow, graph, session, tmp_path
):
    x = numbers()
    flag = tf.placeholder(tf.bool, [], name="flag")
    tf.cond(flag, lambda: x * 2, lambda: x)
    tf.identity(tf.cond(flag, lambda: x * 2, lambda: x), name="y")
    path = tmp_path / "m.pb"
    assert freeze_session(session, path, outputs="y").forced == ["flag=True"]
    report = freeze_session(session, path, outputs="y", pins={"flag": True})
    assert (report.forced, report.unproven) == ([], {})


def test_what_an_assert_asks_is_not_forced(control_flow, graph, session, tmp_path):
    x = numbers()
    small = tf.less(tf.reduce_sum(x), 100.0, name="small")
    with tf.control_dependencies([tf.Assert(small, [x])]):
        y = tf.cond(small, lambda: x * 2, lambda: x)
    report = report_of(session, tmp_path, y)
    assert (report.forced, report.unproven) == ([], {})


def test_weights_that_decide_are_settled_in_the_file(control_flow, graph, session, tmp_path):
    x = numbers()
    trained = tf.get_variable("trained", initializer=True)
    report = report_of(session, tmp_path, tf.cond(trained, lambda: x * 2, lambda: x))
    assert (report.forced, report.unproven) == ([], {})


def test_what_hangs_on_weights_alone_is_settled_in_the_file(control_flow, graph, session, tmp_path):
    """Folding makes constants of it and of what else reads it, which is told nothing any more."""
    x = numbers()
    steps = tf.get_variable("steps", initializer=1000)
    warm = tf.greater(steps, 100, name="warm")
    y = tf.cond(warm, lambda: x * 2, lambda: x) * tf.cast(warm, tf.float32)
    report = report_of(session, tmp_path, y, transforms=["fold_constants"])
    assert (report.forced, report.unproven) == ([], {})


def test_an_if_on_several_values_is_named(graph, session, tmp_path):
    """It is true unless there are none, whatever they are; a word is true unless it is empty."""
    x = numbers()
    branches = [
        tf.function(branch, input_signature=[tf.TensorSpec([None, 3])]).get_concrete_function()
        for branch in (lambda x: x * 2, lambda x: x)
    ]
    for branch in branches:
        branch.add_to_graph(graph)

    def chosen(by):
        then, other = branches
        options = {"input": [x], "Tout": [tf.float32]}
        return tf.raw_ops.If(cond=by, then_branch=then, else_branch=other, **options)[0]

    rows = tf.reduce_max(x, 1, name="rows")
    word = tf.as_string(tf.reduce_sum(x), name="word")
    report = report_of(session, tmp_path, chosen(rows) + chosen(word))
    reason = "hangs on something else than one number"
    assert (report.forced, report.unproven) == ([], {"rows": reason, "word": reason})


def test_each_of_many_conditions_in_each_other_is_found(graph):
    """The paths to them are not looked up again for each of the conditions around them."""
    x = numbers()
    total = tf.reduce_sum(x)
    cases = [(total < limit, lambda: x) for limit in range(30)]
    tf.case(cases, default=lambda: x * 2)
    found = conditions(graph.as_graph_def(), graph)
    assert sorted(len(one.path) for one in found) == [*range(30)]


def test_of_many_conditions_some_are_forced(graph, session, tmp_path):
    tf.disable_control_flow_v2()
    x = y = numbers()
    for number in range(30):
        y = tf.cond(is_large(x, f"large_{number}"), lambda y=y: y * 2, lambda y=y: y + 1)
    tf.enable_control_flow_v2()
    report = report_of(session, tmp_path, y)
    assert len(report.forced) == 24
    assert [*report.unproven.values()] == ["comes after 24 others"] * 6


def test_a_branch_without_an_end_is_named(monkeypatch, control_flow, graph, session, tmp_path):
    """The session would be in it for ever; the file is run in a process that can be ended."""
    monkeypatch.setattr(_proven, "_LEAST", 0.5)
    monkeypatch.setattr(_proven, "_TIMES", 0)
    x = numbers()
    small = tf.less(tf.reduce_sum(x), 100.0, name="small")
    turns = tf.cond(small, lambda: 3.0, lambda: -1.0)
    _, y = tf.while_loop(lambda i, _: tf.not_equal(i, turns), lambda i, h: (i + 1, h * 2), [0.0, x])
    fine = tf.cond(is_large(x, "large"), lambda: x * 3, lambda: x)
    report = report_of(session, tmp_path, y + fine)
    assert "small=False" not in report.forced
    assert report.unproven["small=False"] == "the file comes to no end there"
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": [[1, 2, 3]]})["y"].tolist() == [[9, 18, 27]]


class _OtherThere:
    """A session that gives other numbers where a condition is told to be true."""

    def __init__(self, session):
        self.graph = session.graph
        self._session = session

    def run(self, fetches, feed_dict=None):
        values = self._session.run(fetches, feed_dict)
        told = {tensor.op.name for tensor in feed_dict or {}}
        return [value + 1 for value in values] if "large" in told else values


def test_a_file_that_differs_in_that_branch_alone_is_not_written(
    control_flow, graph, session, tmp_path
):
    x = numbers()
    tf.identity(tf.cond(is_large(x, "large"), lambda: x * 2, lambda: x), name="y")
    with pytest.raises(VerificationError, match="'y:0'"):
        freeze_session(_OtherThere(session), tmp_path / "m.pb", outputs="y", feeds=FEEDS)
    assert [*tmp_path.iterdir()] == []


def test_transforms_are_followed_by_the_comparison_of_both_branches(
    control_flow, graph, session, tmp_path
):
    x = numbers()
    w = tf.get_variable("w", initializer=np.float32([1, 2, 3]))
    y = tf.cond(is_large(x, "large"), lambda: x * (w + 1), lambda: x + w)
    report = report_of(session, tmp_path, y, transforms=["fold_constants"])
    assert report.forced == ["large=True"]


def test_a_conversion_names_the_branches_that_no_batch_leads_to(
    control_flow, graph, session, tmp_path
):
    x = numbers()
    report_of(session, tmp_path, tf.cond(is_large(x, "large"), lambda: x * 2, lambda: x + 1))
    source, goal = tmp_path / "m.pb", tmp_path / "m.tflite"
    report = convert(source, goal, feeds=FEEDS)
    assert report.unproven == {"large=True": "no batch leads there"}
    assert proof_of(goal)["unproven branches"] == report.unproven
    both = [FEEDS, {"x": np.full([2, 3], 50)}]
    assert convert(source, goal, feeds=both).unproven == {}


def test_a_transform_names_the_branches_that_no_batch_leads_to(
    control_flow, graph, session, tmp_path
):
    x = numbers()
    report_of(session, tmp_path, tf.cond(is_large(x, "large"), lambda: x * 2, lambda: x + 1))
    source, goal = tmp_path / "m.pb", tmp_path / "sorted.pb"
    report = transform(source, goal, ["sort_by_execution_order"], feeds=FEEDS)
    assert report.unproven == {"large=True": "no batch leads there"}
    assert proof_of(goal)["unproven branches"] == report.unproven
    both = [FEEDS, {"x": np.full([2, 3], 50)}]
    assert transform(source, goal, ["sort_by_execution_order"], feeds=both).unproven == {}
