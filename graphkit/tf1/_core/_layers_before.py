"""Layers that make the ops of 1.15 in a graph where tf_keras's make others.

They are tf_keras's own classes with a method more, each derived from the one it stands for, so that
nobody else who uses tf_keras in the process meets another. For `isinstance` and `issubclass` they
are those classes. Layers that make the same ops as ever are shown as they are.
"""

from __future__ import annotations

import functools
import inspect
import types
from abc import ABCMeta
from typing import Any

from graphkit.tf1._core._layer_ops import ops_before
from graphkit.tf1._namespace import load

__all__ = ["convolutional", "core", "keras_layers", "legacy_layers", "normalization"]

# What tells Keras under which public name a class goes into a config.
_PUBLIC_NAMES = ("_keras_api_names", "_keras_api_names_v1")
_FUNCTIONS = "tf_keras.src.legacy_tf_layers."


class _Standing(ABCMeta):
    """The class of the classes that stand for others."""

    def __instancecheck__(cls, instance: Any) -> bool:
        stood_for = cls.__dict__.get("_stands_for")
        return isinstance(instance, stood_for) if stood_for else super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: Any) -> bool:
        stood_for = cls.__dict__.get("_stands_for")
        return issubclass(subclass, stood_for) if stood_for else super().__subclasscheck__(subclass)


@functools.cache
def _standing_for(kind: Any) -> Any:
    """The class of the same name that stands for a class of layers; itself if it needs none."""
    added = ops_before(kind)
    if not added:
        return kind
    body = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
        "_stands_for": kind,
        **{name: vars(kind)[name] for name in _PUBLIC_NAMES if name in vars(kind)},
    }
    return _Standing(kind.__name__, (*added, kind), body)


@functools.cache
def _stand_ins(module: str) -> dict[str, Any]:
    """The classes among the global names of a module that others stand for here."""
    names: dict[str, Any] = vars(load(module))
    classes = {name: value for name, value in names.items() if isinstance(value, type)}
    return {name: _standing_for(kind) for name, kind in classes.items() if ops_before(kind)}


def _shown(value: Any) -> Any:
    """A layer as it is here, a function that makes layers so that it makes those here."""
    if isinstance(value, type):
        return _standing_for(value)
    if inspect.isfunction(value) and value.__module__.startswith(_FUNCTIONS):
        layers = _stand_ins(value.__module__)
        return _built_of(layers, value) if layers.keys() & set(value.__code__.co_names) else value
    return value


def _built_of(layers: dict[str, Any], function: types.FunctionType) -> Any:
    """The same function with other layers."""
    around = {**function.__globals__, **layers}
    name, defaults, closure = function.__name__, function.__defaults__, function.__closure__
    built: Any = types.FunctionType(function.__code__, around, name, defaults, closure)
    functools.update_wrapper(built, function)
    del built.__wrapped__
    built.__module__ = "graphkit.tf1.layers"  # where a pickle finds it
    return built


class _Shown:
    """A module of tf_keras with its layers as they are here; everything else shows through."""

    def __init__(self, module: str) -> None:
        self._module = load(module)

    def __getattr__(self, name: str) -> Any:
        value = _shown(getattr(self._module, name))
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return dir(self._module)


keras_layers: Any = _Shown("tf_keras.api._v1.keras.layers")
legacy_layers: Any = _Shown("tf_keras.api._v1.keras.__internal__.legacy.layers")
convolutional: Any = _Shown(f"{_FUNCTIONS}convolutional")
core: Any = _Shown(f"{_FUNCTIONS}core")
normalization: Any = _Shown(f"{_FUNCTIONS}normalization")
