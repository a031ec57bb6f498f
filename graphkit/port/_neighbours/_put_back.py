"""Puts back what the program's old neighbours lost, module by module."""

from __future__ import annotations

import sys
from typing import Any

from graphkit.port._neighbours._lost_names import NEIGHBOURS
from graphkit.port._neighbours._rows import Neighbour

__all__ = ["Neighbours"]


class Neighbours:
    """Puts the lost names back into each module once, when the program imports it.

    Args:
        rows: The table.
    """

    def __init__(self, rows: tuple[Neighbour, ...] = NEIGHBOURS) -> None:
        self._waiting: dict[str, dict[str, list[Neighbour]]] = {}
        for row in rows:
            package = self._waiting.setdefault(row.module.partition(".")[0], {})
            package.setdefault(row.module, []).append(row)
        self._undo: list[tuple[Any, str, Any]] = []

    def welcome(self, name: str) -> None:
        """Puts back what a module and the others of its package that are loaded lost.

        Args:
            name: The module's name.
        """
        package = self._waiting.get(name.partition(".")[0], {})
        for module in [module for module in package if module in sys.modules]:
            for row in package.pop(module):
                self._restore(sys.modules[module], row)

    def farewell(self) -> None:
        """Takes everything back."""
        for holder, name, before in reversed(self._undo):
            if before is _ABSENT:
                delattr(holder, name)
            else:
                setattr(holder, name, before)
        self._undo.clear()

    def _restore(self, module: Any, row: Neighbour) -> None:
        for path, provide in row.names.items():
            *parents, name = path.split(".")
            holder = module
            for parent in parents:
                holder = getattr(holder, parent, None)
            if holder is None:
                continue
            before = _look_up(holder, name)
            if before is not _ABSENT and not row.wraps:
                continue
            try:
                value = provide(module)
            except (AttributeError, ImportError):
                # The installed release has neither the old name nor what stands in for it.
                continue
            self._undo.append((holder, name, before))
            setattr(holder, name, value)


_ABSENT: Any = object()


def _look_up(holder: Any, name: str) -> Any:
    """Reads a name without asking the module's `__getattr__`, which may warn or refuse."""
    if not isinstance(holder, type(sys)):
        return getattr(holder, name, _ABSENT)
    try:
        return object.__getattribute__(holder, name)
    except AttributeError:
        return _ABSENT
