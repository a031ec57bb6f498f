"""contrib.learn.datasets: small data sets, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphkit.errors import MissingFileError
from graphkit.tf1._contrib._learn._csv import Dataset, load_csv_with_header
from graphkit.tf1._contrib._learn._downloads import load_dbpedia
from graphkit.tf1._contrib._learn._synthetic import circles, spirals
from graphkit.tf1._mnist._input_data import load_mnist
from graphkit.tf1._namespace import load

__all__ = ["DATASETS", "SYNTHETIC", "load_boston", "load_dataset", "load_iris", "make_dataset"]


def load_iris(data_path: str | None = None) -> Dataset:
    """Reads Fisher's measurements of 150 irises.

    Args:
        data_path: A file of them as 1.15 had it, whose first line says how many there are; those of
            scikit-learn unless given.

    Returns:
        float64 measurements `[150, 4]` and int64 kinds `[150]`.

    Raises:
        MissingFileError: No file is given, and scikit-learn is not installed.
    """
    if data_path is not None:
        return load_csv_with_header(data_path, np.int64, np.float64)
    try:
        measured, kinds = load("sklearn.datasets:load_iris")(return_X_y=True)
    except ImportError as failure:
        raise MissingFileError(
            "iris.csv",
            "graphkit does not come with the irises; pip install scikit-learn, which does, or give "
            "load_iris the path of your own file",
        ) from failure
    # Two flowers that 1.15 had otherwise than Fisher.
    measured[[34, 37]] = 4.9, 3.1, 1.5, 0.1
    return Dataset(measured, kinds.astype(np.int64))


def load_boston(data_path: str | None = None) -> Dataset:
    """Reads prices of houses in Boston.

    Args:
        data_path: A file of them as 1.15 had it, whose first line says how many there are.

    Returns:
        float64 features `[N, D]` and float64 prices `[N]`.

    Raises:
        MissingFileError: No file is given.
    """
    if data_path is None:
        raise MissingFileError(
            "boston_house_prices.csv",
            "graphkit does not come with the prices, and scikit-learn has taken them out; give "
            "load_boston the path of your own file",
        )
    return load_csv_with_header(data_path, np.float64, np.float64)


DATASETS: dict[str, Callable[..., Any]] = {
    "iris": load_iris,
    "boston": load_boston,
    "mnist": load_mnist,
    "dbpedia": load_dbpedia,
}
SYNTHETIC: dict[str, Callable[..., Dataset]] = {"circles": circles, "spirals": spirals}


def load_dataset(name: str, size: str = "small", test_with_fake_data: bool = False) -> Any:
    """Reads a data set by its name.

    Args:
        name: One of `DATASETS`.
        size: As for `load_dbpedia`; the others have one size.
        test_with_fake_data: As for `load_dbpedia`.

    Returns:
        What the data set's own function returns.

    Raises:
        ValueError: There is no such data set.
    """
    if name not in DATASETS:
        raise ValueError(f"Name of dataset is not found: {name}")
    return DATASETS[name](*((size, test_with_fake_data) if name == "dbpedia" else ()))


def make_dataset(
    name: str,
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = 42,
    *args: Any,
    **kwargs: Any,
) -> Dataset:
    """Makes up a data set by its name.

    Args:
        name: One of `SYNTHETIC`.
        n_samples: N.
        noise: The standard deviation of noise.
        seed: NumPy's random numbers start from it.
        args: Kept for callers that pass them; 1.15 took none.
        kwargs: More for the data set's own function.

    Returns:
        Points `[N, 2]` and int32 classes `[N]`, shuffled.

    Raises:
        ValueError: There is no such data set.
    """
    if name not in SYNTHETIC:
        raise ValueError(f"Synthetic dataset not found or not implemented: {name}")
    return SYNTHETIC[name](*args, n_samples=n_samples, noise=noise, seed=seed, **kwargs)
