"""SciPy's wavelets and `spline`, removed in SciPy 1.15 and 1.3."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

__all__ = ["WAVELETS", "smoothest_spline"]


def _np() -> Any:
    return importlib.import_module("numpy")


def _places(points: int) -> Any:
    return _np().arange(points) - (points - 1) / 2


def ricker(points: int, a: float) -> Any:
    """The "Mexican hat" of width `a`, `[points]`."""
    x = (_places(points) / a) ** 2
    return 2 / (math.sqrt(3 * a) * math.pi**0.25) * (1 - x) * _np().exp(-x / 2)


def morlet(M: int, w: float = 5.0, s: float = 1.0, complete: bool = True) -> Any:
    """A wave under a bell, from -2 pi `s` to 2 pi `s`, `[M]`, complex."""
    np = _np()
    x = np.linspace(-s * 2 * math.pi, s * 2 * math.pi, M)
    wave = np.exp(1j * w * x) - (math.exp(-0.5 * w**2) if complete else 0)
    return wave * np.exp(-0.5 * x**2) * math.pi**-0.25


def morlet2(M: int, s: float, w: float = 5) -> Any:
    """A wave under a bell of width `s`, of energy one, `[M]`, complex."""
    np = _np()
    x = _places(M) / s
    return np.exp(1j * w * x - 0.5 * x**2) * math.pi**-0.25 / math.sqrt(s)


def cwt(
    data: Any, wavelet: Callable[..., Any], widths: Any, dtype: Any = None, **kwargs: Any
) -> Any:
    """The continuous wavelet transform, `[widths, data]`.

    Args:
        data: The signal `[data]`.
        wavelet: Makes a wavelet from a number of points and a width.
        widths: The widths.
        dtype: The result's type; complex where the wavelet is, unless given.
        kwargs: The wavelet's further arguments.
    """
    np = _np()
    rows = []
    for width in widths:
        shape = np.asarray(wavelet(int(min(10 * width, len(data))), width, **kwargs))
        rows.append(np.convolve(data, np.conj(shape[::-1]), mode="same"))
    return np.asarray(rows, dtype)


WAVELETS = {each.__name__: each for each in (cwt, morlet, morlet2, ricker)}


def smoothest_spline(interpolate: Any) -> Callable[..., Any]:
    """Makes `spline`: of the splines through all points, the one whose last derivative jumps least.

    Args:
        interpolate: `scipy.interpolate`.
    """

    def spline(
        xk: Any, yk: Any, xnew: Any, order: int = 3, kind: str = "smoothest", conds: Any = None
    ) -> Any:
        if kind != "smoothest" or conds is not None:
            raise NotImplementedError("spline() takes kind='smoothest' without conditions only")
        np = _np()
        xk = np.asarray(xk, float)
        knots = np.concatenate([xk[:1].repeat(order), xk, xk[-1:].repeat(order)])
        basis = interpolate.BSpline(knots, np.eye(len(xk) + order - 1), order)
        through, steps = basis(xk), basis.derivative(order)((xk[1:] + xk[:-1]) / 2)
        one = np.linalg.lstsq(through, yk, rcond=None)[0]
        others = np.linalg.svd(through)[2][len(xk) :].T
        jumps = np.diff(steps, axis=0)
        least = np.linalg.lstsq(jumps @ others, -jumps @ one, rcond=None)[0]
        return interpolate.BSpline(knots, one + others @ least, order)(xnew)

    return spline
