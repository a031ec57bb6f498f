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

from graphkit.port._language._order import order_key, three_way

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


def _extreme(real: Callable[..., Any]) -> Callable[..., Any]:
    """Finds the least or greatest, also among what Python 3 does not compare."""

    @functools.wraps(real)
    def find(*values: Any, **options: Any) -> Any:
        ready = [list(values[0])] if len(values) == 1 else list(values)
        try:
            return real(*ready, **options)
        except TypeError:
            if options:
                raise
            return real(*ready, key=order_key)

    return find


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
    ready = list(items)
    try:
        return builtins.sorted(ready, key=key, reverse=reverse)
    except TypeError:
        in_order = order_key if key is None else lambda item: order_key(key(item))
        return builtins.sorted(ready, key=in_order, reverse=reverse)


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


class _BinaryFile:
    """A file of bytes that takes text as well: in Python 2 they were one."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __iter__(self) -> Any:
        return iter(self._file)

    def write(self, data: Any) -> int:
        """Writes bytes, or text as Latin-1."""
        return int(self._file.write(data.encode("latin-1") if isinstance(data, str) else data))

    def writelines(self, lines: Iterable[Any]) -> None:
        """Writes one after the other."""
        for line in lines:
            self.write(line)


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
    if "b" in mode and set(mode) & set("wax+"):
        return _BinaryFile(builtins.open(path, mode, *arguments, **options))
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
    "cmp": three_way,
    "execfile": _execfile,
    "file": python2_open,
    "filter": _filter,
    "input": _input,
    "intern": sys.intern,
    "long": int,
    "map": _map,
    "max": _extreme(builtins.max),
    "min": _extreme(builtins.min),
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
