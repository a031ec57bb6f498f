"""The report of what differs between two files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from graphkit.export._comparison._renames import Rename
from graphkit.export._printable import printable

__all__ = ["Change", "FileDifference", "Lone"]


@dataclass(frozen=True)
class Lone:
    """What one file alone has.

    Attributes:
        name: Its name.
        words: What it is.
    """

    name: str
    words: str


@dataclass(frozen=True)
class Change:
    """What differs in something that both files have.

    Attributes:
        name: Its name, in the first file.
        what: What of it: "dtype", "shape", "values", "op", "inputs", "device" or an attribute.
        words: How it differs.
    """

    name: str
    what: str
    words: str


@dataclass(frozen=True)
class FileDifference:
    """How two files differ.

    Attributes:
        first: The one file, or the prefix of the checkpoint.
        second: The other.
        kind: "graph" or "checkpoint".
        compared: How many nodes or variables both have, renamed ones included.
        removed: What the first alone has.
        added: What the second alone has.
        renamed: What one has under another name, most likely.
        changed: What both have, but not alike.
        repeated: Ops that one alone has ten times or more, under numbers (`Assign_1`, `Assign_2` …)
            and read by nothing, as a loop adds them: how often, by the name without the number.
    """

    first: Path
    second: Path
    kind: str
    compared: int
    removed: list[Lone]
    added: list[Lone]
    renamed: list[Rename]
    changed: list[Change]
    repeated: dict[str, int] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.removed or self.added or self.renamed or self.changed)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values for JSON."""
        return {"same": self.same} | asdict(self)

    def to_text(self, limit: int | None = None) -> str:
        """The same for people, one thing per line.

        Args:
            limit: How many lines to give to each kind of difference; all unless given.
        """
        things = "nodes" if self.kind == "graph" else "variables"
        lines = [f"{self.first} and {self.second}: {self.compared:,} {things} in both"]
        lines += _section(
            "renamed", [f"{r.old} -> {r.new}  ({r.reason})" for r in self.renamed], limit
        )
        lines += _section(
            "changed", [f"{c.name}  {c.what}: {c.words}" for c in self.changed], limit
        )
        for title, lone in (
            (f"only in {self.first}", self.removed),
            (f"only in {self.second}", self.added),
        ):
            lines += _section(title, [f"{one.name}  {one.words}" for one in lone], limit)
        if self.repeated:
            shown = ", ".join(f"{name} ({times:,} times)" for name, times in self.repeated.items())
            lines.append(
                f"built again and again: {printable(shown)}; if a loop adds to one graph in each "
                "turn, every step is slower than the one before: build ops once, before the loop"
            )
        return "\n".join([*lines, "no difference"] if self.same else lines)


def _section(title: str, rows: list[str], limit: int | None) -> Iterator[str]:
    if rows:
        yield f"{title}: {len(rows):,}"
        yield from (f"  {printable(row)}" for row in rows[:limit])
        if limit is not None and len(rows) > limit:
            yield f"  … and {len(rows) - limit:,} more"
