"""Arguments of models that Keras 1 had; Keras 2 took them with a warning and tf_keras does not."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from graphkit.port._keras._arguments import (
    OldCall,
    accept_old_layers,
    accept_sizes_one_by_one,
    renaming,
    translate,
)

__all__ = ["accept_keras_one", "accept_standalone_keras"]

_LAYERS = ("tf_keras.layers", "tf_keras.api._v1.keras.layers")

_FIT = OldCall({"nb_epoch": "epochs"})
_MODEL = OldCall({"input": "inputs", "output": "outputs"})
_GENERATOR = {
    "samples_per_epoch": "steps_per_epoch",
    "val_samples": "steps",
    "nb_epoch": "epochs",
    "nb_val_samples": "validation_steps",
    "nb_worker": "workers",
    "pickle_safe": "use_multiprocessing",
    "max_q_size": "max_queue_size",
}
_METHODS = {
    "fit": _FIT,
    "fit_generator": OldCall(_GENERATOR),
    "evaluate_generator": OldCall(_GENERATOR),
    "predict_generator": OldCall(_GENERATOR),
}


def _counting_batches(method: Any) -> Any:
    """Turns samples into batches where the generator says how long its batches are."""

    @functools.wraps(method)
    def fit_generator(self: Any, generator: Any, *args: Any, **kwargs: Any) -> Any:
        if "samples_per_epoch" in kwargs and hasattr(generator, "batch_size"):
            kwargs["samples_per_epoch"] //= generator.batch_size
        return method(self, generator, *args, **kwargs)

    return fit_generator


def _by_name_second(method: Any) -> Any:
    """`load_weights(path, True)` loads by name; tf_keras put another argument there."""

    @functools.wraps(method)
    def load_weights(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        given = dict(zip(("by_name", "skip_mismatch", "options"), args, strict=False))
        return method(self, filepath, **given, **kwargs)

    return load_weights


def _accept_old_methods(model: type) -> None:
    for name, call in _METHODS.items():
        if name in vars(model):
            setattr(model, name, renaming(vars(model)[name], name, call))
    if "fit_generator" in vars(model):
        model.fit_generator = _counting_batches(vars(model)["fit_generator"])  # type: ignore[attr-defined]
    if "load_weights" in vars(model):
        model.load_weights = _by_name_second(vars(model)["load_weights"])  # type: ignore[attr-defined]


def _accept_input_and_output(model: Any, functional: Any) -> None:
    """Lets a model be made by `Model(input=x, output=y)`."""
    make = model.__new__

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = translate("Model", _MODEL, args, kwargs)
        return make(cls, *args, **kwargs)

    model.__new__ = new
    functional.__init__ = renaming(functional.__init__, "Model", _MODEL)


def accept_keras_one() -> None:
    """Gives Keras 2 the arguments of Keras 1 that it took, in this process.

    See https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes.
    """
    engine = "tf_keras.src.engine"
    model = importlib.import_module(f"{engine}.training").Model
    if hasattr(model.fit, "takes_old_arguments"):
        return
    functional = importlib.import_module(f"{engine}.functional").Functional
    _accept_old_methods(model)
    _accept_old_methods(importlib.import_module(f"{engine}.training_v1").Model)
    _accept_input_and_output(model, functional)
    for path in _LAYERS:
        accept_old_layers(importlib.import_module(path))


def accept_standalone_keras() -> None:
    """Reads positional arguments as the package `keras` did, in this process."""
    accept_keras_one()
    for path in _LAYERS:
        accept_sizes_one_by_one(importlib.import_module(path))
