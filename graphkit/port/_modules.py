"""The import system as the user's modules see it.

A module of the program runs with a `__builtins__` of its own. Python takes `__import__` from there,
so `import tensorflow` means `graphkit.tf1` in the program and TensorFlow everywhere else, in the
same process. A file that the program loads by its path is one of its modules as well.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.machinery
import importlib.util
import inspect
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.machinery import PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

from graphkit.port._loading import SHADOW, Compiled, Finder
from graphkit.port._ownership import is_own_source, split_search_path

__all__ = ["ImportWorld"]

# What the interpreter loads before any script; Python never gives a script its own version.
_BEFORE_ANY_SCRIPT = frozenset(sys.builtin_module_names) | {
    "__main__",
    "_collections_abc",
    "_sitebuiltins",
    "abc",
    "codecs",
    "encodings",
    "genericpath",
    "io",
    "ntpath",
    "os",
    "posixpath",
    "site",
    "stat",
    "zipimport",
}
# What stands between who loads a file by its path and the loader.
_LOADING = frozenset(
    {
        "graphkit.port._neighbours._moved_modules",
        "imp",
        "importlib._bootstrap",
        "importlib._bootstrap_external",
    }
)


class ImportWorld:
    """Loads the program's modules and answers their imports.

    Args:
        compile_source: Compiles the bytes of a file; called with the bytes and its path.
        if_missing: Other names for modules that no installed module has the name of any more.
        python2: The same for modules written in Python 2 only.
        names: Names that are built in for every module of the program.
        names_python2: Names that are built in for modules written in Python 2 as well.
        before_import: Called with the real name of each module the program imports.
        after_import: The same, once it is loaded; and the name that the program gave, if another.
    """

    def __init__(
        self,
        compile_source: Callable[[bytes, str], Compiled],
        *,
        if_missing: Mapping[str, str],
        python2: Mapping[str, str],
        names: Mapping[str, Any],
        names_python2: Mapping[str, Any],
        before_import: Callable[[str], None],
        after_import: Callable[[str], None],
    ) -> None:
        self._if_missing = if_missing
        self._names = names
        self._python2 = python2
        self._missing: dict[str, bool] = {}
        self._moved = dict(if_missing)
        self._moved_python2 = {**self._moved, **python2}
        self._before_import = before_import
        self._after_import = after_import
        self._shadowed: dict[tuple[str, tuple[str, ...]], bool] = {}
        self.builtins = self._builtins_with(self._moved, names)
        self.builtins_python2 = self._builtins_with(self._moved_python2, {**names, **names_python2})
        self._finder = Finder(compile_source, self.prepare)
        self._real_import_module = importlib.import_module

    def install(self) -> None:
        """Puts the finder before Python's own and lets `import_module` know the program.

        What rewritten code calls becomes built in everywhere: a function that was pickled by its
        code comes back without its module.
        """
        vars(builtins).update(self._names)
        place = sys.meta_path.index(PathFinder)
        sys.meta_path.insert(place, self._finder)
        importlib.import_module = self._import_module
        by_path: Any = self._loading_by_path()
        SourceFileLoader.exec_module = by_path  # type: ignore[method-assign]

    def uninstall(self) -> None:
        """Takes back what `install` did."""
        for name in self._names:
            vars(builtins).pop(name, None)
        sys.meta_path.remove(self._finder)
        importlib.import_module = self._real_import_module
        del SourceFileLoader.exec_module

    def replace(self, modules: Mapping[str, str]) -> None:
        """Gives the program other modules than those installed, packages with all below.

        Args:
            modules: Names in the program and real ones.
        """
        self._moved.update(modules)
        self._moved_python2.update(modules)

    def prepare(self, namespace: dict[str, Any], python2: bool) -> None:
        """Gives a module's namespace the builtins of its language.

        Args:
            namespace: The module's `__dict__`.
            python2: Whether its source is Python 2.
        """
        namespace["__builtins__"] = self.builtins_python2 if python2 else self.builtins

    def _builtins_with(self, moved: Mapping[str, str], names: Mapping[str, Any]) -> dict[str, Any]:
        def own_import(
            name: str,
            globals: Mapping[str, Any] | None = None,
            locals: Mapping[str, Any] | None = None,
            fromlist: Sequence[str] | None = (),
            level: int = 0,
        ) -> ModuleType:
            return self._import(moved, name, globals, fromlist or (), level)

        return {**vars(builtins), **names, "__import__": own_import}

    def _import(
        self,
        moved: Mapping[str, str],
        name: str,
        namespace: Mapping[str, Any] | None,
        wanted: Sequence[str],
        level: int,
    ) -> ModuleType:
        if not level and self._is_implicitly_relative(name, namespace, moved):
            level = 1
        if level:
            return builtins.__import__(name, dict(namespace or {}), None, wanted, level)
        target = self._real_name(name, moved)
        module = self._load(target, name)
        for item in wanted:
            self._bind_moved(module, name, item, moved)
        if wanted:
            module = builtins.__import__(target, {}, None, wanted, 0)
            for inner in (f"{target}.{item}" for item in wanted):
                if inner in sys.modules:
                    self._after_import(inner)
            return module
        return self._bind(name, moved)

    def _load(self, target: str, asked: str) -> ModuleType:
        """Imports a module by its real name; a failure is told in the program's own words."""
        self._before_import(target)
        try:
            module = self._real_import_module(target)
        except ModuleNotFoundError as error:
            if target != asked and error.name and (target + ".").startswith(error.name + "."):
                missing = asked[: len(asked) - (len(target) - len(error.name))]
                raise ModuleNotFoundError(f"No module named {missing!r}", name=missing) from error
            raise
        for name in dict.fromkeys((target, asked)):
            self._after_import(name)
        return module

    def _bind(self, name: str, moved: Mapping[str, str]) -> ModuleType:
        """Returns what `import a.b.c` binds, with each part an attribute of the one before."""
        parts = name.split(".")
        place = self._real_name(parts[0], moved)
        top = holder = self._real_import_module(place)
        for size, leaf in enumerate(parts[1:], 2):
            real = self._real_name(".".join(parts[:size]), moved)
            module = self._real_import_module(real)
            if real != f"{place}.{leaf}" or leaf not in vars(holder):
                setattr(holder, leaf, module)
            holder, place = module, real
        return top

    def _bind_moved(
        self, module: ModuleType, name: str, item: str, moved: Mapping[str, str]
    ) -> None:
        """Binds `from old import name` when only `old.name` has moved."""
        target = moved.get(f"{name}.{item}")
        if target is not None and item not in vars(module):
            setattr(module, item, self._load(target, f"{name}.{item}"))

    def _real_name(self, name: str, moved: Mapping[str, str]) -> str:
        """Says under which name of `sys.modules` the program's `name` is found."""
        top = name.partition(".")[0]
        old = name
        while old:
            if old in moved and self._applies(old, name, top):
                return moved[old] + name[len(old) :]
            old = old.rpartition(".")[0]
        if self._is_shadowed(top):
            return SHADOW + name
        return name

    def _applies(self, old: str, name: str, top: str) -> bool:
        """Says whether a row of the tables answers; the program's own module comes first."""
        if top != "tensorflow" and self._own_file(top):
            return False
        if old in self._python2:
            return old == name
        if old not in self._if_missing:
            return True
        if old not in self._missing:
            self._missing[old] = not _exists(old)
        return self._missing[old]

    def _own_file(self, top: str) -> bool:
        spec = PathFinder.find_spec(top)
        return spec is not None and is_own_source(spec.origin)

    def _is_shadowed(self, top: str) -> bool:
        """Says whether the program has a module of its own named like an installed one."""
        if top in _BEFORE_ANY_SCRIPT:
            return False
        key = (top, tuple(sys.path))
        if key not in self._shadowed:
            self._shadowed[key] = self._own_file(top) and self._is_installed(top)
        return self._shadowed[key]

    def _is_installed(self, top: str) -> bool:
        if top in sys.stdlib_module_names:
            return True
        if top in sys.modules:
            return not is_own_source(getattr(sys.modules[top], "__file__", None))
        spec = PathFinder.find_spec(top, split_search_path()[1])
        return spec is not None and not is_own_source(spec.origin)

    def _is_implicitly_relative(
        self, name: str, namespace: Mapping[str, Any] | None, moved: Mapping[str, str]
    ) -> bool:
        """Says whether `import sibling` in a package means its neighbour, as in Python 2."""
        package = (namespace or {}).get("__package__")
        top = name.partition(".")[0]
        if not package or top in moved or package.partition(".")[0] == top:
            return False
        if (namespace or {}).get("__builtins__") is not self.builtins_python2 and (
            top in sys.modules or importlib.util.find_spec(top) is not None
        ):
            return False
        path = getattr(sys.modules.get(package), "__path__", None)
        spec = PathFinder.find_spec(f"{package}.{top}", path) if path else None
        return spec is not None and is_own_source(spec.origin)

    def _import_module(self, name: str, package: str | None = None) -> ModuleType:
        """Stands in for `importlib.import_module`, which Python's own code uses as well."""
        caller = _builtins_of_caller()
        if caller is self.builtins or caller is self.builtins_python2:
            if not name.startswith("."):
                moved = self._moved if caller is self.builtins else self._moved_python2
                return self._load(self._real_name(name, moved), name)
        return self._real_import_module(name, package)

    def _loading_by_path(self) -> Callable[[SourceFileLoader, ModuleType], None]:
        """Makes what runs a file for Python's own loader: as the program's, if that asks for it.

        Libraries load files that they have written, such as AutoGraph's.
        """

        def exec_module(loader: SourceFileLoader, module: ModuleType) -> None:
            caller = _builtins_of_caller(_LOADING)
            asked = caller is self.builtins or caller is self.builtins_python2
            if asked and is_own_source(loader.path):
                self._finder.loader(loader.name, loader.path).exec_module(module)
            else:
                super(SourceFileLoader, loader).exec_module(module)

        return exec_module


def _builtins_of_caller(between: Collection[str] = ()) -> Any:
    """The builtins of who called the function that asks; some modules are not counted."""
    frame = inspect.currentframe()
    frame = frame and frame.f_back and frame.f_back.f_back
    while frame is not None and frame.f_globals.get("__name__") in between:
        frame = frame.f_back
    return None if frame is None else frame.f_globals.get("__builtins__")


def _exists(name: str) -> bool:
    """Says whether an installed module has a name."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False
