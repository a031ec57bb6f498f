"""What makes models and layers of `tf.keras` from files and configs, with the layers of 1.15."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from graphkit.tf1._core._keras_configs import Model, Sequential, config_as_before
from graphkit.tf1._core._keras_recurrent import reading_layers
from graphkit.tf1._namespace import load

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "deserialize",
    "load_model",
    "model_from_config",
    "model_from_json",
]

_models: Any = load("tf_keras.api._v1.keras.models")
_layers: Any = load("tf_keras.api._v1.keras.layers")
_decode: Any = load("tf_keras.src.saving.legacy.saved_model.json_utils:decode")


def _reading(read: Callable[..., Any]) -> Callable[..., Any]:
    """Lets a function find the layers of 1.15 by the names of their classes."""
    signature = inspect.signature(read)

    @functools.wraps(read)
    def read_layers(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs)
        with reading_layers(given.arguments.get("custom_objects")):
            return read(*given.args, **given.kwargs)

    return read_layers


clone_model = _reading(_models.clone_model)
load_model = _reading(_models.load_model)
_deserialize = _reading(_layers.deserialize)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Makes a layer of a config.

    Args:
        config: What `tf.keras.layers.serialize` gave: the name of its class and its config.
        custom_objects: Name to class or function, for what is one's own.

    Returns:
        The layer, without weights.

    Raises:
        ValueError: The class is unknown.
    """
    return _deserialize(config_as_before(config), custom_objects, use_legacy_format=True)


def model_from_config(config: Any, custom_objects: Any = None) -> Any:
    """Makes a model of a config.

    Args:
        config: The name of its class and its config.
        custom_objects: Name to class or function, for what is one's own.

    Returns:
        The model with new weights, not compiled.

    Raises:
        TypeError: The config is a list.
        ValueError: A class is unknown.
    """
    if isinstance(config, list):
        raise TypeError(
            "`model_from_config` expects a dictionary, not a list. Maybe you meant to use "
            "`Sequential.from_config(config)`?"
        )
    return deserialize(config, custom_objects)


def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """Makes a model of what its `to_json` gave.

    Args:
        json_string: The JSON, written here or by TensorFlow 1.
        custom_objects: Name to class or function, for what is one's own.

    Returns:
        The model with new weights, not compiled.

    Raises:
        ValueError: It is not JSON, or a class is unknown.
    """
    return deserialize(_decode(json_string), custom_objects)
