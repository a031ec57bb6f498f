"""What NumPy took away between 1.14, the NumPy of TensorFlow 1, and today.

NumPy 2's scalar promotion is not among it: `np.float32(3) + 1e300` is computed in float32 now, and
no name put back here changes that.
"""

from __future__ import annotations

import ast
import functools
import inspect
import pickle
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["NUMPY_NAMES", "look_up_in_lib", "numpy_wrappers"]

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


def _common_type(np: Any) -> Callable[..., Any]:
    def find_common_type(array_types: Any, scalar_types: Any) -> Any:
        return np.result_type(*array_types, *scalar_types)

    return find_common_type


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


NUMPY_NAMES: dict[str, Callable[[Any], Any]] = {
    **{
        name: functools.partial(lambda kind, _np: kind, kind)
        for name, kind in _BUILTIN_TYPES.items()
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
    "disp": lambda np: print,
    "fastCopyAndTranspose": lambda np: lambda a: np.array(np.asarray(a).T),
    "find_common_type": _common_type,
    "in1d": _is_member,
    "issubclass_": lambda np: lambda a, b: isinstance(a, type) and issubclass(a, b),
    "issubsctype": lambda np: np.issubdtype,
    "loads": lambda np: pickle.loads,
    "msort": _sorted_copy,
    "nbytes": lambda np: {
        kind: np.dtype(kind).itemsize for kind in np.sctypeDict.values() if np.dtype(kind).itemsize
    },
    "obj2sctype": lambda np: lambda a, default=None: np.dtype(a).type,
    "recfromcsv": lambda np: functools.partial(
        np.genfromtxt, delimiter=",", names=True, dtype=None
    ),
    "recfromtxt": lambda np: functools.partial(np.genfromtxt, dtype=None),
    "safe_eval": lambda np: ast.literal_eval,
    "sctype2char": lambda np: lambda a: np.dtype(a).char,
    "sctypes": _type_groups,
    "source": lambda np: inspect.getsource,
    "set_string_function": lambda np: lambda *_, **__: None,
}


def _keyword_renamed(function: str, **renamed: str) -> Callable[[Any], Any]:
    """Accepts a keyword argument by its old name."""

    def provide(np: Any) -> Any:
        real = getattr(np, function)
        if set(renamed) <= set(inspect.signature(real).parameters):
            return real

        @functools.wraps(real)
        def call(*args: Any, **kwargs: Any) -> Any:
            for old, new in renamed.items():
                if old in kwargs:
                    kwargs[new] = kwargs.pop(old)
            return real(*args, **kwargs)

        return call

    return provide


def look_up_in_lib(np: Any) -> Callable[[str], Any]:
    """Lets `numpy.lib` show the functions that are in `numpy` only since NumPy 2.0.

    Args:
        np: NumPy.

    Returns:
        What `numpy.lib` asks for a name that it does not have.
    """
    refuse = getattr(np.lib, "__getattr__", None)

    def look_up(name: str) -> Any:
        value = None if name.startswith("_") else getattr(np, name, None)
        if callable(value) and not isinstance(value, type):
            return value
        if refuse is not None:
            return refuse(name)
        raise AttributeError(f"module 'numpy.lib' has no attribute {name!r}")

    return look_up


def _array(np: Any) -> Any:
    """Makes an array of objects of ragged lists, and copies where `copy=False` has to."""
    real = np.array
    refuses = np.lib.NumpyVersion(np.__version__) >= "2.0.0"

    @functools.wraps(real)
    def array(*args: Any, **kwargs: Any) -> Any:
        if refuses and kwargs.get("copy") is False:
            kwargs["copy"] = None
        return _or_objects(real, args, kwargs)

    return array


def _as_array(np: Any) -> Any:
    real = np.asarray

    @functools.wraps(real)
    def asarray(*args: Any, **kwargs: Any) -> Any:
        return _or_objects(real, args, kwargs)

    return asarray


def _or_objects(real: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    try:
        return real(*args, **kwargs)
    except ValueError as error:
        if "inhomogeneous" not in str(error) or len(args) > 1 or kwargs.get("dtype") is not None:
            raise
        return real(*args, **{**kwargs, "dtype": object})


def _from_string(np: Any) -> Any:
    real = np.fromstring

    @functools.wraps(real)
    def fromstring(
        string: Any, dtype: Any = float, count: int = -1, sep: str = "", **o: Any
    ) -> Any:
        if sep:
            return real(string, dtype=dtype, count=count, sep=sep, **o)
        data = string.encode("latin-1") if isinstance(string, str) else string
        return np.frombuffer(data, dtype=dtype, count=count).copy()

    return fromstring


def _stack(function: str) -> Callable[[Any], Any]:
    """Accepts a generator of arrays."""

    def provide(np: Any) -> Any:
        real = getattr(np, function)

        @functools.wraps(real)
        def stack(arrays: Any, *args: Any, **kwargs: Any) -> Any:
            ready = arrays if hasattr(arrays, "__len__") else list(arrays)
            return real(ready, *args, **kwargs)

        return stack

    return provide


def _histogram(np: Any) -> Any:
    real = np.histogram

    @functools.wraps(real)
    def histogram(*args: Any, **kwargs: Any) -> Any:
        if "normed" in kwargs:
            kwargs.setdefault("density", kwargs.pop("normed"))
        return real(*args, **kwargs)

    return histogram


def numpy_wrappers() -> dict[str, Callable[[Any], Any]]:
    """Lists the functions whose arguments changed, with what accepts the old ones."""
    return {
        "array": _array,
        "asarray": _as_array,
        "fromstring": _from_string,
        "histogram": _histogram,
        "hstack": _stack("hstack"),
        "percentile": _keyword_renamed("percentile", interpolation="method"),
        "quantile": _keyword_renamed("quantile", interpolation="method"),
        "reshape": _keyword_renamed("reshape", newshape="shape"),
        "sum": _sum,
        "vstack": _stack("vstack"),
    }


def _sum(np: Any) -> Any:
    """Accepts a generator, which NumPy handed to Python's own sum."""
    real = np.sum

    @functools.wraps(real)
    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        if inspect.isgenerator(a):
            return sum(a)
        return real(a, *args, **kwargs)

    return call
