"""Words from files, shown to people."""

from __future__ import annotations

__all__ = ["printable"]


def printable(line: str) -> str:
    """A line whose control characters are spelled out.

    Whoever wrote a file chose its names; printed as they are, they could end the line, or have the
    terminal change colours, its title, or what was printed before.
    """
    if line.isprintable():
        return line
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)
