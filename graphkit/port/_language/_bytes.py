"""Where the text and the bytes of Python 2, which were one, meet those of Python 3."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterable
from typing import Any

__all__ = [
    "as_byte_string",
    "ask_text",
    "bytes_list",
    "bytes_of",
    "contains",
    "is_asked_by_program",
    "is_byte_string",
    "is_instance",
    "join_text",
    "plain_bytes",
    "told",
]

_MODULE = "graphkit.port._language._byte_strings"


def bytes_of(text: str) -> bytes:
    r"""Gives the bytes that text was in Python 2.

    Args:
        text: Text out of quotes, `"\x89PNG"`, or out of a file.

    Returns:
        One byte for each character where that is possible, else UTF-8.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


def _make(data: bytes) -> Any:
    return importlib.import_module(_MODULE).ByteString(data)  # which imports this module


def is_byte_string(value: Any) -> bool:
    """Says whether a value is of the class that the program's bytes have."""
    module = sys.modules.get(_MODULE)
    return module is not None and type(value) is module.ByteString


_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\v\f\r"))


def told(data: bytes) -> Any:
    """Turns bytes into text where they tell that they are: ASCII that can be printed.

    Args:
        data: The bytes.

    Returns:
        Text, or bytes that behave like it.
    """
    if data.isascii() and data.translate(None, _CONTROLS) == data:
        return data.decode("ascii")
    return _make(data)


def as_byte_string(value: Any) -> Any:
    """Lets bytes, also those in a tuple, behave like text; anything else stays."""
    if isinstance(value, tuple):
        return tuple(map(as_byte_string, value))
    return _make(value) if isinstance(value, bytes) else value


def plain_bytes(value: Any) -> Any:
    """Turns a program's bytes, also those in lists, into Python's own; anything else stays.

    NumPy takes a class made of bytes for a small number.
    """
    if is_byte_string(value):
        return bytes(value)
    if _MODULE in sys.modules and isinstance(value, list | tuple) and _has_bytes(value):
        return [*map(plain_bytes, value)]
    return value


def _has_bytes(values: list[Any] | tuple[Any, ...]) -> bool:
    if values and isinstance(values[0], list | tuple):
        return any(isinstance(inner, list | tuple) and _has_bytes(inner) for inner in values)
    return any(map(is_byte_string, values))


def is_asked_by_program() -> bool:
    """Says whether the caller was called by a module of the program that is in Python 2."""
    here = inspect.currentframe()
    caller = here.f_back.f_back if here is not None and here.f_back is not None else None
    return caller is not None and "xrange" in caller.f_builtins


def join_text(separator: Any, *parts: Any) -> Any:
    """Calls `separator.join(parts)`, also where some of them are bytes.

    Args:
        separator: Text, or anything else that has the method.
        *parts: What is joined.

    Returns:
        The text, or bytes where it cannot be text.
    """
    if not isinstance(separator, str) or len(parts) != 1:
        return separator.join(*parts)
    items: Iterable[Any] = list(parts[0])
    try:
        return separator.join(items)
    except TypeError:
        if not any(isinstance(item, bytes) for item in items):
            raise
        return told(_make(separator.encode("utf-8", "surrogateescape")).join(items))


def contains(is_in: bool, part: Any, whole: Any) -> bool:
    """Carries out `part in whole` or `part not in whole`, also with bytes in text.

    Args:
        is_in: Whether it asks for "in".
        part: The left operand.
        whole: The right operand.

    Returns:
        The truth value.
    """
    if isinstance(whole, str) and isinstance(part, bytes):
        part = str(part, "utf-8", "surrogateescape")
    return (part in whole) is is_in


def is_instance(value: Any, kinds: Any) -> bool:
    """Calls `isinstance`; bytes are of the class `str`, and text is of the class `bytes`.

    Args:
        value: What is asked about.
        kinds: A class, or a tuple of them and of further tuples.

    Returns:
        The truth value.
    """
    if isinstance(value, kinds):
        return True
    if is_byte_string(value):
        return _holds(kinds, str)
    return isinstance(value, str) and _holds(kinds, bytes)


def _holds(kinds: Any, kind: type) -> bool:
    if isinstance(kinds, tuple):
        return any(_holds(inner, kind) for inner in kinds)
    return kinds is kind


def ask_text(value: Any, method: str, *arguments: Any) -> Any:
    """Calls `value.method(…)` with text among the arguments, also where the value is bytes.

    Args:
        value: Text, bytes, or anything else that has the method.
        method: Its name.
        *arguments: Its arguments.

    Returns:
        What the method gives.
    """
    if type(value) is bytes:
        value = _make(value)
    return getattr(value, method)(*arguments)


def bytes_list(make: Any, value: Any) -> Any:
    """Makes a `tf.train.BytesList`, also of text.

    Args:
        make: The class.
        value: The texts and bytes.

    Returns:
        The message.
    """
    return make(value=[bytes_of(item) if isinstance(item, str) else item for item in value])
