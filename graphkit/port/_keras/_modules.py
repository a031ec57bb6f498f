"""Where the modules of standalone Keras 1 and 2 are today: in tf_keras.

The package `keras` is Keras 3 now, which has no sessions and other argument names. `ROOTS` says
which interface of tf_keras answers: its version 1 works inside TF1 graphs.
"""

from __future__ import annotations

import importlib
from typing import Any

from graphkit.port._keras._cosines import cosines_of_standalone, cosines_of_tensorflow
from graphkit.port._keras._loops import count_from_one, speak_as_before, speak_as_standalone
from graphkit.port._keras._summary import print_summary

__all__ = ["KERAS_MODULES", "KERAS_ROOTS", "work_as_before", "work_as_standalone"]

KERAS_ROOTS = {"v1": "tf_keras.api._v1.keras", "v2": "tf_keras"}

# old module below `keras`: the module below the root that has its names today
KERAS_MODULES = {
    "backend.tensorflow_backend": "backend",
    "engine": "layers",
    "engine.base_layer": "layers",
    "engine.topology": "layers",
    "engine.training": "models",
    "initializations": "initializers",
    "layers.advanced_activations": "layers",
    "layers.convolutional": "layers",
    "layers.convolutional_recurrent": "layers",
    "layers.core": "layers",
    "layers.embeddings": "layers",
    "layers.local": "layers",
    "layers.merge": "layers",
    "layers.noise": "layers",
    "layers.normalization": "layers",
    "layers.pooling": "layers",
    "layers.recurrent": "layers",
    "layers.wrappers": "layers",
    "legacy": "layers",
    "legacy.layers": "layers",
    "objectives": "losses",
    "utils.data_utils": "utils",
    "utils.generic_utils": "utils",
    "utils.io_utils": "utils",
    "utils.layer_utils": "utils",
    "utils.np_utils": "utils",
    "utils.training_utils": "utils",
    "utils.vis_utils": "utils",
}


def work_as_before() -> None:
    """Lets Keras print, and mean, what it did in TensorFlow 1.15, and write HDF5 into `x.keras`.

    The formats it gives that name and `x.weights.h5` since 2.12 need eager execution.
    """
    layer_utils: Any = importlib.import_module("tf_keras.src.utils.layer_utils")
    layer_utils.print_summary = print_summary
    speak_as_before()
    cosines_of_tensorflow()
    saving: Any = importlib.import_module("tf_keras.src.saving.saving_lib")
    before: Any = importlib.import_module("tf_keras.src.saving.legacy.save")
    saving.saving_v3_enabled = lambda: False
    saving.save_weights_only = before.save_weights
    saving.load_weights_only = before.load_weights


def work_as_standalone() -> None:
    """Lets it print, mean and name what the package `keras` 2.2 did; see `work_as_before`."""
    speak_as_standalone()
    cosines_of_standalone()
    count_from_one()
    layers = importlib.import_module("graphkit.port._keras._layers")
    known = importlib.import_module("tf_keras.utils").get_custom_objects()
    for name in ("Highway", "MaxoutDense"):  # models that were saved with them are read
        known.setdefault(name, getattr(layers, name))
