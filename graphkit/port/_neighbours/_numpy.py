"""What functions of NumPy no longer take, from 1.14, the NumPy of TensorFlow 1, to today.

NumPy 2's scalar promotion is not among it: `np.float32(3) + 1e300` is computed in float32 now, and
no name put back here changes that.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from graphkit.port._language._bytes import plain_bytes

__all__ = ["look_up_in_lib", "numpy_wrappers"]


def _keyword_renamed(function: str, **renamed: str) -> Callable[[Any], Any]:
    """Accepts a keyword argument by its old name."""

    def provide(np: Any) -> Any:
        real = getattr(np, function)
        if _takes(real, renamed):
            return real

        @functools.wraps(real)
        def call(*args: Any, **kwargs: Any) -> Any:
            for old, new in renamed.items():
                if old in kwargs:
                    kwargs[new] = kwargs.pop(old)
            return real(*args, **kwargs)

        return call

    return provide


def _takes(function: Callable[..., Any], names: Collection[str]) -> bool:
    """Whether a function has parameters of these names; one that does not tell counts as not."""
    try:
        return set(names) <= set(inspect.signature(function).parameters)
    except ValueError:  # some built-in functions of NumPy 1
        return False


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
    args = (*map(plain_bytes, args[:1]), *args[1:])
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


def _density(function: str) -> Callable[[Any], Any]:
    """Accepts `normed`, which NumPy 1.24 removed."""

    def provide(np: Any) -> Any:
        real = getattr(np, function)

        @functools.wraps(real)
        def histogram(*args: Any, **kwargs: Any) -> Any:
            if "normed" in kwargs:
                kwargs.setdefault("density", kwargs.pop("normed"))
            return real(*args, **kwargs)

        return histogram

    return provide


def numpy_wrappers() -> dict[str, Callable[[Any], Any]]:
    """Lists the functions whose arguments changed, with what accepts the old ones."""
    return {
        "array": _array,
        "asarray": _as_array,
        "column_stack": _stack("column_stack"),
        "dstack": _stack("dstack"),
        "fromstring": _from_string,
        "histogram": _density("histogram"),
        "histogram2d": _density("histogram2d"),
        "histogramdd": _density("histogramdd"),
        "hstack": _stack("hstack"),
        "nanpercentile": _keyword_renamed("nanpercentile", interpolation="method"),
        "percentile": _keyword_renamed("percentile", interpolation="method"),
        "quantile": _keyword_renamed("quantile", interpolation="method"),
        "reshape": _keyword_renamed("reshape", newshape="shape"),
        "sum": _sum,
        "unravel_index": _keyword_renamed("unravel_index", dims="shape"),
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
