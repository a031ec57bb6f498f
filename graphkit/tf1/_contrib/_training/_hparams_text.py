"""The text form of settings: `learning_rate=0.01,layers=[64,32]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["parse_values"]

_CLAUSE = re.compile(
    r"""
    (?P<name>[a-zA-Z][\w.]*)
    (?:\[\s*(?P<place>\d+)\s*\])?
    \s*=\s*
    (?: \[(?P<many>[^\]]*)\] | (?P<one>[^,\[]*) )
    (?:$|,\s*)
    """,
    re.VERBOSE,
)


def _truth(text: str) -> bool:
    if text in ("true", "True", "false", "False"):
        return text.lower() == "true"
    return bool(int(text))


def parse_values(
    values: str, type_map: Mapping[str, Any], ignore_unknown: bool = False
) -> dict[str, Any]:
    """Parses settings written as text.

    Args:
        values: `name=value`, `name=[v1,v2]` and `name[place]=value`, separated by commas.
        type_map: Name to type.
        ignore_unknown: Whether names without a type are left out instead of refused.

    Returns:
        Name to value, to a list, or to `{place: value}`.

    Raises:
        ValueError: The text is malformed, a name is unknown or given twice, or a value does not
            parse.
    """
    results: dict[str, Any] = {}
    position = 0
    while position < len(values):
        clause = _CLAUSE.match(values, position)
        if clause is None:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = clause.end()
        name = clause["name"]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError(f"Unknown hyperparameter type for {name}")
        _keep(results, clause, type_map[name], values)
    return results


def _keep(results: dict[str, Any], clause: re.Match[str], kind: Any, values: str) -> None:
    """Adds what one clause says to the results."""
    name, place, many = clause["name"], clause["place"], clause["many"]
    if many is not None:
        if place is not None:
            raise ValueError("Assignment of a list to a list index.")
        _require_new(name, results, values)
        parts = filter(None, re.split("[ ,]", many))
        results[name] = [_parsed(name, part, kind, many, values) for part in parts]
        return
    value = _parsed(name, clause["one"], kind, clause["one"], values)
    if place is None:
        _require_new(name, results, values)
        results[name] = value
        return
    places = results.setdefault(name, {})
    if not isinstance(places, dict):
        _require_new(name, results, values)
    _require_new(int(place), places, values, shown=f"{name}[{int(place)}]")
    places[int(place)] = value


def _require_new(
    name: Any, results: Mapping[Any, Any], values: str, shown: str | None = None
) -> None:
    if name in results:
        raise ValueError(f"Multiple assignments to variable '{shown or name}' in {values}")


def _parsed(name: str, text: str, kind: Any, whole: str, values: str) -> Any:
    try:
        return _truth(text) if kind is bool else kind(text)
    except ValueError as error:
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' "
            f"with value '{whole}' in {values}"
        ) from error
