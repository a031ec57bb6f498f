"""The registry of public names that tensorflow-estimator registers itself with; it is not kept."""

from __future__ import annotations

from typing import Any, TypeVar

__all__ = ["ESTIMATOR_API_NAME", "api_export"]

ESTIMATOR_API_NAME = "estimator"

_T = TypeVar("_T")


class api_export:
    """A decorator that returns what it decorates: the tables of this room find names by module.

    Args:
        names: The public names.
        api_name: The package they belong to.
        v1: Their names in the version 1 interface.
    """

    def __init__(self, *names: str, api_name: str, v1: Any = None) -> None:
        self.names = names
        self.api_name = api_name
        self.v1 = v1

    def __call__(self, exported: _T) -> _T:
        """Returns the function or class as it is.

        Args:
            exported: The function or class.

        Returns:
            The same.
        """
        return exported

    def export_constant(self, module_name: str, name: str) -> None:
        """Accepts a constant; nothing looks constants up here.

        Args:
            module_name: The module it is in.
            name: Its name there.
        """
