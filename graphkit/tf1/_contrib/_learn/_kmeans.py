"""contrib.learn's estimator of clusters, which has other methods than contrib.factorization's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.tf1._contrib import _factorization
from graphkit.tf1._contrib._learn._cluster_parts import InitializeClusters, joined
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._model_parts import ModelFnOps

__all__ = ["KMeansClustering"]


class KMeansClustering(Estimator):
    """Clusters of points.

    Args:
        num_clusters: K, how many clusters.
        model_dir: Where everything is written.
        initial_clusters: As for `contrib.factorization.KMeans`.
        distance_metric: "squared_euclidean" or "cosine".
        random_seed: The seed of the choice of centres.
        use_mini_batch: Whether a step sees a part of the points only.
        mini_batch_steps_per_iteration: How many such steps make an iteration.
        kmeans_plus_plus_num_retries: How many more points are tried for each centre.
        relative_tolerance: Training stops when the loss changes by less than this part.
        config: The settings of the run.
    """

    SQUARED_EUCLIDEAN_DISTANCE = _factorization.SQUARED_EUCLIDEAN_DISTANCE
    COSINE_DISTANCE = _factorization.COSINE_DISTANCE
    RANDOM_INIT = _factorization.RANDOM_INIT
    KMEANS_PLUS_PLUS_INIT = _factorization.KMEANS_PLUS_PLUS_INIT
    SCORES = "scores"
    CLUSTER_IDX = "cluster_idx"
    CLUSTERS = "clusters"
    ALL_SCORES = "all_scores"
    LOSS_OP_NAME = "kmeans_loss"

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
    ) -> None:
        def model_fn(features: Any, labels: Any, mode: str, config: Any) -> ModelFnOps:
            if labels is not None:
                raise AssertionError(f"clusters have no labels; got {labels}")
            made = _factorization.KMeans(
                joined(features),
                num_clusters,
                initial_clusters,
                distance_metric,
                use_mini_batch,
                mini_batch_steps_per_iteration,
                random_seed,
                kmeans_plus_plus_num_retries,
            )
            distances, ids, losses, is_initialized, init, step = made.training_graph()
            count = tf.assign_add(tf.train.get_global_step(), 1)
            loss = tf.reduce_sum(losses, name=self.LOSS_OP_NAME)
            tf.summary.scalar("loss/raw", loss)
            with tf.control_dependencies([step, count]):
                trained = tf.identity(loss)
            chief = getattr(config, "is_chief", True)
            hooks: list[Any] = [InitializeClusters(init, is_initialized, chief)]
            if relative_tolerance is not None:
                hooks.append(_StopWhenSettled(loss, relative_tolerance))
            predictions = {self.ALL_SCORES: distances[0], self.CLUSTER_IDX: ids[0]}
            metrics = {self.SCORES: loss}
            return ModelFnOps(mode, predictions, loss, trained, metrics, training_hooks=hooks)

        super().__init__(model_fn, model_dir, config)

    def predict_cluster_idx(self, input_fn: Any = None) -> Iterator[Any]:
        """Says which cluster each point belongs to.

        Args:
            input_fn: Makes points.

        Yields:
            An id for each point.
        """
        for each in self.predict(input_fn=input_fn, outputs=[self.CLUSTER_IDX]):
            yield each[self.CLUSTER_IDX]

    def score(self, input_fn: Any = None, steps: int | None = None) -> Any:
        """Measures how far points are from their centres.

        Args:
            input_fn: Makes points.
            steps: How many steps.

        Returns:
            The sum of distances.
        """
        return np.sum(self.evaluate(input_fn=input_fn, steps=steps)[self.SCORES])

    def transform(self, input_fn: Any = None, as_iterable: bool = False) -> Any:
        """Measures how far points are from each centre, in the metric of training.

        Args:
            input_fn: Makes points.
            as_iterable: Whether they are given one by one.

        Returns:
            Distances `[N, K]`, or for each point a dictionary of its distances `[K]`.
        """
        found = self.predict(input_fn=input_fn, outputs=[self.ALL_SCORES], as_iterable=as_iterable)
        return found if as_iterable else found[self.ALL_SCORES]

    def clusters(self) -> Any:
        """Gives the centres.

        Returns:
            An array `[K, D]`.
        """
        return self.get_variable_value(self.CLUSTERS)


class _StopWhenSettled(tf.train.SessionRunHook):  # type: ignore[misc]
    """Ends training when the loss changes by less than a part of it."""

    def __init__(self, loss: Any, tolerance: float) -> None:
        self._loss, self._tolerance = loss, tolerance
        self._before: float | None = None

    def before_run(self, run_context: Any) -> Any:
        return tf.train.SessionRunArgs(self._loss)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        loss, before = run_values.results, self._before
        if before is not None and abs(loss - before) < self._tolerance * (1 + abs(before)):
            run_context.request_stop()
        self._before = loss
