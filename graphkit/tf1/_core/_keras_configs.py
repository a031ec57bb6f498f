"""Configs of Keras, and `from_config` of models, which makes the layers of those who wrote them.

`Sequential` and `Model` are tf_keras's own: every model there is has to be an instance of them.
Only their `from_config` is another, for everybody in the process, and it does what it did for
every config but two: one that a layer of this namespace wrote, which carries its mark, and one in
the form of 1.15.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from graphkit.tf1._namespace import load

__all__ = ["Marked", "Model", "Sequential", "config_as_before", "read_models"]

Model: Any = load("tf_keras.api._v1.keras:Model")
Sequential: Any = load("tf_keras.api._v1.keras:Sequential")
_safe_mode: Any = load("tf_keras.src.saving.serialization_lib:in_safe_mode")

# What says in a config that a layer of this namespace wrote it; nobody else looks at it.
_MARK = "weights_in_the_scope_of_the_layer"
# What Keras writes today beside the class's name and arguments of a layer.
_ADDED = ("build_config", "module", "registered_name")


class Marked:
    """A layer whose config says that it is of this namespace."""

    def get_build_config(self) -> dict[str, Any]:
        """What its weights are made by: the shape of what it gets, and the mark."""
        base: Any = super()
        return {"input_shape": None, **(base.get_build_config() or {}), _MARK: True}


def config_as_before(config: Any) -> Any:
    """Takes from a config what 1.15 did not write into it.

    What is read without it is looked up by the name of its class alone, and gets its weights in its
    own scope, when it is called, and not while it is read.

    Args:
        config: A config of a model, a layer or a part of one.

    Returns:
        The config, anew.
    """
    if isinstance(config, dict):
        added = () if config.get("class_name") == "function" else _ADDED
        return {
            name: config_as_before(value) for name, value in config.items() if name not in added
        }
    if isinstance(config, list):
        return [config_as_before(each) for each in config]
    return config


def _is_marked(config: Any) -> bool:
    """Whether a layer of this namespace wrote a part of it."""
    if isinstance(config, Mapping):
        return _MARK in config or any(_is_marked(value) for value in config.values())
    return isinstance(config, list | tuple) and any(_is_marked(value) for value in config)


def _is_of_before(config: Any) -> bool:
    """Whether it lists layers by the names of their classes alone, as Keras did until 2.12."""
    layers = config.get("layers") if isinstance(config, Mapping) else config
    return (
        isinstance(layers, list)
        and bool(layers)
        and all(isinstance(each, Mapping) for each in layers)
        and not any("module" in each for each in layers)
    )


def read_models(known_layers: Callable[[Any], AbstractContextManager[None]]) -> None:
    """Lets the two classes find layers of this namespace in the configs that are of them.

    Args:
        known_layers: Makes them known in its context, beside the caller's `custom_objects`.
    """
    for kind in (Model, Sequential):
        read = kind.__dict__["from_config"].__func__
        kind.from_config = classmethod(_reading(read, known_layers))


def _reading(
    read: Callable[..., Any], known_layers: Callable[[Any], AbstractContextManager[None]]
) -> Callable[..., Any]:
    @functools.wraps(read)
    def from_config(cls: Any, config: Any, custom_objects: Any = None) -> Any:
        # Keras itself comes with either in the middle of a file that it reads for somebody else.
        asked = custom_objects is None and _safe_mode() is None
        if not _is_marked(config) and not (asked and _is_of_before(config)):
            return read(cls, config, custom_objects)
        with known_layers(custom_objects):
            return read(cls, config_as_before(config), custom_objects)

    return from_config
