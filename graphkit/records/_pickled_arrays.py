"""The few globals a pickled NumPy array names, as inert stand-ins.

NumPy's own reconstruction runs native code on whatever state the pickle gives it; these only check
the state and make the array from its raw bytes.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

_DTYPES = frozenset(f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8))
_BYTE_ORDERS: dict[str, Literal["<", ">", "="]] = {"|": "=", "=": "=", "<": "<", ">": ">"}
_MAX_RANK = 32
_MAX_NAME = 1000


class PickledObject(ABC):
    """Something a pickle makes first and gives its state afterwards."""

    @abstractmethod
    def build(self, state: tuple[Any, ...]) -> None:
        """Takes the state, or raises a ValueError that says what is wrong with it."""


class PickledDtype(PickledObject):
    """A whole-number dtype on its way out of a pickle."""

    def __init__(self, code: Any, _align: Any, _copy: Any) -> None:
        name = as_text(code)
        if name not in _DTYPES:
            raise ValueError(f"an array of {name!r}")
        self.dtype = np.dtype(name)

    def build(self, state: tuple[Any, ...]) -> None:
        """Takes (version, byte order, …)."""
        self.dtype = self.dtype.newbyteorder(_BYTE_ORDERS[as_text(state[1])])


class PickledArray(PickledObject):
    """An array on its way out of a pickle; `array` is there once its state has come."""

    def __init__(self, _class: Any, _shape: Any, _code: Any) -> None:
        self.array: np.ndarray[Any, Any] | None = None

    def build(self, state: tuple[Any, ...]) -> None:
        """Takes (version, shape, dtype, whether in Fortran order, bytes)."""
        _, shape, pickled, fortran, data = state
        if not isinstance(pickled, PickledDtype) or not isinstance(data, bytes):
            raise ValueError("an array whose state is not a dtype and bytes")
        if len(shape) > _MAX_RANK or not all(isinstance(size, int) for size in shape):
            raise ValueError("an array whose shape is no short tuple of whole numbers")
        if min(shape, default=0) < 0 or math.prod(shape) * pickled.dtype.itemsize != len(data):
            raise ValueError(f"an array of shape {shape} in {len(data)} bytes")
        self.array = np.frombuffer(data, pickled.dtype).reshape(
            shape, order="F" if fortran else "C"
        )


class ArrayClass:
    """Stands for `numpy.ndarray`, which is only ever an argument."""


def as_text(value: Any) -> str:
    """Gives a name, which Python 2 may have written as bytes."""
    if not isinstance(value, (bytes, str)) or len(value) > _MAX_NAME:
        raise ValueError(f"{type(value).__name__} in the place of a name")
    return value if isinstance(value, str) else value.decode("latin-1")


def _encode(text: str, _codec: Any) -> bytes:
    """What Python 3 writes into old protocols for bytes: `_codecs.encode(text, "latin1")`."""
    return text.encode("latin-1")


def _empty_bytes() -> bytes:
    """What Python 3 writes into old protocols for no bytes: `bytes()`."""
    return b""


GLOBALS: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy.core.multiarray", "_reconstruct"): PickledArray,
    ("numpy._core.multiarray", "_reconstruct"): PickledArray,
    ("numpy", "ndarray"): ArrayClass,
    ("numpy", "dtype"): PickledDtype,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _empty_bytes,
}
