"""contrib.eager's networks: layers that are tracked by hand and named after the class around them.

Networks got their names when they were first used or added to another one, so that variables are
called after the way layers are nested: `outer/net/dense/kernel`.
"""

# ruff: noqa: SLF001 - a network names its layers, for which layers have no public way

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["Network", "Sequential"]

_Layer: Any = load("tf_keras.src.legacy_tf_layers.base:Layer")
_scope_store: Any = load("tensorflow.python.ops.variable_scope:get_variable_scope_store")
_taken_names: Any = load("tf_keras.src.backend:get_default_graph_uid_map")


def _snake_case(name: str) -> str:
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name))
    return ("private" if apart.startswith("_") else "") + apart.lower()


def _unused(base: str, taken: Any) -> str:
    number, name = 0, base
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


def _op_names_follow_variables(layer: Any) -> None:
    layer._name_scope = lambda: f"{layer._current_scope.name}/"


class Network(_Layer):  # type: ignore[misc]
    """A model made of tracked layers; a subclass tracks them in `__init__` and has a `call`.

    Args:
        name: Its name; made from the class when it is first used, unless given.

    Raises:
        ValueError: The name is a variable scope, or has a slash.
    """

    def __init__(self, name: str | None = None) -> None:
        if isinstance(name, tf.VariableScope):
            raise ValueError("VariableScopes are not valid Network names.")
        if name is not None and "/" in name:
            raise ValueError("Forward slashes ('/') are not allowed in Network names.")
        super().__init__(name=name)
        self._tracked: list[Any] = []
        self._owned: dict[str, Any] = {}
        self._parent: Network | None = None
        self._scope: Any = None
        self._made_in = tf.get_variable_scope()
        self._scopes_before = set(_scope_store().variable_scopes_count)
        _op_names_follow_variables(self)

    def _init_set_name(self, name: str | None) -> None:
        self._name = name or None
        self._base_name = name or None

    @property
    def name(self) -> str:
        """The name.

        Raises:
            ValueError: It is not known before the network is used or added to another.
        """
        if self._name is None:
            raise ValueError(
                "The network does not yet have a final name, but a name was requested for it. "
                "Networks get a name when they are added to another Network via track_layer, or "
                "when they are first called/built."
            )
        return str(self._name)

    def track_layer(self, layer: Any) -> Any:
        """Makes a layer part of this network.

        Args:
            layer: A layer of `tf.layers`, or another network.

        Returns:
            The layer.

        Raises:
            RuntimeError: The subclass has not called `Network.__init__`.
            TypeError: It is no layer.
            ValueError: Another layer of that name is tracked.
        """
        if "_tracked" not in self.__dict__:
            raise RuntimeError("Need to call Network.__init__ before adding layers")
        if not isinstance(layer, _Layer):
            raise TypeError(
                f"Network.track_layer() passed type {type(layer)}, not a tf.layers.Layer"
            )
        layer._use_resource_variables = True
        if not layer.built and getattr(layer, "_parent", None) is None:
            self._name_child(layer)
            if self._owned.setdefault(layer.name, layer) is not layer:
                raise ValueError(
                    f"Attempt to add two Layers with the name '{layer.name}' to the same Network."
                )
            layer._parent = self
        elif self._owned.get(layer.name) is layer:
            return layer
        self._tracked.append(layer)
        return layer

    def _name_child(self, layer: Any) -> None:
        base = _snake_case(type(layer).__name__)
        if isinstance(layer, Network):
            layer._name = layer._name or _unused(base, self._owned)
        elif layer._name != layer._base_name:  # no name was given
            layer._name = layer._base_name = _unused(base, self._owned)

    def _set_scope(self, scope: Any = None) -> None:
        if self._scope is not None:
            return
        if scope is not None:
            raise ValueError("Networks may not be created with explicit scopes.")
        self._name = self._name or self._top_level_name()
        place = self._made_in
        if self._parent is not None:
            self._parent._set_scope()
            place = self._parent._scope
        self._scope = _open_scope(place, self._name, self._scopes_before)
        if self._parent is None:
            self._name = self._scope.name
        for layer in self._owned.values():
            if not isinstance(layer, Network) and layer._scope is None:
                layer._scope = _open_scope(self._scope, layer.name, ())
                _op_names_follow_variables(layer)

    def _top_level_name(self) -> str:
        lead = f"{self._made_in.name}/" if self._made_in.name else ""
        names = _taken_names()
        scopes = {name[len(lead) :] for name in self._scopes_before if name.startswith(lead)}
        known = {name for place, name in names if place == self._made_in.name}
        found = _unused(_snake_case(type(self).__name__), scopes | known)
        names[self._made_in.name, found] += 1
        return found

    @property
    def layers(self) -> list[Any]:
        """The tracked layers."""
        return self._tracked

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Finds a tracked layer.

        Args:
            name: Its name.
            index: Its place, instead.

        Returns:
            The layer.

        Raises:
            ValueError: There is none, or not exactly one of the two is given.
        """
        if index is not None:
            if name is not None:
                raise ValueError("Exactly one of 'index' or 'name' must be provided")
            if len(self._tracked) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(self._tracked)} layers."
                )
            return self._tracked[index]
        if not name:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self._tracked:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}")

    def _gathered(self, what: str) -> list[Any]:
        return [part for layer in self._tracked for part in getattr(layer, what)]

    @property
    def weights(self) -> list[Any]:
        """The variables of all layers."""
        return self._gathered("weights")

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables of all layers that are trained."""
        return self._gathered("trainable_weights")

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The variables of all layers that are not trained."""
        return self._gathered("non_trainable_weights")

    @property
    def losses(self) -> list[Any]:
        """What the layers add to the loss."""
        return self._gathered("losses")

    @property
    def trainable(self) -> bool:
        """Always true."""
        return True

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if not value:
            raise AttributeError("cannot mark Network as not trainable")

    def add_variable(self, *args: Any, **more: Any) -> Any:
        """Refuses a variable of the network's own.

        Args:
            args: As for a layer.
            more: As for a layer.

        Raises:
            RuntimeError: Always; variables belong to layers.
        """
        raise RuntimeError("add_variable not supported in Network class yet")

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Refuses a loss of the network's own.

        Args:
            losses: As for a layer.
            inputs: As for a layer.

        Raises:
            RuntimeError: Always; losses belong to layers.
        """
        raise RuntimeError("add_loss is not supported in Network class yet")


def _open_scope(place: Any, name: str, before: Any) -> Any:
    """A new variable scope of exactly that name."""
    with tf.variable_scope(place) as outer:
        clash = ValueError(
            f"A Network named '{name}' already exists (or a variable_scope was created with this "
            "name). Names must be unique."
        )
        wanted = f"{outer.name}/{name}" if outer.name else name
        if wanted in before:
            raise clash
        with tf.variable_scope(None, default_name=name, use_resource=True) as scope:
            if scope.name != wanted:
                raise clash
            return scope


class Sequential(Network):
    """Layers and functions, one behind the other.

    Args:
        layers_funcs: The layers and functions.
        name: As for `Network`.
    """

    def __init__(self, layers_funcs: Sequence[Any] | None = None, name: str | None = None) -> None:
        super().__init__(name)
        self._steps: list[tuple[bool, Callable[..., Any]]] = []
        for layer_func in layers_funcs or ():
            self.add(layer_func)

    def add(self, layer_func: Any) -> None:
        """Puts a layer or function behind the others.

        Args:
            layer_func: The layer or function.

        Raises:
            TypeError: It is neither.
        """
        if isinstance(layer_func, _Layer):
            self.track_layer(layer_func)
            called = layer_func.call
        elif callable(layer_func):
            called = layer_func
        else:
            raise TypeError(
                "Sequential.add() takes only tf.layers.Layer objects or callables; not "
                f"'{layer_func}' of type '{type(layer_func)}'."
            )
        self._steps.append(("training" in inspect.signature(called).parameters, layer_func))

    def call(self, inputs: Any, training: Any = None) -> Any:
        """Applies all of them.

        Args:
            inputs: What the first takes.
            training: Given to those that take it.

        Returns:
            What the last makes.
        """
        for takes_training, step in self._steps:
            if takes_training and training is not None:
                inputs = step(inputs, training)
            else:
                inputs = step(inputs)
        return inputs
