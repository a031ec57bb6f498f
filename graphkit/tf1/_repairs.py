"""Packages of TensorFlow 1's time that need small repairs to run on today's TensorFlow.

`tf_slim` 1.1.0 and `tensorflow-estimator` 2.15.0 are the original code, and no longer maintained.
Their own modules, and no others, are given this namespace where they say `tensorflow`: names that
moved inside TensorFlow are found again, and Keras means tf_keras, without an environment variable
and without touching TensorFlow for anybody else. `REPAIRS` lists what the namespace itself does
not have.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from graphkit.tf1._namespace import ROOT

__all__ = ["ADOPTED", "REPAIRS", "install"]

# Package to what its bare `import tensorflow` means: TensorFlow 1's or TensorFlow 2's interface.
ADOPTED = {"tf_slim": ROOT, "tensorflow_estimator": f"{ROOT}.compat.v2"}

_LOST = "graphkit.tf1._contrib._estimator_parts"

# Modules that are gone from TensorFlow and that tensorflow-estimator imports by name.
REPAIRS = {
    "tensorflow.python.distribute.estimator_training": f"{_LOST}._distribution",
    "tensorflow.python.tpu.session_support": f"{_LOST}._tpu",
    "tensorflow.python.tpu.tpu_embedding": f"{_LOST}._tpu",
    "tensorflow.python.tpu.tpu_embedding_gradient": f"{_LOST}._tpu",
    "tensorflow.python.util.tf_export": f"{_LOST}._export",
}


def _renamed(name: str) -> str:
    return REPAIRS.get(name) or ROOT + name.removeprefix("tensorflow")


def _import_for(bare: str) -> Any:
    """The `import` statement as a repaired package sees it."""

    def import_(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if level or name.partition(".")[0] != "tensorflow":
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        if not fromlist:
            importlib.import_module(_renamed(name))
            return importlib.import_module(bare if name == "tensorflow" else ROOT)
        repaired = [leaf for leaf in fromlist if f"{name}.{leaf}" in REPAIRS]
        if not repaired:
            return builtins.__import__(_renamed(name), globals, locals, fromlist, 0)
        view = ModuleType(name)
        for leaf in repaired:
            setattr(view, leaf, importlib.import_module(REPAIRS[f"{name}.{leaf}"]))
        return view

    return import_


class _RepairingLoader(Loader):
    def __init__(self, original: Any, bare: str) -> None:
        self._original = original
        self._bare = bare

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._original.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        view = {**vars(builtins), "__import__": _import_for(self._bare)}
        module.__dict__["__builtins__"] = view
        self._original.exec_module(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


class _RepairingFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        bare = ADOPTED.get(fullname.partition(".")[0])
        if bare is None:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _RepairingLoader(spec.loader, bare)
        return spec


_FINDER = _RepairingFinder()


def install() -> None:
    """Adds the finder, once; it answers for the adopted packages only."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
