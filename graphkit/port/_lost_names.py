"""What the program's old neighbours lost, put back in this process: one table.

Each row names a module, what broke, and what gives the names back. Names are only added where they
are missing, when the program imports the module, so a library of today sees no difference.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphkit.port._old_matplotlib import (
    MATPLOTLIB_NAMES,
    MLAB_NAMES,
    PYPLOT_NAMES,
    pyplot_wrappers,
)
from graphkit.port._old_numpy import NUMPY_NAMES, look_up_in_lib, numpy_wrappers
from graphkit.port._old_pandas import PANDAS_NAMES
from graphkit.port._old_pictures import PICTURE_FUNCTIONS
from graphkit.port._old_pillow import FONT_NAMES, text_size

__all__ = ["LOST_BY_LIBRARIES", "NEIGHBOURS", "Neighbour"]

# Modules whose lost names installed libraries of that time use as well.
LOST_BY_LIBRARIES = ("numpy", "base64", "collections", "fractions", "inspect", "time")


@dataclass(frozen=True)
class Neighbour:
    """Names of one module that are gone.

    Args:
        module: The module.
        broke: What happened to them.
        names: Each name and a function of the module that gives its value.
        wraps: Whether a name that is still there is replaced, because its arguments changed.
    """

    module: str
    broke: str
    names: Mapping[str, Callable[[Any], Any]]
    wraps: bool = False


def _values(**names: Any) -> dict[str, Callable[[Any], Any]]:
    def constant(value: Any) -> Callable[[Any], Any]:
        return lambda _module: value

    return {name: constant(value) for name, value in names.items()}


def _renamed(**names: str) -> dict[str, Callable[[Any], Any]]:
    def reader(path: str) -> Callable[[Any], Any]:
        def read(module: Any) -> Any:
            for part in path.split("."):
                module = getattr(module, part)
            return module

        return read

    return {old: reader(new) for old, new in names.items()}


def _from(provider: str, *names: str) -> dict[str, Callable[[Any], Any]]:
    def reader(name: str) -> Callable[[Any], Any]:
        return lambda _module: getattr(importlib.import_module(provider), name)

    return {name: reader(name) for name in names}


def _text_function(name: str) -> Callable[..., Any]:
    def call(text: str, *arguments: Any) -> Any:
        return getattr(text, name)(*arguments)

    call.__name__ = name
    return call


def _argument_spec(inspect: Any) -> Callable[[Any], Any]:
    def getargspec(function: Any) -> Any:
        return ArgSpec(*inspect.getfullargspec(function)[:4])

    return getargspec


def _dataset_value(h5py: Any) -> property:
    def value(dataset: Any) -> Any:
        kind = h5py.check_string_dtype(dataset.dtype)
        is_text = kind is not None and kind.length is None and kind.encoding == "utf-8"
        return dataset.asstr()[()] if is_text else dataset[()]

    return property(value)


class ArgSpec(NamedTuple):
    """What `inspect.getargspec` returned."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple[Any, ...] | None


_ABSTRACT = (
    "Callable",
    "Container",
    "Hashable",
    "ItemsView",
    "Iterable",
    "Iterator",
    "KeysView",
    "Mapping",
    "MappingView",
    "MutableMapping",
    "MutableSequence",
    "MutableSet",
    "Sequence",
    "Set",
    "Sized",
    "ValuesView",
)

NEIGHBOURS: tuple[Neighbour, ...] = (
    Neighbour("numpy", "aliases and functions removed in NumPy 1.20 to 2.4", NUMPY_NAMES),
    Neighbour("numpy", "keyword arguments and ragged arrays", numpy_wrappers(), wraps=True),
    Neighbour(
        "numpy",
        "functions of numpy.lib, private since NumPy 2.0",
        {"lib.__getattr__": look_up_in_lib},
        wraps=True,
    ),
    Neighbour(
        "scipy.misc",
        "image functions removed in SciPy 1.2, special functions in 1.3",
        {
            **_values(**PICTURE_FUNCTIONS),
            **_from("scipy.special", "comb", "factorial", "factorial2", "logsumexp"),
            **_from("scipy.datasets", "ascent", "face"),
        },
    ),
    Neighbour("scipy", "re-exports of NumPy removed in SciPy 2.0", _from("numpy", "array", "pi")),
    Neighbour(
        "scipy.stats", "moved to scipy.special in SciPy 1.1", _from("scipy.special", "chdtrc")
    ),
    Neighbour(
        "scipy.integrate",
        "renamed in SciPy 1.14",
        _renamed(simps="simpson", trapz="trapezoid", cumtrapz="cumulative_trapezoid"),
    ),
    Neighbour(
        "collections", "abstract classes moved in Python 3.10", _from("collections.abc", *_ABSTRACT)
    ),
    Neighbour("inspect", "removed in Python 3.11", {"getargspec": _argument_spec}),
    Neighbour("time", "removed in Python 3.8", _values(clock=time.perf_counter)),
    Neighbour("fractions", "moved to math in Python 3.9", _from("math", "gcd")),
    Neighbour("cgi", "moved to html in Python 3.8", _from("html", "escape")),
    Neighbour(
        "platform", "removed in Python 3.8", _values(linux_distribution=lambda: ("", "", ""))
    ),
    Neighbour(
        "base64",
        "removed in Python 3.9",
        _renamed(encodestring="encodebytes", decodestring="decodebytes"),
    ),
    Neighbour("html.parser", "removed in Python 3.5", _values(HTMLParseError=ValueError)),
    Neighbour("random", "removed in Python 3.11", _values(jumpahead=lambda *_: None)),
    Neighbour("asyncio", "removed in Python 3.11", _values(async_=None)),
    Neighbour(
        "itertools",
        "Python 3 renamed them",
        {
            **_renamed(izip_longest="zip_longest", ifilterfalse="filterfalse"),
            **_values(izip=zip, imap=map, ifilter=filter),
        },
    ),
    Neighbour("os", "Python 3 renamed it", _renamed(getcwdu="getcwd")),
    Neighbour(
        "os",
        "never public; removed in Python 3.7",
        {"errno": lambda _: importlib.import_module("errno")},
    ),
    Neighbour(
        "sys",
        "removed in Python 3",
        _values(maxint=sys.maxsize, setdefaultencoding=lambda _name: None, exc_clear=lambda: None),
    ),
    Neighbour(
        "string",
        "Python 3 has them as methods of str",
        {
            **_renamed(
                letters="ascii_letters", lowercase="ascii_lowercase", uppercase="ascii_uppercase"
            ),
            **_values(maketrans=str.maketrans, atoi=int, atof=float, atol=int),
            **_values(join=lambda words, between=" ": between.join(words)),
            **_values(
                **{
                    name: _text_function(name)
                    for name in (
                        "count",
                        "find",
                        "index",
                        "ljust",
                        "lower",
                        "lstrip",
                        "replace",
                        "rfind",
                        "rjust",
                        "rstrip",
                        "split",
                        "strip",
                        "upper",
                        "zfill",
                        "translate",
                        "swapcase",
                        "expandtabs",
                    )
                }
            ),
        },
    ),
    Neighbour(
        "types",
        "removed in Python 3",
        _values(
            BooleanType=bool,
            ClassType=type,
            DictType=dict,
            FloatType=float,
            IntType=int,
            ListType=list,
            LongType=int,
            NoneType=type(None),
            ObjectType=object,
            StringType=str,
            StringTypes=(str,),
            TupleType=tuple,
            TypeType=type,
            UnicodeType=str,
        ),
    ),
    Neighbour(
        "urllib",
        "split in Python 3",
        _from("urllib.parse", "quote", "quote_plus", "unquote", "urlencode"),
    ),
    Neighbour(
        "urllib",
        "split in Python 3",
        _from("urllib.request", "urlopen", "urlretrieve", "URLopener"),
    ),
    Neighbour(
        "PIL.Image",
        "removed in Pillow 10",
        _renamed(ANTIALIAS="LANCZOS", CUBIC="BICUBIC", LINEAR="BILINEAR"),
    ),
    Neighbour("PIL.ImageFont", "removed in Pillow 10", FONT_NAMES),
    Neighbour(
        "PIL.ImageDraw",
        "removed in Pillow 10",
        _values(**{f"ImageDraw.{name}": text_size for name in ("textsize", "multiline_textsize")}),
    ),
    Neighbour("pandas", "removed in pandas 1.0 and 2.0", PANDAS_NAMES),
    Neighbour("matplotlib", "colour maps removed in Matplotlib 2.2 and 3.9", MATPLOTLIB_NAMES),
    Neighbour("matplotlib.mlab", "removed in Matplotlib 3.1", MLAB_NAMES),
    Neighbour("matplotlib.pyplot", "removed in Matplotlib 2.2 to 3.9", PYPLOT_NAMES),
    Neighbour("matplotlib.pyplot", "arguments of Matplotlib 2", pyplot_wrappers(), wraps=True),
    Neighbour("h5py", "removed in h5py 3.0", {"Dataset.value": _dataset_value}),
)
