"""What depends on constants alone is computed once; what acts, draws or branches is left."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import constant, inputs_of, kinds, network_of, results, same

from graphkit._marks import VARIABLE_MARK
from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export._transforms._fold_constants import fold_constants


def x():
    return tf.placeholder(tf.float32, [None, 2], name="x")


def test_a_chain_of_constants_becomes_its_last_value():
    def build():
        total = tf.add(tf.square(tf.constant([2.0, 3.0])), 1.0, name="total")
        tf.multiply(x(), total, name="y")

    folded = fold_constants(network_of(build))
    assert kinds(folded) == {"x": "Placeholder", "total": "Const", "y": "Mul"}
    assert constant(folded, "total").tolist() == [5.0, 10.0]
    assert results(folded, {"x": [[1, 1]]})[0].tolist() == [[5.0, 10.0]]


def test_one_output_of_several_becomes_a_constant_of_its_own():
    def build():
        _, second = tf.split(tf.constant([1.0, 2.0, 3.0, 4.0]), 2, name="parts")
        tf.add(x(), second, name="y")

    folded = fold_constants(network_of(build))
    assert inputs_of(folded, "y") == ["x", "parts/1"]
    assert constant(folded, "parts/1").tolist() == [3.0, 4.0]


def test_folding_twice_changes_nothing():
    def build():
        tf.add(x(), tf.sqrt(tf.constant([4.0, 9.0])), name="y")

    once = fold_constants(network_of(build))
    assert fold_constants(once).graph_def == once.graph_def


def test_the_graph_given_stays_as_it_was():
    network = network_of(lambda: tf.add(x(), tf.sqrt(tf.constant([4.0, 9.0])), name="y"))
    before = network.graph_def.SerializeToString(deterministic=True)
    fold_constants(network)
    assert network.graph_def.SerializeToString(deterministic=True) == before


def test_text_is_a_constant_like_any_other():
    def build():
        names = tf.string_join([tf.constant(["a", "b\0"]), tf.constant(["\xe9", ""])], name="names")
        tf.gather(names, tf.placeholder(tf.int32, [None], name="x"), name="y")

    folded = fold_constants(network_of(build))
    assert constant(folded, "names").tolist() == ["a\xe9".encode(), b"b\0"]
    assert results(folded, {"x": [1]})[0].tolist() == [b"b\0"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_stays_what_it_is(value):
    def build():
        tf.add(x(), tf.identity(tf.constant([1.0, value]) * 1.0), name="y")

    folded = fold_constants(network_of(build))
    np.testing.assert_array_equal(results(folded, {"x": [[0, 0]]})[0], [[1.0, value]])


def test_a_copy_of_a_weight_is_no_second_constant():
    def build():
        weights = tf.constant([[1.0, 2.0]], name="weights")
        tf.add(tf.identity(weights, name="read") * x(), weights, name="y")

    folded = fold_constants(network_of(build))
    assert kinds(folded)["read"] == "Identity"


def test_what_is_made_of_weights_counts_as_weights():
    network = network_of(lambda: tf.add(x(), tf.sqrt(tf.constant([4.0, 9.0], name="w")), name="y"))
    for node in network.graph_def.node:
        if node.name == "w":
            node.attr[VARIABLE_MARK].b = True
    marked = [n.name for n in fold_constants(network).graph_def.node if VARIABLE_MARK in n.attr]
    assert marked == ["Sqrt"]


@pytest.mark.parametrize(("limit", "is_folded"), [(4 * 1000, True), (4 * 999, False)])
def test_no_constant_is_larger_than_allowed(limit, is_folded):
    def build():
        tf.add(x()[0, 0], tf.fill([1000], 2.0, name="large"), name="y")

    folded = fold_constants(network_of(build), max_bytes=limit)
    assert (kinds(folded)["large"] == "Const") == is_folded


def test_what_would_fill_the_memory_on_its_way_is_not_begun():
    def build():
        tf.add(x(), tf.reduce_sum(tf.zeros([2**40], name="huge")), name="y")

    assert kinds(fold_constants(network_of(build)))["huge"] == "Fill"


def test_a_large_weight_may_be_computed_from_one_as_large():
    def build():
        tf.matmul(x(), tf.transpose(tf.ones([500, 2]) + tf.zeros([]), name="turned"), name="y")

    weights = network_of(build)
    assert kinds(fold_constants(weights, max_bytes=4000))["turned"] == "Const"


def test_what_draws_is_drawn_at_every_run():
    def build():
        drawn = tf.random_uniform([2], seed=1)
        noise = tf.random.stateless_uniform([2], [1, 2])
        tf.add(x() + noise, drawn, name="y")

    folded = kinds(fold_constants(network_of(build)))
    assert "RandomUniform" in folded.values()
    assert any(kind.startswith("StatelessRandom") for kind in folded.values())


@pytest.mark.parametrize(
    ("build", "kind"),
    [
        (lambda: tf.decode_raw(tf.read_file("weights.bin"), tf.float32), "ReadFile"),
        (lambda: tf.py_func(lambda: np.float32(1), [], tf.float32), "PyFunc"),
        (lambda: tf.check_numerics(tf.constant(1.0), "no number"), "CheckNumerics"),
        (lambda: tf.Print(tf.constant(1.0), ["said"]), "Print"),
        (lambda: tf.placeholder_with_default(tf.constant(1.0), []), "PlaceholderWithDefault"),
    ],
)
def test_what_acts_is_left_alone(build, kind):
    network = network_of(lambda: tf.add(x(), build(), name="y"))
    assert kind in kinds(fold_constants(network)).values()


def test_what_cannot_be_computed_stays_to_fail_when_it_runs():
    def build():
        wrong = tf.gather(tf.constant([1.0, 2.0]), tf.constant(7), name="wrong")
        tf.add(x() + wrong, tf.sqrt(tf.constant(4.0), name="right"), name="y")

    folded = kinds(fold_constants(network_of(build)))
    assert (folded["wrong"], folded["right"]) == ("GatherV2", "Const")


def test_each_of_several_that_fail_is_found():
    def build():
        table = tf.constant([1.0, 2.0])
        found = [tf.gather(table, place, name=f"at_{place}") for place in (0, 7, 1, 8, 9)]
        rows = x()
        tf.add_n([rows + one for one in found], name="y")

    folded = kinds(fold_constants(network_of(build)))
    assert [folded[f"at_{place}"] == "Const" for place in (0, 7, 1, 8, 9)] == [
        *(True, False, True, False, False)
    ]


def test_constants_of_a_branch_or_a_loop_stay_in_it():
    def build():
        go = tf.placeholder_with_default(True, [], name="go")
        tf.disable_control_flow_v2()
        try:
            chosen = tf.cond(go, lambda: tf.constant(2.0) * 3.0, lambda: tf.constant(5.0) + 1.0)
            step = lambda i, total: (i + 1, total * (tf.constant(1.0) + 1.0))  # noqa: E731
            _, total = tf.while_loop(lambda i, _: i < 3, step, [tf.constant(0), chosen])
        finally:
            tf.enable_control_flow_v2()
        tf.add(x(), total, name="y")

    network = network_of(build)
    folded = fold_constants(network)
    for go, expected in ((True, 48.0), (False, 48.0)):
        feeds = {"x": [[0, 1]], "go": go}
        assert results(folded, feeds)[0].tolist() == [[expected, expected + 1]]
    assert {"Switch", "Merge", "Enter", "Exit"} <= set(kinds(folded).values())


def test_functions_are_taken_along():
    def build():
        chosen = tf.cond(tf.reduce_any(x() > 0), lambda: tf.constant(2.0), lambda: tf.constant(3.0))
        tf.multiply(chosen, tf.sqrt(tf.constant(4.0)), name="y")

    network = network_of(build)
    folded = fold_constants(network)
    assert len(folded.graph_def.library.function) == len(network.graph_def.library.function) > 0
    same(results(folded, {"x": [[0, 1]]}), [np.float32(4)])


def test_a_limit_below_nothing_is_refused():
    network = network_of(lambda: tf.add(x(), 1.0, name="y"))
    with pytest.raises(ArgumentError, match="max_bytes must be 0 or more, got -1"):
        fold_constants(network, max_bytes=-1)
