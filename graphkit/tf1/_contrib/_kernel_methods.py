"""contrib.kernel_methods: random features, and a hinge loss over classes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError

__all__ = ["InvalidShapeError", "RandomFourierFeatureMapper", "sparse_multiclass_hinge_loss"]


class InvalidShapeError(ArgumentError):
    """Points have not the shape a mapper was made for."""


class RandomFourierFeatureMapper:
    """Maps points so that products are about a Gaussian kernel of the points.

    Reference: https://people.eecs.berkeley.edu/~brecht/papers/07.rah.rec.nips.pdf

    Args:
        input_dim: D.
        output_dim: E.
        stddev: The width of the kernel.
        seed: The seed of NumPy's generator.
        name: The mapper's name.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        stddev: float = 1.0,
        seed: int = 1,
        name: str | None = None,
    ) -> None:
        self._stddev = stddev
        self._seed = seed
        self.name = name or str(id(self))
        self.input_dim = input_dim
        self.output_dim = output_dim

    def map(self, input_tensor: Tensor) -> Tensor:
        """Maps points.

        Args:
            input_tensor: Points `[B, D]`, float32.

        Returns:
            Features `[B, E]`.

        Raises:
            InvalidShapeError: The shape is another.
        """
        if input_tensor.shape.ndims != 2 or input_tensor.shape[1] != self.input_dim:
            wanted = f"of shape [B, {self.input_dim}]"
            raise InvalidShapeError("map", "input_tensor", input_tensor.shape, wanted)
        random = np.random.RandomState(self._seed)
        omega = random.normal(scale=1.0 / self._stddev, size=[self.input_dim, self.output_dim])
        phase = random.uniform(0.0, 2 * np.pi, size=[self.output_dim])
        product = tf.matmul(input_tensor, tf.constant(omega, tf.float32))
        scale = math.sqrt(2.0 / self.output_dim)
        return scale * tf.cos(product + tf.constant(phase, tf.float32))


def sparse_multiclass_hinge_loss(
    labels: Tensor,
    logits: Tensor,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str = tf.GraphKeys.LOSSES,
    reduction: str = tf.losses.Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """Wants the score of the true class to be 1 higher than any other.

    Args:
        labels: Classes `[B]` or `[B, 1]`, int32 or int64.
        logits: Scores `[B, C]`.
        weights: A scalar, `[B]` or `[B, 1]`.
        scope: The name scope.
        loss_collection: The collection the loss is added to.
        reduction: How losses of examples become one.

    Returns:
        A scalar, or `[B]` without reduction.

    Raises:
        ValueError: A rank or dtype is another.
    """
    with tf.name_scope(scope, "sparse_multiclass_hinge_loss", (logits, labels)) as scope:
        weights = tf.convert_to_tensor(weights)
        ranks = (
            ("logits", logits, (2,)),
            ("labels", labels, (1, 2)),
            ("weights", weights, (0, 1, 2)),
        )
        for name, tensor, wanted in ranks:
            if tensor.shape.ndims not in wanted:
                raise ValueError(f"{name} should have rank {wanted}, not {tensor.shape.ndims}")
        if labels.dtype not in (tf.int32, tf.int64):
            raise ValueError(f"labels should be int32 or int64, not {labels.dtype}")
        classes = tf.shape(logits)[1]
        logits = tf.cast(logits, tf.float32)
        with tf.control_dependencies([tf.assert_less(labels, tf.cast(classes, labels.dtype))]):
            labels = tf.reshape(labels, [-1])
        if weights.shape.ndims:
            weights = tf.reshape(weights, [-1])
        others = tf.one_hot(labels, classes, on_value=0.0, off_value=1.0)
        score = tf.gather(logits, labels[:, tf.newaxis], axis=1, batch_dims=1)
        losses = tf.reduce_max(tf.nn.relu(logits - score + others), axis=1)
        return tf.losses.compute_weighted_loss(losses, weights, scope, loss_collection, reduction)
