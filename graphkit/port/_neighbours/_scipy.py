"""What SciPy took away between 1.1 and 1.17."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from graphkit.port._neighbours._curves import WAVELETS, smoothest_spline
from graphkit.port._neighbours._pictures import PICTURE_FUNCTIONS
from graphkit.port._neighbours._rows import Neighbour, constants, found_in, provided_by, renamed

__all__ = ["SCIPY_ROWS", "central_diff_weights", "derivative"]

_WINDOWS = (
    "barthann bartlett blackman blackmanharris bohman boxcar chebwin cosine exponential flattop "
    "gaussian general_gaussian hamming hann kaiser nuttall parzen triang tukey"
).split()


_TRANSFORMS = "graphkit.port._neighbours._transforms"


def central_diff_weights(Np: int, ndiv: int = 1) -> Any:
    """Weights of a derivative taken over equally spaced points.

    Args:
        Np: How many points, odd.
        ndiv: Which derivative.

    Returns:
        The weights `[Np]`.

    Raises:
        ValueError: There are too few points, or an even number.
    """
    if Np < ndiv + 1 or Np % 2 == 0:
        raise ValueError("the number of points must be odd and greater than the derivative's order")
    np = importlib.import_module("numpy")
    places = np.arange(Np) - Np // 2
    powers = places[:, None] ** np.arange(Np)
    factorial = np.prod(np.arange(1, ndiv + 1))
    return factorial * np.linalg.inv(powers)[ndiv]


def derivative(
    func: Callable[..., Any], x0: Any, dx: float = 1.0, n: int = 1, args: Any = (), order: int = 3
) -> Any:
    """The n-th derivative of a function at a point, from `order` central differences.

    Args:
        func: The function.
        x0: Where.
        dx: The distance of the points.
        n: Which derivative.
        args: The function's further arguments.
        order: How many points, odd.

    Returns:
        The derivative.
    """
    weights = central_diff_weights(order, n)
    values = [func(x0 + (k - order // 2) * dx, *args) for k in range(order)]
    return sum(w * value for w, value in zip(weights, values, strict=True)) / dx**n


def _item_frequencies(a: Any) -> Any:
    np = importlib.import_module("numpy")
    return np.array(np.unique(a, return_counts=True)).T


def _binomial_test(stats: Any) -> Callable[..., Any]:
    return lambda x, n=None, p=0.5, alternative="two-sided": float(
        stats.binomtest(x, n, p, alternative).pvalue
    )


def _median_deviation(stats: Any) -> Callable[..., Any]:
    def median_absolute_deviation(x: Any, axis: int = 0, scale: float = 1.4826) -> Any:
        return stats.median_abs_deviation(x, axis=axis) * scale

    return median_absolute_deviation


def _most_common(stats: Any) -> Callable[..., Any]:
    np = importlib.import_module("numpy")
    real = stats.mode

    def mode(a: Any, axis: int | None = 0, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("keepdims", True)
        array = np.ravel(a) if axis is None else np.asarray(a)
        axis = axis or 0
        if array.dtype.kind not in "OSU":
            return real(array, axis, *args, **kwargs)
        values, places = np.unique(array, return_inverse=True)
        found = real(places.reshape(array.shape), axis, **kwargs)
        return found._replace(mode=values[found.mode])

    return mode


def _quadrature(integrate: Any) -> Callable[..., Any]:
    def quadrature(func: Any, a: float, b: float, args: Any = (), **_accuracy: Any) -> Any:
        np = importlib.import_module("numpy")
        return integrate.quad(lambda x: np.ravel(func(np.array([x]), *args))[0], a, b)

    return quadrature


def _romberg(integrate: Any) -> Callable[..., Any]:
    def romberg(function: Any, a: float, b: float, args: Any = (), **_accuracy: Any) -> float:
        return float(integrate.quad(function, a, b, args)[0])

    return romberg


def _spherical_harmonic(special: Any) -> Callable[..., Any]:
    return lambda m, n, theta, phi: special.sph_harm_y(n, m, phi, theta)


def _ones_below(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """NumPy's `tri`, with truth values unless another type is given."""
    np = importlib.import_module("numpy")
    return np.tri(N, M, k, dtype=bool if dtype is None else dtype)


def _weighted_minkowski(distance: Any) -> Callable[..., Any]:
    def wminkowski(u: Any, v: Any, p: float, w: Any) -> Any:
        np = importlib.import_module("numpy")
        return distance.minkowski(np.multiply(u, w), np.multiply(v, w), p)

    return wminkowski


def _surface(interpolate: Any) -> Any:
    """`interp2d` on a regular grid, as SciPy's own guide replaces it."""
    degrees = {"linear": 1, "cubic": 3, "quintic": 5}

    class interp2d:
        def __init__(self, x: Any, y: Any, z: Any, kind: str = "linear", **_options: Any) -> None:
            np = importlib.import_module("numpy")
            is_grid = np.size(z) == np.size(x) * np.size(y)
            x, y = np.unique(x), np.unique(y)
            if is_grid and np.ndim(z) == 1:  # then x is what changes slowly
                values = np.reshape(z, (len(x), len(y)))
            else:
                values = np.reshape(z, (len(y), len(x))).T
            degree = degrees[kind]
            self._spline = interpolate.RectBivariateSpline(x, y, values, kx=degree, ky=degree)

        def __call__(self, x: Any, y: Any, **_options: Any) -> Any:
            np = importlib.import_module("numpy")
            values = self._spline(np.sort(np.atleast_1d(x)), np.sort(np.atleast_1d(y))).T
            return values[0] if len(values) == 1 else values

    return interp2d


SCIPY_ROWS: tuple[Neighbour, ...] = (
    Neighbour(
        "scipy.misc",
        "image functions removed in SciPy 1.2, special functions in 1.3, the rest in 1.12",
        {
            **constants(**PICTURE_FUNCTIONS),
            **constants(derivative=derivative, central_diff_weights=central_diff_weights),
            **provided_by("scipy.special", "comb", "factorial", "factorial2", "logsumexp"),
            **provided_by("scipy.datasets", "ascent", "electrocardiogram", "face"),
        },
    ),
    Neighbour(
        "scipy",
        "NumPy's functions under SciPy's name removed in SciPy 1.12 and 2.0",
        found_in("numpy", "numpy.random", first={"fft": _TRANSFORMS, "ifft": _TRANSFORMS}),
        wraps=True,
    ),
    Neighbour(
        "scipy.fft",
        "no function since SciPy 1.5",
        {"__class__": lambda _: importlib.import_module(_TRANSFORMS).Transforms},
        wraps=True,
    ),
    Neighbour(
        "scipy.ndimage",
        "removed in SciPy 1.2",
        constants(imread=PICTURE_FUNCTIONS["imread"]),
    ),
    Neighbour(
        "scipy.stats",
        "moved to scipy.special in SciPy 1.1, renamed or removed in 1.5 to 1.12",
        {
            **provided_by("scipy.special", "chdtrc"),
            **renamed(trapz="trapezoid", gilbrat="gibrat"),
            **constants(itemfreq=_item_frequencies),
            "binom_test": _binomial_test,
            "median_absolute_deviation": _median_deviation,
        },
    ),
    Neighbour(
        "scipy.stats",
        "since SciPy 1.11 an axis is lost, and text refused",
        {"mode": _most_common},
        wraps=True,
    ),
    Neighbour(
        "scipy.integrate",
        "renamed in SciPy 1.14; quadrature and romberg removed in 1.14",
        {
            **renamed(simps="simpson", trapz="trapezoid", cumtrapz="cumulative_trapezoid"),
            "quadrature": _quadrature,
            "romberg": _romberg,
        },
    ),
    Neighbour(
        "scipy.signal",
        "windows moved to scipy.signal.windows in SciPy 1.13",
        {
            **provided_by("scipy.signal.windows", *_WINDOWS),
            **provided_by("scipy.signal.windows", "hann"),
            "hanning": lambda signal: signal.windows.hann,
            **renamed(lsim2="lsim", impulse2="impulse", step2="step"),
        },
    ),
    Neighbour("scipy.signal", "wavelets removed in SciPy 1.15", constants(**WAVELETS)),
    Neighbour(
        "scipy.special",
        "renamed in SciPy 1.12 to 1.17",
        {
            **renamed(btdtr="betainc", btdtri="betaincinv"),
            "sph_harm": _spherical_harmonic,
            **provided_by("scipy.special", "logsumexp"),
        },
    ),
    Neighbour(
        "scipy.linalg",
        "NumPy's functions and pinv2 removed in SciPy 1.9 to 1.13",
        {
            **provided_by("numpy", "kron", "tril", "triu"),
            **renamed(pinv2="pinv"),
            **constants(tri=_ones_below),
        },
    ),
    Neighbour(
        "scipy.spatial.distance",
        "removed in SciPy 1.8 to 1.17",
        {**renamed(matching="hamming"), "wminkowski": _weighted_minkowski},
    ),
    Neighbour("scipy.interpolate", "refuses since SciPy 1.14", {"interp2d": _surface}, wraps=True),
    Neighbour("scipy.interpolate", "removed in SciPy 1.3", {"spline": smoothest_spline}),
)
