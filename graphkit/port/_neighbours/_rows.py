"""How the tables of lost names are written: one row per module, and ways to give a name back."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Names", "Neighbour", "constants", "found_in", "provided_by", "renamed", "with_keywords"]

Names: TypeAlias = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Neighbour:
    """Names of one module that are gone.

    Args:
        module: The module.
        broke: What happened to them.
        names: Each name and a function of the module that gives its value.
        wraps: Whether a name that is still there is replaced, because its arguments changed.
    """

    module: str
    broke: str
    names: Names
    wraps: bool = False


def constants(**names: Any) -> dict[str, Callable[[Any], Any]]:
    """Gives each name a value that needs no look at the module."""
    return {name: functools.partial(_second, value) for name, value in names.items()}


def _second(value: Any, _module: Any) -> Any:
    return value


def renamed(**names: str) -> dict[str, Callable[[Any], Any]]:
    """Gives each name what the module has under another, dots allowed."""
    return {old: functools.partial(_read, new) for old, new in names.items()}


def _read(path: str, module: Any) -> Any:
    return functools.reduce(getattr, path.split("."), module)


def provided_by(provider: str, *names: str) -> dict[str, Callable[[Any], Any]]:
    """Takes names from another module."""
    return {name: functools.partial(_fetch, provider, name) for name in names}


def _fetch(provider: str, name: str, _module: Any) -> Any:
    return getattr(importlib.import_module(provider), name)


def found_in(
    *providers: str, first: Mapping[str, str] | None = None
) -> dict[str, Callable[[Any], Any]]:
    """Looks whatever the module lacks up in other modules, when it is touched.

    Args:
        *providers: Modules searched in this order.
        first: The module that has a name which those mean otherwise.

    Returns:
        A row's names, to be wrapped.
    """

    def provide(module: Any) -> Callable[[str], Any]:
        before = getattr(module, "__getattr__", None)

        def look_up(name: str) -> Any:
            if not name.startswith("_"):
                known = (first or {}).get(name)
                for provider in providers if known is None else (known,):
                    owner = importlib.import_module(provider)
                    if hasattr(owner, name):
                        return getattr(owner, name)
            if before is not None:
                return before(name)
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        return look_up

    return {"__getattr__": provide}


def with_keywords(
    path: str,
    *dropped: str,
    **changed: str | Callable[[Any], Mapping[str, Any]],
) -> dict[str, Callable[[Any], Any]]:
    """Lets a function take keyword arguments it no longer has.

    Args:
        path: The function, from its module.
        *dropped: Arguments that mean nothing any more.
        **changed: Arguments by their old name: the new name, or a function of the value that gives
            the arguments of today.

    Returns:
        A row's names, to be wrapped.
    """

    def provide(module: Any) -> Any:
        real = _read(path, module)
        known = inspect.signature(real).parameters

        @functools.wraps(real)
        def call(*args: Any, **kwargs: Any) -> Any:
            for name in [name for name in kwargs if name not in known]:
                if name in changed:
                    new = changed[name]
                    value = kwargs.pop(name)
                    kwargs.update({new: value} if isinstance(new, str) else new(value))
                elif name in dropped:
                    del kwargs[name]
            return real(*args, **kwargs)

        return call

    return {path: provide}
