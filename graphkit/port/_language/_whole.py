"""What `math.floor` and `math.ceil` of Python 2 gave: a float, which NumPy took for an index."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

__all__ = ["ROUNDED", "WholeFloat"]


class WholeFloat(float):
    """A float without a fraction, which may stand where a whole number must."""

    def __index__(self) -> int:
        return int(self)


def _closed(name: str) -> Callable[[WholeFloat, Any], Any]:
    """Makes an operation that leads from whole numbers to whole ones."""
    real = getattr(float, name)

    def compute(self: WholeFloat, other: Any) -> Any:
        result = real(self, other)
        return WholeFloat(result) if isinstance(other, int | WholeFloat) else result

    return compute


for _name in ("add", "mul", "radd", "rmul", "rsub", "sub"):
    setattr(WholeFloat, f"__{_name}__", _closed(f"__{_name}__"))


def _rounded(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: WholeFloat(function(value)) if math.isfinite(value) else value


ROUNDED = {"ceil": _rounded(math.ceil), "floor": _rounded(math.floor)}
