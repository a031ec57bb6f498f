"""Arithmetic between NumPy's numbers and Python's, with the types NumPy 1 gave the results.

NumPy 2 computes `np.float32(3) / 7` in float32, where NumPy 1 gave a float64, and refuses
`uint8_array + 300`. Programs print such numbers (`average += loss / batches`) and use them as
shapes. What the program itself computes follows the old rules; inside NumPy's functions the new
ones hold. See NEP 50: https://numpy.org/neps/nep-0050-scalar-promotion.html
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["IN_PLACE", "PLAIN", "compute"]

_Operation = Callable[[Any, Any], Any]

PLAIN: dict[str, _Operation] = {
    "Add": operator.add,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Mult": operator.mul,
    "Pow": operator.pow,
    "Sub": operator.sub,
}

IN_PLACE: dict[str, _Operation] = {
    "Add": operator.iadd,
    "BitAnd": operator.iand,
    "BitOr": operator.ior,
    "BitXor": operator.ixor,
    "Div": operator.itruediv,
    "FloorDiv": operator.ifloordiv,
    "LShift": operator.ilshift,
    "MatMult": operator.imatmul,
    "Mod": operator.imod,
    "Mult": operator.imul,
    "Pow": operator.ipow,
    "RShift": operator.irshift,
    "Sub": operator.isub,
}

_IN_PLACE_NAMES = frozenset(function.__name__ for function in IN_PLACE.values())
_NUMBERS = (int, float)


@cache
def _narrow_types(_numpy: str) -> frozenset[type]:
    np = sys.modules[_numpy]
    return frozenset(
        getattr(np, name) for name in "float16 float32 int8 int16 int32 uint8 uint16 uint32".split()
    )


def compute(operation: _Operation, left: Any, right: Any) -> Any:
    """Computes `left operation right` with the result type NumPy 1 gave.

    Args:
        operation: The operator's function.
        left: The left operand.
        right: The right operand.

    Returns:
        The result.
    """
    if "numpy" not in sys.modules:
        return operation(left, right)
    np = sys.modules["numpy"]
    narrow = _narrow_types("numpy")
    # A Python number next to a NumPy number counts as int64 or float64.
    if type(left) in narrow and type(right) in _NUMBERS:
        right = np.asarray(right)[()]
    elif type(right) in narrow and type(left) in _NUMBERS:
        left = np.asarray(left)[()]
    try:
        result = operation(left, right)
    except OverflowError:
        return _widened(np, operation, left, right)
    if type(result) is np.ndarray and result.ndim:
        return _array_with_scalar(np, operation, left, right, result)
    return result


def _common_type(np: Any, array: Any, number: Any) -> Any:
    """Finds the narrowest type of an array's kind that holds a number as well."""
    if array.dtype.kind == "i" and number >= 0:
        number = -int(number) - 1  # asks for a signed type
    return np.result_type(array.dtype, np.min_scalar_type(number))


def _array_with_scalar(np: Any, operation: _Operation, left: Any, right: Any, result: Any) -> Any:
    """Lets an array's type win over a NumPy number of its kind that fits it, as NumPy 1 did."""
    for array, number in ((left, right), (right, left)):
        if (
            isinstance(array, np.ndarray)
            and array.ndim
            and isinstance(number, np.number)
            and array.dtype.kind == number.dtype.kind
            and array.dtype.itemsize < number.dtype.itemsize
        ):
            old = _common_type(np, array, number)
            if old.itemsize < result.dtype.itemsize and result is not left:
                return _in_type(old, operation, left, right)
    return result


def _in_type(kind: Any, operation: _Operation, left: Any, right: Any) -> Any:
    """Computes with both operands in one type; in place, the result is cast back to the array's."""
    name = operation.__name__
    plain = getattr(operator, name.removeprefix("i")) if name in _IN_PLACE_NAMES else operation
    result = plain(kind.type(left), kind.type(right))
    if plain is operation:
        return result
    left[...] = result.astype(left.dtype)
    return left


def _widened(np: Any, operation: _Operation, left: Any, right: Any) -> Any:
    """Widens a whole-number array that a Python integer does not fit, as NumPy 1 did."""
    for array, number in ((left, right), (right, left)):
        if isinstance(array, np.ndarray) and type(number) is int:
            wide = _common_type(np, array, number)
            if wide != array.dtype:
                return _in_type(wide, operation, left, right)
    return operation(left, right)
