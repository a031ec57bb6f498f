"""Which modules are gone or have moved, and where their names are today: one table."""

from __future__ import annotations

import importlib
import importlib.util
import operator
import pickle
import subprocess
import sys
from collections import UserDict
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from graphkit.port._language._builtins import PYTHON2_NAMES
from graphkit.port._language._files import load_pickle
from graphkit.port._language._operators import divide
from graphkit.port._language._random import RANDOM_NAMES
from graphkit.port._language._whole import ROUNDED
from graphkit.port._neighbours._bytes._functions import BYTE_FUNCTIONS
from graphkit.port._neighbours._memory_files import HASHES, StringIO
from graphkit.port._neighbours._pictures import PICTURE_FUNCTIONS
from graphkit.port._neighbours._python2_names import NEW_NAMES
from graphkit.port._neighbours._scipy import central_diff_weights, derivative
from graphkit.port._neighbours._sklearn import OLD_SPLITTERS, gaussian_mixture, linear_assignment
from graphkit.port._notebooks._ipython import DISPLAY_NAMES

__all__ = ["MOVED", "MOVED_PYTHON2", "Row"]


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


def _load_text(data: Any) -> Any:
    raw = data.encode("latin-1") if isinstance(data, str) else data
    return pickle.loads(raw, encoding="latin1")  # noqa: S301 - as the program asks


def _dump(value: Any, file: Any, protocol: int | None = None) -> None:
    pickle.dump(value, getattr(file, "buffer", file), protocol)


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


def _inner(x: Any, y: Any) -> Any:
    return (x * y).sum(-1)


def _analysis(name: str) -> Any:
    return getattr(importlib.import_module("sklearn.discriminant_analysis"), name)


def _linear(*args: Any, **options: Any) -> Any:
    return _analysis("LinearDiscriminantAnalysis")(*args, **options)


def _quadratic(*args: Any, **options: Any) -> Any:
    return _analysis("QuadraticDiscriminantAnalysis")(*args, **options)


def _python2(*providers: str, **names: Any) -> Row:
    return Row(providers, "renamed in Python 3", names)


_BYTES = "graphkit.port._neighbours._bytes"
_ADDRESSES, _ARCHIVES = f"{_BYTES}._addresses", f"{_BYTES}._archives"
_OF_BYTES = "takes bytes, and gives them, in Python 3"

# Modules of Python 2, for programs written in it.
MOVED_PYTHON2: dict[str, Row] = {
    "BaseHTTPServer": _python2("http.server"),
    "CGIHTTPServer": _python2("http.server"),
    "ConfigParser": _python2("configparser", SafeConfigParser=ConfigParser),
    "Cookie": _python2("http.cookies"),
    "HTMLParser": _python2("html.parser"),
    "Queue": _python2("queue"),
    "DocXMLRPCServer": _python2("xmlrpc.server"),
    "SimpleHTTPServer": _python2("http.server"),
    "SimpleXMLRPCServer": _python2("xmlrpc.server"),
    "ScrolledText": _python2("tkinter.scrolledtext"),
    "SocketServer": _python2("socketserver"),
    "StringIO": _python2("io", StringIO=StringIO),
    "Tkinter": _python2("tkinter"),
    "UserDict": _python2("collections", IterableUserDict=UserDict),
    "UserList": _python2("collections"),
    "UserString": _python2("collections"),
    "__builtin__": _python2("builtins", **PYTHON2_NAMES),
    "anydbm": _python2("dbm"),
    "cPickle": _python2("pickle", load=load_pickle, loads=_load_text, dump=_dump),
    "cStringIO": _python2("io", StringIO=StringIO),
    "commands": _python2("subprocess", getstatusoutput=_status_and_output),
    "cookielib": _python2("http.cookiejar"),
    "copy_reg": _python2("copyreg"),
    "dummy_thread": _python2("_thread"),
    "exceptions": _python2("builtins", StandardError=Exception),
    "future_builtins": _python2("builtins"),
    "htmlentitydefs": _python2("html.entities"),
    "httplib": _python2("http.client"),
    "hashlib": _python2("hashlib", **HASHES),
    "math": Row(("math",), "rounds to whole numbers in Python 3", ROUNDED),
    "md5": _python2("hashlib", md5=HASHES["md5"], new=HASHES["md5"]),
    "pickle": _python2("pickle", load=load_pickle, loads=_load_text, dump=_dump),
    "new": _python2(**NEW_NAMES),
    "random": Row(("random",), "draws other numbers from a seed in Python 3", RANDOM_NAMES),
    "repr": _python2("reprlib"),
    "robotparser": _python2("urllib.robotparser"),
    "sha": _python2("hashlib", sha=HASHES["sha1"], new=HASHES["sha1"]),
    "sets": _python2("builtins", Set=set, ImmutableSet=frozenset),
    "thread": _python2("_thread"),
    "tkFileDialog": _python2("tkinter.filedialog"),
    "tkMessageBox": _python2("tkinter.messagebox"),
    "tkFont": _python2("tkinter.font"),
    "ttk": _python2("tkinter.ttk"),
    "urllib": _python2(_ADDRESSES, "urllib.request", "urllib.parse", "urllib.error"),
    "urllib2": _python2(_ADDRESSES, "urllib.request", "urllib.error", "urllib.parse"),
    "urlparse": _python2("urllib.parse"),
    "whichdb": _python2("dbm"),
    "xmlrpclib": _python2("xmlrpc.client"),
    **{module: Row((_ARCHIVES, module), _OF_BYTES) for module in ("bz2", "gzip", "zipfile")},
    "subprocess": Row((f"{_BYTES}._processes", "subprocess"), _OF_BYTES),
    **{module: Row((module,), _OF_BYTES, names) for module, names in BYTE_FUNCTIONS.items()},
}

_OWN_PACKAGE = "a package of its own"

# Modules that were there for Python 3 too; used where the real one is missing.
MOVED: dict[str, Row] = {
    "IPython": Row((), _OWN_PACKAGE, {"get_ipython": lambda: None}),
    "IPython.core.display": Row((), _OWN_PACKAGE, DISPLAY_NAMES),
    "IPython.display": Row((), _OWN_PACKAGE, DISPLAY_NAMES),
    # What stands for the package future, which wrote one source for both languages.
    "future": Row((), _OWN_PACKAGE, {"__title__": "future"}),
    "future.builtins": Row(("builtins",), _OWN_PACKAGE),
    "future.standard_library": Row((), _OWN_PACKAGE, {"install_aliases": lambda: None}),
    "future.utils": Row(("six",), _OWN_PACKAGE),
    "past": Row((), _OWN_PACKAGE, {"__title__": "past"}),
    "past.builtins": Row(("builtins",), _OWN_PACKAGE, PYTHON2_NAMES),
    "past.utils": Row((), _OWN_PACKAGE, {"old_div": divide}),
    "imp": Row(
        ("importlib",),
        "removed in Python 3.12",
        {"load_source": _load_source, "new_module": ModuleType, "PY_SOURCE": 1},
    ),
    "_dummy_thread": Row(("_thread",), "removed in Python 3.9"),
    "dummy_threading": Row(("threading",), "removed in Python 3.9"),
    "numpy.core.umath_tests": Row(
        ("numpy",), "removed in NumPy 1.20", {"inner1d": _inner, "matrix_multiply": operator.matmul}
    ),
    "numpy.linalg.linalg": Row(("numpy.linalg",), "private since NumPy 2.0"),
    "skimage.filter": Row(("skimage.filters",), "renamed in scikit-image 0.11"),
    "pipes": Row(("shlex",), "removed in Python 3.13"),
    "scipy.misc": Row(
        ("scipy.special", "scipy.datasets"),
        "its image functions were removed in SciPy 1.2, the rest in 1.12",
        {
            **PICTURE_FUNCTIONS,
            "central_diff_weights": central_diff_weights,
            "derivative": derivative,
        },
    ),
    "scipy.misc.pilutil": Row((), "removed in SciPy 1.2", PICTURE_FUNCTIONS),
    "sklearn.cross_validation": Row(
        ("sklearn.model_selection",),
        "moved to sklearn.model_selection in scikit-learn 0.20",
        OLD_SPLITTERS,
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
    "sklearn.feature_extraction.stop_words": Row(
        ("sklearn.feature_extraction.text",), "private since scikit-learn 0.24"
    ),
    "sklearn.lda": Row(("sklearn.discriminant_analysis",), "moved in 0.19", {"LDA": _linear}),
    "sklearn.qda": Row(("sklearn.discriminant_analysis",), "moved in 0.19", {"QDA": _quadratic}),
    "sklearn.mixture.gmm": Row((), "renamed in scikit-learn 0.20", {"GMM": gaussian_mixture}),
    "sklearn.utils.linear_assignment_": Row(
        (), "removed in scikit-learn 0.23", {"linear_assignment": linear_assignment}
    ),
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


MOVED.update(
    {
        f"scipy.{module}": Row((_public_parent(module),), "private since SciPy 1.8")
        for module in _SCIPY_PRIVATE
    }
)


MOVED["scipy.misc.common"] = MOVED["scipy.misc"]

# Modules of scikit-learn that were never public.
_SKLEARN_PRIVATE = (
    "cluster.k_means_",
    "cluster.spectral",
    "decomposition.pca",
    "ensemble.forest",
    "ensemble.gradient_boosting",
    "linear_model.base",
    "linear_model.logistic",
    "linear_model.stochastic_gradient",
    "manifold.t_sne",
    "metrics.ranking",
    "metrics.regression",
    "mixture.gaussian_mixture",
    "neighbors.classification",
    "neighbors.kde",
    "neighbors.unsupervised",
    "neural_network.multilayer_perceptron",
    "preprocessing.imputation",
    "preprocessing.label",
    "svm.classes",
    "tree.tree",
)
MOVED.update(
    {
        f"sklearn.{module}": Row((f"sklearn.{module.partition('.')[0]}",), "private since 0.24")
        for module in _SKLEARN_PRIVATE
    }
)

# Parts of NumPy's library that were never public; NumPy itself has their names.
_NUMPY_PRIVATE = (
    "arraysetops",
    "function_base",
    "index_tricks",
    "nanfunctions",
    "npyio",
    "polynomial",
    "shape_base",
    "twodim_base",
    "type_check",
    "utils",
)
MOVED.update(
    {f"numpy.lib.{module}": Row(("numpy",), "private since NumPy 2.0") for module in _NUMPY_PRIVATE}
)
