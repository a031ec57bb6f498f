"""contrib.factorization's mixtures of Gaussians: one step of expectation and maximisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf

__all__ = ["GmmAlgorithm", "gmm"]

# Keeps covariances invertible, and shares of clusters without points finite.
_LEAST_VARIANCE = 1e-3
_TINY = float(np.finfo(float).eps)


class GmmAlgorithm:
    """The graph of a mixture of Gaussians.

    Args:
        data: Points, a list of float32 `[N, D]`, each a part of them.
        num_classes: K, how many Gaussians.
        initial_means: Floats `[K, D]`; points drawn at random unless given.
        params: What is trained: "w" shares, "m" means (along with "c" only), "c" covariances.
        covariance_type: "full" or "diag".
        random_seed: The seed of the choice of points.

    Raises:
        Exception: There is no such covariance.
    """

    CLUSTERS_WEIGHT = "alphas"
    CLUSTERS_VARIABLE = "clusters"
    CLUSTERS_COVS_VARIABLE = "clusters_covs"

    def __init__(
        self,
        data: Sequence[Tensor],
        num_classes: int,
        initial_means: Any = None,
        params: str = "wmc",
        covariance_type: str = "full",
        random_seed: int = 0,
    ) -> None:
        if covariance_type not in ("full", "diag"):
            raise Exception(f"programmer error: Invalid covariance type: {covariance_type}")
        self._is_full = covariance_type == "full"
        self._num_classes = num_classes
        self._params = params
        self._floor = _LEAST_VARIANCE * tf.eye(tf.shape(data[0])[1])
        self._means = _unshaped(self.CLUSTERS_VARIABLE)
        self._covs = _unshaped(self.CLUSTERS_COVS_VARIABLE)
        shares = tf.tile([1.0 / num_classes], [num_classes])
        self._alpha = tf.Variable(shares, name=self.CLUSTERS_WEIGHT, validate_shape=False)
        self._initialized = tf.Variable(False, name="initialized")
        if initial_means is None:
            initial_means = _drawn(data, num_classes, random_seed)
        self._init_op = self._started(data[0], initial_means)
        logs = [self._log_probabilities(part) for part in data]
        totals = [tf.reduce_logsumexp(log, axis=1, keepdims=True) for log in logs]
        shares_of = zip(logs, totals, strict=True)
        self._shares = [tf.exp(log - total) for log, total in shares_of]
        self._train_op = self._maximised(data)
        self._log_likelihood = tf.reduce_logsumexp([tf.reduce_logsumexp(total) for total in totals])
        weighed = [total + tf.log(share) for total, share in zip(totals, self._shares, strict=True)]
        self._scores = tf.squeeze(tf.reduce_logsumexp(weighed, axis=2, keepdims=True), axis=[0])

    def init_ops(self) -> Any:
        """Gives the op that chooses the first means and covariances, once.

        Returns:
            The op.
        """
        return self._init_op

    def training_ops(self) -> Any:
        """Gives the op of one step.

        Returns:
            The op.
        """
        return self._train_op

    def is_initialized(self) -> Any:
        """Says whether the first means were chosen.

        Returns:
            A bool variable.
        """
        return self._initialized

    def alphas(self) -> Any:
        """Gives the Gaussians' shares.

        Returns:
            A variable `[K]`.
        """
        return self._alpha

    def clusters(self) -> Any:
        """Gives the means.

        Returns:
            A variable `[K, 1, D]`.
        """
        return self._means

    def covariances(self) -> Any:
        """Gives the covariances.

        Returns:
            A variable `[K, D, D]`, or `[K, D]` where they are diagonal.
        """
        return self._covs

    def assignments(self) -> list[Tensor]:
        """Says which Gaussian each point belongs to.

        Returns:
            For each part of the points, ids `[N]`.
        """
        return [tf.argmax(share, 1) for share in self._shares]

    def scores(self) -> Tensor:
        """Measures how likely each point is.

        Returns:
            Logarithms `[N, 1]`.
        """
        return self._scores

    def log_likelihood_op(self) -> Tensor:
        """Measures how likely the points are.

        Returns:
            A logarithm, of the sum over points.
        """
        return self._log_likelihood

    def _started(self, points: Tensor, means: Any) -> Any:
        """Assigns the first means and the points' own covariance, unless that was done before."""
        means = tf.expand_dims(means, 1)
        away = points - tf.reduce_mean(points, 0, keepdims=True)
        count = tf.cast(tf.shape(points)[0] - 1, tf.float32)
        if self._is_full:
            cov = tf.matmul(away, away, transpose_a=True) / count + self._floor
            covs = tf.tile(tf.expand_dims(cov, 0), [self._num_classes, 1, 1])
        else:
            # The floor is a matrix, so of the variances the first is everywhere on the diagonal.
            cov = tf.reduce_sum(tf.square(away), 0, keepdims=True) / count + self._floor
            covs = tf.tile(tf.expand_dims(tf.diag_part(cov), 0), [self._num_classes, 1])
        with tf.control_dependencies([means, covs]):
            done = tf.identity(self._initialized)
        kept = [(self._means, means), (self._covs, covs)]
        assigned = [
            tf.assign(variable, _first(done, variable, value), validate_shape=False).op
            for variable, value in kept
        ]
        with tf.control_dependencies(assigned):
            return tf.assign(self._initialized, True).op

    def _log_probabilities(self, points: Tensor) -> Tensor:
        """How likely each point `[N, D]` is in each Gaussian, and this in the mixture: `[N, K]`."""
        away = tf.expand_dims(points, 0) - self._means
        if self._is_full:
            factor = tf.cholesky(self._covs + self._floor)
            spread = 2.0 * tf.reduce_sum(tf.log(tf.matrix_diag_part(factor)), 1)
            solved = tf.matrix_triangular_solve(factor, tf.transpose(away, [0, 2, 1]))
            distances = tf.reduce_sum(tf.square(solved), 1)
        else:
            variances = self._covs + _LEAST_VARIANCE
            spread = tf.reduce_sum(tf.log(variances), 1)
            distances = tf.reduce_sum(tf.square(away) / tf.expand_dims(variances, 1), 2)
        size = tf.cast(tf.shape(points)[1], tf.float32)
        constant = size * tf.log(2 * np.pi)
        return -0.5 * (tf.transpose(distances) + constant + spread) + tf.log(self._alpha)

    def _maximised(self, data: Sequence[Tensor]) -> Any:
        """Assigns what is most likely, given the points' shares in the Gaussians."""
        parts = list(zip(data, self._shares, strict=True))
        with tf.control_dependencies(self._shares):
            counts = tf.add_n([tf.reduce_sum(share, 0) for _, share in parts])
        divisor = tf.reshape(counts, [-1, 1, 1]) + _TINY
        ops = []
        if "w" in self._params:
            ops.append(self._alpha.assign(counts / (tf.reduce_sum(counts) + _TINY)))
        means: Any = self._means
        if "m" in self._params:
            sums = tf.add_n([tf.matmul(share, part, transpose_a=True) for part, share in parts])
            means = tf.assign(self._means, tf.expand_dims(sums, 1) / divisor, validate_shape=False)
        if "c" in self._params:
            products = [tf.einsum("nk,nd,ne->kde", share, part, part) for part, share in parts]
            square = tf.matmul(means, means, transpose_a=True)
            covs = tf.add_n(products) / divisor - square + self._floor
            covs = covs if self._is_full else tf.matrix_diag_part(covs)
            # Means were trained along with covariances only, and still are.
            ops.append(tf.assign(self._covs, covs, validate_shape=False))
        return tf.group(*ops)


def gmm(
    inp: Any,
    initial_clusters: Any,
    num_clusters: int,
    random_seed: int,
    covariance_type: str = "full",
    params: str = "wmc",
) -> tuple[Tensor, Tensor, list[list[Tensor]], Any, Any, Any]:
    """Makes the graph of a mixture of Gaussians.

    Args:
        inp: Points, float32 `[N, D]`, or a list of such parts.
        initial_clusters: "random", or the first means `[K, D]`.
        num_clusters: K.
        random_seed: The seed of the choice of points.
        covariance_type: "full" or "diag".
        params: What is trained: "w" shares, "m" means (along with "c" only), "c" covariances.

    Returns:
        The log-likelihood, the points' own, the points' Gaussians (for each part, in a list), the
        op of one step, the op that chooses the first means, and whether that was done.
    """
    means = None
    if not isinstance(initial_clusters, str):
        means = tf.convert_to_tensor(initial_clusters, tf.float32)
    data = inp if isinstance(inp, list) else [inp]
    made = GmmAlgorithm(data, num_clusters, means, params, covariance_type, random_seed)
    return (
        made.log_likelihood_op(),
        made.scores(),
        [made.assignments()],
        made.training_ops(),
        made.init_ops(),
        made.is_initialized(),
    )


def _unshaped(name: str) -> Any:
    """A variable whose shape the first points decide; one that is a resource keeps its first."""
    empty = tf.constant([], tf.float32)
    return tf.Variable(empty, name=name, validate_shape=False, use_resource=False)


def _first(done: Tensor, variable: Any, value: Any) -> Tensor:
    """What a variable has, if it was given a value before, or else the value."""
    kept = variable.value()
    return tf.cond(done, lambda: tf.identity(kept), lambda: tf.identity(value))


def _drawn(data: Sequence[Tensor], count: int, seed: int) -> Tensor:
    """Points `[count, D]`, each drawn of all."""
    points = tf.concat(list(data), 0)
    size = tf.shape(points)[0]
    enough = tf.assert_less_equal(count, size)
    with tf.control_dependencies([enough]):
        drawn = tf.random_uniform(
            [count], maxval=tf.cast(size, tf.int64), seed=seed, dtype=tf.int64
        )
    return tf.gather(points, drawn)
