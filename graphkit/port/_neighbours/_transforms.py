"""`scipy.fft` and `scipy.ifft`, functions until SciPy 1.4; today the first is a package."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from numpy.fft import fft as _fft
from numpy.fft import ifft

__all__ = ["Transforms", "ifft"]


class Transforms(ModuleType):
    """SciPy's package, which may be called as the function of its name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """NumPy's `fft`, as SciPy's was."""
        return _fft(*args, **kwargs)


def __getattr__(name: str) -> Any:
    if name != "fft":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    package = importlib.import_module("scipy.fft")
    package.__class__ = Transforms
    return package
