"""The variables of a function that runs source in its own scope; see `_exec_scopes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["exec_scope", "set_by_exec"]


def exec_scope(before: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Makes the names that source runs in.

    Args:
        before: Those that earlier source left.
        variables: The function's own, which may have changed since.

    Returns:
        Both.
    """
    return {
        **before,
        **{name: variables[name] for name in variables if variables[name] is not before},
    }


def set_by_exec(names: Mapping[str, Any], name: str, look_up: Callable[[], Any]) -> Any:
    """Reads a name that the function itself gives no value.

    Args:
        names: What source left.
        name: The name.
        look_up: Reads it as Python does.

    Returns:
        Its value.

    Raises:
        NameError: Nothing gave it one.
    """
    return names[name] if name in names else look_up()
