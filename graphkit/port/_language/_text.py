"""What Python 2 wrote for a value, and where its `print` put spaces.

A float was written with twelve digits, a class of C's as `<type 'int'>`, bytes were the text they
held, and a `print` that ended in a comma left its space to the next one.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from graphkit.port._language._bytes import as_byte_string, is_byte_string, told
from graphkit.port._language._methods import old_method

__all__ = [
    "end_line",
    "fill_template",
    "format_template",
    "print_statement",
    "print_values",
    "recode",
    "text_for",
    "without_characters",
]

_BYTES_TO_BYTES = ("base64", "bz2", "hex", "zlib")
_CODECS = {
    **{name: name for name in _BYTES_TO_BYTES},
    **{f"{name}_codec": name for name in _BYTES_TO_BYTES},
    "rot13": "rot13",
    "rot_13": "rot13",
    "string_escape": "unicode_escape",
    "string-escape": "unicode_escape",
}

_DIGITS = 12
_HEAP_TYPE = 1 << 9  # Python's flag of classes made by a `class` statement

_owes_space: WeakSet[Any] = WeakSet()  # files whose last `print` ended in a comma


def _twelve_digits(value: float) -> str:
    text = f"{value:.12g}"
    digits = text.lstrip("-")
    if not digits.isdigit():
        return text
    if len(digits) < _DIGITS:
        return f"{text}.0"
    places, _, power = f"{value:.{_DIGITS - 1}e}".partition("e")
    return f"{places.rstrip('0').rstrip('.')}e{power}"


class _Float(float):
    """A float that `%s` and `{}` write with twelve digits."""

    def __str__(self) -> str:
        return _twelve_digits(self)


def _is_type_of_c(value: Any) -> bool:
    return type(value) is type and not value.__flags__ & _HEAP_TYPE


def _as_text(value: Any) -> str:
    if type(value) is float:
        return _twelve_digits(value)
    if type(value) is bytes:
        return value.decode("utf-8", "surrogateescape")
    if _is_type_of_c(value):
        place = "exceptions." if issubclass(value, BaseException) else ""
        return f"<type '{place}{str(value)[8:]}"
    if type(value) in (set, frozenset):
        return f"{type(value).__name__}({list(value)!r})"
    return str(value)


def _to_fill_in(value: Any) -> Any:
    if type(value) is float:
        return _Float(value)
    return _as_text(value) if type(value) is bytes or _is_type_of_c(value) else value


def text_for(convert: Any, *arguments: Any, **options: Any) -> Any:
    """Calls `str` or `unicode`.

    Args:
        convert: What the program calls by that name.
        *arguments: The value; its encoding.
        **options: The same by name.

    Returns:
        The text; what is text already needs no decoding.

    Raises:
        LookupError: There is no such encoding.
    """
    if convert is not str or not arguments:
        return convert(*arguments, **options)
    value, *encoding = arguments
    if encoding or options:
        if isinstance(value, str):
            codecs.lookup([*encoding, "ascii"][0])
            return value
        return str(*arguments, **options)
    return told(value) if is_byte_string(value) else _as_text(value)


def print_statement(*values: Any, end: str = "\n", file: Any = None) -> None:
    """Carries out the statement `print`.

    Args:
        *values: What it prints.
        end: A line break, or a space where the statement ends in a comma.
        file: What `>>` names; standard output unless given.
    """
    file = sys.stdout if file is None else file
    for value in values:
        text = _as_text(value)
        file.write(f" {text}" if _is_owed(file) else text)
        _owe(file, not (isinstance(value, str | bytes) and text[-1:].isspace() and text[-1] != " "))
    if end == "\n":
        file.write("\n")
        _owe(file, False)


def _is_owed(file: Any) -> bool:
    try:
        return file in _owes_space
    except TypeError:  # a file of the program's own that cannot be remembered
        return False


def _owe(file: Any, space: bool) -> None:
    try:
        (_owes_space.add if space else _owes_space.discard)(file)
    except TypeError:
        return


def print_values(*values: Any, **options: Any) -> None:
    """Calls the function `print` of `from __future__ import print_function`.

    Args:
        *values: What it prints.
        **options: `sep`, `end`, `file` and `flush`.
    """
    print(*map(_as_text, values), **options)  # noqa: T201 - the program's own


def end_line() -> None:
    """Ends a line that the program's last `print` left open, as Python 2 did when it left."""
    if _is_owed(sys.stdout):
        sys.stdout.write("\n")
        _owe(sys.stdout, False)


def fill_template(fill: Callable[[str, Any], str], template: str, values: Any) -> str:
    """Fills a `%` template.

    Args:
        fill: Does it as Python 3 does.
        template: The text.
        values: One value, a tuple of them or a dictionary.

    Returns:
        The filled text.
    """
    if type(values) is tuple:
        return fill(template, tuple(map(_to_fill_in, values)))
    if type(values) is dict:
        return fill(template, {key: _to_fill_in(value) for key, value in values.items()})
    return fill(template, _to_fill_in(values))


def format_template(template: str, *values: Any, **names: Any) -> str:
    """Calls `template.format`.

    Args:
        template: The text with its braces.
        *values: What fills them by place.
        **names: What fills them by name.

    Returns:
        The filled text.
    """
    named = {name: _to_fill_in(value) for name, value in names.items()}
    return template.format(*map(_to_fill_in, values), **named)


def recode(value: Any, method: str, codec: Any, *arguments: Any) -> Any:
    """Calls `value.encode` or `value.decode`, also with a codec that makes text of text.

    Args:
        value: Text, bytes, or anything else that has the method.
        method: Its name.
        codec: The codec.
        *arguments: How errors are handled.

    Returns:
        What the method gives; text, where Python 3 has no such method.
    """
    name = _CODECS.get(codec) if isinstance(codec, str) else None
    if name is None or not isinstance(value, str | bytes):
        return as_byte_string(old_method(value, method)(codec, *arguments))
    if name == "rot13":
        return codecs.encode(_as_text(value), name)
    turn: Callable[..., Any] = getattr(codecs, method)
    of_text = name == "unicode_escape" and method == "encode"
    raw = _as_text(value) if of_text else value.encode("latin-1") if type(value) is str else value
    made = turn(raw, name)
    return made if isinstance(made, str) else made.decode("latin-1")


def without_characters(text: Any, table: Any, deleted: Any) -> Any:
    """Calls `text.translate(table, deleted)`.

    Args:
        text: The text.
        table: What becomes of the characters that stay; None for themselves.
        deleted: The characters that are left out.

    Returns:
        The new text.
    """
    if not isinstance(text, str):
        return text.translate(table, deleted)
    kept = text.translate(dict.fromkeys(map(ord, deleted)))
    return kept.translate(table) if table else kept
