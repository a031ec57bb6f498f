"""How far apart two arrays are that should be the same."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Difference", "difference"]


class Difference(NamedTuple):
    """The largest difference of two arrays, as it is and as a part of numbers larger than 1."""

    absolute: float
    scaled: float


def difference(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> Difference:
    """Compares two arrays; infinitely apart are those of other shapes or dtypes.

    A NaN equals a NaN in the same place; integers, booleans and strings are equal or not.
    """
    if first.shape != second.shape or first.dtype != second.dtype:
        return Difference(np.inf, np.inf)
    if first.dtype.kind in "biuOSU":
        exact = 0.0 if np.array_equal(first, second) else np.inf
        return Difference(exact, exact)
    wide = np.complex128 if first.dtype.kind == "c" else np.float64
    one, other = first.astype(wide), second.astype(wide)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.abs(one - other))
        apart[np.isnan(apart)] = np.inf
        scaled = np.where(same, 0.0, apart / np.maximum(1.0, np.abs(one)))
        scaled[np.isnan(scaled)] = np.inf
    return Difference(float(apart.max(initial=0.0)), float(scaled.max(initial=0.0)))
