"""Which names a checkpoint's variables get: by name, by scope, or by regular expression."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from graphkit.errors import ArgumentError, UnknownNameError

__all__ = ["new_names"]

_WHERE = "rename_checkpoint"


def new_names(names: Iterable[str], rules: Mapping[str, str], *, regex: bool) -> dict[str, str]:
    """Applies rules to names.

    Args:
        names: The names there are.
        rules: What becomes what, as for `rename_checkpoint`.
        regex: Whether the rules are regular expressions.

    Returns:
        The new name of each that changes.

    Raises:
        UnknownNameError: A rule means no name.
        ArgumentError: A rule is no regular expression, a name would be empty, or two variables
            would have the same.
    """
    listed = list(names)
    found = _by_pattern(listed, rules) if regex else _by_scope(listed, _without_slashes(rules))
    empty = [old for old, new in found.items() if not new.strip("/")]
    if empty:
        raise ArgumentError(_WHERE, "renames", f"no name for {empty[0]!r}", "names for all")
    counted = Counter(found.get(name, name) for name in listed)
    for new, count in counted.items():
        if count > 1:
            same = [name for name in listed if found.get(name, name) == new]
            shown = f"{new!r} for {' and '.join(map(repr, same))}"
            raise ArgumentError(_WHERE, "renames", shown, "a name of its own for each variable")
    return {old: new for old, new in found.items() if old != new}


def _without_slashes(rules: Mapping[str, str]) -> dict[str, str]:
    """Rules whose scopes are written without the slash behind them, which many write."""
    return {old.rstrip("/") or old: new.rstrip("/") for old, new in rules.items()}


def _by_scope(names: list[str], rules: Mapping[str, str]) -> dict[str, str]:
    """The most specific rule decides: the name itself, then the innermost of its scopes."""
    found, used = {}, set()
    for name in names:
        parts = name.split("/")
        for count in range(len(parts), 0, -1):
            scope = "/".join(parts[:count])
            if scope in rules:
                used.add(scope)
                found[name] = "/".join([*filter(None, [rules[scope]]), *parts[count:]])
                break
    for rule in rules:
        if rule not in used:
            scopes = {name[:end] for name in names for end in _scope_ends(name)}
            raise UnknownNameError("variable or scope", rule, sorted({*names, *scopes}))
    return found


def _scope_ends(name: str) -> list[int]:
    return [place for place, letter in enumerate(name) if letter == "/"]


def _by_pattern(names: list[str], rules: Mapping[str, str]) -> dict[str, str]:
    """Every rule is applied, each to what those before it made."""
    found: dict[str, str] = {}
    for pattern, replacement in rules.items():
        changed = False
        try:
            for name in names:
                new, count = re.subn(pattern, replacement, found.get(name, name))
                found[name] = new
                changed = changed or count > 0
        except (re.error, IndexError) as exc:
            shown = f"{pattern!r}={replacement!r} ({exc})"
            raise ArgumentError(_WHERE, "renames", shown, "a regular expression") from exc
        if not changed:
            raise UnknownNameError("variable that matches", pattern, names)
    return found
