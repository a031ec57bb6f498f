"""Every argument Keras 1 called otherwise makes the same layer in tf_keras."""

from __future__ import annotations

import importlib
import inspect
import warnings

import pytest

from graphkit.port._keras import _model_arguments as models
from graphkit.port._keras._arguments import LAYERS


@pytest.fixture(params=["tf_keras", "tf_keras.api._v1.keras"])
def layers(request, keras_as_it_was):
    """The layers of each interface of tf_keras, taking what Keras 1 called its arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models.accept_keras_one()
        yield importlib.import_module(f"{request.param}.layers")


CONVOLUTION = (
    {
        "nb_filter": 4,
        "init": "he_normal",
        "border_mode": "same",
        "W_regularizer": "l2",
        "b_regularizer": "l1",
        "W_constraint": "max_norm",
        "b_constraint": "non_neg",
        "bias": True,
    },
    {
        "filters": 4,
        "kernel_initializer": "he_normal",
        "padding": "same",
        "kernel_regularizer": "l2",
        "bias_regularizer": "l1",
        "kernel_constraint": "max_norm",
        "bias_constraint": "non_neg",
        "use_bias": True,
    },
)
RECURRENT = (
    {
        "output_dim": 3,
        "init": "glorot_normal",
        "inner_init": "orthogonal",
        "W_regularizer": "l2",
        "U_regularizer": "l1",
        "b_regularizer": "l2",
        "dropout_W": 0.25,
        "dropout_U": 0.5,
    },
    {
        "units": 3,
        "kernel_initializer": "glorot_normal",
        "recurrent_initializer": "orthogonal",
        "kernel_regularizer": "l2",
        "recurrent_regularizer": "l1",
        "bias_regularizer": "l2",
        "dropout": 0.25,
        "recurrent_dropout": 0.5,
    },
)
POOLED = (
    {"border_mode": "same", "dim_ordering": "tf"},
    {
        "padding": "same",
        "data_format": "channels_last",
    },
)


def both(pair, then, now):
    """Adds one layer's own arguments to those it shares."""
    return {**pair[0], **then}, {**pair[1], **now}


SAME = [
    (
        "Dense",
        {"output_dim": 4, "init": "uniform", "W_regularizer": "l2", "b_constraint": "non_neg"},
        {
            "units": 4,
            "kernel_initializer": "uniform",
            "kernel_regularizer": "l2",
            "bias_constraint": "non_neg",
        },
    ),
    ("Dense", {"output_dim": 4, "bias": False}, {"units": 4, "use_bias": False}),
    (
        "Embedding",
        {"input_dim": 9, "output_dim": 2, "init": "normal", "W_regularizer": "l1"},
        {
            "input_dim": 9,
            "output_dim": 2,
            "embeddings_initializer": "normal",
            "embeddings_regularizer": "l1",
        },
    ),
    ("Dropout", {"p": 0.5}, {"rate": 0.5}),
    ("GaussianDropout", {"p": 0.5}, {"rate": 0.5}),
    ("GaussianNoise", {"sigma": 0.5}, {"stddev": 0.5}),
    ("SpatialDropout1D", {"p": 0.5}, {"rate": 0.5}),
    (
        "SpatialDropout2D",
        {"p": 0.5, "dim_ordering": "th"},
        {"rate": 0.5, "data_format": "channels_first"},
    ),
    ("PReLU", {"init": "one"}, {"alpha_initializer": "one"}),
    (
        "BatchNormalization",
        {"beta_init": "one", "gamma_init": "zero", "mode": 0},
        {"beta_initializer": "one", "gamma_initializer": "zero"},
    ),
    (
        "MaxPooling1D",
        {"pool_length": 3, "stride": 2, "border_mode": "same"},
        {"pool_size": 3, "strides": 2, "padding": "same"},
    ),
    ("AveragePooling1D", {"pool_length": 3}, {"pool_size": 3}),
    ("MaxPooling2D", *both(POOLED, {"pool_size": (2, 1)}, {"pool_size": (2, 1)})),
    ("AveragePooling2D", *POOLED),
    ("MaxPooling3D", *POOLED),
    ("AveragePooling3D", *POOLED),
    ("GlobalMaxPooling2D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
    ("GlobalAveragePooling2D", {"dim_ordering": "tf"}, {"data_format": "channels_last"}),
    ("GlobalMaxPooling3D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
    ("GlobalAveragePooling3D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
    ("UpSampling1D", {"length": 3}, {"size": 3}),
    (
        "UpSampling2D",
        {"size": (2, 3), "dim_ordering": "th"},
        {"size": (2, 3), "data_format": "channels_first"},
    ),
    ("UpSampling3D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
    ("ZeroPadding2D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
    (
        "ZeroPadding2D",
        {"padding": {"top_pad": 1, "right_pad": 2}},
        {"padding": ((1, 0), (0, 2))},
    ),
    ("ZeroPadding3D", {"dim_ordering": "tf"}, {"data_format": "channels_last"}),
    ("Cropping2D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
    ("Cropping3D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
    (
        "Conv1D",
        *both(
            CONVOLUTION,
            {"filter_length": 3, "subsample_length": 2},
            {"kernel_size": 3, "strides": 2},
        ),
    ),
    (
        "Conv2D",
        *both(
            CONVOLUTION,
            {"nb_row": 3, "nb_col": 2, "subsample": (2, 1), "dim_ordering": "tf"},
            {"kernel_size": (3, 2), "strides": (2, 1), "data_format": "channels_last"},
        ),
    ),
    (
        "Conv2DTranspose",
        *both(
            CONVOLUTION,
            {"nb_row": 3, "nb_col": 3, "subsample": (2, 2), "output_shape": (None, 8, 8, 4)},
            {"kernel_size": (3, 3), "strides": (2, 2)},
        ),
    ),
    (
        "SeparableConv2D",
        {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "init": "he_normal", "bias": False},
        {
            "filters": 4,
            "kernel_size": (3, 3),
            "depthwise_initializer": "he_normal",
            "pointwise_initializer": "he_normal",
            "use_bias": False,
        },
    ),
    (
        "Conv3D",
        *both(
            CONVOLUTION,
            {"kernel_dim1": 3, "kernel_dim2": 2, "kernel_dim3": 1, "dim_ordering": "th"},
            {"kernel_size": (3, 2, 1), "data_format": "channels_first"},
        ),
    ),
    (
        "ConvLSTM2D",
        {"nb_filter": 2, "nb_row": 3, "nb_col": 3, "inner_activation": "sigmoid"},
        {"filters": 2, "kernel_size": (3, 3), "recurrent_activation": "sigmoid"},
    ),
    ("SimpleRNN", *RECURRENT),
    ("GRU", *both(RECURRENT, {"consume_less": "gpu"}, {"implementation": 2})),
    (
        "LSTM",
        *both(
            RECURRENT,
            {"inner_activation": "hard_sigmoid", "forget_bias_init": "one"},
            {"recurrent_activation": "hard_sigmoid", "unit_forget_bias": True},
        ),
    ),
]


def made(layers, name, arguments):
    """What a layer is made of, but for its name, which counts how many there are."""
    config = getattr(layers, name)(**arguments).get_config()
    return {key: value for key, value in config.items() if key != "name"}


@pytest.mark.parametrize(("layer", "then", "now"), SAME)
def test_both_ways_to_say_it_make_the_same_layer(layers, layer, then, now):
    assert made(layers, layer, then) == made(layers, layer, now)


def test_every_layer_that_changed_is_tried():
    assert {layer for layer, _then, _now in SAME} == set(LAYERS) - {"SpatialDropout3D"}


@pytest.mark.parametrize("layer", [layer for layer, _then, now in SAME if "units" in now])
def test_a_recurrent_or_dense_layer_says_the_shape_of_its_input(layers, layer):
    if layer == "Dense":
        first = layers.Dense(output_dim=3, input_dim=7)
        assert first.get_config()["batch_input_shape"] == (None, 7)
    else:
        first = getattr(layers, layer)(output_dim=3, input_dim=7, input_length=5)
        assert first.get_config()["batch_input_shape"] == (None, 5, 7)


def test_old_and_new_name_together_are_refused(layers):
    with pytest.raises(TypeError, match="`filters` twice, once by its old name `nb_filter`"):
        layers.Conv2D(nb_filter=3, filters=3, kernel_size=2)


def test_a_name_that_never_was_is_still_refused(layers):
    with pytest.raises(TypeError, match="number_of_filters"):
        layers.Conv2D(4, 3, number_of_filters=3)


@pytest.mark.parametrize("mode", [1, 2])
def test_modes_of_normalisation_that_are_gone_are_refused(layers, mode):
    with pytest.raises(TypeError, match=r"`mode=1` and `mode=2` are no longer supported"):
        layers.BatchNormalization(mode=mode)


def test_a_layer_tells_its_arguments_of_today(layers):
    parameters = inspect.signature(layers.Conv2D.__init__).parameters
    assert {"filters", "kernel_size", "padding"} <= set(parameters)
    assert "nb_filter" not in parameters
