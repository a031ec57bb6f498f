"""The text form of settings: `learning_rate=0.01,layers=[64,32],layers[1]=16`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["parse_values"]

_CLAUSE = re.compile(
    r"""
    \s*(?P<name>[a-zA-Z][\w.]*)
    (?:\[\s*(?P<place>\d+)\s*\])?
    \s*=\s*
    (?: \[(?P<many>[^\]]*)\] | (?P<one>[^,\[]*) )
    \s*(?:,|$)
    """,
    re.VERBOSE,
)


def _truth(text: str) -> bool:
    if text in ("true", "True", "false", "False"):
        return text.lower() == "true"
    return bool(int(text))


def _parser(kind: Any) -> Callable[[str], Any]:
    return _truth if kind is bool else kind


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
        _keep(results, name, clause, _parser(type_map[name]), values)
    return results


def _keep(
    results: dict[str, Any],
    name: str,
    clause: re.Match[str],
    parse: Callable[[str], Any],
    values: str,
) -> None:
    def parsed(text: str) -> Any:
        try:
            return parse(text.strip())
        except ValueError as error:
            raise ValueError(
                f"Could not parse hparam '{name}' with value '{text.strip()}' in {values}"
            ) from error

    place, many = clause["place"], clause["many"]
    if place is None:
        if name in results:
            raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
        results[name] = (
            parsed(clause["one"])
            if many is None
            else [parsed(part) for part in many.split(",") if part.strip()]
        )
        return
    if many is not None:
        raise ValueError(f"Assignment of a list to a list index in {values}")
    places = results.setdefault(name, {})
    if not isinstance(places, dict) or int(place) in places:
        raise ValueError(f"Multiple assignments to variable '{name}[{place}]' in {values}")
    places[int(place)] = parsed(clause["one"])
