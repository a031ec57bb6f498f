"""`IPython.display` for notebooks where IPython is not installed: what is shown is printed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

__all__ = ["DISPLAY_NAMES", "show"]


def show(*values: Any, **_options: Any) -> None:
    """Prints what a notebook would show, nothing for None.

    Args:
        *values: Anything.
        **_options: How IPython would show it; unused.
    """
    for value in values:
        if value is not None:
            sys.stdout.write(f"{value!r}\n")


def _clear_output(wait: bool = False) -> None:
    """Leaves what was printed: there is no cell to clear."""


def _kind(name: str) -> Callable[..., Any]:
    class Shown:
        """Something a browser would draw."""

        def __init__(self, data: Any = None, *_args: Any, **options: Any) -> None:
            self.data = data
            self.filename = options.get("filename")

        def __repr__(self) -> str:
            return f"<IPython.core.display.{name} object>"

    Shown.__name__ = Shown.__qualname__ = name
    return Shown


DISPLAY_NAMES: dict[str, Any] = {
    "display": show,
    "clear_output": _clear_output,
    **{
        name: _kind(name)
        for name in (
            "Audio",
            "HTML",
            "IFrame",
            "Image",
            "Javascript",
            "Latex",
            "Markdown",
            "Math",
            "Pretty",
            "SVG",
            "Video",
            "YouTubeVideo",
        )
    },
}
