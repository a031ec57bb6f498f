"""What `vars` gives of a module whose names are looked up when they are first touched."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from types import ModuleType
from typing import Any

__all__ = ["Names"]

_TOUCHED = vars(ModuleType)["__dict__"]


class Names(dict[str, Any]):
    """Every name of a module, also those that were not touched yet; they are once one looks.

    What is set here is set in the module. It is a dict as well, of what was touched before, for
    those that take nothing else.

    Args:
        module: The module; `dir` tells its names.
    """

    def __init__(self, module: ModuleType) -> None:
        super().__init__(_TOUCHED.__get__(module))
        self._module = module

    def __getitem__(self, name: str) -> Any:
        """The value of a name."""
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Any) -> None:
        """Sets a name in the module."""
        setattr(self._module, name, value)

    def __delitem__(self, name: str) -> None:
        """Deletes a name of the module."""
        try:
            delattr(self._module, name)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        """Touches all names."""
        for name in dir(self._module):
            getattr(self._module, name, None)
        return iter(list(_TOUCHED.__get__(self._module)))

    def __len__(self) -> int:
        """How many there are."""
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        """Whether the module has a name."""
        return isinstance(name, str) and hasattr(self._module, name)

    # A dict's own do not ask the methods above.
    get: Any = MutableMapping.get
    items: Any = MutableMapping.items
    keys: Any = MutableMapping.keys
    pop: Any = MutableMapping.pop
    setdefault: Any = MutableMapping.setdefault
    update: Any = MutableMapping.update
    values: Any = MutableMapping.values
