"""What Pillow 10 took away: the sizes of text, which `getbbox` and `textbbox` give today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["FONT_NAMES", "text_size"]


def _get_size(font: Any, text: Any, *arguments: Any, **options: Any) -> tuple[int, int]:
    """Measures one line: its width without the bearing, its height from the ascender down."""
    left, _top, right, bottom = font.getbbox(text, *arguments, **options)
    return round(right - left), round(bottom)


def text_size(
    draw: Any, text: str, font: Any = None, spacing: float = 4, **options: Any
) -> tuple[int, int]:
    """Measures what `draw.text` draws, as `draw.textsize` did.

    Args:
        draw: The `ImageDraw`.
        text: The text; may have several lines.
        font: Its font; the drawing's own unless given.
        spacing: Pixels between lines.
        **options: As for the font's `getbbox`.

    Returns:
        Width and height in pixels.
    """
    font = draw.getfont() if font is None else font
    lines = text.split("\n")
    if len(lines) == 1:
        return _get_size(font, text, **options)
    height = _get_size(font, "A")[1] + spacing
    width = max(_get_size(font, line, **options)[0] for line in lines)
    return width, round(len(lines) * height - spacing)


def _provide(_module: Any) -> Callable[..., Any]:
    return _get_size


FONT_NAMES: dict[str, Callable[[Any], Any]] = {
    f"{kind}.getsize": _provide for kind in ("FreeTypeFont", "ImageFont", "TransposedFont")
}
