"""contrib.image: moving, turning and bending pictures."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = [
    "angles_to_projective_transforms",
    "dense_image_warp",
    "rotate",
    "transform",
    "translate",
    "translations_to_projective_transforms",
]


def transform(
    images: Any,
    transforms: Any,
    interpolation: str = "NEAREST",
    output_shape: Any = None,
    name: str | None = None,
) -> Tensor:
    """Maps pictures projectively; what comes from outside is zero.

    Args:
        images: Pictures `[B, H, W, C]`, `[H, W, C]` or `[H, W]`.
        transforms: From output to input, `[8]` or `[B, 8]`.
        interpolation: "NEAREST" or "BILINEAR".
        output_shape: Height and width of the output; those of the input unless given.
        name: The name scope.

    Returns:
        Pictures of the same rank.

    Raises:
        TypeError: The rank is another.
    """
    with tf.name_scope(name, "transform"):
        images = tf.convert_to_tensor(images, name="images")
        transforms = tf.convert_to_tensor(transforms, tf.float32, name="transforms")
        rank = images.shape.ndims
        if rank not in (2, 3, 4):
            raise TypeError("Images should have rank between 2 and 4.")
        batch = images
        if rank == 2:
            batch = images[tf.newaxis, :, :, tf.newaxis]
        elif rank == 3:
            batch = images[tf.newaxis]
        size = tf.shape(batch)[1:3] if output_shape is None else output_shape
        made = tf.raw_ops.ImageProjectiveTransformV2(
            images=batch,
            transforms=tf.reshape(transforms, [-1, 8]),
            output_shape=size,
            interpolation=interpolation.upper(),
        )
        if rank == 2:
            return made[0, :, :, 0]
        return made[0] if rank == 3 else made


def angles_to_projective_transforms(
    angles: Any, image_height: Any, image_width: Any, name: str | None = None
) -> Tensor:
    """Makes the maps that turn pictures about their centre.

    Args:
        angles: Radians, counterclockwise, a scalar or `[B]`.
        image_height: H.
        image_width: W.
        name: The name scope.

    Returns:
        `[B, 8]`.
    """
    with tf.name_scope(name, "angles_to_projective_transforms"):
        angles = tf.reshape(tf.convert_to_tensor(angles, tf.float32), [-1])
        cos, sin, zero = tf.cos(angles), tf.sin(angles), tf.zeros_like(angles)
        x = tf.cast(image_width, tf.float32) - 1
        y = tf.cast(image_height, tf.float32) - 1
        move_x = (x - (cos * x - sin * y)) / 2.0
        move_y = (y - (sin * x + cos * y)) / 2.0
        return tf.stack([cos, -sin, move_x, sin, cos, move_y, zero, zero], 1)


def rotate(
    images: Any, angles: Any, interpolation: str = "NEAREST", name: str | None = None
) -> Tensor:
    """Turns pictures about their centre.

    Args:
        images: Pictures `[B, H, W, C]`, `[H, W, C]` or `[H, W]`.
        angles: Radians, counterclockwise, a scalar or `[B]`.
        interpolation: "NEAREST" or "BILINEAR".
        name: The name scope.

    Returns:
        Pictures of the same shape.
    """
    with tf.name_scope(name, "rotate"):
        images = tf.convert_to_tensor(images)
        axis = 0 if images.shape.ndims != 4 else 1
        height, width = tf.shape(images)[axis], tf.shape(images)[axis + 1]
        maps = angles_to_projective_transforms(angles, height, width)
        made = transform(images, maps, interpolation)
        made.set_shape(images.shape)
        return made


def translations_to_projective_transforms(translations: Any, name: str | None = None) -> Tensor:
    """Makes the maps that move pictures.

    Args:
        translations: How far right and down, `[2]` or `[B, 2]`.
        name: The name scope.

    Returns:
        `[B, 8]`.
    """
    with tf.name_scope(name, "translations_to_projective_transforms"):
        move = tf.reshape(tf.convert_to_tensor(translations, tf.float32), [-1, 2])
        one, zero = tf.ones_like(move[:, 0]), tf.zeros_like(move[:, 0])
        return tf.stack([one, zero, -move[:, 0], zero, one, -move[:, 1], zero, zero], 1)


def translate(
    images: Any, translations: Any, interpolation: str = "NEAREST", name: str | None = None
) -> Tensor:
    """Moves pictures.

    Args:
        images: Pictures `[B, H, W, C]`, `[H, W, C]` or `[H, W]`.
        translations: How far right and down, `[2]` or `[B, 2]`.
        interpolation: "NEAREST" or "BILINEAR".
        name: The name scope.

    Returns:
        Pictures of the same shape.
    """
    with tf.name_scope(name, "translate"):
        return transform(images, translations_to_projective_transforms(translations), interpolation)


def dense_image_warp(image: Any, flow: Any, name: str = "dense_image_warp") -> Tensor:
    """Bends pictures: each output pixel is taken from where the flow says, interpolated.

    Args:
        image: Pictures `[B, H, W, C]`, with height and width of 2 or more.
        flow: How far up and left each pixel comes from, negated, `[B, H, W, 2]`.
        name: The name scope.

    Returns:
        Pictures `[B, H, W, C]`.
    """
    with tf.name_scope(name):
        image, flow = tf.convert_to_tensor(image), tf.convert_to_tensor(flow)
        height, width = tf.shape(image)[1], tf.shape(image)[2]
        columns, rows = tf.meshgrid(tf.range(width), tf.range(height))
        grid = tf.cast(tf.stack([rows, columns], axis=2), flow.dtype)
        places = grid[tf.newaxis] - flow
        largest = tf.cast(tf.stack([height - 2, width - 2]), flow.dtype)
        corner = tf.minimum(tf.maximum(tf.floor(places), 0), largest)
        share = tf.cast(tf.clip_by_value(places - corner, 0.0, 1.0), image.dtype)
        first = tf.cast(corner, tf.int32)

        def pixels(down: int, right: int) -> Tensor:
            return tf.gather_nd(image, first + tf.constant([down, right]), batch_dims=1)

        row, column = share[..., :1], share[..., 1:]
        top = pixels(0, 0) + column * (pixels(0, 1) - pixels(0, 0))
        bottom = pixels(1, 0) + column * (pixels(1, 1) - pixels(1, 0))
        made = top + row * (bottom - top)
        made.set_shape(image.shape)
        return made
