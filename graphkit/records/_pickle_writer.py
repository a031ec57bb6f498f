"""Writing a pickle as Python 2 wrote CIFAR-10's: protocol 2, byte strings, a NumPy array.

Python 3's own pickler cannot: it turns bytes into calls, and names NumPy's modules as the installed
release does, which older ones do not know. These files load the same everywhere.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

Pickled: TypeAlias = "bytes | int | list[bytes] | list[int] | np.ndarray[Any, np.dtype[np.uint8]]"


def write_python2_pickle(content: Mapping[bytes, Pickled]) -> bytes:
    """Pickles a dictionary of byte strings, whole numbers, lists of them and uint8 arrays."""
    items = b"".join(_write(key) + _write(value) for key, value in content.items())
    start = pickle.PROTO + b"\x02" + pickle.EMPTY_DICT
    return start + pickle.MARK + items + pickle.SETITEMS + pickle.STOP


def _write(value: Pickled) -> bytes:
    if isinstance(value, bytes):
        return pickle.BINSTRING + struct.pack("<i", len(value)) + value
    if isinstance(value, int):
        return pickle.BININT + struct.pack("<i", value)
    if isinstance(value, list):
        items = b"".join(map(_write, value))
        return pickle.EMPTY_LIST + pickle.MARK + items + pickle.APPENDS
    return _write_array(value)


def _write_array(array: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """Writes `_reconstruct(ndarray, (0,), "b")` and then the state: shape, dtype, bytes."""
    reconstruct = _global("numpy.core.multiarray", "_reconstruct")
    empty = _tuple(_global("numpy", "ndarray"), _tuple(_write(0)), _write(b"b"))
    shape = _tuple(*map(_write, array.shape))
    state = _tuple(_write(1), shape, _uint8(), pickle.NEWFALSE, _write(array.tobytes()))
    return reconstruct + empty + pickle.REDUCE + state + pickle.BUILD


def _uint8() -> bytes:
    """Writes `dtype("u1", align=False, copy=True)` and its state: no byte order, no fields."""
    arguments = _tuple(_write(b"u1"), pickle.NEWFALSE, pickle.NEWTRUE)
    state = _tuple(_write(3), _write(b"|"), *[pickle.NONE] * 3, _write(-1), _write(-1), _write(0))
    return _global("numpy", "dtype") + arguments + pickle.REDUCE + state + pickle.BUILD


def _global(module: str, name: str) -> bytes:
    return pickle.GLOBAL + f"{module}\n{name}\n".encode()


def _tuple(*items: bytes) -> bytes:
    return pickle.MARK + b"".join(items) + pickle.TUPLE
