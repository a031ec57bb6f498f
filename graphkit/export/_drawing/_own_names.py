"""Names of ops whose formats give none, or the same to several."""

from __future__ import annotations

__all__ = ["own_name"]


def own_name(wanted: str, taken: set[str]) -> str:
    """A name that nothing else has.

    Args:
        wanted: What it would be called.
        taken: The names there are; the one that is given is added.
    """
    wanted = wanted.strip("/") or "unnamed"
    name, number = wanted, 0
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name
