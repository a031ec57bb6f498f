"""The names NumPy took away between 1.14, the NumPy of TensorFlow 1, and 2.4."""

from __future__ import annotations

import ast
import functools
import inspect
import math
import pickle
import sys
import warnings
from collections.abc import Callable
from typing import Any

from graphkit.port._neighbours._finance import FINANCE

__all__ = ["NUMPY_NAMES"]

# NumPy 1.24 removed the aliases of Python's own types.
_BUILTIN_TYPES: dict[str, Any] = {
    "bool": bool,
    "complex": complex,
    "float": float,
    "int": int,
    "long": int,
    "object": object,
    "str": str,
    "unicode": str,
}

# Removed or renamed by NumPy 2.0 to 2.4, mostly; the name of today on the right.
_RENAMED = {
    "Inf": "inf",
    "Infinity": "inf",
    "NAN": "nan",
    "NaN": "nan",
    "PINF": "inf",
    "alltrue": "all",
    "bool8": "bool_",
    "bytes0": "bytes_",
    "cfloat": "complex128",
    "clongdouble": "clongdouble",
    "clongfloat": "clongdouble",
    "complex_": "complex128",
    "cumproduct": "cumprod",
    "float_": "float64",
    "infty": "inf",
    "int0": "intp",
    "longcomplex": "clongdouble",
    "longfloat": "longdouble",
    "mat": "asmatrix",
    "object0": "object_",
    "product": "prod",
    "rank": "ndim",
    "round_": "round",
    "row_stack": "vstack",
    "singlecomplex": "complex64",
    "sometrue": "any",
    "str0": "str_",
    "string_": "bytes_",
    "trapz": "trapezoid",
    "typeDict": "sctypeDict",
    "uint0": "uintp",
    "unicode_": "str_",
    "void0": "void",
}


def _type_groups(np: Any) -> dict[str, list[Any]]:
    return {
        "int": [np.int8, np.int16, np.int32, np.int64],
        "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
        "float": [np.float16, np.float32, np.float64, np.longdouble],
        "complex": [np.complex64, np.complex128, np.clongdouble],
        "others": [bool, object, bytes, str, np.void],
    }


def _group(np: Any, kind: Any) -> str:
    letter = np.dtype(kind).kind
    return {"i": "int", "u": "uint", "f": "float", "c": "complex"}.get(letter, "others")


def _is_scalar_type(np: Any) -> Callable[[Any], bool]:
    def issctype(rep: Any) -> bool:
        if not isinstance(rep, (type, np.dtype)):
            return False
        try:
            return np.dtype(rep).type is not np.object_
        except TypeError:  # a class that stands for several types
            return False

    return issctype


def _largest_type(np: Any) -> Callable[[Any], Any]:
    def maximum_sctype(t: Any) -> Any:
        group = _group(np, t)
        return np.dtype(t).type if group == "others" else _type_groups(np)[group][-1]

    return maximum_sctype


def _common_type(np: Any) -> Callable[..., Any]:
    """Types of arrays win over those of numbers, but for numbers of a larger kind."""
    kinds = "buifcSUVOMm"

    def find_common_type(array_types: Any, scalar_types: Any) -> Any:
        arrays = np.result_type(*array_types) if array_types else None
        numbers = np.result_type(*scalar_types) if scalar_types else None
        if arrays is None or numbers is None:
            return arrays or numbers
        if kinds.index(numbers.kind) <= kinds.index(arrays.kind):
            return arrays
        return np.result_type(numbers, arrays)

    return find_common_type


def _scalar_type(np: Any) -> Callable[..., Any]:
    def obj2sctype(rep: Any, default: Any = None) -> Any:
        if isinstance(rep, np.ndarray):
            return rep.dtype.type
        try:
            return default if rep is None else np.dtype(rep).type
        except TypeError:
            return default

    return obj2sctype


def _is_scalar_subtype(np: Any) -> Callable[[Any, Any], bool]:
    find = _scalar_type(np)
    return lambda arg1, arg2: issubclass(find(arg1), find(arg2))


def _character_array(np: Any) -> Any:
    """The class of arrays of characters, whose name NumPy 2.5 gives with a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return np.char.chararray


def _float_array(np: Any) -> Callable[..., Any]:
    def asfarray(a: Any, dtype: Any = np.float64) -> Any:
        wanted = dtype if np.issubdtype(np.dtype(dtype), np.inexact) else np.float64
        return np.asarray(a, dtype=wanted)

    return asfarray


def _sorted_copy(np: Any) -> Callable[..., Any]:
    return lambda a: np.sort(a, axis=0)


def _is_member(np: Any) -> Callable[..., Any]:
    def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
        return np.isin(np.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)

    return in1d


# NumPy 2.0 moved these to numpy.exceptions.
_EXCEPTIONS = (
    "AxisError",
    "ComplexWarning",
    "ModuleDeprecationWarning",
    "RankWarning",
    "TooHardError",
    "VisibleDeprecationWarning",
)

# Constants of C that NumPy 2.0 no longer shows.
_CONSTANTS: dict[str, Any] = {
    "ALLOW_THREADS": 1,
    "BUFSIZE": 8192,
    "CLIP": 0,
    "ERR_CALL": 3,
    "ERR_DEFAULT": 521,
    "ERR_IGNORE": 0,
    "ERR_LOG": 5,
    "ERR_PRINT": 4,
    "ERR_RAISE": 2,
    "ERR_WARN": 1,
    "FLOATING_POINT_SUPPORT": 1,
    "FPE_DIVIDEBYZERO": 1,
    "FPE_INVALID": 8,
    "FPE_OVERFLOW": 2,
    "FPE_UNDERFLOW": 4,
    "MAXDIMS": 32,
    "MAY_SHARE_BOUNDS": 0,
    "MAY_SHARE_EXACT": -1,
    "RAISE": 2,
    "WRAP": 1,
}


def _deprecate(np: Any) -> Callable[..., Any]:
    """The decorator that warned; programs that used it want their function."""
    del np

    def deprecate(*functions: Any, **_names: Any) -> Any:
        return functions[0] if functions else lambda function: function

    return deprecate


NUMPY_NAMES: dict[str, Callable[[Any], Any]] = {
    **{
        name: functools.partial(lambda name, np: getattr(np.exceptions, name), name)
        for name in _EXCEPTIONS
    },
    **{
        name: functools.partial(lambda value, _np: value, value)
        for name, value in _CONSTANTS.items()
    },
    "DataSource": lambda np: np.lib.npyio.DataSource,
    "MachAr": lambda np: lambda float_conv=float, *_, **__: np.finfo(float),
    "add_docstring": lambda np: np.lib.add_docstring,
    "add_newdoc": lambda np: np.lib.add_newdoc,
    "alen": lambda np: lambda a: len(np.atleast_1d(a)),
    "compare_chararrays": lambda np: np.char.compare_chararrays,
    "deprecate": _deprecate,
    "deprecate_with_doc": lambda np: lambda _note: lambda function: function,
    "get_array_wrap": lambda np: lambda *arrays: getattr(arrays[0], "__array_wrap__", None),
    "issctype": _is_scalar_type,
    "mafromtxt": lambda np: functools.partial(np.genfromtxt, usemask=True),
    "math": lambda np: math,
    "maximum_sctype": _largest_type,
    "ndfromtxt": lambda np: functools.partial(np.genfromtxt, usemask=False),
    "sys": lambda np: sys,
    "warnings": lambda np: warnings,
    **{
        name: functools.partial(lambda kind, _np: kind, kind)
        for name, kind in {**_BUILTIN_TYPES, **FINANCE}.items()
    },
    **{
        old: functools.partial(lambda new, np: getattr(np, new), new)
        for old, new in _RENAMED.items()
    },
    "NINF": lambda np: -np.inf,
    "NZERO": lambda np: -0.0,
    "PZERO": lambda np: 0.0,
    "asfarray": _float_array,
    "asscalar": lambda np: lambda a: a.item(),
    "byte_bounds": lambda np: np.lib.array_utils.byte_bounds,
    "cast": lambda np: {
        kind: functools.partial(lambda kind, a: np.asarray(a, dtype=kind), kind)
        for kind in np.sctypeDict.values()
    },
    "chararray": _character_array,
    "disp": lambda np: print,
    "fastCopyAndTranspose": lambda np: lambda a: np.array(np.asarray(a).T),
    "find_common_type": _common_type,
    "in1d": _is_member,
    "issubclass_": lambda np: lambda a, b: isinstance(a, type) and issubclass(a, b),
    "issubsctype": _is_scalar_subtype,
    "loads": lambda np: pickle.loads,
    "msort": _sorted_copy,
    "nbytes": lambda np: {
        kind: np.dtype(kind).itemsize for kind in np.sctypeDict.values() if np.dtype(kind).itemsize
    },
    "obj2sctype": _scalar_type,
    "recfromcsv": lambda np: functools.partial(
        np.genfromtxt, delimiter=",", names=True, dtype=None
    ),
    "recfromtxt": lambda np: functools.partial(np.genfromtxt, dtype=None),
    "safe_eval": lambda np: ast.literal_eval,
    "sctype2char": lambda np: lambda sctype: np.dtype(_scalar_type(np)(sctype)).char,
    "sctypes": _type_groups,
    "source": lambda np: inspect.getsource,
    "set_string_function": lambda np: lambda *_, **__: None,
}
