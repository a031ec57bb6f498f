"""Reading what people type: lists of names, NAME=VALUE pairs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

__all__ = ["split_names", "split_pair", "split_pins"]


def split_names(text: str | None) -> list[str] | None:
    """Splits `"a, b"` into `["a", "b"]`; None stays None.

    Raises:
        click.BadParameter: A name between two commas is empty.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise click.BadParameter(f"{text!r} holds an empty name; write NAME,NAME")
    return names


def split_pair(text: str, form: str) -> tuple[str, str]:
    """Splits `NAME=VALUE` at its first equals sign.

    Raises:
        click.BadParameter: There is no equals sign or one side is empty.
    """
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise click.BadParameter(f"{text!r} is not of the form {form}")
    return name, value


def split_pins(pairs: Sequence[str]) -> dict[str, Any]:
    """Reads `NAME=VALUE` pairs whose values are JSON: true, 0.5, [1, 2] or "text".

    Raises:
        click.BadParameter: A pair has another form or its value is not JSON.
    """
    pins = {}
    for pair in pairs:
        name, value = split_pair(pair, "NAME=VALUE")
        try:
            pins[name] = json.loads(value.lower() if value in ("True", "False") else value)
        except json.JSONDecodeError:
            raise click.BadParameter(
                f"the value in {pair!r} must be true, false, a number, a list or a quoted string"
            ) from None
    return pins
