"""What rewritten operators of the program call: today's behaviour first, the old one after.

Python 2 divided integers to integers and returned lists from dictionaries. NumPy before 2.4 let an
array of one element stand for its number: `float(loss)`, `"%.3f" % loss`, `table[i] = loss`.
TensorFlow 1 had one class for tensors: `type(loss) is tf.Tensor`.
"""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable, ItemsView, KeysView, ValuesView
from numbers import Integral
from typing import Any

from graphkit.port._language._bytes import (
    ask_text,
    bytes_list,
    bytes_of,
    contains,
    is_byte_string,
    is_instance,
    join_text,
)
from graphkit.port._language._classes import old_class
from graphkit.port._language._exec_runtime import exec_scope, set_by_exec
from graphkit.port._language._methods import has_old_method, old_method
from graphkit.port._language._order import compare_order, sort_in_place
from graphkit.port._language._promotion import IN_PLACE, PLAIN, compute
from graphkit.port._language._text import (
    fill_template,
    format_template,
    print_statement,
    print_values,
    recode,
    text_for,
    without_characters,
)

__all__ = [
    "RUNTIME",
    "RUNTIME_NAMES",
    "as_list",
    "class_of",
    "compare_text",
    "divide",
    "divide_in_place",
    "number",
    "set_inner_item",
    "set_item",
    "text_format",
    "update_inner_item",
    "update_item",
]


_OWN_NUMBERS = frozenset({float, int})


def _is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray | numpy.generic)


def _scalar(value: Any) -> Any:
    """Takes the number out of an array of one element; anything else stays."""
    return value.item() if _is_array(value) and value.ndim and value.size == 1 else value


def _is_integer(value: Any) -> bool:
    if isinstance(value, Integral):
        return True
    return _is_array(value) and value.dtype.kind in "iub"


def divide(left: Any, right: Any) -> Any:
    """Divides as `/` of Python 2 did: whole numbers give a whole number.

    Args:
        left: The dividend.
        right: The divisor.

    Returns:
        `left // right` for integers and integer arrays, what the operands' own Python 2 division
        says where they have one (a Tensor has), else `left / right`.
    """
    if _is_integer(left) and _is_integer(right):
        return compute(PLAIN["FloorDiv"], left, right)
    for value, method, other in ((left, "__div__", right), (right, "__rdiv__", left)):
        old = getattr(type(value), method, None)
        if old is not None:
            result = old(value, other)
            if result is not NotImplemented:
                return result
    return compute(PLAIN["Div"], left, right)


def as_list(value: Any) -> Any:
    """Turns the views that `dict.keys()` and its like return today into the lists they were."""
    if (
        isinstance(value, KeysView | ValuesView | ItemsView)
        and type(value).__module__ == "builtins"
    ):
        return list(value)
    return value


def class_of(look_up: Callable[[Any], type], value: Any) -> type:
    """Calls `type`; tensors of a graph have the one class they had, bytes of Python 2 are `str`.

    Args:
        look_up: What the program calls by that name.
        value: Its argument.

    Returns:
        The class.
    """
    found = look_up(value)
    if is_byte_string(value):
        return str
    ops = sys.modules.get("tensorflow.python.framework.ops")
    if ops is not None and found is getattr(ops, "SymbolicTensor", None):
        found = vars(sys.modules["tensorflow"])["Tensor"]
    return found


def compare_text(operation: str, left: Any, right: Any) -> Any:
    """Compares with text in quotes as Python 2 did, where bytes and NumPy's characters were text.

    Args:
        operation: The operator, as `ast` names it.
        left: The left operand.
        right: The right operand.

    Returns:
        The truth value, or an array of them.
    """
    if _is_characters(left) and isinstance(right, str):
        right = bytes_of(right)
    elif _is_characters(right) and isinstance(left, str):
        left = bytes_of(left)
    return TEXT_COMPARISONS[operation](left, right)


def _is_characters(value: Any) -> bool:
    is_bytes = isinstance(value, bytes) and not is_byte_string(value)
    return is_bytes or (_is_array(value) and value.dtype.kind == "S")


TEXT_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "In": functools.partial(contains, True),
    "NotEq": operator.ne,
    "NotIn": functools.partial(contains, False),
}


def number(convert: Callable[[Any], Any], value: Any) -> Any:
    """Calls `float` or `int`, also on an array of one element.

    Args:
        convert: What the program calls by that name.
        value: Its argument.

    Returns:
        The number.
    """
    try:
        return convert(value)
    except TypeError:
        if _scalar(value) is value:
            raise
        return convert(_scalar(value))


def text_format(template: str, values: Any) -> str:
    """Fills a `%` template, also with arrays of one element.

    Args:
        template: The text with its `%d`, `%f` …
        values: One value or a tuple of them.

    Returns:
        The filled text.
    """
    try:
        return template.__mod__(values)
    except TypeError:
        parts = values if isinstance(values, tuple) else (values,)
        if all(_scalar(part) is part for part in parts):
            raise
        return template.__mod__(tuple(_scalar(part) for part in parts))


def set_item(value: Any, container: Any, index: Any) -> None:
    """Assigns `container[index] = value`, also a place of an array from an array of one element."""
    try:
        container[index] = value
    except (TypeError, ValueError):
        if not _is_array(container) or _scalar(value) is value:
            raise
        container[index] = _scalar(value)


def _inner(owner: Any, key: Any, is_name: bool) -> tuple[Any, bool]:
    """Reads `owner[key]` or `owner.key`, and says whether it is a column of a pandas table."""
    container = getattr(owner, key) if is_name else owner[key]
    pandas = sys.modules.get("pandas")
    is_column = (
        pandas is not None
        and isinstance(owner, pandas.DataFrame)
        and isinstance(container, pandas.Series)
    )
    return container, is_column


def set_inner_item(value: Any, owner: Any, key: Any, is_name: bool, index: Any) -> None:
    """Assigns `owner[key][index] = value`, in a pandas table as well.

    Since pandas 3.0 what is read from a table is a copy, and writing there changes no table.

    Args:
        value: The new value.
        owner: What holds the container.
        key: Its key, or its name.
        is_name: Whether it is a name: `owner.key`.
        index: Where in the container.
    """
    container, is_column = _inner(owner, key, is_name)
    set_item(value, container, index)
    if is_column:
        owner[key] = container


def update_inner_item(
    operation: str, owner: Any, key: Any, is_name: bool, index: Any, operand: Any
) -> None:
    """Carries out `owner[key][index] += operand` and its like; see `set_inner_item`.

    Args:
        operation: The operator, as `ast` names it; "divide" for Python 2's `/=`.
        owner: What holds the container.
        key: Its key, or its name.
        is_name: Whether it is a name.
        index: Where in the container.
        operand: The right side.
    """
    container, is_column = _inner(owner, key, is_name)
    update_item(operation, container, index, operand)
    if is_column:
        owner[key] = container


def update_item(operation: str, container: Any, index: Any, operand: Any) -> None:
    """Carries out `container[index] += operand` and its like.

    Args:
        operation: The operator, as `ast` names it; "divide" for Python 2's `/=`.
        container: What is changed.
        index: Where.
        operand: The right side.
    """
    set_item(update(operation, container[index], operand), container, index)


def _shortened(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Computes Python's own numbers at once; they are what loops are made of."""

    def calculate(left: Any, right: Any) -> Any:
        if type(left) in _OWN_NUMBERS and type(right) in _OWN_NUMBERS:
            return operation(left, right)
        return compute(operation, left, right)

    return calculate


def update(operation: str, current: Any, operand: Any) -> Any:
    """Computes what `current += operand` and its like assign, in place where Python does.

    Args:
        operation: The operator, as `ast` names it; "divide" for Python 2's `/=`.
        current: The left operand.
        operand: The right operand.

    Returns:
        The new value.
    """
    if operation == "divide":
        return divide_in_place(current, operand)
    return compute(IN_PLACE[operation], current, operand)


def divide_in_place(current: Any, operand: Any) -> Any:
    """Computes what `current /= operand` of Python 2 assigns; see `divide`.

    Args:
        current: The left operand; an array is changed in place.
        operand: The right operand.

    Returns:
        The new value.
    """
    old = getattr(type(current), "__idiv__", None)
    if old is not None:
        return old(current, operand)
    if not _is_array(current) or not current.ndim:
        return divide(current, operand)
    whole = _is_integer(current) and _is_integer(operand)
    return compute(IN_PLACE["FloorDiv" if whole else "Div"], current, operand)


RUNTIME: dict[str, Callable[..., Any]] = {
    f"__graphkit_{function.__name__}__": function
    for function in (
        as_list,
        ask_text,
        bytes_list,
        compare_order,
        class_of,
        compare_text,
        contains,
        divide,
        divide_in_place,
        exec_scope,
        fill_template,
        format_template,
        has_old_method,
        is_instance,
        join_text,
        number,
        old_class,
        old_method,
        print_statement,
        print_values,
        recode,
        set_by_exec,
        set_inner_item,
        set_item,
        slice,
        sort_in_place,
        text_for,
        text_format,
        update_inner_item,
        update_item,
        without_characters,
    )
}
RUNTIME.update({f"__graphkit_{name}__": _shortened(operation) for name, operation in PLAIN.items()})
RUNTIME.update(
    {f"__graphkit_in_place_{name}__": _shortened(done) for name, done in IN_PLACE.items()}
)
RUNTIME_NAMES = {name[len("__graphkit_") : -len("__")]: name for name in RUNTIME}
