"""What was built into Python 2, for modules written in it."""

from __future__ import annotations

import builtins
import functools
import importlib
import inspect
import io
import math
import sys
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["PYTHON2_NAMES", "load_pickle", "python2_open"]


def _filter(function: Callable[[Any], Any] | None, items: Any) -> Any:
    kept = builtins.filter(function, items)
    if isinstance(items, str):
        return "".join(kept)
    return tuple(kept) if isinstance(items, tuple) else list(kept)


def _map(function: Callable[..., Any] | None, *items: Iterable[Any]) -> list[Any]:
    if function is None:
        return list(builtins.zip(*items, strict=False)) if len(items) > 1 else list(items[0])
    return list(builtins.map(function, *items))


def _zip(*items: Iterable[Any]) -> list[Any]:
    return list(builtins.zip(*items, strict=False))


def _range(*bounds: Any) -> list[int]:
    return list(builtins.range(*(int(bound) for bound in bounds)))


def _xrange(*bounds: Any) -> range:
    return builtins.range(*(int(bound) for bound in bounds))


def _compare(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _sorted(
    items: Iterable[Any],
    cmp: Callable[[Any, Any], int] | None = None,
    key: Callable[[Any], Any] | None = None,
    reverse: bool = False,
) -> list[Any]:
    if cmp is not None:
        order = functools.cmp_to_key(cmp)
        chosen = order if key is None else lambda item: order(key(item))
        return builtins.sorted(items, key=chosen, reverse=reverse)
    return builtins.sorted(items, key=key, reverse=reverse)


def _round(value: Any, digits: int = 0) -> Any:
    """Rounds halves away from zero and gives a float, as Python 2 did."""
    if not isinstance(value, int | float):
        return builtins.round(value, digits)
    scale = 10.0**digits
    scaled = abs(value) * scale
    return math.copysign(math.floor(scaled + 0.5) / scale, value)


def _input(prompt: object = "") -> Any:
    frame = inspect.stack()[1].frame
    return eval(builtins.input(prompt), frame.f_globals, frame.f_locals)


def _apply(function: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
    return function(*args, **(kwargs or {}))


def _reload(module: Any) -> Any:
    return importlib.reload(module)


def _execfile(path: str, namespace: Any = None, local: Any = None) -> None:
    frame = inspect.stack()[1].frame
    namespace = frame.f_globals if namespace is None else namespace
    with open(path, "rb") as file:
        source = file.read()
    exec(compile(source, path, "exec"), namespace, namespace if local is None else local)


def _long(value: Any = 0, *base: int) -> int:
    return int(value, *base)


def python2_open(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
    """Opens a file as Python 2 did: text is bytes that need no decoding.

    Args:
        path: The file.
        mode: How to open it.
        *arguments: As for `open`.
        **options: As for `open`.

    Returns:
        The file; undecodable bytes survive reading and writing.
    """
    if "b" not in mode and "errors" not in options and len(arguments) < 3:
        options["errors"] = "surrogateescape"
    return builtins.open(path, mode, *arguments, **options)


def load_pickle(file: Any) -> Any:
    """Loads a pickle as Python 2 did: text of Python 2 becomes text, from a text file as well."""
    pickle = importlib.import_module("pickle")
    raw = file.buffer if isinstance(file, io.TextIOWrapper) else file
    return pickle.load(raw, encoding="latin1")


PYTHON2_NAMES: dict[str, Any] = {
    "StandardError": Exception,
    "apply": _apply,
    "basestring": str,
    "buffer": memoryview,
    "cmp": _compare,
    "execfile": _execfile,
    "file": python2_open,
    "filter": _filter,
    "input": _input,
    "intern": sys.intern,
    "long": int,
    "map": _map,
    "open": python2_open,
    "range": _range,
    "raw_input": builtins.input,
    "reduce": functools.reduce,
    "reload": _reload,
    "round": _round,
    "sorted": _sorted,
    "unichr": chr,
    "unicode": str,
    "xrange": _xrange,
    "zip": _zip,
}
