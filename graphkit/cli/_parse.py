"""What people type: places, lists of names, NAME=VALUE pairs, sizes.

Each raises `click.BadParameter`, so a mistake is found before any command starts to work.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

__all__ = [
    "Place",
    "finite",
    "libraries",
    "names",
    "numbers",
    "pairs",
    "pins",
    "renames",
    "shapes",
    "size",
]


class Place(click.Path):
    """A file or folder; an empty word means no place, where a `Path` takes it for this folder.

    Args:
        exists: Whether it has to exist.
        file_okay: Whether it may be a file.
        dir_okay: Whether it may be a folder.
    """

    def __init__(
        self, *, exists: bool = False, file_okay: bool = True, dir_okay: bool = True
    ) -> None:
        super().__init__(exists, file_okay, dir_okay, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuses the empty word, such as a variable of the shell that was never set."""
        if value == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


libraries = click.option(
    "--library",
    "libraries",
    multiple=True,
    type=Place(dir_okay=False),
    help="Load custom ops from this file, which runs its code. Repeatable.",
)


def finite(_context: click.Context, _option: click.Parameter, number: float | None) -> float | None:
    """Refuses `nan` and `inf`, which `float` takes; None stays None."""
    if number is not None and not math.isfinite(number):
        raise click.BadParameter(f"{number} is no finite number")
    return number


def names(_context: click.Context, _option: click.Parameter, text: str | None) -> list[str] | None:
    """Splits `"a, b"` into `["a", "b"]`; None stays None."""
    if text is None:
        return None
    found = [name.strip() for name in text.split(",")]
    if not all(found):
        raise click.BadParameter(f"{text!r} holds an empty name; write NAME,NAME")
    return found


def numbers(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[float, ...] | None:
    """Reads `1.5` or `1,2,3` as numbers; None stays None."""
    if text is None:
        return None
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(f"{text!r} is not of the form NUMBER or N,N,N") from None
    if not all(map(math.isfinite, found)):
        raise click.BadParameter(f"{text!r} holds something that is no finite number")
    return found


def pairs(_context: click.Context, option: click.Parameter, texts: Sequence[str]) -> dict[str, str]:
    """Reads repeated `NAME=VALUE` options; each name once."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"{text!r} is not of the form {option.metavar}")
        if name in found:
            raise click.BadParameter(f"names {name!r} twice")
        found[name] = value
    return found


def pins(context: click.Context, option: click.Parameter, texts: Sequence[str]) -> dict[str, Any]:
    """Reads `NAME=VALUE` pairs whose values are JSON: true, 0.5, [1, 2] or "text"."""
    found: dict[str, Any] = {}
    for name, value in pairs(context, option, texts).items():
        try:
            found[name] = json.loads(value.lower() if value in ("True", "False") else value)
        except json.JSONDecodeError:
            raise click.BadParameter(
                f"the value in '{name}={value}' must be true, false, a number, a list or a "
                "quoted string"
            ) from None
    return found


def renames(
    _context: click.Context, _option: click.Parameter, texts: Sequence[str]
) -> dict[str, str]:
    """Reads `OLD=NEW` pairs, each OLD once; NEW may be nothing, and hold an equals sign."""
    found: dict[str, str] = {}
    for text in texts:
        old, equals, new = text.partition("=")
        if not (old and equals):
            raise click.BadParameter(f"{text!r} is not of the form OLD=NEW")
        if old in found:
            raise click.BadParameter(f"names {old!r} twice")
        found[old] = new
    return found


def shapes(
    context: click.Context, option: click.Parameter, texts: Sequence[str]
) -> dict[str, tuple[int, ...]]:
    """Reads `NAME=1,224,224,3` pairs."""
    found = {}
    for name, value in pairs(context, option, texts).items():
        sizes = value.strip("[]").split(",")
        if not all(size.strip().isdecimal() and len(size) < 12 for size in sizes):
            raise click.BadParameter(f"{value!r} is not of the form 1,224,224,3")
        found[name] = tuple(map(int, sizes))
    return found


def size(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[int, int] | None:
    """Reads `32x48` as (height, width)."""
    if text is None:
        return None
    height, _, width = text.lower().partition("x")
    if not (height.isdecimal() and width.isdecimal() and int(height) and int(width)):
        raise click.BadParameter(f"{text!r} is not of the form HEIGHTxWIDTH, as in 32x32")
    return int(height), int(width)
