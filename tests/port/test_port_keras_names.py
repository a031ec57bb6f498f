"""Every module of Keras 2.2.4 shows its names (tests/golden/keras_names.json)."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

from graphkit.port._keras._modules import KERAS_MODULES, KERAS_ROOTS
from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._stand_ins import (
    STAND_INS,
    install_stand_ins,
    replaced_modules,
)

RECORDED = json.loads((Path(__file__).parents[1] / "golden" / "keras_names.json").read_text())

# Helpers of Keras's own modules for each other.
_INSIDE = {
    *("Layer", "Node", "Network", "get_source_inputs", "deserialize_keras_object"),
    *("serialize_keras_object", "func_dump", "func_load", "has_arg", "to_list", "is_all_none"),
    *("object_list_uid", "slice_arrays", "transpose_shape", "unpack_singleton"),
    *("standardize_input_data", "normalize_data_format", "is_placeholder", "clip_norm"),
}
# What programs could use, and stays gone.
GONE = {
    "backend": {"Function", "conv3d_transpose", "separable_conv1d"},
    "layers": {"ConvLSTM2DCell", "ConvRNN2D", "ConvRecurrent2D", "Recurrent"},
    "layers.convolutional_recurrent": {
        *("ConvLSTM2DCell", "ConvRNN2D", "ConvRecurrent2D", "Recurrent"),
    },
    "layers.recurrent": {"Recurrent"},
    "optimizers": {"TFOptimizer"},
    "utils": {"h5dict"},
}


@pytest.fixture(params=sorted(KERAS_ROOTS))
def keras(request):
    """Finds a module below `keras` as a program of each mode does; everything is taken back."""
    loaded = set(sys.modules)
    modules = replaced_modules(request.param)
    root = importlib.import_module(KERAS_ROOTS[request.param])
    for name in set(sys.modules) & {STAND_INS + f"keras.{old}" for old in KERAS_MODULES}:
        del sys.modules[name]  # of the other mode
    install_stand_ins(request.param)
    neighbours = Neighbours()
    neighbours.welcome(KERAS_ROOTS[request.param])

    def find(name):
        moved = modules.get(f"keras.{name}")
        return importlib.import_module(moved or f"{root.__name__}.{name}")

    yield find
    neighbours.farewell()
    for name in set(sys.modules) - loaded:
        if name.startswith(STAND_INS):
            del sys.modules[name]


@pytest.mark.parametrize("keras", ["v1"], indirect=True)  # TensorFlow 2.0 took more away itself
@pytest.mark.parametrize("module", RECORDED)
def test_every_name_is_found(keras, module):
    found = keras(module)
    lost = {name for name in RECORDED[module] if not hasattr(found, name)}
    assert lost - _INSIDE - GONE.get(module, set()) == set()


@pytest.mark.parametrize("module", GONE)
def test_what_stays_gone_was_there(module):
    assert GONE[module] <= set(RECORDED[module])


@pytest.mark.parametrize(
    ("module", "name", "today"),
    [
        ("layers.core", "Dense", "layers"),
        ("layers.normalization", "BatchNormalization", "layers"),
        ("layers.advanced_activations", "LeakyReLU", "layers"),
        ("layers.wrappers", "TimeDistributed", "layers"),
        ("layers.recurrent", "LSTM", "layers"),
        ("layers.merge", "concatenate", "layers"),
        ("engine.topology", "InputSpec", "layers"),
        ("objectives", "mean_squared_error", "losses"),
        ("utils.np_utils", "to_categorical", "utils"),
        ("utils.vis_utils", "plot_model", "utils"),
    ],
)
def test_a_moved_name_is_the_one_of_today(keras, module, name, today):
    assert getattr(keras(module), name) is getattr(keras(today), name)


def test_scikit_learns_wrappers_are_found_in_their_module(keras):
    found = keras("wrappers.scikit_learn")
    assert issubclass(found.KerasRegressor, object)
    assert keras("wrappers").scikit_learn.KerasClassifier is found.KerasClassifier
