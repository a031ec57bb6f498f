"""Names, order and what is needed: transforms that leave every number as it is."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import inputs_of, kinds, network_of, results

from graphkit._tf import tf
from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.export._transforms._rename import rename
from graphkit.export._transforms._sort import sort_by_execution_order
from graphkit.export._transforms._strip_unused import strip_unused


def build():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.name_scope("net"), tf.control_dependencies([tf.no_op("first")]):
        one, two = tf.split(tf.add(x, 1.0, name="more"), 2, axis=1, name="halves")
    with tf.name_scope("network"):
        tf.subtract(two, one, name="y")
    tf.square(one, name="unused")


@pytest.fixture(scope="module")
def network():
    return network_of(build, ["network/y"])


def gives_the_difference(changed):
    values = results(changed, {"x": np.float32([[1, 5]])})
    assert [value.tolist() for value in values] == [[[4.0]]]


def test_strip_unused_keeps_what_the_outputs_need(network):
    stripped = strip_unused(network)
    assert set(kinds(network)) - set(kinds(stripped)) == {"unused"}
    assert strip_unused(stripped).graph_def == stripped.graph_def
    gives_the_difference(stripped)


def test_a_scope_takes_all_below_it_along_and_no_other(network):
    renamed = rename(network, old="net", new="model/v1")
    assert {"model/v1/more", "model/v1/halves", "network/y"} <= set(kinds(renamed))
    assert inputs_of(renamed, "network/y") == ["model/v1/halves:1", "model/v1/halves"]
    assert inputs_of(renamed, "model/v1/more/y") == ["^model/v1/first"]
    gives_the_difference(renamed)


def test_renaming_there_and_back_gives_the_same_graph(network):
    there = rename(network, old="net", new="model")
    assert rename(there, old="model", new="net").graph_def == network.graph_def


def test_inputs_and_outputs_are_found_under_their_new_names(network):
    renamed = rename(network, old=r"^(x|network/y)$", new=r"my_\1", regex=True)
    assert (renamed.inputs, renamed.outputs) == ({"x": "my_x"}, ("my_network/y:0",))
    gives_the_difference(renamed)


def test_the_whole_graph_goes_into_a_scope(network):
    renamed = rename(network, scope="model")
    assert all(name.startswith("model/") for name in kinds(renamed))
    gives_the_difference(renamed)


def test_a_scope_can_be_taken_away(network):
    assert "more" in kinds(rename(network, old="net", new=""))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"old": "nett"}, UnknownNameError, "did you mean 'net'"),
        ({"old": "^z", "regex": True}, UnknownNameError, "node that matches"),
        ({"old": "(", "regex": True}, ArgumentError, "must be a regular expression"),
        ({"old": "x", "new": "network/y"}, ArgumentError, "'network/y' for 'x' and 'network/y'"),
        ({"old": "x", "new": "a b"}, ArgumentError, "letters, digits, . _ - and /, got 'a b'"),
        ({"old": "x"}, ArgumentError, "got '' for 'x'"),
        ({}, ArgumentError, "scope=NAME given"),
    ],
)
def test_names_that_cannot_be(network, arguments, error, message):
    with pytest.raises(error, match=r"rename: |node") as raised:
        rename(network, **arguments)
    assert message in str(raised.value)


def test_sorting_puts_each_node_behind_its_inputs(network):
    shuffled = type(network.graph_def)()
    shuffled.CopyFrom(network.graph_def)
    nodes = list(reversed(network.graph_def.node))
    del shuffled.node[:]
    shuffled.node.extend(nodes)
    ordered = sort_by_execution_order(network.with_graph(shuffled))
    seen = set()
    for node in ordered.graph_def.node:
        assert {name.removeprefix("^").split(":")[0] for name in node.input} <= seen
        seen.add(node.name)
    gives_the_difference(ordered)


def test_a_sorted_graph_stays_as_it_is(network):
    once = sort_by_execution_order(network)
    assert once.graph_def == network.graph_def


def test_a_loop_is_sorted_from_where_it_is_entered():
    def loop():
        x = tf.placeholder(tf.float32, [], name="x")
        tf.disable_control_flow_v2()
        try:
            doubled = tf.while_loop(lambda value: value < 100, lambda value: value * 2, [x])
        finally:
            tf.enable_control_flow_v2()
        tf.identity(doubled, name="y")

    network = network_of(loop)
    ordered = sort_by_execution_order(network)
    assert sorted(kinds(ordered)) == sorted(kinds(network))
    names = list(kinds(ordered))
    assert names.index("while/Enter") < names.index("while/Merge") < names.index("while/Exit")
    assert results(ordered, {"x": 3})[0] == 192
