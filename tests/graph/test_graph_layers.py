"""What single layers do and refuse beyond what TensorFlow 1.15.5 recorded."""

from __future__ import annotations

import re

import numpy as np
import pytest
from refused_calls import refused

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.graph import layers


@pytest.mark.parametrize("units", [0, -1, 0.0])
def test_units_must_be_above_zero(vector, units):
    refused(
        ArgumentError,
        rf"dense: units must be a whole number above 0, got {units}",
        lambda: layers.dense(vector, units),
    )


@pytest.mark.parametrize("units", [2.5, "3", None, True, [3]])
def test_units_must_be_a_whole_number(vector, units):
    refused(
        ArgumentTypeError,
        rf"dense: units must be a whole number above 0, got {re.escape(repr(units))}",
        lambda: layers.dense(vector, units),
    )


@pytest.mark.parametrize("units", [3, 3.0, np.int64(3)])
def test_whole_numbers_of_any_kind_pass(vector, units):
    assert layers.dense(vector, units).shape.as_list() == [None, 3]


def test_unknown_activation_is_refused_with_the_nearest(vector):
    refused(
        ArgumentError,
        r"dense: activation must be 'relu', a function or None, got 'rleu'",
        lambda: layers.dense(vector, 1, "rleu"),
    )
    refused(
        ArgumentError,
        r"dense: activation must be one of elu, .*got '\?'",
        lambda: layers.dense(vector, 1, "?"),
    )
    refused(
        ArgumentTypeError,
        r"dense: activation must be a function, a name or None, got 3",
        lambda: layers.dense(vector, 1, 3),
    )


@pytest.mark.parametrize(
    "argument", ["kernel_regularizer", "bias_initializer", "kernel_constraint"]
)
def test_number_in_place_of_a_function_is_refused(vector, argument):
    refused(
        ArgumentError,
        rf"dense: {argument} must be a function or None, got 0.1",
        lambda: layers.dense(vector, 1, **{argument: 0.1}),
    )


def test_initializer_may_be_a_name(vector, session):
    layers.dense(vector, 2, kernel_initializer="ones", name="fc")
    session.run(tf.global_variables_initializer())
    assert session.run(tf.global_variables()[0]).tolist() == [[1.0, 1.0]] * 4


def test_second_layer_of_a_name_is_refused(vector):
    layers.dense(vector, 2, name="fc")
    with pytest.raises(ArgumentError, match=r"dense: name must be not used by .*got 'fc'"):
        layers.dense(vector, 2, name="fc")


def test_reuse_shares_the_variables(vector):
    layers.dense(vector, 2, name="fc")
    layers.dense(vector, 2, name="fc", reuse=True)
    assert [v.op.name for v in tf.global_variables()] == ["fc/kernel", "fc/bias"]


def test_reuse_of_nothing_is_refused(vector):
    with pytest.raises(ArgumentError, match=r"dense: name must be of an earlier .*got 'fc'"):
        layers.dense(vector, 2, name="fc", reuse=True)


def test_reuse_of_another_size_is_refused(vector):
    layers.dense(vector, 2, name="fc")
    with pytest.raises(ArgumentError, match=r"dense: name must be of .* the same sizes.*got 'fc'"):
        layers.dense(vector, 3, name="fc", reuse=True)


def test_other_errors_pass_through_unchanged(vector):
    def failing(shape, dtype=None, partition_info=None):
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        layers.dense(vector, 2, kernel_initializer=failing)


def test_variable_may_be_the_input(graph):
    assert layers.dense(tf.get_variable("w", [2, 3]), 4).shape.as_list() == [2, 4]


def test_layer_in_a_branch_is_built_in_that_branch(graph, session):
    x = tf.constant([[1.0, 2.0]])
    chosen = tf.placeholder(tf.bool, [])
    y = tf.cond(
        chosen,
        lambda: layers.dense(x, 1, kernel_initializer=tf.ones_initializer()),
        lambda: tf.zeros([1, 1]),
    )
    session.run(tf.global_variables_initializer())
    assert session.run(y, {chosen: True}).tolist() == [[3.0]]
    assert session.run(y, {chosen: False}).tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel_size": 7}, r"kernel_size must be at most the input's \[6, 6\].*got \[7, 7\]"),
        ({"dilation_rate": 3}, r"kernel_size must be .*spread over \[7, 7\] by dilation\), got"),
        ({"strides": 2, "dilation_rate": 2}, r"dilation_rate must be 1 together with strides"),
        ({"padding": "full"}, r"padding must be 'valid' or 'same', got 'full'"),
        ({"padding": None}, r"padding must be 'valid' or 'same', got None"),
        ({"data_format": "NHWC"}, r"data_format must be 'channels_last' or .*got 'NHWC'"),
        ({"strides": [1, 1, 1]}, r"strides must be one number or 2 of them, got \[1, 1, 1\]"),
        ({"strides": 0}, r"strides must be whole numbers above 0, one for all axes or 2, got 0"),
        ({"filters": 0}, r"filters must be a whole number above 0, got 0"),
        ({"activation": "rleu"}, r"activation must be 'relu'"),
    ],
)
def test_convolution_that_cannot_be_is_refused(image, arguments, message):
    refused(
        ArgumentError,
        rf"conv2d: {message}",
        lambda: layers.conv2d(image, **{"filters": 2, "kernel_size": 3, **arguments}),
    )


def test_kernel_as_large_as_the_input_passes(image):
    assert layers.conv2d(image, 2, 6).shape.as_list() == [None, 1, 1, 2]
    assert layers.conv2d(image, 2, 9, padding="same").shape.as_list() == [None, 6, 6, 2]


@pytest.mark.parametrize("kernel", [(3, 2), [3, 2], np.array([3, 2])])
def test_window_may_be_any_sequence(image, kernel):
    assert layers.conv2d(image, 1, kernel).shape.as_list() == [None, 4, 5, 1]


def test_channels_first_has_channels_second(graph):
    x = tf.placeholder(tf.float32, [None, 2, 8, 9])
    assert layers.conv2d(x, 5, 3, data_format="channels_first").shape.as_list() == [None, 5, 6, 7]
    pooled = layers.max_pooling2d(x, 2, data_format="channels_first")
    assert pooled.shape.as_list() == [None, 2, 4, 4]


def test_channels_must_be_known(graph):
    x = tf.placeholder(tf.float32, [None, 2, 8, None])
    refused(
        ArgumentError,
        r"conv2d: inputs must be of a known number of channels \(channels_last\), got \[None, 2",
        lambda: layers.conv2d(x, 2, 1),
    )


def test_convolution_needs_floats(graph):
    x = tf.placeholder(tf.uint8, [None, 8, 8, 3])
    refused(
        ArgumentTypeError,
        r"conv2d: inputs must be of dtype float, got uint8",
        lambda: layers.conv2d(x, 2, 1),
    )


def test_pooling_steps_by_its_window_unless_told(image):
    assert layers.max_pooling2d(image, 3).shape.as_list() == [None, 2, 2, 2]
    assert layers.max_pooling2d(image, 3, 1).shape.as_list() == [None, 4, 4, 2]


def test_largest_value_of_each_window(graph, session):
    x = tf.constant(np.arange(16.0).reshape(1, 4, 4, 1))
    assert session.run(layers.max_pooling2d(x, 2)).ravel().tolist() == [5, 7, 13, 15]
    assert session.run(layers.average_pooling2d(x, 2)).ravel().tolist() == [2.5, 4.5, 10.5, 12.5]


def test_average_needs_floats(graph):
    x = tf.placeholder(tf.int32, [None, 4, 4, 1])
    refused(
        ArgumentTypeError,
        r"average_pooling2d: inputs must be of dtype float, got int32",
        lambda: layers.average_pooling2d(x, 2),
    )


def test_switch_turns_batch_normalization_over(graph, session):
    x = tf.constant([[1.0], [3.0]])
    training = tf.placeholder_with_default(False, [])
    y = layers.batch_normalization(x, training=training, epsilon=1e-9)
    session.run(tf.global_variables_initializer())
    np.testing.assert_allclose(session.run(y), [[1.0], [3.0]], rtol=1e-6)
    np.testing.assert_allclose(session.run(y, {training: True}), [[-1.0], [1.0]], rtol=1e-6)


@pytest.mark.parametrize("build", ["batch_normalization", "dropout"])
def test_training_must_be_said(vector, build):
    with pytest.raises(TypeError, match="training"):
        getattr(layers, build)(vector)


@pytest.mark.parametrize(
    ("training", "error", "message"),
    [
        (None, ArgumentTypeError, "training must be a bool or a bool tensor, got None"),
        ("yes", ArgumentTypeError, "training must be a bool or a bool tensor, got 'yes'"),
        (lambda: tf.zeros([]), ArgumentTypeError, "training must be .*got a tensor of float32"),
        (lambda: tf.zeros([2], tf.bool), ArgumentError, r"training must be a scalar, got \[2\]"),
    ],
)
def test_training_must_be_boolean(vector, training, error, message):
    value = training() if callable(training) else training
    refused(error, message, lambda: layers.batch_normalization(vector, training=value))


def test_training_of_another_graph_is_refused(vector):
    with tf.Graph().as_default():
        foreign = tf.placeholder(tf.bool, [], "s")
    refused(
        ArgumentError,
        r"dropout: training must be a tensor of the same graph as inputs, got 's:0'",
        lambda: layers.dropout(vector, rate=0.5, training=foreign),
    )


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"axis": 2}, ArgumentError, "axis must be from -2 to 1 for rank 2, got 2"),
        ({"axis": [1]}, ArgumentTypeError, r"axis must be a whole number, got \[1\]"),
        ({"momentum": "0.9"}, ArgumentTypeError, "momentum must be a number .*got '0.9'"),
        ({"epsilon": float("nan")}, ArgumentError, "epsilon must be a number above 0, got nan"),
        ({"axis": 0}, ArgumentError, "inputs must be of a known size on axis 0, got "),
        ({"momentum": 1.5}, ArgumentError, "momentum must be a number from 0 to 1, got 1.5"),
        ({"epsilon": 0.0}, ArgumentError, "epsilon must be a number above 0, got 0.0"),
        ({"fused": True}, ArgumentError, "fused must be None or False for rank 2, got True"),
        ({"gamma_regularizer": 1}, ArgumentError, "gamma_regularizer must be a function or None"),
    ],
)
def test_batch_normalization_that_cannot_be_is_refused(vector, arguments, error, message):
    refused(
        error,
        rf"batch_normalization: {message}",
        lambda: layers.batch_normalization(vector, training=np.bool_(True), **arguments),
    )


def test_layer_that_does_not_exist_is_suggested():
    message = "no layer named 'conv2D'; did you mean 'conv2d'"
    with pytest.raises(UnknownNameError, match=message) as caught:
        _ = layers.conv2D
    assert isinstance(caught.value, AttributeError)
    assert caught.value.name == "conv2D"
    assert not hasattr(layers, "__wrapped__")
