"""Modules that are gone or have moved, and what stands in for each: one table.

A row says what broke. A stand-in looks names up in its providers when they are touched, so a table
of fifty rows costs nothing at the start.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from graphkit.port._old_builtins import load_pickle
from graphkit.port._old_keras import KERAS_MODULES, KERAS_ROOTS
from graphkit.port._old_pictures import PICTURE_FUNCTIONS

__all__ = ["IF_MISSING", "PYTHON2", "StandIn", "install_stand_ins", "replaced_modules"]

_LEAD = "graphkit.port.old."


@dataclass(frozen=True)
class Row:
    """One module and where its names are today.

    Args:
        providers: Modules searched in this order.
        broke: What happened to the old one.
        names: Names that no module provides.
    """

    providers: tuple[str, ...]
    broke: str
    names: Mapping[str, Any] = field(default_factory=dict)


class StandIn(ModuleType):
    """A module whose names are found in other modules, when they are touched.

    Args:
        name: The name it is imported by.
        row: Where its names are.
    """

    def __init__(self, name: str, row: Row) -> None:
        super().__init__(name, row.broke)
        self.__path__: list[str] = []
        self._row = row
        vars(self).update(row.names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        for provider in self._row.providers:
            module = importlib.import_module(provider)
            if hasattr(module, name):
                value = getattr(module, name)
                setattr(self, name, value)
                return value
        old = self.__name__.removeprefix(_LEAD)
        try:
            return importlib.import_module(f"{old}.{name}")
        except ImportError:
            raise AttributeError(f"module {old!r} has no attribute {name!r}") from None


def _load_text(data: Any) -> Any:
    raw = data.encode("latin-1") if isinstance(data, str) else data
    return pickle.loads(raw, encoding="latin1")  # noqa: S301 - as the program asks


def _dump(value: Any, file: Any, protocol: int | None = None) -> None:
    pickle.dump(value, file.buffer if isinstance(file, io.TextIOWrapper) else file, protocol)


def _status_and_output(command: str) -> tuple[int, str]:
    return subprocess.getstatusoutput(command)


def _load_source(name: str, path: str, _file: Any = None) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no loader for {path}", name=name, path=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _python2(*providers: str, **names: Any) -> Row:
    return Row(providers, "renamed in Python 3", names)


# Modules of Python 2, for programs written in it.
_PYTHON2_ROWS: dict[str, Row] = {
    "BaseHTTPServer": _python2("http.server"),
    "ConfigParser": _python2("configparser", SafeConfigParser=None),
    "Cookie": _python2("http.cookies"),
    "HTMLParser": _python2("html.parser"),
    "Queue": _python2("queue"),
    "SimpleHTTPServer": _python2("http.server"),
    "SocketServer": _python2("socketserver"),
    "StringIO": _python2("io"),
    "Tkinter": _python2("tkinter"),
    "UserDict": _python2("collections"),
    "__builtin__": _python2("builtins"),
    "cPickle": _python2("pickle", load=load_pickle, loads=_load_text, dump=_dump),
    "cStringIO": _python2("io"),
    "commands": _python2("subprocess", getstatusoutput=_status_and_output),
    "cookielib": _python2("http.cookiejar"),
    "copy_reg": _python2("copyreg"),
    "dummy_thread": _python2("_thread"),
    "htmlentitydefs": _python2("html.entities"),
    "httplib": _python2("http.client"),
    "md5": _python2("hashlib"),
    "sets": _python2("builtins", Set=set, ImmutableSet=frozenset),
    "thread": _python2("_thread"),
    "tkFileDialog": _python2("tkinter.filedialog"),
    "tkMessageBox": _python2("tkinter.messagebox"),
    "ttk": _python2("tkinter.ttk"),
    "urllib": _python2("urllib.request", "urllib.parse", "urllib.error"),
    "urllib2": _python2("urllib.request", "urllib.error", "urllib.parse"),
    "urlparse": _python2("urllib.parse"),
    "xmlrpclib": _python2("xmlrpc.client"),
}

# Modules that were there for Python 3 too; used where the real one is missing.
_ROWS: dict[str, Row] = {
    "imp": Row(
        ("importlib",),
        "removed in Python 3.12",
        {"load_source": _load_source, "new_module": ModuleType, "PY_SOURCE": 1},
    ),
    "pipes": Row(("shlex",), "removed in Python 3.13"),
    "scipy.misc": Row(
        ("scipy.special", "scipy.datasets"),
        "its image functions were removed in SciPy 1.2, the rest in 1.12",
        PICTURE_FUNCTIONS,
    ),
    "scipy.misc.pilutil": Row((), "removed in SciPy 1.2", PICTURE_FUNCTIONS),
    "sklearn.cross_validation": Row(
        ("sklearn.model_selection",), "moved to sklearn.model_selection in scikit-learn 0.20"
    ),
    "sklearn.grid_search": Row(
        ("sklearn.model_selection",), "moved to sklearn.model_selection in scikit-learn 0.20"
    ),
    "sklearn.learning_curve": Row(
        ("sklearn.model_selection",), "moved to sklearn.model_selection in scikit-learn 0.20"
    ),
    "sklearn.externals.joblib": Row(("joblib",), "removed in scikit-learn 0.23"),
    "sklearn.externals.six": Row(("six",), "removed in scikit-learn 0.23"),
    "sklearn.datasets.samples_generator": Row(("sklearn.datasets",), "private since 0.24"),
    "sklearn.datasets.base": Row(("sklearn.datasets",), "private since scikit-learn 0.24"),
    "sklearn.metrics.classification": Row(("sklearn.metrics",), "private since 0.24"),
    "sklearn.preprocessing.data": Row(("sklearn.preprocessing",), "private since 0.24"),
    "sklearn.utils.testing": Row(("sklearn.utils", "numpy.testing"), "private since 0.24"),
    "pandas.tools.plotting": Row(("pandas.plotting",), "moved in pandas 0.20"),
    "pandas.util.testing": Row(("pandas.testing",), "removed in pandas 2.0"),
    "mpl_toolkits.axes_grid": Row(("mpl_toolkits.axes_grid1",), "removed in Matplotlib 3.8"),
}

# Modules of SciPy that were never public: the public one above each has the names today.
_SCIPY_PRIVATE = (
    "fftpack.basic",
    "integrate.quadpack",
    "interpolate.fitpack",
    "interpolate.interpolate",
    "linalg.basic",
    "linalg.decomp",
    "linalg.misc",
    "misc.common",
    "ndimage.filters",
    "ndimage.fourier",
    "ndimage.interpolation",
    "ndimage.measurements",
    "ndimage.morphology",
    "optimize.linesearch",
    "optimize.minpack",
    "optimize.optimize",
    "signal.filter_design",
    "signal.signaltools",
    "signal.wavelets",
    "signal.windows.windows",
    "sparse.base",
    "sparse.compressed",
    "sparse.construct",
    "sparse.csr",
    "sparse.linalg.dsolve",
    "sparse.linalg.eigen",
    "sparse.linalg.eigen.arpack",
    "sparse.linalg.eigen.arpack.arpack",
    "sparse.linalg.interface",
    "sparse.linalg.isolve",
    "special.basic",
    "stats.distributions",
    "stats.mstats_basic",
    "stats.stats",
)


def _public_parent(module: str) -> str:
    """Says which module of SciPy documents what a private one below it held."""
    if module.startswith("sparse.linalg."):
        return "scipy.sparse.linalg"
    return f"scipy.{module.partition('.')[0]}"


_ROWS.update(
    {
        f"scipy.{module}": Row((_public_parent(module),), "private since SciPy 1.8")
        for module in _SCIPY_PRIVATE
    }
)

IF_MISSING = {**{old: _LEAD + old for old in _ROWS}, "distutils": "setuptools._distutils"}
PYTHON2 = {old: _LEAD + old for old in _PYTHON2_ROWS}


# TensorFlow's private copy of Keras is a torso today.
_KERAS_PACKAGES = ("keras", "tensorflow.python.keras")


def _keras_rows(mode: str) -> dict[str, Row]:
    root = KERAS_ROOTS[mode]
    return {
        f"{package}.{old}": Row((f"{root}.{new}", root), "Keras 3 has other modules")
        for package in _KERAS_PACKAGES
        for old, new in KERAS_MODULES.items()
    }


def replaced_modules(mode: str) -> dict[str, str]:
    """Lists the modules that the program never gets as they are installed.

    Args:
        mode: "v1" or "v2".

    Returns:
        Old names and real ones.
    """
    keras = {package: KERAS_ROOTS[mode] for package in _KERAS_PACKAGES}
    keras.update({old: _LEAD + old for old in _keras_rows(mode)})
    return {**keras, "tensorflow": "graphkit.tf1"} if mode == "v1" else keras


def install_stand_ins(mode: str) -> None:
    """Makes every stand-in importable by the name the tables give.

    Args:
        mode: "v1" or "v2".
    """
    for old, row in {**_ROWS, **_PYTHON2_ROWS, **_keras_rows(mode)}.items():
        sys.modules.setdefault(_LEAD + old, StandIn(_LEAD + old, row))
