"""What the program's old neighbours lost, put back in this process: one table.

Each row names a module, what broke, and what gives the names back. Names are only added where they
are missing, when the program imports the module, so a library of today sees no difference.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from graphkit.port._keras._lost import KERAS_NAMES
from graphkit.port._keras._modules import KERAS_ROOTS
from graphkit.port._neighbours._gym import GYM_ROWS
from graphkit.port._neighbours._matplotlib import (
    MATPLOTLIB_NAMES,
    MATPLOTLIB_WRAPPERS,
    MLAB_NAMES,
    PYPLOT_NAMES,
    pyplot_wrappers,
)
from graphkit.port._neighbours._memory_files import csv_reader
from graphkit.port._neighbours._mlab import MLAB_FORMULAS
from graphkit.port._neighbours._numpy import look_up_in_lib, numpy_wrappers
from graphkit.port._neighbours._numpy_names import NUMPY_NAMES
from graphkit.port._neighbours._pandas import PANDAS_ROWS
from graphkit.port._neighbours._pillow import FONT_NAMES, text_size
from graphkit.port._neighbours._plots import PLOT_ROWS
from graphkit.port._neighbours._python2_names import PYTHON2_ROWS
from graphkit.port._neighbours._rows import Neighbour, constants, found_in, provided_by, renamed
from graphkit.port._neighbours._scipy import SCIPY_ROWS
from graphkit.port._neighbours._sklearn import SKLEARN_ROWS

__all__ = ["LOST_BY_LIBRARIES", "NEIGHBOURS"]

# Modules whose lost names installed libraries of that time use as well.
LOST_BY_LIBRARIES = ("numpy", "base64", "collections", "fractions", "inspect", "time")


# The processor's time, but on Windows.
_CLOCK = time.perf_counter if sys.platform == "win32" else time.process_time


def _run_tests(*_arguments: Any) -> None:
    importlib.import_module("unittest").main()


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


_ASSERTIONS = {
    "assert_": "assertTrue",
    "assertAlmostEquals": "assertAlmostEqual",
    "assertEquals": "assertEqual",
    "assertItemsEqual": "assertCountEqual",
    "assertNotAlmostEquals": "assertNotAlmostEqual",
    "assertNotEquals": "assertNotEqual",
    "assertNotRegexpMatches": "assertNotRegex",
    "assertRaisesRegexp": "assertRaisesRegex",
    "assertRegexpMatches": "assertRegex",
    "failIf": "assertFalse",
    "failUnless": "assertTrue",
    "failUnlessEqual": "assertEqual",
}

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
    *(
        Neighbour(
            f"numpy.{part}", "its names are NumPy's own since 2.0", found_in("numpy"), wraps=True
        )
        for part in (
            "lib.stride_tricks",
            "core",
            "core.multiarray",
            "core.numeric",
            "matlib",
        )
    ),
    Neighbour("numpy.testing", "removed in NumPy 1.25", {"run_module_suite": lambda _: _run_tests}),
    Neighbour(
        "collections",
        "abstract classes moved in Python 3.10",
        provided_by("collections.abc", *_ABSTRACT),
    ),
    Neighbour(
        "inspect",
        "removed in Python 3.11",
        {"getargspec": _argument_spec, **constants(ArgSpec=ArgSpec)},
    ),
    Neighbour("time", "removed in Python 3.8", constants(clock=_CLOCK)),
    Neighbour("fractions", "moved to math in Python 3.9", provided_by("math", "gcd")),
    Neighbour(
        "cgi",
        "moved to html and urllib.parse in Python 3.8",
        {**provided_by("html", "escape"), **provided_by("urllib.parse", "parse_qs", "parse_qsl")},
    ),
    Neighbour("csv", "reads no bytes since Python 3", {"reader": csv_reader}, wraps=True),
    Neighbour(
        "platform",
        "removed in Python 3.8",
        constants(linux_distribution=lambda **_: ("", "", ""), dist=lambda **_: ("", "", "")),
    ),
    Neighbour(
        "base64",
        "removed in Python 3.9",
        renamed(encodestring="encodebytes", decodestring="decodebytes"),
    ),
    Neighbour("html.parser", "removed in Python 3.5", constants(HTMLParseError=ValueError)),
    Neighbour("random", "removed in Python 3.11", constants(jumpahead=lambda *_: None)),
    Neighbour(
        "argparse",
        "printed in the order of names until Python 3.9",
        {"Namespace._get_kwargs": lambda _: lambda given: sorted(vars(given).items())},
        wraps=True,
    ),
    Neighbour(
        "unittest",
        "removed in Python 3.0 and 3.12",
        renamed(**{f"TestCase.{old}": f"TestCase.{new}" for old, new in _ASSERTIONS.items()}),
    ),
    Neighbour("asyncio", "removed in Python 3.11", provided_by("types", "coroutine")),
    Neighbour(
        "os",
        "never public; removed in Python 3.7",
        {"errno": lambda _: importlib.import_module("errno")},
    ),
    Neighbour(
        "PIL.Image",
        "removed in Pillow 10",
        renamed(ANTIALIAS="LANCZOS", CUBIC="BICUBIC", LINEAR="BILINEAR"),
    ),
    Neighbour("PIL.ImageFont", "removed in Pillow 10", FONT_NAMES),
    Neighbour(
        "PIL.ImageDraw",
        "removed in Pillow 10",
        constants(
            **{f"ImageDraw.{name}": text_size for name in ("textsize", "multiline_textsize")}
        ),
    ),
    *PYTHON2_ROWS,
    *GYM_ROWS,
    *PANDAS_ROWS,
    *(
        Neighbour(root, "removed in Keras 2.3 to 2.12", KERAS_NAMES)
        for root in KERAS_ROOTS.values()
    ),
    Neighbour("matplotlib", "colour maps removed in Matplotlib 2.2 and 3.9", MATPLOTLIB_NAMES),
    Neighbour("matplotlib", "colour maps renamed in 2.0 and 2.1", MATPLOTLIB_WRAPPERS, wraps=True),
    Neighbour("matplotlib.mlab", "removed in Matplotlib 3.1", {**MLAB_NAMES, **MLAB_FORMULAS}),
    Neighbour("matplotlib.pyplot", "removed in Matplotlib 2.2 to 3.9", PYPLOT_NAMES),
    Neighbour("matplotlib.pyplot", "arguments of Matplotlib 2", pyplot_wrappers(), wraps=True),
    Neighbour("h5py", "removed in h5py 3.0", {"Dataset.value": _dataset_value}),
    *SCIPY_ROWS,
    *SKLEARN_ROWS,
    *PLOT_ROWS,
)
