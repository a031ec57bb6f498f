"""Layers that Keras 2 kept from Keras 1 until 2.2, by NumPy, in both interfaces of tf_keras."""

from __future__ import annotations

import importlib
import types

import numpy as np
import pytest

from graphkit.port._keras._modules import KERAS_ROOTS
from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._stand_ins import StandIn

pytestmark = pytest.mark.filterwarnings("ignore:.*(deprecated|was modified)")


@pytest.fixture(params=sorted(KERAS_ROOTS.values()))
def keras(request):
    """Each interface of tf_keras as an old program finds it; everything is taken back."""
    neighbours = Neighbours()
    root = importlib.import_module(request.param)
    neighbours.welcome(request.param)
    yield root
    neighbours.farewell()


def waves(*shape):
    return np.cos(0.3 + 1.7 * np.arange(np.prod(shape))).reshape(shape).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def computed(keras, layer, x, weights):
    """What a layer computes as a model; its weights are set first."""
    model = keras.Sequential([layer])
    layer.set_weights(weights)
    return model.predict(x, verbose=0)


def test_maxout_is_the_largest_of_its_linear_layers(keras):
    layer = keras.layers.MaxoutDense(3, nb_feature=2, input_dim=4)
    x, kernels, biases = waves(5, 4), waves(2, 4, 3), waves(2, 3)
    wanted = np.max([x @ kernel + bias for kernel, bias in zip(kernels, biases, strict=True)], 0)
    found = computed(keras, layer, x, [kernels, biases])
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    assert layer.compute_output_shape((None, 4)) == (None, 3)


def test_maxout_without_a_bias_has_one_weight(keras):
    layer = keras.layers.MaxoutDense(3, 2, bias=False, input_shape=(4,))
    x, kernels = waves(5, 4), waves(2, 4, 3)
    found = computed(keras, layer, x, [kernels])
    np.testing.assert_allclose(found, np.maximum(x @ kernels[0], x @ kernels[1]), rtol=1e-5)
    assert layer.b is None


def test_a_highway_lets_its_input_by_where_the_gate_is_shut(keras):
    layer = keras.layers.Highway(activation="tanh", input_dim=3)
    x, kernel, carry, bias, opens = waves(4, 3), waves(3, 3), -waves(3, 3), waves(3), 2 * waves(3)
    gate = sigmoid(x @ carry + opens)
    wanted = gate * np.tanh(x @ kernel + bias) + (1 - gate) * x
    names = [weight.name.split("/")[-1] for weight in keras.Sequential([layer]).weights]
    order = {"W:0": kernel, "W_carry:0": carry, "b:0": bias, "b_carry:0": opens}
    assert names == list(order)
    found = computed(keras, layer, x, list(order.values()))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_a_highway_without_biases(keras):
    layer = keras.layers.Highway(bias=False, input_dim=3)
    x, kernel, carry = waves(4, 3), waves(3, 3), -waves(3, 3)
    gate = sigmoid(x @ carry)
    found = computed(keras, layer, x, [kernel, carry])
    np.testing.assert_allclose(found, gate * (x @ kernel) + (1 - gate) * x, rtol=1e-5, atol=1e-6)
    assert layer.b is None
    assert layer.b_carry is None


def test_the_carrying_bias_starts_at_one(keras):
    layer = keras.layers.Highway(input_dim=2)
    _, _, bias, carry = keras.Sequential([layer]).get_weights()
    assert (bias.tolist(), carry.tolist()) == ([0, 0], [1, 1])


def threes(shape, dtype=None):
    return np.full(shape, 3, np.float32)


@pytest.mark.parametrize(("init", "same"), [("glorot_uniform", False), (threes, True)])
def test_both_kernels_of_a_highway_are_drawn(keras, init, same):
    kernel, carry, *_ = keras.Sequential([keras.layers.Highway(init, input_dim=3)]).get_weights()
    assert (kernel == carry).all() == same


def test_weights_are_given_when_the_layer_is_made(keras):
    kernel = waves(2, 2)
    start = [kernel, 2 * kernel, np.zeros(2, np.float32), np.ones(2, np.float32)]
    model = keras.Sequential([keras.layers.Highway(weights=start, input_dim=2)])
    np.testing.assert_array_equal(model.get_weights()[1], 2 * kernel)


def test_regularizers_and_constraints_reach_the_weights(keras):
    layer = keras.layers.MaxoutDense(
        2, 2, W_regularizer="l2", b_regularizer="l1", W_constraint="non_neg", input_dim=2
    )
    model = keras.Sequential([layer])
    assert len(model.losses) == 2
    assert type(layer.W.constraint).__name__ == "NonNeg"
    assert layer.b.constraint is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("MaxoutDense", {"output_dim": 5, "nb_feature": 3, "W_regularizer": "l2"}),
        ("Highway", {"activation": "relu", "bias": False, "b_constraint": "max_norm"}),
    ],
)
def test_a_layer_is_made_again_from_its_configuration(keras, name, arguments):
    kind = getattr(keras.layers, name)
    first = kind(input_dim=2, **arguments)
    config = first.get_config()
    assert kind.from_config(config).get_config() == config
    plain = {key: value for key, value in arguments.items() if not isinstance(value, str)}
    assert plain.items() <= config.items()


def test_each_says_that_it_is_deprecated(keras):
    with pytest.warns(UserWarning, match="The `MaxoutDense` layer is deprecated"):
        keras.layers.MaxoutDense(3)
    with pytest.warns(UserWarning, match="`transform_bias` argument is deprecated"):
        keras.layers.Highway(transform_bias=-2)
    with pytest.warns(
        UserWarning, match=r"`AtrousConvolution2D` layer .* Use instead the `Conv2D`"
    ):
        keras.layers.AtrousConv2D(2, 3)


def test_inputs_of_another_rank_are_refused(keras, graph):
    with pytest.raises(ValueError, match="expected ndim=2, found ndim=3"):
        keras.layers.Highway()(keras.layers.Input((2, 2)))


@pytest.mark.parametrize("name", ["AtrousConv1D", "AtrousConvolution1D"])
def test_a_convolution_with_holes_skips_steps(keras, name):
    layer = getattr(keras.layers, name)(1, 2, atrous_rate=3, input_shape=(6, 1))
    assert type(layer) is keras.layers.Conv1D
    x = waves(1, 6, 1)
    found = computed(keras, layer, x, [np.ones((2, 1, 1)), np.zeros(1)])
    np.testing.assert_allclose(found[0], x[0, :3] + x[0, 3:], rtol=1e-5, atol=1e-6)


def test_holes_in_two_directions(keras):
    layer = keras.layers.AtrousConvolution2D(1, 2, atrous_rate=(2, 1), input_shape=(3, 3, 1))
    x = waves(1, 3, 3, 1)
    found = computed(keras, layer, x, [np.ones((2, 2, 1, 1)), np.zeros(1)])
    wanted = x[0, :1, :2] + x[0, 2:, :2] + x[0, :1, 1:] + x[0, 2:, 1:]
    np.testing.assert_allclose(found[0], wanted, rtol=1e-5, atol=1e-6)


def test_without_a_rate_there_are_no_holes(keras):
    assert keras.layers.AtrousConvolution2D(4, 3).dilation_rate == (1, 1)


def test_a_module_that_was_a_function_in_keras_1_cannot_be_called():
    assert StandIn.__name__ == types.ModuleType.__name__
    with pytest.raises(TypeError, match="'module' object is not callable"):
        StandIn("keras.layers.merge", types.SimpleNamespace(broke="", names={}, providers=()))()
