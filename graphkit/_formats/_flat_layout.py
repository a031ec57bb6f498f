"""Whether a FlatBuffer holds together, for programs that read it without looking.

What they follow has to lie in the buffer: the offsets of every table, its fields, and what these
lead to, as a layout names it; a text ends with a zero. FlatBuffers' own programs have this as
`Verifier` (https://flatbuffers.dev/languages/cpp/), which TFLite's interpreter does not use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphkit._formats._flat import FlatTable

__all__ = ["Layout", "Numbers", "Table", "Tables", "Text", "Union", "require_whole"]


@dataclass(frozen=True)
class Numbers:
    """A vector of numbers of that many bytes each."""

    size: int

    def require_whole(self, table: FlatTable, field: int) -> None:
        """Refuses a vector that is cut short."""
        table.size(field, self.size)


@dataclass(frozen=True)
class Text:
    """A text."""

    def require_whole(self, table: FlatTable, field: int) -> None:
        """Refuses one that is cut short, or has no end."""
        table.require_ended(field)


@dataclass(frozen=True)
class Table:
    """A table of that layout."""

    layout: Layout

    def require_whole(self, table: FlatTable, field: int) -> None:
        """Refuses it where it is not whole."""
        found = table.table(field)
        if found is not None:
            require_whole(found, self.layout)


@dataclass(frozen=True)
class Tables:
    """A vector of tables of that layout."""

    layout: Layout

    def require_whole(self, table: FlatTable, field: int) -> None:
        """Refuses it where one is not whole."""
        for found in table.tables(field):
            require_whole(found, self.layout)


@dataclass(frozen=True)
class Union:
    """A table whose layout the number before it tells; of other numbers none leads anywhere."""

    layouts: Mapping[int, Layout]

    def require_whole(self, table: FlatTable, field: int) -> None:
        """Refuses it where it is not whole."""
        kind = table.number(field - 1, "B")
        Table(self.layouts.get(kind, {})).require_whole(table, field)


Layout: TypeAlias = Mapping[int, Numbers | Text | Table | Tables | Union]
"""The fields of a table that lead elsewhere, by their numbers."""


def require_whole(table: FlatTable, layout: Layout) -> None:
    """Refuses a table that leads outside its buffer, by itself or by the tables it leads to.

    Raises:
        FormatError: It does.
    """
    table.require_fields()
    for field, kind in layout.items():
        kind.require_whole(table, field)
