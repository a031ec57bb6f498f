"""Dropout: the share dropped or kept, given as a number or a tensor."""

from __future__ import annotations

import numpy as np
import pytest
from refused_calls import refused

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import layers


@pytest.mark.parametrize("rate", [np.float32(0.5), np.float64(0.5), 0])
def test_dropout_share_may_be_any_number(vector, rate):
    assert layers.dropout(vector, rate=rate, training=True).shape.as_list() == [None, 4]


def test_rate_and_keep_prob_mean_the_opposite(graph, session):
    x = tf.ones([2000])
    dropped = layers.dropout(x, rate=0.25, training=True, seed=3)
    kept = layers.dropout(x, keep_prob=0.75, training=True, seed=3)
    by_rate, by_keep = session.run([dropped, kept])
    np.testing.assert_array_equal(by_rate, by_keep)
    assert np.mean(by_rate > 0) == pytest.approx(0.75, abs=0.04)
    np.testing.assert_allclose(by_rate[by_rate > 0], 1 / 0.75, rtol=1e-6)


@pytest.mark.parametrize("argument", ["rate", "keep_prob"])
def test_dropout_share_may_be_a_tensor(graph, session, argument):
    share = tf.placeholder(tf.float32, [])
    y = layers.dropout(tf.ones([1000]), training=True, **{argument: share})
    kept = np.mean(session.run(y, {share: 0.9}) > 0)
    assert kept == pytest.approx(0.1 if argument == "rate" else 0.9, abs=0.05)


def test_dropout_passes_all_outside_training(graph, session):
    x = tf.ones([50])
    training = tf.placeholder_with_default(False, [])
    y = layers.dropout(x, rate=0.5, training=training)
    assert session.run(y).tolist() == [1.0] * 50
    assert 0.0 in session.run(y, {training: True})


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({}, "rate=None, keep_prob=None"),
        ({"rate": 0.1, "keep_prob": 0.9}, "rate=0.1, keep_prob=0.9"),
    ],
)
def test_dropout_wants_one_of_rate_and_keep_prob(vector, arguments, received):
    refused(
        ArgumentError,
        rf"rate or keep_prob must be the only one .*rate=0.1 is keep_prob=0.9, got '{received}'",
        lambda: layers.dropout(vector, training=True, **arguments),
    )


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rate": 1.0}, ArgumentError, "rate must be a number of at least 0 and below 1, got 1.0"),
        (
            {"rate": -0.1},
            ArgumentError,
            "rate must be a number of at least 0 and below 1, got -0.1",
        ),
        (
            {"keep_prob": 0},
            ArgumentError,
            "keep_prob must be a number above 0 and at most 1, got 0",
        ),
        (
            {"keep_prob": 1.5},
            ArgumentError,
            "keep_prob must be a number above 0 and at most 1, got 1.5",
        ),
        ({"rate": "half"}, ArgumentTypeError, "rate must be a number .*got 'half'"),
        ({"rate": True}, ArgumentTypeError, "rate must be a number .*, got True"),
    ],
)
def test_dropout_share_out_of_range_is_refused(vector, arguments, error, message):
    refused(
        error, rf"dropout: {message}", lambda: layers.dropout(vector, training=True, **arguments)
    )


@pytest.mark.parametrize("value", [[0.5], 1])
def test_dropout_share_tensor_must_be_a_float_scalar(vector, value):
    share = tf.constant(value)
    refused(
        ArgumentTypeError,
        r"dropout: rate must be a number or a float scalar, got (float32\(1,\)|int32\(\))",
        lambda: layers.dropout(vector, training=True, rate=share),
    )


def test_noise_shape_has_one_entry_per_axis(vector):
    refused(
        ArgumentError,
        r"dropout: noise_shape must be one entry per axis of \[None, 4\], got \[1\]",
        lambda: layers.dropout(vector, training=True, rate=0.5, noise_shape=[1]),
    )
