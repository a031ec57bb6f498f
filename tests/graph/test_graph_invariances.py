"""What layers leave as it is and what they only move, whatever their weights are."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.graph import layers

# Each with the sizes of its input behind the batch; batch normalisation in training is the one
# layer that looks at the other examples of a batch.
BY_EXAMPLE = {
    "average_pooling2d": ([6, 6, 2], {"pool_size": 2}),
    "average_pooling3d": ([4, 4, 4, 2], {"pool_size": 2}),
    "batch_normalization": ([6, 2], {"training": False}),
    "conv2d": ([6, 6, 2], {"filters": 3, "kernel_size": 3}),
    "conv3d": ([4, 4, 4, 2], {"filters": 3, "kernel_size": 2}),
    "dense": ([4], {"units": 3, "activation": "relu"}),
    "flatten": ([2, 3], {}),
    "local_contrast_normalization": ([6, 6, 2], {"window_size": 3}),
    "max_pooling2d": ([6, 6, 2], {"pool_size": 2}),
    "max_pooling3d": ([4, 4, 4, 2], {"pool_size": 2}),
}


@pytest.fixture
def computed(graph, session):
    """Adds a layer once, on `[None, …]`, and gives the function from an array to its output."""

    def build(layer, sizes, **arguments):
        x = tf.placeholder(tf.float32, [None, *sizes])
        y = getattr(layers, layer)(x, **arguments)
        session.run(tf.global_variables_initializer())
        return lambda values: session.run(y, {x: values})

    return build


def _images(sizes, count=4, seed=0):
    return np.random.RandomState(seed).normal(size=[count, *sizes]).astype(np.float32)


@pytest.mark.parametrize("name", sorted(BY_EXAMPLE))
def test_an_example_does_not_depend_on_the_rest_of_its_batch(computed, name):
    sizes, arguments = BY_EXAMPLE[name]
    layer, given = computed(name, sizes, **arguments), _images(sizes)
    alone = np.concatenate([layer(given[row : row + 1]) for row in range(4)])
    np.testing.assert_allclose(layer(given), alone, atol=1e-5)


@pytest.mark.parametrize("name", sorted(BY_EXAMPLE))
def test_examples_may_come_in_any_order(computed, name):
    sizes, arguments = BY_EXAMPLE[name]
    layer, given, order = computed(name, sizes, **arguments), _images(sizes), [2, 0, 3, 1]
    np.testing.assert_allclose(layer(given[order]), layer(given)[order], atol=1e-5)


# TensorFlow's own convolution gives an empty batch the sizes of its input.
@pytest.mark.parametrize("name", sorted(set(BY_EXAMPLE) - {"conv2d", "conv3d"}))
def test_a_batch_may_be_empty(computed, name):
    sizes, arguments = BY_EXAMPLE[name]
    layer = computed(name, sizes, **arguments)
    empty = layer(np.zeros([0, *sizes], np.float32))
    assert empty.shape == (0, *layer(_images(sizes)).shape[1:])


@pytest.mark.parametrize(
    ("layer", "arguments", "step"),
    [
        ("conv2d", {"filters": 3, "kernel_size": 3}, 1),
        ("conv2d", {"filters": 3, "kernel_size": 3, "strides": 2}, 2),
        ("conv2d", {"filters": 3, "kernel_size": 2, "dilation_rate": 2}, 1),
        ("max_pooling2d", {"pool_size": 2}, 2),
        ("average_pooling2d", {"pool_size": 3, "strides": 1}, 1),
    ],
)
def test_a_shifted_image_gives_a_shifted_output(computed, layer, arguments, step):
    function, wide = computed(layer, [8, 10, 2], **arguments), _images([8, 10 + step, 2])
    left, right = function(wide[:, :, :-step]), function(wide[:, :, step:])
    np.testing.assert_allclose(left[:, :, 1:], right[:, :, :-1], atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "sizes", "arguments"),
    [
        ("dense", [4], {"units": 3, "use_bias": False}),
        ("conv2d", [5, 5, 2], {"filters": 3, "kernel_size": 3, "use_bias": False}),
        ("conv3d", [4, 4, 4, 1], {"filters": 2, "kernel_size": 2, "use_bias": False}),
        ("average_pooling2d", [6, 6, 2], {"pool_size": 2}),
        ("flatten", [2, 3], {}),
    ],
)
def test_a_layer_without_bias_is_linear(computed, layer, sizes, arguments):
    function = computed(layer, sizes, **arguments)
    one, other = _images(sizes, seed=1), _images(sizes, seed=2)
    expected = 2 * function(one) - 3 * function(other)
    np.testing.assert_allclose(function(2 * one - 3 * other), expected, atol=1e-4)


@pytest.mark.parametrize("grow", [np.exp, np.cbrt, lambda x: 3 * x - 1])
@pytest.mark.parametrize(
    ("layer", "sizes"), [("max_pooling2d", [6, 6, 2]), ("max_pooling3d", [4, 4, 4, 1])]
)
def test_the_largest_stays_the_largest_under_whatever_grows(computed, layer, sizes, grow):
    function, given = computed(layer, sizes, pool_size=2), _images(sizes)
    np.testing.assert_allclose(function(grow(given)), grow(function(given)), rtol=1e-5)


@pytest.mark.parametrize("factor", [0.5, 7.0])
def test_the_average_lies_between_the_least_and_the_largest(computed, factor):
    given = factor * _images([6, 6, 2])
    average = computed("average_pooling2d", [6, 6, 2], pool_size=2)(given)
    largest = computed("max_pooling2d", [6, 6, 2], pool_size=2)
    assert (average <= largest(given) + 1e-6).all()
    assert (average >= -largest(-given) - 1e-6).all()


@pytest.mark.parametrize(("factor", "shift"), [(3.0, 0.0), (1.0, -5.0), (20.0, 4.0)])
def test_normalising_a_batch_forgets_its_scale_and_shift(computed, factor, shift):
    function = computed("batch_normalization", [4, 3], training=True, epsilon=1e-8)
    given = _images([4, 3], count=16)
    np.testing.assert_allclose(function(factor * given + shift), function(given), atol=1e-3)


def test_a_normalised_batch_has_mean_zero_and_variance_one(computed):
    function = computed("batch_normalization", [4, 3], training=True, epsilon=1e-8)
    found = function(5 + 2 * _images([4, 3], count=64)).reshape(-1, 3)
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(found.var(0), 1, atol=1e-4)


@pytest.mark.parametrize("shape", [[2, 3], [4], [2, 2, 3]])
def test_flattening_keeps_every_value_in_its_order(computed, shape):
    given = _images(shape)
    assert (computed("flatten", shape)(given) == given.reshape(4, -1)).all()


@pytest.mark.parametrize(
    "arguments", [{"rate": 0.0, "training": True}, {"rate": 0.9, "training": False}]
)
def test_dropout_that_drops_nothing_changes_nothing(computed, arguments):
    given = _images([5])
    assert (computed("dropout", [5], **arguments)(given) == given).all()


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.8])
def test_what_dropout_keeps_it_scales_by_what_it_keeps(computed, rate):
    given = 1 + np.abs(_images([500]))
    found = computed("dropout", [500], rate=rate, training=True, seed=1)(given)
    kept = found != 0
    np.testing.assert_allclose(found[kept], given[kept] / (1 - rate), rtol=1e-5)
    assert abs(kept.mean() - (1 - rate)) < 0.05
