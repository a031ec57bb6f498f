"""Options that say how pictures are prepared for a model, to be written down beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from graphkit.cli import _parse

if TYPE_CHECKING:
    from graphkit.export import Preprocessing

__all__ = ["preparation", "said_preparation"]

_OPTIONS = (
    click.option(
        "--scale",
        type=float,
        callback=_parse.finite,
        help="Written down for infer: the factor on pixels, as in 0.00392157.",
    ),
    click.option("--mean", callback=_parse.numbers, help="Taken off after that: M or M,M,M."),
    click.option("--std", callback=_parse.numbers, help="The rest is divided by it: S or S,S,S."),
    click.option("--colour", type=click.Choice(["RGB", "BGR"]), help="Order of channels.  [RGB]"),
)
_NAMES = ("scale", "mean", "std", "colour")


def preparation(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def said_preparation(options: dict[str, Any]) -> Preprocessing | None:
    """Takes the options out of all that a command was given; None if none of them was.

    Raises:
        ArgumentError: A value that means nothing.
    """
    from graphkit.export import Preprocessing

    said = {name: options.pop(name) for name in _NAMES}
    given = {name: value for name, value in said.items() if value is not None}
    return Preprocessing(**given) if given else None
