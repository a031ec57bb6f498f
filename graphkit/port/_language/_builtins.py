"""What was built into Python 2, for modules written in it."""

from __future__ import annotations

import builtins
import functools
import importlib
import inspect
import itertools
import math
import sys
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from types import CodeType, FrameType
from typing import Any

from graphkit.port._language._bytes import bytes_of
from graphkit.port._language._files import python2_open
from graphkit.port._language._order import order_key, three_way

__all__ = ["PYTHON2_NAMES", "source_functions"]


def _filter(function: Callable[[Any], Any] | None, items: Any) -> Any:
    kept = builtins.filter(function, items)
    if isinstance(items, str):
        return "".join(kept)
    return tuple(kept) if isinstance(items, tuple) else list(kept)


def _map(function: Callable[..., Any] | None, *items: Iterable[Any]) -> list[Any]:
    if len(items) == 1:
        return list(items[0]) if function is None else list(builtins.map(function, items[0]))
    rows = itertools.zip_longest(*items)  # the shorter ones were filled up with None
    return list(rows) if function is None else [function(*row) for row in rows]


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
    if not isinstance(value, int | float) or not math.isfinite(value):
        return builtins.round(value, digits)
    exact = Decimal(value)
    place = Decimal(1).scaleb(-int(digits))
    steps = (exact / place).quantize(Decimal(1), ROUND_HALF_UP, Context(prec=400))
    return float(steps * place)


def _oct(value: int) -> str:
    return builtins.oct(value).replace("o", "", 1) if value else "0"


def _buffer(data: Any, offset: int = 0, size: int | None = None) -> memoryview:
    raw = memoryview(bytes_of(data) if isinstance(data, str) else data)
    return raw[offset:] if size is None else raw[offset : offset + size]


def _input(prompt: object = "") -> Any:
    frame = inspect.stack()[1].frame
    return eval(builtins.input(prompt), frame.f_globals, frame.f_locals)


def _apply(function: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
    return function(*args, **(kwargs or {}))


def _reload(module: Any) -> Any:
    return importlib.reload(module)


def _ord(character: Any) -> int:
    """The code of a character; one taken out of bytes is its code already."""
    return character if isinstance(character, int) else builtins.ord(character)


def _coerce(left: Any, right: Any) -> tuple[Any, Any]:
    """Gives two numbers one type."""
    kind = type(left + right)
    return kind(left), kind(right)


def source_functions(compile_text: Callable[[bytes, str], CodeType]) -> dict[str, Any]:
    """Makes what runs further source, which is in Python 2 as well.

    Args:
        compile_text: Compiles source, given its path.

    Returns:
        Names and functions.
    """

    def execute(code: Any, namespace: Any = None, local: Any = None) -> None:
        frame = inspect.stack()[1].frame
        if isinstance(code, str):
            code = compile_text(code.encode("utf-8", "surrogateescape"), "<string>")
        _run(code, frame, namespace, local)

    def execfile(path: str, namespace: Any = None, local: Any = None) -> None:
        frame = inspect.stack()[1].frame
        with builtins.open(path, "rb") as file:
            code = compile_text(file.read(), path)
        _run(code, frame, namespace, local)

    return {"exec": execute, "execfile": execfile}


def _run(code: Any, frame: FrameType, namespace: Any, local: Any) -> None:
    """Runs code in the names given, or in those of the frame that asked for it."""
    if namespace is None:
        namespace, local = frame.f_globals, frame.f_locals if local is None else local
    namespace.setdefault("__builtins__", frame.f_builtins)
    exec(code, namespace, namespace if local is None else local)


PYTHON2_NAMES: dict[str, Any] = {
    "StandardError": Exception,
    "apply": _apply,
    "basestring": str,
    "buffer": _buffer,
    "cmp": three_way,
    "coerce": _coerce,
    "file": python2_open,
    "filter": _filter,
    "input": _input,
    "intern": sys.intern,
    "long": int,
    "map": _map,
    "max": _extreme(builtins.max),
    "min": _extreme(builtins.min),
    "oct": _oct,
    "open": python2_open,
    "ord": _ord,
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
