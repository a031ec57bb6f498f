"""Formulas of `matplotlib.mlab` that Matplotlib 3.1 removed."""

from __future__ import annotations

from typing import Any

from graphkit.port._neighbours._rows import constants

__all__ = ["MLAB_FORMULAS"]


class _Components:
    """`mlab.PCA`: the principal components of rows of numbers.

    Args:
        a: One row for each observation, at least as many as there are columns.
        standardize: Whether each column is divided by its deviation.

    Raises:
        RuntimeError: There are more columns than rows.
    """

    def __init__(self, a: Any, standardize: bool = True) -> None:
        from numpy.linalg import svd

        self.numrows, self.numcols = a.shape
        if self.numrows < self.numcols:
            raise RuntimeError("we assume data in a is organized with numrows>numcols")
        self.standardize = standardize
        self.mu, self.sigma = a.mean(axis=0), a.std(axis=0)
        self.a = self.center(a)
        _, sizes, self.Wt = svd(self.a, full_matrices=False)
        self.Y = self.a @ self.Wt.T
        self.s = sizes**2
        self.fracs = self.s / self.s.sum()

    def center(self, x: Any) -> Any:
        """Subtracts the means, and divides by the deviations where that was asked for."""
        return (x - self.mu) / self.sigma if self.standardize else x - self.mu

    def project(self, x: Any, minfrac: float = 0.0) -> Any:
        """Gives the components of rows whose part of the variance is at least `minfrac`.

        Raises:
            ValueError: They have other columns.
        """
        from numpy import asarray

        rows = asarray(x)
        if rows.shape[-1] != self.numcols:
            raise ValueError(f"Expected an array with dims[-1]=={self.numcols}")
        return (self.center(rows) @ self.Wt.T)[..., self.fracs >= minfrac]


def _movavg(x: Any, n: int) -> Any:
    from numpy import convolve, full

    return convolve(x, full(n, 1.0 / n), mode="valid")


def _prctile(x: Any, p: Any = (0.0, 25.0, 50.0, 75.0, 100.0)) -> Any:
    from numpy import percentile, ravel

    return percentile(ravel(x), p)


def _entropy(y: Any, bins: Any) -> Any:
    from numpy import histogram, log

    counts, edges = histogram(y, bins)
    parts = counts[counts > 0] / len(y)
    return log(edges[1] - edges[0]) - (parts * log(parts)).sum()


def _dist(x: Any, y: Any) -> Any:
    from numpy import subtract
    from numpy.linalg import norm

    return norm(subtract(x, y))


def _rms(a: Any) -> Any:
    from numpy import abs, mean, sqrt

    return sqrt(mean(abs(a) ** 2))


def _center(M: Any, dim: int = 0) -> Any:
    from numpy import asarray

    rows = asarray(M, float)
    axis = 0 if dim else 1
    return (rows - rows.mean(axis, keepdims=True)) / rows.std(axis, keepdims=True)


def _norm(order: int) -> Any:
    def norm(a: Any) -> Any:
        from numpy import linalg, ravel

        return linalg.norm(ravel(a), order)

    return norm


MLAB_FORMULAS = constants(
    PCA=_Components,
    center_matrix=_center,
    dist=_dist,
    entropy=_entropy,
    l1norm=_norm(1),
    l2norm=_norm(2),
    movavg=_movavg,
    prctile=_prctile,
    rms_flat=_rms,
)
