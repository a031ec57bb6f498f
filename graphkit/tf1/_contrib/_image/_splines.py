"""contrib.image: maps joined together, and pictures bent by a few points."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._image._maps import dense_image_warp

__all__ = [
    "compose_transforms",
    "flat_transforms_to_matrices",
    "interpolate_spline",
    "matrices_to_flat_transforms",
    "sparse_image_warp",
]

_LEAST = 1e-10


def flat_transforms_to_matrices(transforms: Any) -> Tensor:
    """Writes projective maps as matrices.

    Args:
        transforms: From output to input, `[8]` or `[N, 8]`.

    Returns:
        `[N, 3, 3]`.

    Raises:
        ValueError: The rank is another.
    """
    with tf.name_scope("flat_transforms_to_matrices"):
        flat = tf.convert_to_tensor(transforms, name="transforms")
        if flat.shape.ndims not in (1, 2):
            raise ValueError(f"Transforms should be 1D or 2D, got: {flat}")
        padded = tf.pad(tf.reshape(flat, [-1, 8]), [[0, 0], [0, 1]], constant_values=1)
        return tf.reshape(padded, [-1, 3, 3])


def matrices_to_flat_transforms(transform_matrices: Any) -> Tensor:
    """Writes matrices as projective maps.

    Args:
        transform_matrices: From output to input, `[3, 3]` or `[N, 3, 3]`.

    Returns:
        `[N, 8]`.

    Raises:
        ValueError: The rank is another.
    """
    with tf.name_scope("matrices_to_flat_transforms"):
        matrices = tf.convert_to_tensor(transform_matrices, name="matrices")
        if matrices.shape.ndims not in (2, 3):
            raise ValueError(f"Matrices should be 2D or 3D, got: {matrices}")
        flat = tf.reshape(matrices, [-1, 9])
        return flat[:, :8] / flat[:, 8:]


def compose_transforms(*transforms: Any) -> Tensor:
    """Joins projective maps: pictures go through them in their order.

    Args:
        *transforms: Maps `[8]` or `[N, 8]`, at least one.

    Returns:
        `[N, 8]`.

    Raises:
        AssertionError: There are none.
    """
    if not transforms:
        raise AssertionError("transforms cannot be empty")
    with tf.name_scope("compose_transforms"):
        composed = flat_transforms_to_matrices(transforms[0])
        for transform in transforms[1:]:
            composed = tf.matmul(composed, flat_transforms_to_matrices(transform))
        return matrices_to_flat_transforms(composed)


def _distances(x: Tensor, y: Tensor) -> Tensor:
    """Squared distances of all pairs `[B, M, N]`."""
    own = [tf.reduce_sum(tf.square(part), 2) for part in (x, y)]
    products = tf.matmul(x, y, adjoint_b=True)
    return own[0][:, :, tf.newaxis] - 2 * products + own[1][:, tf.newaxis, :]


def _radial(squared: Tensor, order: int) -> Tensor:
    """The spline's function of a squared distance."""
    safe = tf.maximum(squared, _LEAST)
    if order % 2:
        return tf.pow(safe, 0.5 * order)
    return 0.5 * tf.pow(squared if order in (2, 4) else safe, order // 2) * tf.log(safe)


def _with_one(points: Tensor) -> Tensor:
    return tf.concat([points, tf.ones_like(points[..., :1])], 2)


def interpolate_spline(
    train_points: Any,
    train_values: Any,
    query_points: Any,
    order: int,
    regularization_weight: float = 0.0,
    name: str = "interpolate_spline",
) -> Tensor:
    """Interpolates between points by a polyharmonic spline.

    Args:
        train_points: Where values are known `[B, N, D]`; D is known.
        train_values: Those values `[B, N, K]`; K is known.
        query_points: Where they are wanted `[B, M, D]`.
        order: 1 for straight, 2 for thin plates …
        regularization_weight: How far the spline may miss the values to be smoother.
        name: The name scope.

    Returns:
        Values `[B, M, K]`.

    Raises:
        ValueError: D or K is not known.
    """
    with tf.name_scope(name):
        points = tf.convert_to_tensor(train_points)
        values = tf.convert_to_tensor(train_values)
        queries = tf.convert_to_tensor(query_points)
        sizes = {"input points (d)": points, "output values (k)": values}
        for what, tensor in sizes.items():
            if tensor.shape.as_list()[-1] is None:
                raise ValueError(f"The dimensionality of the {what} must be statically-inferrable.")
        count, extra = tf.shape(points)[1], int(points.shape[-1]) + 1
        own = tf.zeros(tf.shape(points)[:2], points.dtype)
        among = _radial(tf.matrix_set_diag(_distances(points, points), own), order)
        if regularization_weight > 0:
            among += regularization_weight * tf.eye(count, dtype=points.dtype)
        linear = _with_one(points)
        corner = tf.zeros(tf.stack([tf.shape(points)[0], extra, extra]), points.dtype)
        upper = tf.concat([among, linear], 2)
        lower = tf.concat([tf.matrix_transpose(linear), corner], 2)
        wanted = tf.pad(values, [[0, 0], [0, extra], [0, 0]])
        weights = tf.matrix_solve(tf.concat([upper, lower], 1), wanted)
        bent = tf.matmul(_radial(_distances(queries, points), order), weights[:, :count])
        return bent + tf.matmul(_with_one(queries), weights[:, count:])


def _edge_points(height: int, width: int, between: int) -> np.ndarray[Any, Any]:
    """Points on the edge of a picture `[N, 2]`: its corners and some between them."""
    ys = np.linspace(0, height - 1, between + 2)
    xs = np.linspace(0, width - 1, between + 2)
    rows, columns = np.meshgrid(ys, xs, indexing="ij")
    edge = np.isin(rows, (0, height - 1)) | np.isin(columns, (0, width - 1))
    return np.stack([rows[edge], columns[edge]], axis=-1)


def sparse_image_warp(
    image: Any,
    source_control_point_locations: Any,
    dest_control_point_locations: Any,
    interpolation_order: int = 2,
    regularization_weight: float = 0.0,
    num_boundary_points: int = 0,
    name: str = "sparse_image_warp",
) -> tuple[Tensor, Tensor]:
    """Bends pictures so that some points come to others.

    Args:
        image: Pictures `[B, H, W, C]`; B, H and W are known.
        source_control_point_locations: Points, row and column `[B, N, 2]`.
        dest_control_point_locations: Where they come to `[B, N, 2]`.
        interpolation_order: The order of the spline between them.
        regularization_weight: How far points may miss, to be smoother.
        num_boundary_points: How many points of each edge stay, and corners; none for 0.
        name: The name scope.

    Returns:
        Pictures, and how each pixel moved `[B, H, W, 2]`.
    """
    with tf.name_scope(name):
        image = tf.convert_to_tensor(image)
        source = tf.convert_to_tensor(source_control_point_locations)
        target = tf.convert_to_tensor(dest_control_point_locations)
        flows = target - source
        batch, height, width, _ = image.shape.as_list()
        if num_boundary_points > 0:
            edge = _edge_points(height, width, num_boundary_points - 1)
            still = tf.constant(np.broadcast_to(edge, (batch, *edge.shape)), target.dtype)
            target = tf.concat([target, still], 1)
            flows = tf.concat([flows, tf.zeros_like(still)], 1)
        rows, columns = np.indices((height, width))
        pixels = np.stack([rows.ravel(), columns.ravel()], -1)
        places = tf.constant(np.broadcast_to(pixels, (batch, *pixels.shape)), image.dtype)
        found = interpolate_spline(
            target, flows, places, interpolation_order, regularization_weight
        )
        dense = tf.reshape(found, [batch, height, width, 2])
        return dense_image_warp(image, dense), dense
