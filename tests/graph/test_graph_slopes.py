"""Gradients of layers and cells are the slopes of what they compute, in any direction.

The slope along a direction is measured with two steps of float64 to either side.
"""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.graph import layers

STEP = 1e-6
LAYERS = {
    "average_pooling2d": ([5, 6, 2], {"pool_size": 3, "strides": 2, "padding": "same"}),
    "batch_normalization": ([4, 3], {"training": True}),
    "conv2d": ([5, 6, 2], {"filters": 3, "kernel_size": (3, 2), "strides": 2}),
    "conv2d spread": ([6, 6, 2], {"filters": 2, "kernel_size": 2, "dilation_rate": 2}),
    "conv3d": ([3, 4, 5, 2], {"filters": 2, "kernel_size": 2, "padding": "same"}),
    "dense": ([4], {"units": 3, "activation": "tanh"}),
    "dense of sequences": ([3, 4], {"units": 2, "activation": "sigmoid", "use_bias": False}),
    "flatten": ([2, 3, 2], {}),
    "local_contrast_normalization": ([6, 7, 2], {"window_size": 3}),
    "max_pooling2d": ([6, 5, 2], {"pool_size": 2}),
}
CELLS = {
    "plain": lambda: layers.basic_rnn_cell(3),
    "lstm": lambda: layers.basic_lstm_cell(3),
    "lstm with peepholes": lambda: layers.lstm_cell(3, use_peepholes=True, num_proj=2),
    "gru": lambda: layers.gru_cell(3),
    "stacked": lambda: layers.multi_rnn_cell([layers.gru_cell(2), layers.basic_lstm_cell(3)]),
}


def _values(shape, seed):
    """Numbers between -1 and 1, no two alike, so that no maximum is a tie."""
    return (
        np.random.RandomState(seed)
        .permutation(np.linspace(-1, 1, int(np.prod(shape))))
        .reshape(shape)
    )


def _assert_slopes(session, loss, x, value):
    """Compares `tf.gradients` with the slopes along a direction of the input and each variable.

    Args:
        session: The session.
        loss: What is differentiated (float64, `[]`).
        x: The input.
        value: Its value.
    """
    variables = tf.trainable_variables()
    slopes = tf.gradients(loss, [x, *variables])  # before any run: loops cannot grow afterwards
    session.run(tf.global_variables_initializer())
    values = [_values(variable.shape.as_list(), 20 + n) for n, variable in enumerate(variables)]

    def computed(fetch, moved=None, by=0.0):
        for variable, held in zip(variables, values, strict=True):
            variable.load(held + by if variable is moved else held, session)
        return session.run(fetch, {x: value + by if moved is x else value})

    gradients = computed(slopes)
    for source, gradient in zip([x, *variables], gradients, strict=True):
        direction = _values(gradient.shape, seed=50)
        there, back = (computed(loss, source, sign * STEP * direction) for sign in (1, -1))
        slope = (there - back) / (2 * STEP)
        assert abs(slope) > 1e-3, f"{source.name} says nothing along this direction"
        np.testing.assert_allclose(np.sum(gradient * direction), slope, rtol=1e-5, atol=1e-7)


def _weighted(y):
    """A sum in which no two values count the same."""
    weights = _values(y.shape.as_list(), seed=7) + 0.1
    return tf.reduce_sum(weights * tf.sin(y + 0.3))


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_the_gradient_of_a_layer_is_its_slope(graph, session, name):
    sizes, arguments = LAYERS[name]
    x = tf.placeholder(tf.float64, [2, *sizes], "x")
    y = getattr(layers, name.split()[0])(x, **arguments)
    _assert_slopes(session, _weighted(y), x, _values([2, *sizes], 1))


@pytest.mark.parametrize("name", sorted(CELLS))
def test_the_gradient_through_time_is_the_slope(graph, session, name):
    x = tf.placeholder(tf.float64, [2, 4, 3], "x")
    outputs, _ = layers.dynamic_rnn(CELLS[name](), x, sequence_length=[4, 2])
    _assert_slopes(session, _weighted(outputs), x, _values([2, 4, 3], 1))


def test_nothing_behind_its_length_has_a_slope(graph, session):
    x = tf.placeholder(tf.float64, [2, 4, 3], "x")
    outputs, last = layers.dynamic_rnn(layers.gru_cell(3), x, sequence_length=[4, 2])
    gradient = tf.gradients(_weighted(outputs) + _weighted(last), x)
    session.run(tf.global_variables_initializer())
    (found,) = session.run(gradient, {x: _values([2, 4, 3], 1)})
    assert (found[1, 2:] == 0).all()
    assert (np.abs(found[0]).max(axis=1) > 0).all() and (np.abs(found[1, :2]).max(axis=1) > 0).all()
