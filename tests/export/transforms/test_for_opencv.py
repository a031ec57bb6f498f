"""What OpenCV refuses or computes otherwise, written so that it takes it."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import constant, inputs_of, kinds, network_of, numbers, results, same

from graphkit._tf import tf
from graphkit.export._transforms._for_opencv import for_opencv

PICTURES = numbers(2, 4, 4, 3, seed=1)
ROWS = numbers(2, 6, seed=2)


def pictures(side=4):
    return tf.placeholder(tf.float32, [None, side, side, 3], name="x")


def scores(side=4):
    return tf.nn.conv2d(pictures(side), numbers(1, 1, 3, 5), 1, "SAME", name="scores")


def back_in_shape(value):
    """A softmax as slim writes it: over rows, and back into the shape there was."""
    rows = tf.nn.softmax(tf.reshape(value, [-1, 5]), name="soft")
    return tf.reshape(rows, tf.shape(value), name="y")


def with_a_batch():
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    tf.reshape(x, tf.stack([tf.shape(x)[0], 2, 3]), name="y")


def weights_normed():
    weights = tf.constant(numbers(6, 4))
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    tf.matmul(x, weights * tf.rsqrt(tf.reduce_sum(weights**2, 0)), name="y")


def written(build):
    """The networks before and after."""
    before = network_of(build)
    return before, for_opencv(before)


@pytest.mark.parametrize(
    ("build", "feed", "shape"),
    [
        (lambda: back_in_shape(scores()), PICTURES, [-1, 4, 4, 5]),
        (lambda: tf.nn.softmax(scores(), name="y"), PICTURES, [-1, 4, 4, 5]),
        (with_a_batch, ROWS, [-1, 2, 3]),
        (lambda: tf.squeeze(pictures(1), [1], name="y"), PICTURES[:, :1, :1], [-1, 1, 3]),
        (lambda: tf.squeeze(pictures(1), [1, 2], name="y"), PICTURES[:, :1, :1], [-1, 3]),
    ],
    ids=["softmax of slim", "softmax of pictures", "batch", "one axis", "two axes"],
)
def test_shapes_are_written_out_and_values_stay(build, feed, shape):
    before, after = written(build)
    assert kinds(after)["y"] == "Reshape"
    assert constant(after, inputs_of(after, "y")[1]).tolist() == shape
    assert "Shape" not in kinds(after).values()
    same(results(after, {"x": feed}), results(before, {"x": feed}))


def test_every_softmax_is_one_of_rows():
    _, after = written(lambda: tf.nn.softmax(scores(), name="y"))
    (softmax,) = [name for name, kind in kinds(after).items() if kind == "Softmax"]
    (rows,) = inputs_of(after, softmax)
    assert inputs_of(after, rows)[0] == "scores"
    assert constant(after, inputs_of(after, rows)[1]).tolist() == [-1, 5]
    assert inputs_of(after, "y")[0] == softmax


def test_softmax_is_the_exponentials_in_proportion():
    _, after = written(lambda: tf.nn.softmax(pictures(), name="y"))
    exponentials = np.exp(PICTURES)
    same(results(after, {"x": PICTURES}), [exponentials / exponentials.sum(-1, keepdims=True)])


def test_constants_are_computed():
    before, after = written(weights_normed)
    assert sorted(kinds(after).values()) == ["Const", "MatMul", "Placeholder"]
    same(results(after, {"x": ROWS}), results(before, {"x": ROWS}))


def test_called_functions_are_put_in_place():
    def build():
        tf.identity(tf.function(tf.nn.softmax)(scores()), name="y")

    before, after = written(build)
    assert not after.graph_def.library.function
    assert "Reshape" in kinds(after).values()
    same(results(after, {"x": PICTURES}), results(before, {"x": PICTURES}))


def test_a_constant_has_each_of_its_values():
    """`tf.ones` writes one, which OpenCV takes for all that there is."""

    def build():
        tf.nn.conv2d(pictures(), tf.ones([1, 1, 3, 2]), 1, "SAME", name="y")

    before, after = written(build)
    assert len(stored(before, "ones").float_val) == 1
    assert np.frombuffer(stored(after, "ones").tensor_content, np.float32).tolist() == [1] * 6
    same(results(after, {"x": PICTURES}), results(before, {"x": PICTURES}))


def stored(network, name):
    (node,) = [node for node in network.graph_def.node if node.name == name]
    return node.attr["value"].tensor


def normed():
    x = tf.placeholder(tf.float32, [1, 4, 4, 3], name="x")
    mean, variance = tf.nn.moments(x, [1, 2], keep_dims=True)
    tf.divide(x - mean, tf.sqrt(variance + 0.1), name="y")


def test_moments_are_of_ops_that_it_has():
    before, after = written(normed)
    assert {"SquaredDifference", "StopGradient"} <= set(kinds(before).values())
    assert not {"SquaredDifference", "StopGradient"} & set(kinds(after).values())
    feed = PICTURES[:1]
    centred = feed - feed.mean((1, 2), keepdims=True)
    expected = centred / np.sqrt((centred**2).mean((1, 2), keepdims=True) + 0.1)
    same(results(after, {"x": feed}), [expected])


def placeholder(*shape):
    return tf.placeholder(tf.float32, shape or None, name="x")


@pytest.mark.parametrize(
    "build",
    [
        lambda: tf.nn.softmax(placeholder(None, 6), name="y"),
        lambda: tf.nn.softmax(scores(None), name="y"),
        lambda: tf.nn.softmax(placeholder(2, 3, None), name="y"),
        lambda: tf.reshape(scores(), [-1, 80], name="y"),
        lambda: tf.squeeze(placeholder(), name="y"),
        lambda: tf.squeeze(placeholder(None, 0, 1), [2], name="y"),
    ],
    ids=["rows", "open sides", "open classes", "constant", "open rank", "nothing in it"],
)
def test_what_needs_no_change_or_allows_none_stays(build):
    before = network_of(build)
    assert kinds(for_opencv(before)) == kinds(before)


@pytest.fixture
def loop():
    """A softmax in a loop of TensorFlow 1."""

    def build():
        start = tf.constant(0), placeholder(2, 3, 4)
        found = tf.while_loop(
            lambda step, _: step < 2, lambda step, value: (step + 1, tf.nn.softmax(value)), start
        )
        tf.identity(found[1], name="y")

    tf.disable_control_flow_v2()
    yield network_of(build)
    tf.enable_control_flow_v2()


def test_no_softmax_in_a_loop_is_touched(loop):
    """A constant from outside would have to enter the loop."""
    after = for_opencv(loop)
    assert kinds(after)["while/Softmax"] == "Softmax"
    values = {"x": numbers(2, 3, 4)}
    same(results(after, values), results(loop, values))
