"""contrib.eager's checkpoints of networks, and variables restored when they are created."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = [
    "Variable",
    "restore_network_checkpoint",
    "restore_variables_on_create",
    "save_network_checkpoint",
]

_ResourceVariable: Any = load("tensorflow.python.ops.resource_variable_ops:ResourceVariable")
_NameMap = Callable[[str], str]


def _checkpoint_path(network: Any, save_path: str) -> str:
    if not os.path.isdir(save_path):
        return save_path
    return os.path.join(save_path, network.name.replace("/", "_"))


def _name_map(network: Any, map_func: _NameMap | None) -> _NameMap:
    lead = f"{network.scope_name}/"
    return map_func or (lambda name: name[len(lead) :] if name.startswith(lead) else name)


def _own_name(variable: Any) -> str:
    """The name without ":0", also of an eager variable."""
    return str(variable.name).rpartition(":")[0]


def _by_mapped_name(network: Any, mapped: _NameMap) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable in network.variables:
        name = mapped(_own_name(variable))
        other = found.setdefault(name, variable)
        if other is not variable:
            raise ValueError(
                f"Network '{network.name}': two variables are named '{name}' in the checkpoint, "
                f"'{_own_name(other)}' and '{_own_name(variable)}'; pass a map_func that keeps "
                "them apart, such as `map_func=lambda n: n`"
            )
    return found


def _session() -> Any:
    return None if tf.executing_eagerly() else tf.get_default_session()


def save_network_checkpoint(
    network: Any, save_path: str, global_step: Any = None, map_func: _NameMap | None = None
) -> str:
    """Writes a network's variables, by default under names without the network's own.

    Args:
        network: A network that has been called.
        save_path: The checkpoint's path, or a folder in which it is called as the network is.
        global_step: Added to the path; the program's global step unless given, if there is one.
        map_func: From a variable's name to its name in the checkpoint.

    Returns:
        The path written.

    Raises:
        ValueError: The network has no variables yet, or two would have one name.
    """
    if not network.built:
        raise ValueError(
            "Attempt to save the Network before it was first called. This means variables have "
            "not yet been created, so there is nothing to save."
        )
    step = tf.train.get_global_step() if global_step is None else global_step
    variables = _by_mapped_name(network, _name_map(network, map_func))
    path: str = tf.train.Saver(variables).save(
        _session(), _checkpoint_path(network, save_path), global_step=step, write_meta_graph=False
    )
    return path


def restore_network_checkpoint(
    network: Any, save_path: str, map_func: _NameMap | None = None
) -> None:
    """Reads a network's variables; those it does not have yet get their value when they are made.

    Args:
        network: The network; it may not have been called yet.
        save_path: As for `save_network_checkpoint`.
        map_func: From a variable's name to its name in the checkpoint.

    Raises:
        ValueError: Two variables would have one name.
    """
    network._set_scope()  # noqa: SLF001 - it has its final name from now on
    path = _checkpoint_path(network, save_path)
    mapped = _name_map(network, map_func)
    present = _by_mapped_name(network, mapped)
    if present:
        tf.train.Saver(present).restore(_session(), path)
    reader = tf.train.load_checkpoint(path)
    coming = {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
        if name not in present
    }
    if coming:
        _restore_later(network, _getter(mapped, coming))


def _getter(mapped: _NameMap, coming: dict[str, Any]) -> Callable[..., Any]:
    """A custom getter that gives new variables the values that wait for them."""

    def getter(getter: Callable[..., Any], name: str, *args: Any, **more: Any) -> Any:
        value = coming.get(mapped(name))
        if value is not None:
            shape = tf.TensorShape(more.get("shape"))
            shape.assert_is_compatible_with(value.shape)
            more["initializer"] = tf.constant_initializer(value)
            more["shape"] = value.shape
        return getter(name, *args, **more)

    return getter


def _restore_later(layer: Any, getter: Callable[..., Any]) -> None:
    sublayers = getattr(layer, "layers", None)
    if sublayers is None:
        if layer._scope is not None:  # noqa: SLF001 - the scope its variables are made in
            layer._scope.set_custom_getter(getter)  # noqa: SLF001
        return
    layer._set_scope()  # noqa: SLF001
    for sublayer in sublayers:
        _restore_later(sublayer, getter)


class _Restoration:
    """The values of a checkpoint, each given to the first variable of its name."""

    def __init__(self, save_path: str, map_func: _NameMap) -> None:
        self._reader = tf.train.load_checkpoint(save_path)
        self._map_func = map_func
        self._left = set(self._reader.get_variable_to_shape_map())
        self._given: set[str] = set()

    def restore(self, variable: Any) -> None:
        name = self._map_func(_own_name(variable))
        if name not in self._left | self._given:
            raise tf.errors.NotFoundError(None, None, f"{name} not found in checkpoint")
        if name in self._left:
            variable.assign(self._reader.get_tensor(name))
            self._left.remove(name)
            self._given.add(name)


_restorations: list[_Restoration] = []


class _AnyResourceVariable(type(_ResourceVariable)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _ResourceVariable)


class Variable(_ResourceVariable, metaclass=_AnyResourceVariable):  # type: ignore[misc]
    """A variable of an eager program; the arguments are those of `tf.Variable`.

    Every resource variable counts as an instance.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for restoration in _restorations:
            restoration.restore(self)


@contextmanager
def restore_variables_on_create(
    save_path: str | None, map_func: _NameMap | None = None
) -> Iterator[None]:
    """Gives variables that are created inside it their values from a checkpoint.

    Args:
        save_path: The checkpoint; nothing is done for None.
        map_func: From a variable's name to its name in the checkpoint.

    Yields:
        Nothing.

    Raises:
        ValueError: Eager execution is off, or `map_func` cannot be called.
        NotFoundError: A variable is created that the checkpoint does not have.
    """
    if not tf.executing_eagerly():
        raise ValueError(
            "Currently, restore_variables_on_create can only be used with eager execution enabled."
        )
    if map_func is not None and not callable(map_func):
        raise ValueError("map_func must be callable.")
    if not save_path:
        yield
        return
    restoration = _Restoration(save_path, map_func or str)

    def created(next_creator: Callable[..., Any], **more: Any) -> Any:
        variable = next_creator(**more)
        restoration.restore(variable)
        return variable

    _restorations.append(restoration)
    try:
        with tf.variable_creator_scope(created):
            yield
    finally:
        _restorations.remove(restoration)
