"""What a test must leave in the process as it found it: the tests run in any order."""

from __future__ import annotations

import logging
import os
import random
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import SourceFileLoader
from operator import is_
from types import ModuleType
from typing import Any

__all__ = ["ProcessState"]

# Modules that `graphkit.port` changes for an old program, and that nothing else fills in lazily.
_WATCHED = (
    "collections",
    "inspect",
    "numpy",
    "os",
    "pandas",
    "pickle",
    "random",
    "string",
    "subprocess",
    "threading",
)
# Variables that steer TensorFlow, Matplotlib or children; others are set once, when a library or
# `graphkit.port` is first used.
_VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "GRAPHKIT_RUN",
    "MPLBACKEND",
    "PYTHONPATH",
    "TF_CONFIG",
    "TF_CPP_MIN_LOG_LEVEL",
)
# Python 3.13 fills in a name of `random` at the first seed that is a text.
random.Random("text")

_ABSENT = object()
_UNKNOWN = object()


class ProcessState:
    """The process as it is now, to be compared with what it is later."""

    def __init__(self) -> None:
        self._modules = dict(sys.modules)
        self._names = {
            name: dict(vars(self._modules[name])) for name in _WATCHED if name in self._modules
        }
        self._settings = {name: read() for name, read in _SETTINGS.items()}

    def changes(self) -> list[str]:
        """What differs by now, one line each; empty if nothing does."""
        found = []
        if sys.modules != self._modules:  # there are thousands; most tests load none
            found = [
                f"sys.modules[{name!r}] is another module"
                for name, module in self._modules.items()
                if sys.modules.get(name, module) is not module
            ]
        for module, before in self._names.items():
            found += [
                f"{module}.{name} changed"
                for name in _differing(before, vars(self._modules[module]))
            ]
        for name, before in self._settings.items():
            now = _SETTINGS[name]()
            if before is not _UNKNOWN and now != before:
                found.append(f"{name}: {before!r} became {now!r}")
        return found


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names that came, went or mean another thing; a submodule may be imported at any time."""
    if before.keys() == after.keys() and all(map(is_, before.values(), after.values())):
        return []  # a dict keeps its order, and most tests touch nothing
    return [
        name
        for name in sorted({*before, *after})
        if before.get(name, _ABSENT) is not after.get(name, _ABSENT)
        and not (name not in before and isinstance(after[name], ModuleType))
    ]


def _of_tensorflow(read: Callable[[Any], Any]) -> Callable[[], Any]:
    """Reads a switch of TensorFlow's, without loading it for a test that does not."""

    def setting() -> Any:
        module = sys.modules.get("tensorflow.compat.v1")
        return _UNKNOWN if module is None else read(module)

    return setting


_SETTINGS: dict[str, Callable[[], Any]] = {
    "the working directory": os.getcwd,
    "os.environ": lambda: {name: os.environ.get(name) for name in _VARIABLES},
    "sys.argv": lambda: list(sys.argv),
    "sys.path": lambda: list(sys.path),
    "sys.excepthook": lambda: sys.excepthook,
    "sys.displayhook": lambda: sys.displayhook,
    "what Python's loader of files runs them by": lambda: SourceFileLoader.exec_module,
    "filters of TensorFlow's log": lambda: list(logging.getLogger("tensorflow").filters),
    "eager execution": _of_tensorflow(lambda tf: tf.executing_eagerly()),
    "resource variables": _of_tensorflow(lambda tf: tf.resource_variables_enabled()),
    "v2 control flow": _of_tensorflow(lambda tf: tf.control_flow_v2_enabled()),
}
