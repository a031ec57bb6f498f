"""Ops that only pass on, checks, waits and idle dropout go; branches and loops stay whole."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from small_networks import inputs_of, kinds, network_of, results, same

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export._graphs._nodes import ops_within
from graphkit.export._transforms._remove_nodes import remove_nodes, remove_training_nodes

ROWS = np.float32([[1, -2], [3, 4]])


def x():
    return tf.placeholder(tf.float32, [None, 2], name="x")


@contextmanager
def branches_of_tensorflow_1():
    tf.disable_control_flow_v2()
    try:
        yield
    finally:
        tf.enable_control_flow_v2()


def checked():
    """Copies, checks and waits around y = 2x + 1."""
    value = tf.stop_gradient(tf.identity(x()))
    value = tf.check_numerics(value, "no number") * tf.identity(tf.constant(2.0))
    with tf.control_dependencies([tf.no_op("group"), tf.debugging.assert_rank(value, 2)]):
        value = tf.identity(value)
    tf.add(value, 1.0, name="y")


def test_what_passes_on_goes():
    removed = remove_nodes(network_of(checked))
    found = sorted(kinds(removed).values())
    assert "StopGradient" not in found
    assert "CheckNumerics" not in found
    same(results(removed, {"x": ROWS}), [2 * ROWS + 1])


def test_what_serves_training_goes():
    removed = remove_training_nodes(network_of(checked))
    assert sorted(kinds(removed).values()) == ["AddV2", "Const", "Const", "Mul", "Placeholder"]
    same(results(removed, {"x": ROWS}), [2 * ROWS + 1])


def test_removing_twice_changes_nothing():
    once = remove_training_nodes(network_of(checked))
    assert remove_training_nodes(once).graph_def == once.graph_def
    assert remove_nodes(once).graph_def == once.graph_def


def test_only_the_op_types_named_go():
    removed = remove_nodes(network_of(checked), ops=("CheckNumerics",))
    found = set(kinds(removed).values())
    assert ("CheckNumerics" in found, "StopGradient" in found) == (False, True)


def test_an_op_type_that_computes_is_refused():
    with pytest.raises(ArgumentError, match=r"ops must be of .*Identity.*, got \['Relu'\]"):
        remove_nodes(network_of(checked), ops=("Identity", "Relu"))


def test_an_output_that_passes_on_stays():
    network = network_of(lambda: tf.identity(tf.identity(x() + 1.0), name="y"))
    removed = remove_nodes(network)
    assert kinds(removed)["y"] == "Identity"
    assert inputs_of(removed, "y") == ["add"]


def test_several_values_are_passed_on_each_for_itself():
    def build():
        one, two = tf.identity_n([x(), x() + 1.0])
        tf.subtract(two, one, name="y")

    network = network_of(build)
    assert "IdentityN" not in kinds(remove_nodes(network)).values()


def test_a_failing_check_no_longer_stops_the_network():
    def build():
        value = x()
        with tf.control_dependencies([tf.debugging.assert_positive(value)]):
            tf.multiply(value, 2.0, name="y")

    network = network_of(build)
    with pytest.raises(tf.errors.InvalidArgumentError):
        results(network, {"x": ROWS})
    same(results(remove_training_nodes(network), {"x": ROWS}), [2 * ROWS])


def test_checks_under_a_condition_of_tensorflow_1_go_too():
    def build():
        value = x()
        with branches_of_tensorflow_1():
            check = tf.debugging.Assert(tf.reduce_all(value > 0), [value])
        with tf.control_dependencies([check]):
            tf.multiply(value, 2.0, name="y")

    network = network_of(build)
    assert "Switch" in kinds(network).values()
    removed = remove_training_nodes(network)
    assert sorted(kinds(removed).values()) == ["Const", "Mul", "Placeholder"]


@pytest.mark.parametrize("remove", [remove_nodes, remove_training_nodes])
def test_each_side_of_a_branch_stays_on_its_side(remove):
    def build():
        value, go = tf.identity(x()), tf.placeholder(tf.bool, [], name="go")
        with branches_of_tensorflow_1():
            one = lambda: tf.identity(tf.constant(5.0)) + tf.identity(value)  # noqa: E731
            two = lambda: tf.cond(  # noqa: E731
                tf.reduce_any(value > 3), lambda: tf.identity(value), lambda: tf.constant(ROWS)
            )
            tf.identity(tf.cond(go, one, two), name="y")

    removed = remove(network_of(build))
    same(results(removed, {"x": ROWS, "go": True}), [ROWS + 5])
    same(results(removed, {"x": ROWS, "go": False}), [ROWS])
    same(results(removed, {"x": 0 * ROWS, "go": False}), [ROWS])


@pytest.mark.parametrize("remove", [remove_nodes, remove_training_nodes])
def test_a_loop_goes_round_as_often(remove):
    def build():
        value = x()
        with branches_of_tensorflow_1():
            step = lambda i, total: (tf.identity(i) + 1, tf.identity(total + tf.identity(value)))  # noqa: E731
            _, total = tf.while_loop(lambda i, _: tf.identity(i) < 3, step, [0, value])
        tf.identity(total, name="y")

    same(results(remove(network_of(build)), {"x": ROWS}), [4 * ROWS])


@pytest.mark.parametrize("remove", [remove_nodes, remove_training_nodes])
def test_arrays_are_written_before_they_are_read(remove):
    def build():
        value = tf.identity(x())
        array = tf.TensorArray(tf.float32, 2, clear_after_read=False)
        array = array.write(0, tf.identity(value)).write(1, value * 2.0)
        tf.identity(array.stack(), name="y")

    same(results(remove(network_of(build)), {"x": ROWS}), [np.stack([ROWS, 2 * ROWS])])


def test_functions_stay_as_they_are():
    def build():
        value = tf.identity(x())
        tf.identity(tf.cond(tf.reduce_any(value > 3), lambda: value, lambda: -value), name="y")

    network = network_of(build)
    removed = remove_training_nodes(network)
    assert list(removed.graph_def.library.function) == list(network.graph_def.library.function)
    same(results(removed, {"x": ROWS}), [ROWS])


def test_what_serves_training_goes_from_called_functions_too():
    def build():
        copied = tf.function(lambda value: tf.identity(tf.stop_gradient(value)) * 2.0)
        tf.add(copied(x()), 1.0, name="y")

    removed = remove_training_nodes(network_of(build))
    assert sorted(kinds(removed).values()) == ["AddV2", "Const", "Const", "Mul", "Placeholder"]
    same(results(removed, {"x": ROWS}), [2 * ROWS + 1])


def dropout_of_2017(keep):
    """As `tf.nn.dropout` was until TensorFlow 1.12."""
    value = x()
    noise = tf.random_uniform(tf.shape(value), seed=1) + keep
    tf.identity(tf.div(value, keep) * tf.floor(noise), name="y")


def dropout_of_2019(keep):
    """As `tf.nn.dropout` is in TensorFlow 1.15."""
    value, rate = x(), 1.0 - tf.constant(keep)
    noise = tf.random_uniform(tf.shape(value), seed=1)
    mask = tf.cast(noise >= rate, tf.float32)
    tf.identity(value * (1.0 / (1.0 - rate)) * mask, name="y")


def dropout_of_today(keep):
    value, rate = x(), 1.0 - tf.constant(keep)
    noise = tf.random_uniform(tf.shape(value), seed=1)
    scaled = value * (1.0 / (1.0 - rate))
    tf.identity(tf.where_v2(noise >= rate, scaled, tf.zeros_like(scaled)), name="y")


@pytest.mark.parametrize("dropout", [dropout_of_2017, dropout_of_2019, dropout_of_today])
def test_dropout_that_keeps_everything_goes(dropout):
    removed = remove_training_nodes(network_of(lambda: dropout(1.0)))
    assert sorted(kinds(removed).values()) == ["Identity", "Placeholder"]
    same(results(removed, {"x": ROWS}), [ROWS])


@pytest.mark.parametrize(("keep", "goes"), [(1.0, True), (0.5, False)])
def test_dropout_in_a_branch_goes_like_any_other(keep, goes):
    def build():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        drop = lambda: tf.nn.dropout(x, rate=1.0 - tf.constant(keep))  # noqa: E731
        tf.identity(tf.cond(tf.reduce_sum(x) > 0, drop, lambda: -x), name="y")

    removed = remove_training_nodes(network_of(build))
    inside = {kind for _, kind in ops_within(removed.graph_def)}
    assert ("RandomUniform" in inside) != goes
    if goes:
        same(results(removed, {"x": ROWS}), [ROWS])


@pytest.mark.parametrize("dropout", [dropout_of_2017, dropout_of_2019, dropout_of_today])
def test_dropout_that_drops_stays(dropout):
    removed = remove_training_nodes(network_of(lambda: dropout(0.5)))
    assert "RandomUniform" in kinds(removed).values()


def test_a_factor_that_is_not_one_stays():
    removed = remove_training_nodes(network_of(lambda: tf.multiply(x() * 1.5, 1.0, name="y")))
    assert list(kinds(removed).values()).count("Mul") == 2  # the other one is the output
