"""contrib.framework's mark for functions that may still change."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["experimental"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_decorators = load("tensorflow.python.util.decorator_utils")


def experimental(func: Callable[_P, _R]) -> Callable[_P, _R]:
    """Marks a function as experimental: each call logs a warning, its docstring says so.

    Args:
        func: The function or method.

    Returns:
        The marked function.

    Raises:
        ValueError: It is no function.
    """
    _decorators.validate_callable(func, "experimental")

    @functools.wraps(func)
    def marked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        tf.logging.warning(
            "%s (from %s) is experimental and may change or be removed at any time, and without "
            "warning.",
            _decorators.get_qualified_name(func),
            func.__module__,
        )
        return func(*args, **kwargs)

    marked.__doc__ = _decorators.add_notice_to_docstring(
        func.__doc__,
        "",
        "EXPERIMENTAL FUNCTION",
        "(experimental)",
        [
            "THIS FUNCTION IS EXPERIMENTAL. It may change or be removed at any time, and without "
            "warning."
        ],
    )
    return marked
