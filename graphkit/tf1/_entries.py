"""What a table of the TensorFlow 1 namespace is made of: areas, providers and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Area", "Entry", "Refusal", "offer", "refuse"]


@dataclass(frozen=True)
class Refusal:
    """A name that cannot come back.

    Args:
        was: What it was, in words.
        instead: What to use now, in words.
    """

    was: str
    instead: str


# "package.module:attribute.path" (the module itself when nothing follows the colon), or a refusal.
Entry: TypeAlias = str | Refusal


@dataclass(frozen=True)
class Area:
    """One module of the TensorFlow 1 namespace.

    Args:
        names: What this module offers by name.
        behind: Providers whose own attributes show through, asked in order, for every other name.
        otherwise: Why any other name is refused; an ordinary AttributeError without it.
    """

    names: Mapping[str, Entry] = field(default_factory=dict)
    behind: tuple[str, ...] = ()
    otherwise: Refusal | None = None


def offer(module: str, names: str) -> dict[str, Entry]:
    """Offers several names of one module under their own names.

    Args:
        module: The module, or `module:object`, that has them.
        names: The names, separated by white space.

    Returns:
        Name to provider.
    """
    lead = f"{module}." if ":" in module else f"{module}:"
    return {name: f"{lead}{name}" for name in names.split()}


def refuse(was: str, instead: str, names: str) -> dict[str, Entry]:
    """Refuses several names for one reason.

    Args:
        was: What they were, in words.
        instead: What to use now, in words.
        names: The names, separated by white space.

    Returns:
        Name to refusal.
    """
    return {name: Refusal(was, instead) for name in names.split()}
