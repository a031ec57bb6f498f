"""The order of Python 2, in which everything has a place: None, numbers, the rest by type name."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from numbers import Number
from typing import Any

__all__ = ["ORDER_COMPARISONS", "compare_order", "order_key", "sort_in_place", "three_way"]


def three_way(left: Any, right: Any) -> int:
    """Compares as `cmp` did.

    Args:
        left: Anything.
        right: Anything.

    Returns:
        -1, 0 or 1.
    """
    try:
        return int(left > right) - int(left < right)
    except TypeError:
        if isinstance(left, list | tuple) and type(left) is type(right):
            parts = (three_way(a, b) for a, b in zip(left, right, strict=False))
            return next(filter(None, parts), three_way(len(left), len(right)))
        return three_way(_rank(left), _rank(right))


def _rank(value: Any) -> tuple[int, str, int]:
    if value is None:
        return 0, "", 0
    if isinstance(value, Number):
        return 1, "", 0
    return 2, type(value).__name__, id(value)


order_key = functools.cmp_to_key(three_way)

_Comparison = Callable[[Any, Any], Any]

ORDER_COMPARISONS: dict[str, _Comparison] = {
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Lt": operator.lt,
    "LtE": operator.le,
}


def compare_order(operation: str, left: Any, right: Any) -> Any:
    """Carries out `<`, `<=`, `>` or `>=`, also between what Python 3 does not compare.

    Args:
        operation: The operator, as `ast` names it.
        left: The left operand.
        right: The right operand.

    Returns:
        The truth value, or what the operands' own comparison gives.
    """
    compare = ORDER_COMPARISONS[operation]
    try:
        return compare(left, right)
    except TypeError:
        return compare(three_way(left, right), 0)


def sort_in_place(items: Any, *arguments: Any, **options: Any) -> None:
    """Carries out `items.sort()`, also by a comparison; what is no list sorts itself.

    Args:
        items: What is sorted.
        *arguments: Those of Python 2: a comparison, a key, whether to reverse.
        **options: The same by name.
    """
    if not isinstance(items, list):
        items.sort(*arguments, **options)
        return
    given = dict(zip(("cmp", "key", "reverse"), arguments, strict=False)) | options
    compare, key, reverse = (given.get(name) for name in ("cmp", "key", "reverse"))
    if compare is None:
        try:
            items.sort(key=key, reverse=bool(reverse))
        except TypeError:
            compare = three_way
    if compare is not None:
        order = functools.cmp_to_key(compare)
        items.sort(
            key=order if key is None else lambda item: order(key(item)), reverse=bool(reverse)
        )
