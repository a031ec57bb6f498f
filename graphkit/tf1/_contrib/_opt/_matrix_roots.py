"""Roots of positive matrices by iteration, which runs where decompositions are slow."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["matrix_inverse_pth_root", "matrix_square_root"]


def matrix_square_root(
    mat_a: Tensor, mat_a_size: Any, iter_count: int = 100, ridge_epsilon: float = 1e-4
) -> Tensor:
    """Finds the square root of a positive matrix by Denman's and Beavers' iteration.

    Args:
        mat_a: The matrix `[N, N]`.
        mat_a_size: N.
        iter_count: The most iterations.
        ridge_epsilon: Added to the diagonal.

    Returns:
        `[N, N]`; its square is the matrix.
    """
    identity = tf.eye(tf.cast(mat_a_size, tf.int32))
    matrix = mat_a + ridge_epsilon * identity
    norm = tf.norm(matrix)

    def goes_on(
        i: Tensor, y: Tensor, _: Tensor, z: Tensor, error: Tensor, before: Tensor
    ) -> Tensor:
        return tf.logical_and(i < iter_count, error < before)

    def body(
        i: Tensor, y: Tensor, _: Tensor, z: Tensor, error: Tensor, before: Tensor
    ) -> tuple[Tensor, ...]:
        step = 0.5 * (3.0 * identity - tf.matmul(z, y))
        closer = tf.matmul(y, step)
        root = closer * tf.sqrt(norm)
        left = tf.norm(matrix - tf.matmul(root, root)) / norm
        return i + 1, closer, y, tf.matmul(step, z), left, error

    start = [tf.constant(0), matrix / norm, matrix / norm, identity, norm, norm + 1.0]
    # The last iterate is the one that was worse.
    _, _, best, _, _, _ = tf.while_loop(goes_on, body, start)
    return best * tf.sqrt(norm)


def matrix_inverse_pth_root(
    mat_g: Tensor,
    mat_g_size: int,
    alpha: float,
    iter_count: int = 100,
    epsilon: float = 1e-6,
    ridge_epsilon: float = 1e-6,
) -> Tensor:
    """Finds a negative power of a positive matrix by Newton's iteration.

    Reference: https://www.maths.manchester.ac.uk/~higham/narep/narep45.pdf

    Args:
        mat_g: The matrix `[N, N]`.
        mat_g_size: N.
        alpha: The power, `-1 / p` for a positive integer p.
        iter_count: The most iterations.
        epsilon: How near the product with the result has to be to the identity.
        ridge_epsilon: Added to the diagonal.

    Returns:
        `[N, N]`, the matrix to the power of `alpha`.

    Raises:
        ValueError: `-1 / alpha` is no positive integer.
    """
    if mat_g_size == 1:
        return tf.pow(mat_g + ridge_epsilon, alpha)
    order = round(-1.0 / alpha)
    if order < 1 or abs(order + 1.0 / alpha) > 1e-6:
        raise ValueError(f"-1 / alpha must be a positive integer, not {-1.0 / alpha}")
    identity = tf.eye(mat_g_size)
    damped = mat_g + ridge_epsilon * identity

    def goes_on(i: Tensor, m: Tensor, _: Tensor) -> Tensor:
        return tf.logical_and(i < iter_count, tf.reduce_max(tf.abs(m - identity)) > epsilon)

    def body(i: Tensor, m: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        step = (1 - alpha) * identity + alpha * m
        power = step
        for _ in range(order - 1):
            power = tf.matmul(power, step)
        return i + 1, tf.matmul(power, m), tf.matmul(x, step)

    z = (1 - 1 / alpha) / (2 * tf.norm(damped))
    start = [tf.constant(0), damped * z, identity * tf.pow(z, -alpha)]
    _, _, root = tf.while_loop(goes_on, body, start)
    return root
