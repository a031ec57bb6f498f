"""contrib.factorization's estimator of mixtures of Gaussians."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.tf1._contrib._gaussian_mixtures import GmmAlgorithm, gmm
from graphkit.tf1._contrib._learn._cluster_parts import InitializeClusters, joined
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._model_parts import ModelFnOps

__all__ = ["GMM"]


class GMM(Estimator):
    """A mixture of Gaussians.

    Args:
        num_clusters: K, how many Gaussians.
        model_dir: Where everything is written.
        random_seed: The seed of the choice of first means.
        params: What is trained: "w" shares, "m" means (along with "c" only), "c" covariances.
        initial_clusters: "random", or the first means `[K, D]`.
        covariance_type: "full" or "diag".
        config: The settings of the run.
    """

    SCORES = "scores"
    LOG_LIKELIHOOD = "loss"
    ASSIGNMENTS = "assignments"

    def __init__(
        self,
        num_clusters: int,
        model_dir: str | None = None,
        random_seed: int = 0,
        params: str = "wmc",
        initial_clusters: Any = "random",
        covariance_type: str = "full",
        config: Any = None,
    ) -> None:
        def model_fn(features: Any, labels: Any, mode: str, config: Any) -> ModelFnOps:
            if labels is not None:
                raise AssertionError(f"a mixture of Gaussians has no labels; got {labels}")
            loss, scores, ids, step, init, is_initialized = gmm(
                joined(features),
                initial_clusters,
                num_clusters,
                random_seed,
                covariance_type,
                params,
            )
            count = tf.assign_add(tf.train.get_global_step(), 1)
            with tf.control_dependencies([step, count]):
                trained = tf.identity(loss)
            hook = InitializeClusters(init, is_initialized, getattr(config, "is_chief", True))
            metrics = {self.SCORES: scores, self.LOG_LIKELIHOOD: _sum(loss)}
            predictions = {self.ASSIGNMENTS: ids[0][0]}
            return ModelFnOps(mode, predictions, loss, trained, metrics, training_hooks=[hook])

        super().__init__(model_fn, model_dir, config)

    def predict_assignments(
        self, input_fn: Any = None, batch_size: int | None = None, outputs: Any = None
    ) -> Iterator[Any]:
        """Says which Gaussian each point belongs to.

        Args:
            input_fn: Makes points.
            batch_size: B.
            outputs: As for `predict`.

        Yields:
            An id for each point.
        """
        for each in self.predict(input_fn=input_fn, batch_size=batch_size, outputs=outputs):
            yield each[self.ASSIGNMENTS]

    def score(
        self, input_fn: Any = None, batch_size: int | None = None, steps: int | None = None
    ) -> Any:
        """Measures how likely points are.

        Args:
            input_fn: Makes points.
            batch_size: B.
            steps: How many steps.

        Returns:
            A logarithm, of the sum over points.
        """
        found = self.evaluate(input_fn=input_fn, batch_size=batch_size, steps=steps)
        return np.log(np.sum(np.exp(found[self.SCORES])))

    def weights(self) -> Any:
        """Gives the Gaussians' shares.

        Returns:
            An array `[K]`.
        """
        return self.get_variable_value(GmmAlgorithm.CLUSTERS_WEIGHT)

    def clusters(self) -> Any:
        """Gives the means.

        Returns:
            An array `[K, D]`.
        """
        return np.squeeze(self.get_variable_value(GmmAlgorithm.CLUSTERS_VARIABLE), 1)

    def covariances(self) -> Any:
        """Gives the covariances.

        Returns:
            An array `[K, D, D]`, or `[K, D]` where they are diagonal.
        """
        return self.get_variable_value(GmmAlgorithm.CLUSTERS_COVS_VARIABLE)


def _sum(value: Any) -> tuple[Any, Any]:
    total = tf.Variable(0.0, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES])
    return total, tf.assign_add(total, value)
