"""`Sequential` and `Model` of tf_keras, whose `from_config` makes the recurrent layers of 1.15.

The two classes are tf_keras's own: every model there is has to be an instance of them. Only their
`from_config` is another, for everybody in the process, and it does what it did for every config
but two: one that layers of this namespace wrote, which carry a mark, and one in the form of 1.15.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from graphkit.tf1._core._keras_recurrent import MARK, config_as_before, reading_layers
from graphkit.tf1._namespace import load

__all__ = ["Model", "Sequential"]

Model: Any = load("tf_keras.api._v1.keras:Model")
Sequential: Any = load("tf_keras.api._v1.keras:Sequential")


def _is_marked(config: Any) -> bool:
    """Whether a layer of this namespace wrote a part of it."""
    if isinstance(config, Mapping):
        return MARK in config or any(_is_marked(value) for value in config.values())
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


def _read_as_before(kind: Any) -> None:
    """Lets a class find the layers of 1.15 in the configs that name them."""
    read = kind.__dict__["from_config"].__func__

    @functools.wraps(read)
    def from_config(cls: Any, config: Any, custom_objects: Any = None) -> Any:
        # Keras itself, in the middle of a file it reads for somebody else, gives a dict.
        if not _is_marked(config) and (custom_objects is not None or not _is_of_before(config)):
            return read(cls, config, custom_objects)
        with reading_layers(custom_objects):
            return read(cls, config_as_before(config), custom_objects)

    kind.from_config = classmethod(from_config)


for _kind in (Model, Sequential):
    _read_as_before(_kind)
