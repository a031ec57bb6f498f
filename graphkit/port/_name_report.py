"""Writes down which names of TensorFlow a program used, where, and which were restored."""

from __future__ import annotations

import ast
import html
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from graphkit.errors import ArgumentError
from graphkit.port._names_used import tensorflow_names

__all__ = ["NameReport"]

_HEAD = "<!doctype html><meta charset=utf-8><title>graphkit run</title><h1>Names of TensorFlow</h1>"


class Use(NamedTuple):
    """One name and where it is used."""

    name: str
    restored: bool
    used: list[str]


class NameReport:
    """Collects names while a program's files are loaded.

    Args:
        path: Where the report goes; `.html` for a page, else JSON.

    Raises:
        ArgumentError: Its folder does not exist.
    """

    def __init__(self, path: Path) -> None:
        if not path.parent.is_dir():  # better now than when the program has run for hours
            wanted = "a file in a folder that exists"
            raise ArgumentError("run", "report", path, wanted, shown=str(path))
        self._path = path
        self._places: dict[str, list[str]] = {}

    def add(self, tree: ast.Module, path: str) -> None:
        """Notes the names one file uses.

        Args:
            tree: The parsed file.
            path: Its path.
        """
        for name, line in tensorflow_names(tree):
            self._places.setdefault(f"tf.{name}", []).append(f"{path}:{line}")

    def write(self, is_restored: Callable[[str], bool]) -> None:
        """Writes the report, whole or not at all.

        Args:
            is_restored: Says of a name below `tf.` whether today's TensorFlow lacks it.
        """
        rows = [
            Use(name, is_restored(name[len("tf.") :]), places)
            for name, places in sorted(self._places.items())
        ]
        if self._path.suffix == ".html":
            text = _page(rows)
        else:
            text = json.dumps([row._asdict() for row in rows], indent=1) + "\n"
        aside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(self._path)


def _page(rows: list[Use]) -> str:
    cells = "".join(
        f"<tr><td>{html.escape(row.name)}<td>{'restored' if row.restored else ''}"
        f"<td>{html.escape(', '.join(row.used))}\n"
        for row in rows
    )
    return f"{_HEAD}<table border=1><tr><th>name<th><th>used at\n{cells}</table>\n"
