"""Numbers, shapes and names as they stand in a picture; every word of a file is escaped."""

from __future__ import annotations

import html

from graphkit.export._inspection._facts import Shape
from graphkit.export._printable import printable

__all__ = ["escaped", "fitted", "rounded", "shape_in_words"]

_UNITS = ("", " k", " M", " G", " T", " P", " E")
_LONGEST = 400


def escaped(text: str) -> str:
    """Text for HTML and SVG, where it can be neither markup nor the end of an attribute."""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return html.escape(printable(shown))


def fitted(text: str, letters: int) -> str:
    """Text of so many letters at most; what is left out is in its middle."""
    if len(text) <= letters:
        return text
    half = (letters - 1) // 2
    return f"{text[: letters - 1 - half]}…{text[-half:]}"


def rounded(number: int) -> str:
    """`1.2 M` for 1234567."""
    value, unit = float(number), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = f"{value:.0f}" if not unit or value >= 100 else f"{value:.1f}"
    return f"{digits}{_UNITS[unit]}"


def shape_in_words(shape: Shape | None) -> str:
    """The sizes with crosses between them; "" where the rank is open."""
    if shape is None:
        return ""
    return (
        "\N{MULTIPLICATION SIGN}".join("?" if size is None else str(size) for size in shape[:12])
        or "scalar"
    )
