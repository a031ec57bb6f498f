"""Fetches of any nesting, by object and by name."""

from collections import OrderedDict, defaultdict, namedtuple

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, RunError, UnknownNameError
from graphkit.session import SessionRunner
from graphkit.session._names import NameTable

Pair = namedtuple("Pair", ["left", "right"])


@pytest.fixture
def runner(graph):
    one = tf.constant(1, name="one")
    tf.add(one, 1, name="two")
    tf.no_op(name="nothing")
    tf.split([1, 2], 2, name="halves")
    tf.get_variable("resource", initializer=3, use_resource=True)
    tf.get_variable("reference", initializer=4, use_resource=False)
    tf.Variable(5, name="local", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    with SessionRunner(graph) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("one", 1),
        ("one:0", 1),
        ("nothing", None),
        ("halves:1", [2]),
        ("resource", 3),
        ("resource:0", 3),
        ("reference", 4),
        ("local", 5),
    ],
)
def test_name_stands_for_its_value(runner, name, value):
    for _ in range(2):
        assert runner.run(name) == value


@pytest.mark.parametrize(
    ("fetches", "values"),
    [
        (["one", "two"], [1, 2]),
        (("one", ["two"]), (1, [2])),
        ({"a": "one", 3: ("two", "nothing")}, {"a": 1, 3: (2, None)}),
        (Pair("one", {"b": "two"}), Pair(1, {"b": 2})),
        (OrderedDict([("z", "one"), ("a", "two")]), OrderedDict([("z", 1), ("a", 2)])),
        ([], []),
        ({}, {}),
    ],
)
def test_nesting_comes_back(runner, fetches, values):
    got = runner.run(fetches)
    assert got == values
    assert type(got) is type(values)


def test_default_dict_comes_back(runner):
    got = runner.run(defaultdict(list, {"a": "one"}))
    assert got == {"a": 1}
    assert got["new"] == []


def test_objects_and_names_mix(runner):
    two = runner.graph.get_tensor_by_name("two:0")
    assert runner.run({"object": two, "name": "two", "op": two.op}) == {
        "object": 2,
        "name": 2,
        "op": None,
    }
    assert runner.run({"object": two}) == {"object": 2}


def test_unknown_name_suggests_the_nearest(runner):
    with pytest.raises(UnknownNameError, match="no tensor or op named 'tow'; did you mean 'two'"):
        runner.run("tow")
    with pytest.raises(UnknownNameError, match="no tensor named 'two:1'; did you mean 'two:0'"):
        runner.run(["one", {"x": "two:1"}])
    with pytest.raises(ValueError, match="no tensor named 'a:b:c'"):
        runner.run("a:b:c")


def test_op_with_several_outputs_must_be_named_in_full(runner):
    with pytest.raises(
        ArgumentError, match="one of its outputs: 'halves:0', 'halves:1', got 'halves'"
    ):
        runner.run("halves")


def test_names_built_later_are_found(graph):
    with SessionRunner(graph, finalize=False) as runner:
        with pytest.raises(UnknownNameError, match="no tensor or op named 'late'"):
            runner.run("late")
        tf.constant(7, name="late")
        assert runner.run("late") == 7


def test_callable_takes_names(graph):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.reduce_sum(x * 2, name="total")
    with SessionRunner(graph) as runner:
        total = runner.make_callable({"t": "total"}, ["x"])
        assert total([1, 2]) == {"t": 6}
        assert runner.make_callable("total", [x])([1.0]) == 2
        with pytest.raises(RunError, match="x: a placeholder without a value"):
            runner.make_callable("total")()
        with pytest.raises(UnknownNameError, match="no placeholder named 'nope'; there is 'x'"):
            runner.make_callable("total", ["nope"])
        with tf.Graph().as_default():
            stranger = tf.constant(1.0)
        with pytest.raises(ArgumentError, match=r"every fetch must be .* of another graph"):
            runner.make_callable(stranger)


def test_variables_are_listed_once_for_many_names(graph):
    read = []

    class Watched:
        @property
        def op(self):
            read.append(self)
            return graph.get_operation_by_name("a")

    for name in "abc":
        tf.constant(1, name=name)
    graph.add_to_collection(tf.GraphKeys.LOCAL_VARIABLES, Watched())
    NameTable(graph).fetches(["b", "c", "b:0", "c:0"])
    assert len(read) == 1
