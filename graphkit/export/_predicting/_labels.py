"""The names of classes, from the files that datasets and model zoos write them into."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit.errors import CorruptFileError, MissingFileError, UnsafeFileError

__all__ = ["read_labels"]

_LARGEST = 2**26
_SYNSET = re.compile(r"n\d{8}\s+")
_NUMBERED = re.compile(r"\s*(\d+)\s*[:=]\s*(.+)")
_ITEM = re.compile(r"\bitem\s*\{([^{}]*)\}")
_FIELD = re.compile(r"""\b(id|name|display_name)\s*:\s*(?:"([^"]*)"|'([^']*)'|(-?\d+))""")
_HIGHEST = 10**7


def read_labels(path: str | PathLike[str]) -> dict[int, str]:
    """Reads the names of classes.

    Args:
        path: A file of one name per line (a WordNet number before it, as in `n01440764 tench`, is
            left out), of lines such as `0:background`, a label map (`.pbtxt`, `item { id: 1 name:
            "cat" }`), or JSON: a list, or an object by number (`{"0": "cat"}`) or by name
            (`{"cat": 0}`); Keras's `{"0": ["n01440764", "tench"]}` too.

    Returns:
        Each class's name by its number.

    Raises:
        MissingFileError: There is no such file.
        CorruptFileError: It holds no labels.
        UnsafeFileError: It is larger than any such file.
    """
    file = Path(path)
    if not file.is_file():
        raise MissingFileError(file)
    if file.stat().st_size > _LARGEST:
        raise UnsafeFileError(file, f"is larger than {_LARGEST:,} bytes, too large for labels")
    try:
        text = file.read_bytes().decode("utf-8-sig")
        read = next(read for belongs, read in _FORMS if belongs(text))
        labels = read(text)
    except (ValueError, TypeError, RecursionError) as exc:
        raise CorruptFileError(file, f"holds no labels: {exc}") from exc
    if not labels:
        raise CorruptFileError(file, "holds no labels")
    if not all(0 <= number < _HIGHEST for number in labels):
        raise CorruptFileError(file, "numbers its labels below 0 or beyond all measure")
    return labels


def _from_json(text: str) -> dict[int, str]:
    content = json.loads(text)
    if isinstance(content, list):
        return {number: _word(name) for number, name in enumerate(content)}
    if all(isinstance(number, int) for number in content.values()):
        return {number: str(name) for name, number in content.items()}
    return {int(number): _word(name) for number, name in content.items()}


def _word(name: Any) -> str:
    """A name, the last of several for the same class: `["n01440764", "tench"]`."""
    return str(name[-1] if isinstance(name, list) and name else name)


def _from_label_map(text: str) -> dict[int, str]:
    labels = {}
    for item in _ITEM.findall(re.sub(r"#[^\n]*", "", text)):
        said = {key: "".join(values) for key, *values in _FIELD.findall(item)}
        if "id" not in said:
            raise ValueError("an item has no id")
        labels[int(said["id"])] = said.get("display_name") or said.get("name") or said["id"]
    return labels


def _from_numbered(text: str) -> dict[int, str]:
    found = (_NUMBERED.fullmatch(line) for line in text.splitlines() if line.strip())
    return {int(one.group(1)): one.group(2).strip() for one in found if one}


def _from_lines(text: str) -> dict[int, str]:
    lines = text.rstrip().splitlines()
    if "\0" in text:
        raise ValueError("it is no text")
    return {number: _SYNSET.sub("", line.strip(), count=1) for number, line in enumerate(lines)}


def _is_numbered(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and all(_NUMBERED.fullmatch(line) for line in lines)


_FORMS: tuple[tuple[Callable[[str], bool], Callable[[str], dict[int, str]]], ...] = (
    (lambda text: text.lstrip()[:1] in ("{", "["), _from_json),
    (lambda text: _ITEM.search(text) is not None, _from_label_map),
    (_is_numbered, _from_numbered),
    (lambda _: True, _from_lines),
)
