"""Local contrast normalization against the formula written out in numpy."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import layers

IMAGES = np.random.RandomState(0).uniform(-1, 1, [2, 7, 6, 3])


def window(size, sigma):
    places = np.arange(size) - size // 2
    weights = np.exp(-(places[:, None] ** 2 + places**2) / (2 * sigma**2))
    return weights / weights.sum()


def local_mean(values, weights):
    """Averages each place's surroundings, as far as they are inside the image."""
    half = len(weights) // 2
    height, width = values.shape
    means = np.zeros_like(values)
    for i in range(height):
        for j in range(width):
            rows = range(max(0, i - half), min(height, i + half + 1))
            columns = range(max(0, j - half), min(width, j + half + 1))
            near = [(r, c, weights[r - i + half, c - j + half]) for r in rows for c in columns]
            total = sum(weight for _, _, weight in near)
            means[i, j] = sum(values[r, c] * weight for r, c, weight in near) / total
    return means


def normalized(image, size, sigma, epsilon=1e-4):
    """The formula for one image; the channels share mean and deviation."""
    weights = window(size, sigma)
    centred = image - local_mean(image.mean(-1), weights)[..., None]
    variance = local_mean((centred**2).mean(-1), weights)
    deviation = np.sqrt(np.maximum(variance, epsilon**2))
    return centred / np.maximum(deviation.mean(), deviation)[..., None]


def run(images, dtype="float64", **arguments):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(dtype, [None, None, None, images.shape[-1]])
        y = layers.local_contrast_normalization(x, **arguments)
        gradient = tf.gradients(tf.reduce_sum(tf.square(y)), x)[0]
        return session.run([y, gradient], {x: images})


@pytest.mark.parametrize(("size", "sigma"), [(3, 1.0), (5, 0.8), (9, 2.25)])
def test_channels_together_follow_the_formula(size, sigma):
    expected = [normalized(image, size, sigma) for image in IMAGES]
    found, _ = run(IMAGES, window_size=size, sigma=sigma)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_each_channel_by_itself_follows_the_formula():
    found, _ = run(IMAGES, window_size=5, sigma=1.0, across_channels=False)
    for channel in range(3):
        expected = [normalized(image[..., [channel]], 5, 1.0) for image in IMAGES]
        np.testing.assert_allclose(found[..., [channel]], expected, rtol=1e-9, atol=1e-12)


def test_default_window_is_nine_wide_with_a_quarter_for_sigma():
    default, _ = run(IMAGES)
    given, _ = run(IMAGES, window_size=9, sigma=2.25)
    np.testing.assert_array_equal(default, given)


def test_brightness_and_contrast_do_not_matter():
    plain, _ = run(IMAGES, window_size=3)
    changed, _ = run(IMAGES * 5 + 100, window_size=3)
    np.testing.assert_allclose(plain, changed, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("value", [0.0, 1.0, 255.0, 1e6])
@pytest.mark.parametrize("across", [True, False])
def test_flat_image_gives_zeros_and_finite_gradients(dtype, value, across):
    flat = np.full([1, 8, 8, 2], value, dtype)
    found, gradient = run(flat, dtype, window_size=5, across_channels=across)
    assert np.isfinite(gradient).all()
    assert not found.any()


def test_gradient_is_the_slope():
    def squares(images):
        return np.sum([normalized(image, 3, 1.0) ** 2 for image in images])

    _, gradient = run(IMAGES[:1], window_size=3, sigma=1.0)
    for place in [(0, 0, 0, 0), (0, 3, 2, 1), (0, 6, 5, 2)]:
        step = np.zeros_like(IMAGES[:1])
        step[place] = 1e-6
        slope = (squares(IMAGES[:1] + step) - squares(IMAGES[:1] - step)) / 2e-6
        assert gradient[place] == pytest.approx(slope, rel=1e-4)


def test_nearly_flat_region_is_not_blown_up():
    image = np.zeros([1, 20, 20, 1])
    image[0, :, 10:] = np.random.RandomState(1).uniform(-1, 1, [20, 10, 1])
    image[0, :, :5] += 1e-3 * np.random.RandomState(2).uniform(-1, 1, [20, 5, 1])
    found, _ = run(image, window_size=3)
    assert np.abs(found[0, :, :5]).max() < 0.01


@pytest.mark.parametrize(
    ("shape", "arguments", "message"),
    [
        ([None, 5, 5], {}, r"inputs must be of rank 4, got \[None, 5, 5\]"),
        ([None, 5, 5, None], {}, "inputs must be of a known number of channels, got "),
        ([None, 5, 5, 1], {"window_size": 4}, "window_size must be an odd number, got 4"),
        ([None, 5, 5, 1], {"window_size": 0}, "window_size must be a whole number above 0, got 0"),
        ([None, 5, 5, 1], {"sigma": 0.0}, "sigma must be a number above 0, got 0.0"),
        ([None, 5, 5, 1], {"epsilon": -1.0}, "epsilon must be a number above 0, got -1.0"),
    ],
)
def test_argument_out_of_range_is_refused(graph, shape, arguments, message):
    x = tf.placeholder(tf.float32, shape)
    with pytest.raises(ArgumentError, match=f"local_contrast_normalization: {message}"):
        layers.local_contrast_normalization(x, **arguments)
    assert len(graph.get_operations()) == 1


@pytest.mark.parametrize("dtype", ["float16", "uint8"])
def test_other_dtypes_are_refused(graph, dtype):
    x = tf.placeholder(dtype, [None, 5, 5, 1])
    with pytest.raises(ArgumentTypeError, match=f"inputs must be .*float.*, got {dtype}"):
        layers.local_contrast_normalization(x)
