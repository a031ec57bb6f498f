"""Special methods of Python 2's classes, under the names Python 3 calls them by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["RENAMED_METHODS", "old_class"]

_RENAMED = {
    "__div__": "__truediv__",
    "__rdiv__": "__rtruediv__",
    "__idiv__": "__itruediv__",
    "__nonzero__": "__bool__",
    "next": "__next__",
}
_ORDER: dict[str, Callable[[int], bool]] = {
    "__eq__": lambda order: order == 0,
    "__ne__": lambda order: order != 0,
    "__lt__": lambda order: order < 0,
    "__le__": lambda order: order <= 0,
    "__gt__": lambda order: order > 0,
    "__ge__": lambda order: order >= 0,
}
_SLICES = {
    "__getslice__": "__getitem__",
    "__setslice__": "__setitem__",
    "__delslice__": "__delitem__",
}

# A class that has none of them is the same in both languages.
RENAMED_METHODS = frozenset({*_RENAMED, *_SLICES, "__cmp__", "__eq__"})


def old_class(kind: Any) -> Any:
    """Completes a class written in Python 2; what it defines itself stays.

    Args:
        kind: The class.

    Returns:
        The same.
    """
    own = vars(kind)
    for old, new in _RENAMED.items():
        if old in own and new not in own:
            setattr(kind, new, own[old])
    for old, new in _SLICES.items():
        if old in own:
            setattr(kind, new, _with_slices(own[old], getattr(kind, new, None)))
    if "__cmp__" in own:
        for name, holds in _ORDER.items():
            if name not in own:
                setattr(kind, name, _by_order(own["__cmp__"], holds))
    if own.get("__hash__", True) is None or "__cmp__" in own:
        _keep_hash(kind)
    return kind


def _by_order(compare: Callable[[Any, Any], int], holds: Callable[[int], bool]) -> Any:
    return lambda self, other: holds(compare(self, other))


def _with_slices(of_slice: Callable[..., Any], of_item: Any) -> Any:
    """Joins the methods for items and for slices without a step into one."""

    def method(self: Any, place: Any, *value: Any) -> Any:
        if isinstance(place, slice) and place.step is None:
            low = 0 if place.start is None else place.start
            high = 2**63 - 1 if place.stop is None else place.stop
            return of_slice(self, low, high, *value)
        return of_item(self, place, *value)

    return method


def _keep_hash(kind: type) -> None:
    """Lets what compares itself be a key: Python 3 takes the hash away where `__eq__` is given."""
    if vars(kind).get("__hash__") is None:
        inherited = next(filter(None, (vars(base).get("__hash__") for base in kind.__mro__[1:])))
        setattr(kind, "__hash__", inherited)  # noqa: B010 - for mypy it is a method
