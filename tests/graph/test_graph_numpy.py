"""Layers compared with the same written out in NumPy, over all that can be chosen."""

from __future__ import annotations

import numpy as np
import numpy_layers as by_hand
import pytest

from graphkit._tf import tf
from graphkit.graph import layers

RANDOM = np.random.RandomState(5)
IMAGES = RANDOM.normal(size=[2, 7, 6, 3]).astype(np.float32)
VOLUMES = RANDOM.normal(size=[2, 5, 4, 6, 2]).astype(np.float32)
WORDS = RANDOM.normal(size=[3, 4, 2]).astype(np.float32)


def filled(session, seed=0):
    """Gives every variable numbers of its own; returns them by the end of their names."""
    random = np.random.RandomState(seed)
    values = {}
    for variable in tf.global_variables():
        value = random.normal(size=variable.shape.as_list()).astype(np.float32)
        variable.load(value, session)
        values[variable.op.name.rpartition("/")[2]] = value
    return values


def close(found, wanted):
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("kernel", "strides", "dilation"),
    [
        ((1, 1), (1, 1), (1, 1)),
        ((3, 2), (1, 1), (1, 1)),
        ((3, 3), (2, 1), (1, 1)),
        ((2, 3), (3, 2), (1, 1)),
        ((3, 2), (1, 1), (2, 1)),
        ((2, 2), (1, 1), (3, 4)),
    ],
)
def test_convolution_of_images(graph, session, padding, kernel, strides, dilation):
    made = layers.conv2d(tf.constant(IMAGES), 4, kernel, strides, padding, dilation_rate=dilation)
    values = filled(session)
    wanted = by_hand.convolution(
        IMAGES, values["kernel"], values["bias"], strides, padding, dilation
    )
    assert made.shape.as_list() == list(wanted.shape)
    close(session.run(made), wanted)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("kernel", "strides"), [((1, 2, 3), (1, 1, 1)), ((3, 3, 3), (2, 1, 2)), ((2, 1, 2), (3, 3, 1))]
)
def test_convolution_of_volumes(graph, session, padding, kernel, strides):
    made = layers.conv3d(tf.constant(VOLUMES), 3, kernel, strides, padding)
    values = filled(session)
    wanted = by_hand.convolution(
        VOLUMES, values["kernel"], values["bias"], strides, padding, (1, 1, 1)
    )
    close(session.run(made), wanted)


@pytest.mark.parametrize("dilation", [2, (2, 1, 1), (1, 2, 3)])
def test_convolution_of_volumes_spread_out(graph, session, dilation):
    made = layers.conv3d(tf.constant(VOLUMES), 2, 2, dilation_rate=dilation)
    values = filled(session)
    spread = (dilation,) * 3 if isinstance(dilation, int) else dilation
    wanted = by_hand.convolution(
        VOLUMES, values["kernel"], values["bias"], (1, 1, 1), "valid", spread
    )
    close(session.run(made), wanted)


@pytest.mark.parametrize("layer", [layers.conv2d, layers.conv3d])
def test_convolution_without_bias_then_activation(graph, session, layer):
    given = IMAGES if layer is layers.conv2d else VOLUMES
    made = layer(tf.constant(given), 2, 2, use_bias=False, activation=tf.nn.relu)
    values = filled(session)
    assert set(values) == {"kernel"}
    ones = (1,) * (given.ndim - 2)
    plain = by_hand.convolution(given, values["kernel"], 0.0, ones, "valid", ones)
    close(session.run(made), np.maximum(plain, 0))


_SPREADS = {"max": np.nanmax, "average": np.nanmean}


@pytest.mark.parametrize("kind", _SPREADS)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("window", "strides"), [((2, 2), None), ((3, 2), (1, 1)), ((2, 3), (2, 4)), ((1, 1), (3, 2))]
)
def test_pooling_of_images(graph, session, kind, padding, window, strides):
    layer = getattr(layers, f"{kind}_pooling2d")
    made = layer(tf.constant(IMAGES), window, strides, padding)
    wanted = by_hand.pooling(IMAGES, window, strides or window, padding, _SPREADS[kind])
    assert made.shape.as_list() == list(wanted.shape)
    close(session.run(made), wanted)


@pytest.mark.parametrize("kind", _SPREADS)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("window", "strides"), [((2, 2, 2), None), ((3, 1, 2), (2, 3, 1))])
def test_pooling_of_volumes(graph, session, kind, padding, window, strides):
    layer = getattr(layers, f"{kind}_pooling3d")
    made = layer(tf.constant(VOLUMES), window, strides, padding)
    wanted = by_hand.pooling(VOLUMES, window, strides or window, padding, _SPREADS[kind])
    close(session.run(made), wanted)


@pytest.mark.parametrize("shape", [[4, 3], [2, 5, 3], [2, 1, 4, 3]])
@pytest.mark.parametrize(("activation", "function"), [(None, lambda x: x), ("tanh", np.tanh)])
def test_dense_works_on_the_last_axis(graph, session, shape, activation, function):
    given = np.random.RandomState(1).normal(size=shape).astype(np.float32)
    made = layers.dense(tf.constant(given), 6, activation)
    values = filled(session)
    close(session.run(made), function(given @ values["kernel"] + values["bias"]))


def test_dense_takes_complex_numbers(graph, session):
    given = np.array([[1 + 2j, 3], [1j, -1j]], np.complex64)
    made = layers.dense(
        tf.constant(given),
        2,
        kernel_initializer=lambda shape, dtype=None, partition_info=None: tf.constant(
            [[1j, 2], [0, 1 + 1j]], tf.complex64
        ),
        bias_initializer=lambda shape, dtype=None, partition_info=None: tf.zeros(shape, dtype),
    )
    session.run(tf.global_variables_initializer())
    wanted = given @ np.array([[1j, 2], [0, 1 + 1j]])
    np.testing.assert_allclose(session.run(made), wanted, rtol=1e-6)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_flatten_moves_channels_to_the_end(graph, session, data_format):
    given = np.arange(24, dtype=np.int32).reshape(2, 3, 2, 2)
    made = layers.flatten(tf.constant(given), data_format=data_format)
    last = np.moveaxis(given, 1, -1) if data_format == "channels_first" else given
    np.testing.assert_array_equal(session.run(made), last.reshape(2, -1))
    assert made.shape.as_list() == [2, 12]


def test_flatten_leaves_open_what_is_not_known(graph):
    assert layers.flatten(tf.placeholder(tf.float32, [None, 2, 3])).shape.as_list() == [None, 6]
    assert layers.flatten(tf.placeholder(tf.float32, [4, None, 3])).shape.as_list()[1] is None
    assert layers.flatten(tf.placeholder(tf.float32, [5])).shape.as_list() == [5, 1]


# TensorFlow's fused kernel takes channels second on a GPU only.
@pytest.mark.parametrize(("axis", "fused"), [(-1, True), (-1, False), (1, False)])
@pytest.mark.parametrize(("center", "scale"), [(True, True), (False, True), (True, False)])
def test_batch_normalization_while_training(graph, session, axis, fused, center, scale):
    made = layers.batch_normalization(
        tf.constant(IMAGES),
        training=True,
        axis=axis,
        fused=fused,
        center=center,
        scale=scale,
        epsilon=0.01,
        momentum=0.75,
    )
    values = filled(session)
    channels = axis % 4
    others = tuple(a for a in range(4) if a != channels)
    shape = [size if a == channels else 1 for a, size in enumerate(IMAGES.shape)]
    mean, variance = IMAGES.mean(others), IMAGES.var(others)
    wanted = (IMAGES - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + 0.01)
    wanted = wanted * values.get("gamma", np.float32(1)).reshape(shape if scale else [])
    wanted = wanted + values.get("beta", np.float32(0)).reshape(shape if center else [])
    close(session.run([made, tf.get_collection(tf.GraphKeys.UPDATE_OPS)])[0], wanted)
    count = IMAGES.size // IMAGES.shape[channels]
    # The fused kernel keeps the variance of a sample, the other that of the batch.
    variance = variance * count / (count - 1) if fused else variance
    kept = {v.op.name.rpartition("/")[2]: v for v in tf.global_variables()}
    close(session.run(kept["moving_mean"]), values["moving_mean"] * 0.75 + mean * 0.25)
    close(session.run(kept["moving_variance"]), values["moving_variance"] * 0.75 + variance * 0.25)


def test_batch_normalization_afterwards(graph, session):
    made = layers.batch_normalization(tf.constant(IMAGES), training=False, epsilon=0.1)
    values = filled(session)
    variance = next(v for v in tf.global_variables() if v.op.name.endswith("moving_variance"))
    variance.load(np.float32([1, 2, 3]), session)
    wanted = (IMAGES - values["moving_mean"]) / np.sqrt(np.float32([1.1, 2.1, 3.1]))
    close(session.run(made), wanted * values["gamma"] + values["beta"])


@pytest.mark.parametrize("forget_bias", [1.0, 0.0])
def test_lstm_over_time(graph, session, forget_bias):
    cell = layers.basic_lstm_cell(5, forget_bias=forget_bias)
    outputs, state = layers.dynamic_rnn(cell, tf.constant(WORDS))
    values = filled(session)
    wanted, c, h = by_hand.lstm(WORDS, values["kernel"], values["bias"], 5, forget_bias)
    found = session.run([outputs, state.c, state.h])
    for got, expected in zip(found, (wanted, c, h), strict=True):
        close(got, expected)


def test_gru_over_time(graph, session):
    outputs, state = layers.dynamic_rnn(layers.gru_cell(3), tf.constant(WORDS))
    filled(session)
    kept = {v.op.name.partition("gru_cell/")[2]: session.run(v) for v in tf.global_variables()}
    wanted, last = by_hand.gru(
        WORDS,
        kept["gates/kernel"],
        kept["gates/bias"],
        kept["candidate/kernel"],
        kept["candidate/bias"],
        3,
    )
    found = session.run([outputs, state])
    close(found[0], wanted)
    close(found[1], last)


def test_plain_cell_over_time(graph, session):
    outputs, state = layers.dynamic_rnn(layers.basic_rnn_cell(4), tf.constant(WORDS))
    values = filled(session)
    wanted, last = by_hand.rnn(WORDS, values["kernel"], values["bias"], 4)
    found = session.run([outputs, state])
    close(found[0], wanted)
    close(found[1], last)


def test_sequence_lengths_stop_each_row_at_its_end(graph, session):
    lengths = [4, 1, 3]
    outputs, state = layers.dynamic_rnn(
        layers.basic_rnn_cell(4), tf.constant(WORDS), sequence_length=lengths
    )
    values = filled(session)
    whole, _ = by_hand.rnn(WORDS, values["kernel"], values["bias"], 4)
    got, last = session.run([outputs, state])
    for row, length in enumerate(lengths):
        close(got[row, :length], whole[row, :length])
        np.testing.assert_array_equal(got[row, length:], 0)
        close(last[row], whole[row, length - 1])


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.9])
def test_dropout_keeps_the_expected_value(graph, session, rate):
    ones = np.ones([400, 100], np.float32)
    found = session.run(layers.dropout(tf.constant(ones), rate=rate, training=True, seed=3))
    kept = np.float32(1 / (1 - rate))
    assert set(np.unique(found.round(4))) == {np.float32(0), kept.round(4)}
    # 40 000 draws: five standard deviations either way
    assert abs((found == 0).mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / ones.size)


def test_noise_shape_drops_whole_rows(graph, session):
    ones = tf.ones([50, 8])
    found = session.run(layers.dropout(ones, rate=0.5, training=True, noise_shape=[50, 1], seed=1))
    assert all(len(set(row)) == 1 for row in found)
    assert len({row[0] for row in found}) == 2


@pytest.mark.parametrize("ids", [[0, 3, 3], [[1], [2]], 4])
def test_embedding_takes_rows_of_its_table(graph, session, ids):
    made = layers.embedding(tf.constant(ids), 5, 2)
    table = filled(session)["embeddings"]
    close(session.run(made), table[np.array(ids)])
