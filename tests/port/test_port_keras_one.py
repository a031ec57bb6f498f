"""Programs of Keras 1 make and train models as keras 2.2.4 let them."""

from __future__ import annotations

import importlib
import inspect
import types
import warnings
from pathlib import Path

import pytest

from graphkit.port._keras import _model_arguments as models
from graphkit.port._keras._arguments import (
    LAYERS,
    OldCall,
    accept_old_layers,
    accept_sizes_one_by_one,
)
from graphkit.port._keras._arguments import translate as translate_arguments

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, warm):
    def run_source(text):
        (tmp_path / "old.py").write_text(text)
        return warm.graphkit("run", "old.py", folder=tmp_path)

    return run_source


def test_a_program_of_keras_1_prints_what_it_printed(run):
    done = run((ROOT / "tests/scripts/keras_one.py").read_text())
    assert done.stdout == (ROOT / "tests/golden/keras_one.txt").read_text(), done.stderr


def test_layers_of_keras_1_compute_what_they_computed(run):
    done = run((ROOT / "tests/scripts/keras_one_layers.py").read_text())
    recorded = (ROOT / "tests/golden/keras_one_layers.txt").read_text()
    assert done.stdout == recorded, done.stderr


def test_in_tf_keras_a_third_number_stays_a_stride(run):
    program = (
        "import tensorflow as tf\n"
        "from tensorflow.python.keras.layers import Conv2D\n"
        "x = tf.keras.layers.Input((8, 8, 3))\n"
        "print(Conv2D(4, 3, 2)(x).shape, tf.keras.layers.Conv2D(4, 3, 2, 'same')(x).shape)\n"
    )
    done = run(program)
    assert done.stdout == "(?, 3, 3, 4) (?, 4, 4, 4)\n", done.stderr


def translate(layer, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        positional, named = translate_arguments(layer, LAYERS[layer], args, kwargs)
    return tuple(positional), named


@pytest.mark.parametrize(
    ("layer", "then", "now"),
    [
        (
            "Dense",
            {"output_dim": 3, "init": "uniform"},
            {"units": 3, "kernel_initializer": "uniform"},
        ),
        ("Dense", {"bias": False, "b_regularizer": 1}, {"use_bias": False, "bias_regularizer": 1}),
        ("Embedding", {"init": "uniform", "dropout": 0.2}, {"embeddings_initializer": "uniform"}),
        ("Embedding", {"output_dim": 3, "input_dim": 9}, {"output_dim": 3, "input_dim": 9}),
        ("Dropout", {"p": 0.3}, {"rate": 0.3}),
        ("SpatialDropout3D", {"p": 0.3}, {"rate": 0.3}),
        ("GaussianNoise", {"sigma": 0.3}, {"stddev": 0.3}),
        ("PReLU", {"init": "zero"}, {"alpha_initializer": "zero"}),
        ("BatchNormalization", {"mode": 0, "beta_init": "one"}, {"beta_initializer": "one"}),
        ("MaxPooling1D", {"pool_length": 2, "stride": 1}, {"pool_size": 2, "strides": 1}),
        ("AveragePooling2D", {"border_mode": "same"}, {"padding": "same"}),
        ("MaxPooling3D", {"dim_ordering": "th"}, {"data_format": "channels_first"}),
        ("UpSampling2D", {"dim_ordering": "tf"}, {"data_format": "channels_last"}),
        ("Cropping2D", {"dim_ordering": "default"}, {"data_format": None}),
        ("UpSampling1D", {"length": 3}, {"size": 3}),
        ("ZeroPadding2D", {"padding": {"left_pad": 2}}, {"padding": ((0, 0), (2, 0))}),
        ("ZeroPadding2D", {"padding": (1, 2)}, {"padding": (1, 2)}),
        (
            "Conv1D",
            {"nb_filter": 2, "filter_length": 3, "subsample_length": 4, "input_dim": 5},
            {"filters": 2, "kernel_size": 3, "strides": 4, "input_shape": (None, 5)},
        ),
        (
            "Conv2D",
            {"nb_filter": 2, "nb_row": 3, "nb_col": 4, "subsample": (2, 2)},
            {"filters": 2, "kernel_size": (3, 4), "strides": (2, 2)},
        ),
        ("Conv2DTranspose", {"filters": 2, "output_shape": (1, 2, 2, 2)}, {"filters": 2}),
        (
            "SeparableConv2D",
            {"init": "uniform"},
            {"depthwise_initializer": "uniform", "pointwise_initializer": "uniform"},
        ),
        (
            "LSTM",
            {"output_dim": 3, "input_dim": 2, "input_length": 5, "consume_less": "mem"},
            {"units": 3, "input_shape": (5, 2), "implementation": 1},
        ),
        ("SeparableConv2D", {"bias": False}, {"use_bias": False}),
        ("LSTM", {"forget_bias_init": "one"}, {"unit_forget_bias": True}),
        ("LSTM", {"forget_bias_init": "zero"}, {}),
        (
            "GRU",
            {"inner_init": "one", "dropout_U": 0.1},
            {"recurrent_initializer": "one", "recurrent_dropout": 0.1},
        ),
        ("ConvLSTM2D", {"inner_activation": "relu"}, {"recurrent_activation": "relu"}),
    ],
)
def test_arguments_get_their_names_of_today(layer, then, now):
    assert translate(layer, **then) == ((), now)


@pytest.mark.parametrize(
    ("layer", "args", "kwargs", "now"),
    [
        ("Conv2D", (8, 3), {"nb_col": 2}, ((8,), {"kernel_size": (3, 2)})),
        ("Conv2D", (8,), {"nb_row": 3, "nb_col": 2}, ((8,), {"kernel_size": (3, 2)})),
        ("Conv2D", (8,), {"nb_col": 2}, ((8,), {"nb_col": 2})),
        ("Conv2D", (8, 3, 2), {}, ((8, 3, 2), {})),
        (
            "Conv3D",
            (8, 3),
            {"kernel_dim2": 2, "kernel_dim3": 1},
            ((8,), {"kernel_size": (3, 2, 1)}),
        ),
        ("ZeroPadding2D", ({"top_pad": 1},), {}, ((), {"padding": ((1, 0), (0, 0))})),
    ],
)
def test_sizes_of_a_kernel_become_one_argument(layer, args, kwargs, now):
    assert translate(layer, *args, **kwargs) == now


def test_a_change_is_a_warning_that_names_the_arguments_of_today():
    with pytest.warns(UserWarning, match=r"Update your `Dense` call .*: kernel_initializer, units"):
        translate_arguments("Dense", LAYERS["Dense"], (), {"output_dim": 3, "init": "one"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        translate_arguments("Dense", LAYERS["Dense"], (3,), {"use_bias": False})


def test_what_keras_2_refused_is_refused():
    with pytest.raises(TypeError, match="`units` twice, once by its old name `output_dim`"):
        translate("Dense", output_dim=3, units=2)
    with pytest.raises(TypeError, match="`mode` argument of `BatchNormalization` no longer"):
        translate("BatchNormalization", mode=1)


class Layer:
    """Keeps what it was made with."""

    def __init__(self, *args, **kwargs):
        self.made = args, kwargs


@pytest.fixture
def layers():
    return types.SimpleNamespace(**{name: type(name, (Layer,), {}) for name in LAYERS})


@pytest.mark.filterwarnings("ignore:Update your")
def test_layers_are_changed_once(layers):
    accept_old_layers(layers)
    once = layers.Dense.__init__
    accept_old_layers(layers)
    assert layers.Dense.__init__ is once
    assert layers.Dense(output_dim=3).made == ((), {"units": 3})
    assert layers.Conv2D(8, 3, 3).made == ((8, 3, 3), {})


@pytest.mark.filterwarnings("ignore:Update your")
def test_standalone_keras_reads_sizes_one_by_one(layers):
    accept_old_layers(layers)
    accept_sizes_one_by_one(layers)
    once = layers.Conv2D.__init__
    accept_sizes_one_by_one(layers)
    assert layers.Conv2D.__init__ is once
    assert layers.Conv2D(8, 3, 2).made == ((8,), {"kernel_size": (3, 2)})
    assert layers.Conv2D(8, (3, 3), 2).made == ((8, (3, 3), 2), {})
    assert layers.Conv3D(8, 3, 2, 1).made == ((8,), {"kernel_size": (3, 2, 1)})
    assert layers.Dense(8, 3).made == ((8, 3), {})
    with pytest.raises(ValueError, match="name `strides`"):
        layers.Conv2D(8, 3, 3, padding="same")


def test_every_layer_of_the_table_is_one_of_keras():
    keras = importlib.import_module("tf_keras.layers")
    for name, call in LAYERS.items():
        known = set(call.renamed.values()) | ({"kernel_size"} if call.sizes else set())
        taken = vars(getattr(keras, name).__init__)
        accepted = inspect.signature(getattr(keras, name).__init__)
        # SimpleRNN lacks two that its row shares with LSTM.
        assert known <= set(accepted.parameters) | {"implementation", "recurrent_activation"}, (
            name,
            taken,
        )


class Model(Layer):
    def fit(self, x, **kwargs):
        return x, kwargs

    def fit_generator(self, generator, **kwargs):
        return kwargs

    def load_weights(self, filepath, skip_mismatch=False, by_name=False, options=None):
        return skip_mismatch, by_name, options


class Batches:
    batch_size = 4


@pytest.mark.filterwarnings("ignore:Update your")
def test_methods_of_models_take_their_old_arguments():
    changed = type("Changed", (), dict(vars(Model)))
    models._accept_old_methods(changed)
    model = changed()
    assert model.fit(1, nb_epoch=2) == (1, {"epochs": 2})
    assert model.fit_generator(iter(()), samples_per_epoch=8, nb_worker=2) == {
        "steps_per_epoch": 8,
        "workers": 2,
    }
    assert model.fit_generator(Batches(), samples_per_epoch=8) == {"steps_per_epoch": 2}
    assert model.load_weights("w.h5", True) == (False, True, None)
    assert model.load_weights("w.h5", by_name=True, skip_mismatch=True) == (True, True, None)


def test_methods_that_a_class_inherits_are_left_alone():
    heir = type("Heir", (Model,), {})
    models._accept_old_methods(heir)
    assert heir.fit is Model.fit


@pytest.fixture
def keras(keras_as_it_was):
    return importlib.import_module("tf_keras.api._v1.keras")


@pytest.mark.filterwarnings("ignore:Update your")
def test_keras_is_changed_in_place(keras, graph):
    models.accept_standalone_keras()
    models.accept_keras_one()
    x = keras.layers.Input((8, 8, 3))
    y = keras.layers.Conv2D(4, 3, 2, border_mode="valid")(x)
    model = keras.models.Model(input=x, output=keras.layers.Flatten()(y))
    assert model.output_shape == (None, 6 * 7 * 4)


def test_rows_say_what_they_are():
    assert OldCall().renamed == {}
    assert LAYERS["Conv2D"].sizes == ("nb_row", "nb_col")
