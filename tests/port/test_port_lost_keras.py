"""What programs for Keras 1 and 2 find in tf_keras again."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from graphkit.port._keras._modules import KERAS_ROOTS
from graphkit.port._neighbours._put_back import Neighbours


@pytest.fixture(params=sorted(KERAS_ROOTS.values()))
def keras(request):
    """Each interface of tf_keras as an old program finds it; everything is taken back."""
    neighbours = Neighbours()
    root = importlib.import_module(request.param)
    kept = root.backend.image_data_format()
    neighbours.welcome(request.param)
    yield root
    neighbours.farewell()
    root.backend.set_image_data_format(kept)


def model_of_ones(keras, units, activation):
    dense = keras.layers.Dense(
        units, activation=activation, kernel_initializer="ones", input_shape=(2,)
    )
    return keras.Sequential([dense])


def test_everything_is_taken_back():
    root = importlib.import_module(KERAS_ROOTS["v2"])
    neighbours = Neighbours()
    neighbours.welcome(KERAS_ROOTS["v2"])
    assert hasattr(root.Sequential, "predict_classes")
    neighbours.farewell()
    assert not hasattr(root.Sequential, "predict_classes")
    assert not hasattr(root.layers.Layer, "apply")


def test_a_layer_is_applied(keras):
    layer = keras.layers.Dense(2, kernel_initializer="ones")
    assert np.asarray(layer.apply(np.ones((1, 3), np.float32))).tolist() == [[3.0, 3.0]]


def test_a_layer_is_applied_with_its_arguments(keras):
    kept = keras.layers.Dropout(0.5).apply(np.ones((4, 4), np.float32), training=False)
    assert np.asarray(kept).tolist() == np.ones((4, 4)).tolist()


def test_classes_of_one_output_are_told_by_one_half(keras):
    model = model_of_ones(keras, 1, "sigmoid")
    found = model.predict_classes(np.array([[1.0, 1.0], [-1.0, -1.0], [0.0, 0.0]]))
    assert (found.tolist(), found.dtype) == ([[1], [0], [0]], np.int32)


def test_the_class_of_several_outputs_is_the_largest(keras):
    model = model_of_ones(keras, 3, "softmax")
    model.set_weights([np.eye(3)[:2], np.array([0.0, 0.0, 0.5])])
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    assert model.predict_classes(rows, batch_size=2).tolist() == [0, 1, 2]


def test_probabilities_are_predicted(keras):
    model = model_of_ones(keras, 4, "softmax")
    assert model.predict_proba(np.zeros((1, 2))).tolist() == [[0.25] * 4]
    assert model.model is model


@pytest.mark.parametrize(("old", "new"), [("th", "channels_first"), ("tf", "channels_last")])
def test_the_order_of_dimensions_has_its_old_names(keras, old, new):
    keras.backend.set_image_dim_ordering(old)
    assert keras.backend.image_data_format() == new
    assert keras.backend.image_dim_ordering() == old


def test_an_order_that_does_not_exist_is_refused(keras):
    with pytest.raises(ValueError, match="Unknown dim_ordering: theano"):
        keras.backend.set_image_dim_ordering("theano")


def test_functions_of_the_backend(keras):
    backend = keras.backend
    numbers = backend.constant([0.0, 0.0])
    assert backend.eval(backend.logsumexp(numbers)) == pytest.approx(np.log(2))
    assert backend.eval(backend.logsumexp(numbers, axis=0, keepdims=True)).shape == (1,)
    assert backend.eval(backend.slice(backend.constant([1.0, 2.0, 3.0]), [1], [2])).tolist() == [
        2.0,
        3.0,
    ]
    assert backend.eval(backend.identity(numbers)).tolist() == [0.0, 0.0]
    assert backend.is_tensor(numbers)
    assert backend.get_variable_shape(backend.variable([1.0, 2.0])) == (2,)
    assert hasattr(backend.tf, "placeholder") is ("._v1." in keras.__name__)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("optimizers.sgd", "optimizers.SGD"),
        ("optimizers.rmsprop", "optimizers.RMSprop"),
        ("constraints.maxnorm", "constraints.MaxNorm"),
        ("initializers.zero", "initializers.Zeros"),
        ("layers.Deconvolution2D", "layers.Conv2DTranspose"),
        ("models.Input", "layers.Input"),
        ("callbacks.Progbar", "utils.Progbar"),
    ],
)
def test_renamed_names_are_there_under_the_old_ones(keras, old, new):
    def find(path):
        place, _, name = path.partition(".")
        return getattr(getattr(keras, place), name)

    assert find(old) is find(new)


def test_a_summary_is_printed(keras, capsys):
    keras.utils.print_summary(model_of_ones(keras, 1, None), line_length=60)
    assert "Total params: 3" in capsys.readouterr().out
