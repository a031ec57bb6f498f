"""Reads which names of TensorFlow and Keras a program uses, without running it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from graphkit.port._second_names import dotted_name, second_names

__all__ = ["read_program", "tensorflow_names", "used_names"]

_MOST_FILES = 300


def read_program(
    text: str, folders: Sequence[Path], parse: Callable[[str, str], ast.Module], path: str
) -> list[ast.Module]:
    """Parses a script and the modules of its own that it imports, directly or not.

    Args:
        text: The script's source.
        folders: Where its modules are.
        parse: Parses source text, given its path; raises SyntaxError.
        path: The script's path.

    Returns:
        The syntax trees, the script's first.
    """
    trees = [parse(text, path)]
    seen: set[Path] = set()
    waiting = list(_imported_files(trees[0], folders))
    while waiting and len(trees) < _MOST_FILES:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        try:
            tree = parse(file.read_text(encoding="utf-8", errors="replace"), str(file))
        except (SyntaxError, OSError):
            continue
        trees.append(tree)
        waiting += _imported_files(tree, [*folders, file.parent])
    return trees


def _imported_files(tree: ast.Module, folders: Sequence[Path]) -> Iterator[Path]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            stem = node.module or ""
            names = [stem, *(f"{stem}.{alias.name}".strip(".") for alias in node.names)]
        for name in filter(None, names):
            for folder in folders:
                place = folder.joinpath(*name.split("."))
                for file in (place.with_suffix(".py"), place / "__init__.py"):
                    if file.is_file():
                        yield file


def tensorflow_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Lists the dotted names of TensorFlow one module uses.

    Args:
        tree: The parsed module.

    Yields:
        A name without the leading `tensorflow.`, and its line.
    """
    for name, node in used_names(tree, {"tensorflow": ""}):
        yield name, node.lineno


def used_names(
    tree: ast.Module, packages: Mapping[str, str]
) -> Iterator[tuple[str, ast.stmt | ast.expr]]:
    """Lists the dotted names of some packages one module uses.

    Args:
        tree: The parsed module.
        packages: What each package is called in the list; names of one called "" stand alone.

    Yields:
        A name, and the import or the expression that uses it.
    """
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, meaning, full in _imported_names(node, packages):
                aliases[name] = meaning
                if full:
                    yield full, node
    _add_second_names(aliases, second_names(tree))
    for node in _read_names(tree):
        first, *rest = dotted_name(node) or [""]
        if first in aliases and (rest or aliases[first] not in packages.values()):
            yield _joined(aliases[first], *rest), node


def _read_names(tree: ast.Module) -> Iterator[ast.Attribute | ast.Name]:
    """Lists the names, each with all its dots, but for those that are bound."""
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        bound = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner and not bound:
            yield node


def _imported_names(
    node: ast.Import | ast.ImportFrom, packages: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Lists what an import binds: the name, what it means in the list, and what it names."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top, _, rest = alias.name.partition(".")
            if top in packages:
                full = _joined(packages[top], rest)
                yield alias.asname or top, full if alias.asname else packages[top], full
    elif not node.level and node.module:
        top, _, rest = node.module.partition(".")
        if top in packages:
            for alias in node.names:
                full = _joined(packages[top], rest, alias.name)
                yield alias.asname or alias.name, full, full


def _add_second_names(aliases: dict[str, str], given: dict[str, list[str]]) -> None:
    """Adds what stands for a name that is known, and then what stands for that."""
    while known := {name: parts for name, parts in given.items() if parts[0] in aliases}:
        for name, (first, *rest) in known.items():
            aliases[name] = _joined(aliases[first], *rest)
            del given[name]


def _joined(*parts: str) -> str:
    return ".".join(filter(None, parts))
