"""Nodes under other names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.export._graphs._nodes import op_of
from graphkit.export._transforms._network import Network, copied

__all__ = ["rename", "renamed_network"]

_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")


def rename(
    network: Network, *, old: str = "", new: str = "", regex: bool = False, scope: str = ""
) -> Network:
    r"""Renames a node, or a scope with all below it, or puts the whole graph into a scope.

    Args:
        network: The network.
        old: A node or a scope; with `regex` what to replace wherever it is found.
        new: What it becomes; nothing takes a scope away. With `regex` it may refer to groups (\1).
        regex: Whether `old` is a regular expression.
        scope: A scope to put every node into, after that.

    Returns:
        The network under its new names; functions keep theirs.

    Raises:
        UnknownNameError: Nothing is called `old`, or matches it.
        ArgumentError: Two nodes would have one name, or one no name that TensorFlow takes.
    """
    names = [node.name for node in network.graph_def.node]
    if not old and not scope:
        raise ArgumentError("rename", "old", old, "a node, or a scope, or scope=NAME given")
    changed = {name: name for name in names}
    if old:
        changed = _by_pattern(names, old, new) if regex else _by_scope(names, old, new)
    if scope:
        changed = {name: f"{scope.rstrip('/')}/{after}" for name, after in changed.items()}
    _check(changed)
    return renamed_network(network, changed)


def renamed_network(network: Network, names: Mapping[str, str]) -> Network:
    """Gives nodes new names wherever they are mentioned.

    Args:
        network: The network.
        names: The new name of each node.
    """
    graph_def = copied(network.graph_def)
    for node in graph_def.node:
        node.name = names[node.name]
        for position, reference in enumerate(node.input):
            node.input[position] = _renamed(reference, names)
    return replace(
        network,
        graph_def=graph_def,
        inputs={key: names[name] for key, name in network.inputs.items()},
        outputs=tuple(_renamed(name, names) for name in network.outputs),
    )


def _renamed(reference: str, names: Mapping[str, str]) -> str:
    mark = "^" if reference.startswith("^") else ""
    op_name = op_of(reference)
    return mark + names.get(op_name, op_name) + reference.removeprefix(mark + op_name)


def _by_scope(names: list[str], old: str, new: str) -> dict[str, str]:
    old, new = old.rstrip("/"), new.rstrip("/")
    found = {}
    for name in names:
        below = name == old or name.startswith(f"{old}/")
        found[name] = (new + name.removeprefix(old)).lstrip("/") if below else name
    if found == dict(zip(names, names, strict=True)) and old != new:
        scopes = {name[: place.start()] for name in names for place in re.finditer("/", name)}
        raise UnknownNameError("node or scope", old, sorted({*names, *scopes}))
    return found


def _by_pattern(names: list[str], pattern: str, replacement: str) -> dict[str, str]:
    try:
        compiled = re.compile(pattern)
        found = {name: compiled.sub(replacement, name) for name in names}
    except (re.error, IndexError) as exc:
        shown = f"{pattern!r} for {replacement!r} ({exc})"
        raise ArgumentError("rename", "old", pattern, "a regular expression", shown=shown) from exc
    if not any(compiled.search(name) for name in names):
        raise UnknownNameError("node that matches", pattern, names)
    return found


def _check(names: Mapping[str, str]) -> None:
    owners: dict[str, str] = {}
    for old, new in names.items():
        if not _NAME.fullmatch(new):
            wanted = "one that gives names of letters, digits, . _ - and /"
            raise ArgumentError("rename", "new", new, wanted, shown=f"{new!r} for {old!r}")
        if new in owners:
            shown = f"{new!r} for {owners[new]!r} and {old!r}"
            raise ArgumentError(
                "rename", "new", new, "a name of its own for each node", shown=shown
            )
        owners[new] = old
