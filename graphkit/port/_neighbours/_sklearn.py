"""What scikit-learn took away between 0.17 and 1.8."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from graphkit.port._neighbours._rows import Neighbour, provided_by, with_keywords

__all__ = ["OLD_SPLITTERS", "SKLEARN_ROWS", "gaussian_mixture", "linear_assignment"]


def linear_assignment(X: Any) -> Any:
    """The assignment of rows to columns with the least cost.

    Args:
        X: Costs `[N, M]`.

    Returns:
        Pairs of row and column `[min(N, M), 2]`.
    """
    np = importlib.import_module("numpy")
    return np.stack(importlib.import_module("scipy.optimize").linear_sum_assignment(X), axis=1)


def gaussian_mixture(n_components: int = 1, covariance_type: str = "diag", **options: Any) -> Any:
    """Makes what `sklearn.mixture.GMM` was.

    Args:
        n_components: How many normal distributions.
        covariance_type: full, tied, diag or spherical.
        **options: `n_iter` and `thresh` by their old names, and those of GaussianMixture.

    Returns:
        A `GaussianMixture`.
    """
    for old, new in (("n_iter", "max_iter"), ("thresh", "tol")):
        if old in options:
            options[new] = options.pop(old)
    mixture = importlib.import_module("sklearn.mixture")
    return mixture.GaussianMixture(n_components, covariance_type=covariance_type, **options)


class _Splitter:
    """A way to split that knew the data's size from the start, and is walked over itself."""

    kind = "KFold"
    labels_first = False

    def __init__(self, data: Any, n_folds: int = 3, **options: Any) -> None:
        if "n_iter" in options:
            n_folds = options.pop("n_iter")
        if not options.get("shuffle", True):
            options.pop("random_state", None)
        if self.kind == "KFold" and "shuffle" not in options:
            options.pop("random_state", None)
        selection = importlib.import_module("sklearn.model_selection")
        self._split = getattr(selection, self.kind)(n_folds, **options)
        self._labels = data if self.labels_first else None
        self._size = len(data) if self.labels_first else int(data)

    def __iter__(self) -> Iterator[Any]:
        np = importlib.import_module("numpy")
        return iter(self._split.split(np.zeros(self._size), self._labels))

    def __len__(self) -> int:
        return int(self._split.get_n_splits())


class _StratifiedKFold(_Splitter):
    kind = "StratifiedKFold"
    labels_first = True


class _ShuffleSplit(_Splitter):
    kind = "ShuffleSplit"

    def __init__(self, data: Any, n_iter: int = 10, test_size: float = 0.1, **options: Any) -> None:
        super().__init__(data, n_iter, test_size=test_size, **options)


class _StratifiedShuffleSplit(_ShuffleSplit):
    kind = "StratifiedShuffleSplit"
    labels_first = True


OLD_SPLITTERS: dict[str, Any] = {
    "KFold": _Splitter,
    "ShuffleSplit": _ShuffleSplit,
    "StratifiedKFold": _StratifiedKFold,
    "StratifiedShuffleSplit": _StratifiedShuffleSplit,
}


def _names_of_features(module: Any) -> Any:
    del module
    return lambda vectorizer: list(vectorizer.get_feature_names_out())


def _imputer(preprocessing: Any) -> Any:
    del preprocessing

    def Imputer(
        missing_values: Any = "NaN", strategy: str = "mean", axis: int = 0, **options: Any
    ) -> Any:
        if axis:
            raise ValueError("Imputer: only axis=0, columns, is left in scikit-learn")
        missing = float("nan") if missing_values == "NaN" else missing_values
        return _float_imputer()(missing_values=missing, strategy=strategy, **options)

    return Imputer


def _float_imputer() -> Any:
    """The class of today, for tables of floats."""
    np = importlib.import_module("numpy")

    class Imputer(importlib.import_module("sklearn.impute").SimpleImputer):  # type: ignore[misc]
        def fit(self, X: Any, y: Any = None) -> Any:
            return super().fit(np.asarray(X, dtype=float), y)

        def transform(self, X: Any) -> Any:
            return super().transform(np.asarray(X, dtype=float))

    return Imputer


def _randomized_pca(decomposition: Any) -> Any:
    return lambda n_components=None, **options: decomposition.PCA(
        n_components, svd_solver="randomized", **options
    )


_VECTORIZERS = ("CountVectorizer", "TfidfVectorizer")
_ITERATIONS = {"n_iter": "max_iter"}

SKLEARN_ROWS: tuple[Neighbour, ...] = (
    Neighbour(
        "sklearn.feature_extraction.text",
        "renamed in scikit-learn 1.0, the old name removed in 1.2",
        {f"{name}.get_feature_names": _names_of_features for name in _VECTORIZERS},
    ),
    Neighbour("sklearn.preprocessing", "moved in scikit-learn 0.22", {"Imputer": _imputer}),
    Neighbour(
        "sklearn.decomposition", "merged in scikit-learn 0.20", {"RandomizedPCA": _randomized_pca}
    ),
    Neighbour(
        "sklearn.mixture", "renamed in scikit-learn 0.20", {"GMM": lambda _: gaussian_mixture}
    ),
    Neighbour(
        "sklearn.neighbors", "moved in 1.3", provided_by("sklearn.metrics", "DistanceMetric")
    ),
    Neighbour(
        "sklearn.preprocessing",
        "renamed in scikit-learn 1.2, removed in 1.4",
        with_keywords(
            "OneHotEncoder.__init__",
            "n_values",
            "categorical_features",
            sparse="sparse_output",
        ),
        wraps=True,
    ),
    Neighbour(
        "sklearn.cluster",
        "arguments removed in scikit-learn 1.0",
        with_keywords("KMeans.__init__", "n_jobs", "precompute_distances"),
        wraps=True,
    ),
    Neighbour(
        "sklearn.manifold",
        "renamed in scikit-learn 1.5, removed in 1.7",
        with_keywords("TSNE.__init__", n_iter="max_iter"),
        wraps=True,
    ),
    Neighbour(
        "sklearn.linear_model",
        "arguments removed in scikit-learn 0.21 to 1.8",
        {
            **with_keywords("LogisticRegression.__init__", "multi_class", "n_jobs"),
            **with_keywords("LinearRegression.__init__", "normalize"),
            **with_keywords("SGDClassifier.__init__", **_ITERATIONS),
        },
        wraps=True,
    ),
)
