"""Names of ops whose formats give none, or the same to several."""

from __future__ import annotations

__all__ = ["own_name"]


def own_name(wanted: str, taken: dict[str, int]) -> str:
    """A name that nothing else has.

    Args:
        wanted: What it would be called.
        taken: The names there are, and how often each was wanted; the one that is given is added.
    """
    wanted = wanted.strip("/") or "unnamed"
    name, number = wanted, taken.get(wanted, 0)
    while name in taken:  # a model can also have "a_1" already
        name = f"{wanted}_{number}"
        number += 1
    taken[wanted] = max(number, 1)
    taken.setdefault(name, 1)
    return name
