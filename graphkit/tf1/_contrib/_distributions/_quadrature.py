"""Points and weights that stand for a normal variable in sums instead of integrals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf

__all__ = ["drawn_points", "hermite", "midpoints", "normal_quantiles"]


def hermite(loc: Tensor, scale: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Makes the points and weights of Gauss and Hermite.

    Args:
        loc: The means `[…]`.
        scale: The standard deviations `[…]`.
        size: How many points.

    Returns:
        The points `[…, size]` and their weights `[size]`.
    """
    points, weights = np.polynomial.hermite.hermgauss(deg=size)
    kind = loc.dtype.base_dtype.as_numpy_dtype
    wide = math.sqrt(2) * scale[..., tf.newaxis] * points.astype(kind)
    probs = tf.constant((weights / weights.sum()).astype(kind), name="probs")
    return loc[..., tf.newaxis] + wide, probs


def normal_quantiles(loc: Tensor, scale: Tensor, size: int) -> Tensor:
    """Finds what cuts normal variables into parts of equal probability.

    Args:
        loc: The means `[…]`.
        scale: The standard deviations `[…]`.
        size: How many parts lie between the outermost cuts.

    Returns:
        The cuts, `[size + 1, …]`.
    """
    normal = tf.distributions.Normal(loc, scale)
    edges = tf.linspace(tf.zeros([], normal.dtype), 1.0, size + 3)[1:-1]
    rank = normal.batch_shape.ndims
    if rank is None:
        rank = tf.size(normal.batch_shape_tensor())
    return normal.quantile(tf.reshape(edges, tf.concat([[-1], tf.ones([rank], tf.int32)], 0)))


def midpoints(cuts: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Takes the middles of parts of equal probability.

    Args:
        cuts: What parts lie between, `[size + 1, …]`.
        size: How many parts.

    Returns:
        The middles `[…, size]` and their weights `[size]`.
    """
    middles = (cuts[:-1] + cuts[1:]) / 2.0
    rank = tf.rank(middles) if middles.shape.ndims is None else middles.shape.ndims
    behind = tf.transpose(middles, tf.concat([tf.range(1, rank), [0]], 0))
    if middles.shape.ndims is not None:
        behind.set_shape(middles.shape[1:].concatenate([size]))
    return behind, tf.fill([size], 1.0 / tf.cast(size, middles.dtype))


def drawn_points(
    points: Tensor, mixture: Any, n: Tensor, batch_shape: Tensor, seed: int | None
) -> Tensor:
    """Draws points with their weights.

    Args:
        points: The points, `[…, size]`.
        mixture: The distribution over `size` numbers, of one batch or as many.
        n: How many for each of the batch.
        batch_shape: The shape of the batch.
        seed: The op's seed.

    Returns:
        The points drawn, `[n] + batch_shape`.
    """
    size, batch = tf.shape(points)[-1:], tf.reduce_prod(batch_shape)
    everywhere = tf.broadcast_to(points, tf.concat([batch_shape, size], 0))
    side_by_side = batch // tf.reduce_prod(mixture.batch_shape_tensor())
    drawn = tf.reshape(mixture.sample(n * side_by_side, seed=seed), [n, -1])
    chosen = tf.gather(tf.reshape(everywhere, [-1]), drawn + tf.range(batch) * size)
    return tf.reshape(chosen, tf.concat([[n], batch_shape], 0))
