"""contrib.factorization's k-means, on the clustering ops that TensorFlow still has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from graphkit._tf import Tensor
from graphkit.tf1._namespace import load

__all__ = [
    "COSINE_DISTANCE",
    "KMEANS_PLUS_PLUS_INIT",
    "RANDOM_INIT",
    "SQUARED_EUCLIDEAN_DISTANCE",
    "KMeans",
    "KMeansClustering",
]

SQUARED_EUCLIDEAN_DISTANCE = "squared_euclidean"
COSINE_DISTANCE = "cosine"
RANDOM_INIT = "random"
KMEANS_PLUS_PLUS_INIT = "kmeans_plus_plus"

_KMeans: Any = load("tensorflow.python.ops.clustering_ops:KMeans")
_KMeansClustering: Any = load(
    "tensorflow_estimator.python.estimator.canned.kmeans:KMeansClustering"
)


class KMeans(_KMeans):  # type: ignore[misc]
    """The graph of k-means.

    Args:
        inputs: Points `[N, D]`, or several such tensors.
        num_clusters: How many clusters.
        initial_clusters: "random", "kmeans_plus_plus", "kmc2", centres `[K, D]`, or a function of
            the points and how many centres it may choose.
        distance_metric: "squared_euclidean" or "cosine".
        use_mini_batch: Whether a step sees a part of the points only.
        mini_batch_steps_per_iteration: How many such steps make an iteration.
        random_seed: The seed of the choice of centres.
        kmeans_plus_plus_num_retries: How many more points are tried for each centre.
        kmc2_chain_length: How many candidates "kmc2" draws for a centre.

    Raises:
        ValueError: There is no such metric or choice of centres.
    """

    def __init__(
        self,
        inputs: Tensor | list[Tensor],
        num_clusters: Any,
        initial_clusters: Any = RANDOM_INIT,
        distance_metric: str = SQUARED_EUCLIDEAN_DISTANCE,
        use_mini_batch: bool = False,
        mini_batch_steps_per_iteration: int = 1,
        random_seed: int = 0,
        kmeans_plus_plus_num_retries: int = 2,
        kmc2_chain_length: int = 200,
    ) -> None:
        super().__init__(
            inputs,
            num_clusters,
            initial_clusters,
            distance_metric,
            use_mini_batch,
            mini_batch_steps_per_iteration,
            random_seed,
            kmeans_plus_plus_num_retries,
            kmc2_chain_length,
        )
        # Today's class takes the graph's seed here.
        self._seed = random_seed


class KMeansClustering(_KMeansClustering):  # type: ignore[misc]
    """An estimator of clusters.

    Args:
        num_clusters: How many clusters.
        model_dir: Where everything is written.
        initial_clusters: As for `KMeans`.
        distance_metric: As for `KMeans`.
        random_seed: As for `KMeans`.
        use_mini_batch: As for `KMeans`.
        mini_batch_steps_per_iteration: As for `KMeans`.
        kmeans_plus_plus_num_retries: As for `KMeans`.
        relative_tolerance: Training stops when the loss changes by less than this part.
        config: The settings of the run.
        feature_columns: Which features are used; all unless given.

    Raises:
        ValueError: There is no such metric or choice of centres.
    """

    def __init__(
        self,
        num_clusters: int,
        model_dir: str | None = None,
        initial_clusters: Any = RANDOM_INIT,
        distance_metric: str = SQUARED_EUCLIDEAN_DISTANCE,
        random_seed: int = 0,
        use_mini_batch: bool = True,
        mini_batch_steps_per_iteration: int = 1,
        kmeans_plus_plus_num_retries: int = 2,
        relative_tolerance: float | None = None,
        config: Any = None,
        feature_columns: Any = None,
    ) -> None:
        super().__init__(
            num_clusters,
            model_dir,
            initial_clusters,
            distance_metric,
            random_seed,
            use_mini_batch,
            mini_batch_steps_per_iteration,
            kmeans_plus_plus_num_retries,
            relative_tolerance,
            config,
            feature_columns,
        )

    def transform(self, input_fn: Callable[[], Any]) -> Iterator[Any]:
        """Measures how far points are from each centre, in the metric of training.

        Args:
            input_fn: Makes the points.

        Yields:
            Distances `[K]`, squared ones for "squared_euclidean".
        """
        for found in self.predict(input_fn, predict_keys=[self.ALL_DISTANCES]):
            yield found[self.ALL_DISTANCES]
