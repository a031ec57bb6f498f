"""Finds and loads the program's modules; those of libraries are left to Python."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, TypeAlias

from graphkit.port._ownership import is_own_source, own_entries, split_search_path

__all__ = ["SHADOW", "Compiled", "Finder", "Loader"]

# A module of the program named like an installed one lives in `sys.modules` under this prefix, so
# that libraries keep theirs.
SHADOW = "_own_"


class Compiled:
    """One compiled source file and the language it was written in.

    Args:
        code: What runs.
        python2: Whether it was Python 2.
    """

    def __init__(self, code: CodeType, python2: bool) -> None:
        self.code = code
        self.python2 = python2


CompileSource: TypeAlias = Callable[[bytes, str], Compiled]
Prepare: TypeAlias = Callable[[dict[str, Any], bool], None]


class Finder(MetaPathFinder):
    """Finds the program's modules after installed ones, so that libraries keep theirs.

    Args:
        compile_source: Compiles the bytes of a file; called with the bytes and its path.
        prepare: Gives a module's namespace the builtins of its language.
    """

    def __init__(self, compile_source: CompileSource, prepare: Prepare) -> None:
        self._compile_source = compile_source
        self._prepare = prepare

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Finds a module, the program's own only where no installed one has the name."""
        if path is not None:
            return self._owned(PathFinder.find_spec(fullname, path))
        if fullname.startswith(SHADOW):
            return self._renamed(fullname)
        installed = PathFinder.find_spec(fullname, split_search_path()[1])
        if installed is not None and installed.origin is not None:
            return self._owned(installed)
        return self._owned(PathFinder.find_spec(fullname))

    def loader(self, fullname: str, path: str) -> Loader:
        """Makes what loads one module.

        Args:
            fullname: The module's name.
            path: Its file.
        """
        return Loader(fullname, path, self._compile_source, self._prepare)

    def _owned(self, spec: ModuleSpec | None) -> ModuleSpec | None:
        if spec is not None and spec.origin is not None and is_own_source(spec.origin):
            spec.loader = self.loader(spec.name, spec.origin)
        return spec

    def _renamed(self, fullname: str) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname[len(SHADOW) :], own_entries())
        if spec is None or spec.origin is None:
            return None
        return importlib.util.spec_from_file_location(
            fullname,
            spec.origin,
            loader=self.loader(fullname, spec.origin),
            submodule_search_locations=spec.submodule_search_locations,
        )


class Loader(SourceFileLoader):
    """Loads one module of the program; nothing is written beside its source.

    Args:
        fullname: The module's name.
        path: Its file.
        compile_source: Compiles the bytes of a file.
        prepare: Gives a module's namespace the builtins of its language.
    """

    def __init__(
        self, fullname: str, path: str, compile_source: CompileSource, prepare: Prepare
    ) -> None:
        super().__init__(fullname, path)
        self._compile_source = compile_source
        self._prepare = prepare
        self._compiled: Compiled | None = None

    def get_code(self, fullname: str) -> CodeType:
        """Compiles the module's source."""
        return self._compile().code

    def exec_module(self, module: ModuleType) -> None:
        """Runs the module with the builtins of its language."""
        compiled = self._compile()
        self._prepare(vars(module), compiled.python2)
        exec(compiled.code, vars(module))

    def _compile(self) -> Compiled:
        if self._compiled is None:
            self._compiled = self._compile_source(self.get_data(self.path), self.path)
        return self._compiled
