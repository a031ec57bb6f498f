"""Makes every module of the namespace importable: `import graphkit.tf1.contrib.slim`.

A module that has a table becomes a `Namespace`; one that is somebody else's module as it is
(`graphkit.tf1.image`) becomes that very module under a second name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from graphkit.errors import RefusedImportError, RefusedNameError
from graphkit.tf1._namespace import ROOT, Namespace
from graphkit.tf1._tables import AREAS

__all__ = ["install"]


class _AreaLoader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Namespace(spec.name[len(ROOT) + 1 :])

    def exec_module(self, module: ModuleType) -> None:
        """A namespace needs nothing run: its names are looked up when they are touched."""


class _AliasLoader(Loader):
    def __init__(self, target: ModuleType) -> None:
        self._target = target

    def exec_module(self, module: ModuleType) -> None:
        # The import system hands out whatever stands here when a module has been executed.
        sys.modules[module.__name__] = self._target


def _module_in(parent: ModuleType, leaf: str) -> ModuleType | None:
    """The module that `parent.leaf` is, if it is one."""
    try:
        value = getattr(parent, leaf)
    except RefusedNameError as error:
        raise RefusedImportError(error.refused, error.was, error.instead) from error
    except AttributeError:
        if isinstance(parent, Namespace) or parent.__name__ == ROOT:
            return None
        return importlib.import_module(f"{parent.__name__}.{leaf}")
    return value if isinstance(value, ModuleType) else None


class _NamespaceFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{ROOT}.") or fullname.startswith(f"{ROOT}._"):
            return None
        if fullname[len(ROOT) + 1 :] in AREAS:
            return ModuleSpec(fullname, _AreaLoader(), is_package=True)
        parent, _, leaf = fullname.rpartition(".")
        module = _module_in(sys.modules[parent], leaf)
        return None if module is None else ModuleSpec(fullname, _AliasLoader(module))


_FINDER = _NamespaceFinder()


def install() -> None:
    """Adds the finder; it answers for modules below `graphkit.tf1` only.

    It comes first: Python's own would look into the folder of an alias, and load its modules twice.
    It is there once, however often the namespace is loaded.
    """
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
