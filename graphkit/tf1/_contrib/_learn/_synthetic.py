"""contrib.learn.datasets.synthetic: points made up in circles and spirals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphkit.tf1._contrib._learn._csv import Dataset
from graphkit.tf1._mnist._data_set import Array

__all__ = ["circles", "spirals"]


def circles(
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = None,
    factor: float = 0.8,
    n_classes: int = 2,
    *args: Any,
    **kwargs: Any,
) -> Dataset:
    """Makes up points on circles within each other, one for each class.

    Args:
        n_samples: N; what is left over when they are shared out is added to class 0.
        noise: The standard deviation of noise.
        seed: NumPy's random numbers start from it.
        factor: How large each circle is, compared with the one around it.
        n_classes: How many circles there are.
        args: Kept for callers that pass them.
        kwargs: Kept for callers that pass them.

    Returns:
        Points `[N, 2]` and int32 classes `[N]`, shuffled.
    """
    _start(seed)
    angles = np.linspace(0, 2 * np.pi, n_samples // n_classes)
    circle = np.array([np.cos(angles), np.sin(angles)])
    points = [circle * factor**label for label in range(n_classes)]
    left_over = n_samples % n_classes
    x = np.cos(np.random.rand(left_over) * 2 * np.pi)
    points.append(np.array([x, np.sin(np.random.rand(left_over) * 2 * np.pi)]))
    return _shuffled(points, n_classes, noise)


def spirals(
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = None,
    mode: str = "archimedes",
    n_loops: int = 2,
    *args: Any,
    **kwargs: Any,
) -> Dataset:
    """Makes up points on two spirals around each other, one for each class.

    Args:
        n_samples: N; an odd one is added to class 0.
        noise: The standard deviation of noise.
        seed: NumPy's random numbers start from it.
        mode: "archimedes" for turns of equal distance, "bernoulli" for growing distances, "fermat"
            for shrinking ones.
        n_loops: How many turns there are.
        args: Kept for callers that pass them.
        kwargs: `exp_scale`, how fast "bernoulli" grows; 0.1 unless given.

    Returns:
        Points `[N, 2]` and int32 classes `[N]`, shuffled.

    Raises:
        ValueError: There is no such mode.
    """
    if mode not in _RADII:
        raise ValueError(f"Cannot generate spiral with mode {mode}")
    _start(seed)
    radius = _RADII[mode](kwargs.get("exp_scale", 0.1))
    angles = np.linspace(0, 2 * n_loops * np.pi, n_samples // 2)
    points = [_spiral(radius, angles, label * np.pi) for label in range(2)]
    if n_samples % 2:
        points.append(_spiral(radius, np.random.rand(1) * 2 * np.pi, 0.0))
    return _shuffled(points, 2, noise)


# From how fast a spiral grows to its distance from the middle at an angle.
_RADII: dict[str, Callable[[float], Callable[[Array], Array]]] = {
    "archimedes": lambda scale: lambda angles: angles,
    "bernoulli": lambda scale: lambda angles: np.exp(scale * angles),
    "fermat": lambda scale: np.sqrt,
}


def _spiral(radius: Callable[[Array], Array], angles: Array, turn: float) -> Array:
    distance = radius(angles)
    points = np.array([distance * np.cos(angles + turn), distance * np.sin(angles + turn)])
    largest: Array = np.abs(points).max(axis=1, keepdims=True)
    return points / largest


def _start(seed: int | None) -> None:
    if seed is not None:
        np.random.seed(seed)


def _shuffled(points: list[Array], n_classes: int, noise: float | None) -> Dataset:
    """Points of class 0, 1 … and what is left over, which is of class 0, in random order."""
    data = np.concatenate(points, axis=1).T
    labels = [np.full(part.shape[1], i % n_classes, np.int32) for i, part in enumerate(points)]
    order = np.random.permutation(len(data))
    if noise is not None:
        data += np.random.normal(scale=noise, size=data.shape)
    return Dataset(data[order], np.concatenate(labels)[order])
