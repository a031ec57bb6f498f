"""Looks up a name of TensorFlow 1 in the tables, when it is first touched."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from graphkit.errors import RefusedNameError
from graphkit.tf1._entries import Area, Refusal
from graphkit.tf1._names import Names
from graphkit.tf1._tables import AREAS

__all__ = ["ROOT", "Namespace", "load", "names_in", "resolve"]

ROOT = "graphkit.tf1"


def load(provider: str) -> Any:
    """Imports what a table names.

    Args:
        provider: `package.module:attribute.path`; the module itself without the colon.

    Returns:
        The object.
    """
    # TensorFlow comes in by graphkit's door, without start-up messages, whoever needs it first.
    importlib.import_module("graphkit.tf1._core._old_objects")
    module, _, attributes = provider.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        found = getattr(found, attribute)
    return found


def _behind(area: Area) -> Iterator[Any]:
    for provider in area.behind:
        try:
            yield load(provider)
        except ModuleNotFoundError as error:
            # A module that only some TensorFlow releases have; what goes wrong inside it is told.
            if error.name is None or not provider.startswith(error.name):
                raise


def _shown_through(area: Area, name: str) -> Any:
    for module in _behind(area):
        try:
            return getattr(module, name)
        except RefusedNameError:
            raise
        except AttributeError:
            continue
    for provider in area.behind:
        if ":" not in provider:
            try:
                return importlib.import_module(f"{provider}.{name}")
            except ModuleNotFoundError:
                continue
    raise AttributeError(name)


def resolve(path: str, name: str) -> Any:
    """Finds one name of one module of the namespace.

    Args:
        path: The module's path below the root: "", "train", "contrib.slim" …
        name: The attribute.

    Returns:
        What it stands for.

    Raises:
        RefusedNameError: The name existed and cannot come back; the message says what to use.
        AttributeError: The name is unknown.
    """
    full = f"{path}.{name}" if path else name
    area = AREAS[path]
    entry = area.names.get(name)
    if isinstance(entry, Refusal):
        raise RefusedNameError(f"tf.{full}", entry.was, entry.instead)
    if entry is not None:
        return load(entry)
    if full in AREAS:
        return importlib.import_module(f"{ROOT}.{full}")
    if not name.startswith("__"):
        try:
            return _shown_through(area, name)
        except RefusedNameError:
            raise
        except AttributeError:
            if area.otherwise is not None:
                refusal = area.otherwise
                raise RefusedNameError(f"tf.{full}", refusal.was, refusal.instead) from None
    where = f"tensorflow.{path}" if path else "tensorflow"
    raise AttributeError(f"module {where!r} has no attribute {name!r}")


def names_in(path: str) -> list[str]:
    """Lists the names of a module that can be touched.

    Args:
        path: The module's path below the root.

    Returns:
        The public names, sorted, refused ones left out.
    """
    area = AREAS[path]
    lead = f"{path}." if path else ""
    found = {name for module in _behind(area) for name in dir(module)}
    found |= {
        full[len(lead) :]
        for full in AREAS
        if full.startswith(lead) and "." not in full[len(lead) :]
    }
    found -= {name for name, entry in area.names.items() if isinstance(entry, Refusal)}
    found |= {name for name, entry in area.names.items() if isinstance(entry, str)}
    return sorted(name for name in found if name and not name.startswith("_"))


class Namespace(ModuleType):
    """A module of the namespace; its names are looked up when they are first touched.

    Args:
        path: The module's path below the root.
    """

    def __init__(self, path: str) -> None:
        super().__init__(f"{ROOT}.{path}", f"What `tensorflow.{path}` was in TensorFlow 1.15.")
        self.__path__: list[str] = []

    @property
    def __dict__(self) -> Names:  # type: ignore[override]
        """Every name, as in a module that holds its names from the beginning."""
        return Names(self)

    def __getattr__(self, name: str) -> Any:
        path = self.__name__[len(ROOT) + 1 :]
        if name == "__all__":
            return names_in(path)
        value = resolve(path, name)
        setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # An import binds a submodule in its package. Where the package has something else by that
        # name, as `contrib.framework.python.ops` has the function `arg_scope`, that stays.
        if isinstance(value, Namespace):
            entry = AREAS[self.__name__[len(ROOT) + 1 :]].names.get(name)
            if isinstance(entry, str) and ":" in entry:
                return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return names_in(self.__name__[len(ROOT) + 1 :])
