"""contrib.resampler: values of a picture between its pixels."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["resampler"]


def resampler(data: Any, warp: Any, name: str = "resampler") -> Tensor:
    """Reads pictures at any place, by bilinear interpolation; zero outside.

    Args:
        data: Pictures `[B, H, W, C]`.
        warp: Places `[B, …, 2]`: x, y from the centre of the first pixel.
        name: The name scope.

    Returns:
        Values `[B, …, C]`; gradients reach both arguments.
    """
    with tf.name_scope(name):
        data = tf.convert_to_tensor(data, name="data")
        warp = tf.convert_to_tensor(warp, name="warp")
        # With a border of zeros every place between -1 and the size has four neighbours.
        padded = tf.pad(data, [[0, 0], [1, 1], [1, 1], [0, 0]])
        size = tf.cast(tf.shape(data)[1:3], warp.dtype)
        x, y = warp[..., 0], warp[..., 1]
        inside = (x > -1) & (y > -1) & (x < size[1]) & (y < size[0])
        column, row = (tf.where(inside, part, tf.zeros_like(part)) for part in (x, y))
        left, top = tf.floor(column), tf.floor(row)
        right_share, bottom_share = column - left, row - top
        made: Any = 0.0
        for down, vertical in ((0, 1 - bottom_share), (1, bottom_share)):
            for right, horizontal in ((0, 1 - right_share), (1, right_share)):
                places = tf.stack([top + down + 1, left + right + 1], -1)
                pixels = tf.gather_nd(padded, tf.cast(places, tf.int32), batch_dims=1)
                made += (vertical * horizontal)[..., tf.newaxis] * pixels
        return made * tf.cast(inside, data.dtype)[..., tf.newaxis]
