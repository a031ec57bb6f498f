"""Called functions are put in the place of their calls; branches and what acts are left."""

from __future__ import annotations

import numpy as np
from small_networks import kinds, network_of, numbers, results, same

from graphkit._tf import tf
from graphkit.export._transforms._fold_batch_norms import fold_batch_norms
from graphkit.export._transforms._inline_functions import inline_functions

ROWS = np.float32([[1, -2], [3, 4]])


def called(function, name="y"):
    """`y`, what a function of two arguments gives for x and 3, its two results in turn."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    one, two = tf.function(function)(x, tf.constant(3.0))
    tf.subtract(one, two, name=name)


def simple(x, factor):
    return x * factor, x


def test_a_call_becomes_its_nodes():
    network = network_of(lambda: called(simple))
    assert {"PartitionedCall", "StatefulPartitionedCall"} & set(kinds(network).values())
    inlined = inline_functions(network)
    assert not inlined.graph_def.library.function
    assert sorted(k for k in kinds(inlined).values() if k not in ("Const", "Identity")) == [
        "Mul", "Placeholder", "Sub",
    ]  # fmt: skip
    same(results(inlined, {"x": ROWS}), [2 * ROWS])


def test_calls_in_calls_become_their_nodes_too():
    def outer(x, factor):
        inner = tf.function(lambda value: tf.split(value, 2, axis=1))
        left, right = inner(x)
        return tf.concat([right, left], 1) * factor, x

    inlined = inline_functions(network_of(lambda: called(outer)))
    assert not inlined.graph_def.library.function
    same(results(inlined, {"x": ROWS}), [3 * ROWS[:, ::-1] - ROWS])


def test_inlining_twice_changes_nothing():
    once = inline_functions(network_of(lambda: called(simple)))
    assert inline_functions(once).graph_def == once.graph_def


def test_a_function_called_twice_is_put_in_place_twice():
    def build():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        twice = tf.function(lambda value: value * 2.0)
        tf.add(twice(x), twice(x + 1.0), name="y")

    inlined = inline_functions(network_of(build))
    assert list(kinds(inlined).values()).count("Mul") == 2
    same(results(inlined, {"x": ROWS}), [4 * ROWS + 2])


def test_branches_stay_functions():
    def choosing(x, factor):
        return tf.cond(tf.reduce_any(x > 3), lambda: x * factor, lambda: x), x

    inlined = inline_functions(network_of(lambda: called(choosing)))
    assert {"If", "StatelessIf"} & set(kinds(inlined).values())
    assert len(inlined.graph_def.library.function) == 2
    same(results(inlined, {"x": ROWS}), [2 * ROWS])
    same(results(inlined, {"x": 0 * ROWS}), [0 * ROWS])


def test_what_a_call_waits_for_is_waited_for():
    def build():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        with tf.control_dependencies([tf.debugging.assert_all_finite(x, "no number")]):
            called_there = tf.function(lambda value: value * 2.0)(x)
        tf.identity(called_there, name="y")

    inlined = inline_functions(network_of(build))
    assert not any("PartitionedCall" in kind for kind in kinds(inlined).values())
    assert "CheckNumerics" in kinds(inlined).values()
    same(results(inlined, {"x": ROWS}), [2 * ROWS])


def test_a_batch_normalization_in_a_function_is_folded():
    statistics = [numbers(4, seed=seed) for seed in (1, 2, 3)]

    def build():
        x = tf.placeholder(tf.float32, [None, 5, 5, 3], name="x")

        @tf.function
        def normed(value):
            scale, offset, mean = statistics
            return tf.nn.fused_batch_norm(
                value, scale, offset, mean, np.abs(mean) + 0.5, is_training=False
            )[0]

        value = tf.nn.conv2d(x, numbers(3, 3, 3, 4), padding="SAME")
        tf.nn.relu(normed(value), name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    assert "FusedBatchNormV3" not in kinds(folded).values()
    assert "BiasAdd" in kinds(folded).values()
    images = numbers(2, 5, 5, 3, seed=5)
    same(results(folded, {"x": images}), results(network, {"x": images}))
