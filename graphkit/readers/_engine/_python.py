"""The function of the program's behind an op that calls Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from graphkit._tf import python_function

__all__ = ["python_identity"]

_NOTED = {"ag_dnc_wrapper__"}  # by TensorFlow, on what it was given


def python_identity(token: bytes) -> str:
    """Names what an op that calls Python calls, the same for two ops that call the same.

    TensorFlow gives each op a token of its own, also where it is given one function twice.

    Args:
        token: The op's.
    """
    function = python_function(token.decode())
    if function is None:  # of another process
        return repr(token)
    return repr([type(function).__name__, *map(id, _parts(function))])


def _parts(function: Callable[..., Any]) -> list[Any]:
    """What a function is; one that holds no values is the same each time it is defined."""
    if inspect.ismethod(function):
        return [function.__self__, function.__func__]
    if not inspect.isfunction(function):
        return [function]
    held = (function.__closure__, function.__defaults__, function.__kwdefaults__)
    if any(held) or function.__dict__.keys() - _NOTED:
        return [function]
    return [function.__code__, function.__globals__]
