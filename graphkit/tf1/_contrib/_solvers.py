"""contrib.solvers: iterations for large linear systems, given as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphkit._tf import DType, Tensor, tf

__all__ = [
    "CGLSState",
    "CGState",
    "LanczosBidiagState",
    "LinearOperator",
    "bidiag_matmul",
    "cgls",
    "conjugate_gradient",
    "create_operator",
    "dot",
    "identity_operator",
    "l2norm",
    "l2norm_squared",
    "l2normalize",
    "lanczos_bidiag",
]


class LinearOperator(NamedTuple):
    """A matrix `[M, N]`, known by what it does to columns."""

    shape: Any
    dtype: DType
    apply: Callable[[Tensor], Tensor]
    apply_adjoint: Callable[[Tensor], Tensor]


class CGState(NamedTuple):
    """Where conjugate gradients stand: steps, solution, residual, direction, its measure."""

    i: Tensor
    x: Tensor
    r: Tensor
    p: Tensor
    gamma: Tensor


class CGLSState(CGState):
    """Where conjugate gradients of least squares stand."""


class LanczosBidiagState(NamedTuple):
    """`A v = u B`: columns `u [M, K + 1]`, `v [N, K]`, the two diagonals `[K]` of B."""

    u: Tensor
    v: Tensor
    alpha: Tensor
    beta: Tensor


def _shape(matrix: Tensor) -> Any:
    return matrix.shape.as_list() if matrix.shape.is_fully_defined() else tf.shape(matrix)


def create_operator(matrix: Tensor) -> LinearOperator:
    """Makes an operator of a matrix.

    Args:
        matrix: `[M, N]`.

    Returns:
        The operator.
    """
    return LinearOperator(
        _shape(matrix),
        matrix.dtype,
        lambda v: tf.matmul(matrix, v),
        lambda v: tf.matmul(matrix, v, adjoint_a=True),
    )


def identity_operator(matrix: Tensor) -> LinearOperator:
    """Makes the operator that changes nothing.

    Args:
        matrix: Has its shape `[N, N]` and dtype.

    Returns:
        The operator.
    """
    return LinearOperator(_shape(matrix), matrix.dtype, lambda v: v, lambda v: v)


def dot(x: Tensor, y: Tensor) -> Tensor:
    """Multiplies two vectors.

    Args:
        x: A tensor, conjugated where it is complex.
        y: A tensor of the same shape.

    Returns:
        A scalar.
    """
    return tf.reduce_sum(tf.conj(x) * y)


def l2norm_squared(v: Tensor) -> Tensor:
    """Sums squares.

    Args:
        v: A tensor.

    Returns:
        A scalar.
    """
    return 2 * tf.nn.l2_loss(v)


def l2norm(v: Tensor) -> Tensor:
    """Measures a vector.

    Args:
        v: A tensor.

    Returns:
        Its length, a scalar.
    """
    return tf.sqrt(l2norm_squared(v))


def l2normalize(v: Tensor) -> tuple[Tensor, Tensor]:
    """Brings a vector to length 1.

    Args:
        v: A tensor.

    Returns:
        The tensor, and the length it had.
    """
    norm = l2norm(v)
    return v / norm, norm


def _iterated(
    step: Callable[[CGState], CGState], goes_on: Callable[[CGState], Tensor], first: CGState
) -> list[Tensor]:
    """Steps until one says no; the parts that are columns come out as vectors."""
    i, x, r, p, gamma = tf.while_loop(
        lambda *parts: goes_on(CGState(*parts)), lambda *parts: tuple(step(CGState(*parts))), first
    )
    return [i, *(tf.squeeze(part) for part in (x, r, p)), gamma]


def conjugate_gradient(
    operator: LinearOperator,
    rhs: Tensor,
    preconditioner: LinearOperator | None = None,
    x: Tensor | None = None,
    tol: float = 1e-4,
    max_iter: int = 20,
    name: str = "conjugate_gradient",
) -> CGState:
    """Solves `A x = rhs` for a symmetric positive A.

    Args:
        operator: A `[N, N]`.
        rhs: The right side `[N]`.
        preconditioner: About the inverse of A.
        x: Where to start `[N]`; at zero unless given.
        tol: How small the residual becomes, relative to the first.
        max_iter: The most steps.
        name: The name scope.

    Returns:
        Steps made, solution `[N]`, residual `[N]`, direction `[N]`, and its measure.
    """

    def precondition(r: Tensor) -> Tensor:
        return r if preconditioner is None else preconditioner.apply(r)

    def step(state: CGState) -> CGState:
        z = operator.apply(state.p)
        alpha = state.gamma / dot(state.p, z)
        r = state.r - alpha * z
        q = precondition(r)
        gamma = dot(r, q)
        p = q + gamma / state.gamma * state.p
        return CGState(state.i + 1, state.x + alpha * state.p, r, p, gamma)

    with tf.name_scope(name):
        column = rhs[:, tf.newaxis]
        start = tf.zeros_like(column) if x is None else x[:, tf.newaxis]
        r = column if x is None else column - operator.apply(start)
        p = precondition(r)
        least = tol * tf.norm(r)
        first = CGState(tf.constant(0), start, r, p, dot(r, p))

        def goes_on(state: CGState) -> Tensor:
            return tf.logical_and(state.i < max_iter, tf.norm(state.r) > least)

        return CGState(*_iterated(step, goes_on, first))


def cgls(
    operator: LinearOperator, rhs: Tensor, tol: float = 1e-6, max_iter: int = 20, name: str = "cgls"
) -> CGLSState:
    """Finds the x for which `A x` is nearest to a vector.

    Args:
        operator: A `[M, N]`.
        rhs: The vector `[M]`.
        tol: How small the gradient becomes, relative to the first.
        max_iter: The most steps.
        name: The name scope.

    Returns:
        Steps made, solution `[N]`, residual `[M]`, direction `[N]`, and its measure.
    """

    def step(state: CGState) -> CGState:
        q = operator.apply(state.p)
        alpha = state.gamma / l2norm_squared(q)
        r = state.r - alpha * q
        s = operator.apply_adjoint(r)
        gamma = l2norm_squared(s)
        p = s + gamma / state.gamma * state.p
        return CGState(state.i + 1, state.x + alpha * state.p, r, p, gamma)

    with tf.name_scope(name):
        column = rhs[:, tf.newaxis]
        s = operator.apply_adjoint(column)
        gamma = l2norm_squared(s)
        least = tol * tol * gamma
        first = CGState(tf.constant(0), tf.zeros_like(s), column, s, gamma)

        def goes_on(state: CGState) -> Tensor:
            return tf.logical_and(state.i < max_iter, state.gamma > least)

        return CGLSState(*_iterated(step, goes_on, first))


def lanczos_bidiag(
    operator: LinearOperator,
    k: int,
    orthogonalize: bool = True,
    starting_vector: Tensor | None = None,
    name: str = "lanczos_bidiag",
) -> LanczosBidiagState:
    """Brings a matrix to two diagonals by Lanczos's process.

    Args:
        operator: A `[M, N]`.
        k: K, how many steps are made.
        orthogonalize: Whether columns are kept at right angles to all before them.
        starting_vector: The first column `[M, 1]`; drawn by chance unless given.
        name: The name scope.

    Returns:
        The columns and diagonals.
    """

    def unit(v: Tensor, before: list[Tensor]) -> tuple[Tensor, Tensor]:
        if orthogonalize and before:
            basis = tf.concat(before, 1)
            # Once more, since the first time leaves what rounding makes.
            for _ in range(2):
                v -= tf.matmul(basis, tf.matmul(basis, v, adjoint_a=True))
        return l2normalize(v)

    with tf.name_scope(name):
        start = starting_vector
        if start is None:
            shape = tf.stack([operator.shape[0], 1])
            start = tf.random_uniform(shape, -1, 1, dtype=operator.dtype)
        us, vs = [l2normalize(start)[0]], list[Tensor]()
        alphas: list[Tensor] = []
        betas: list[Tensor] = []
        for step in range(k):
            r = operator.apply_adjoint(us[-1])
            v, alpha = unit(r - betas[-1] * vs[-1] if step else r, vs)
            u, beta = unit(operator.apply(v) - alpha * us[-1], us)
            us.append(u)
            vs.append(v)
            alphas.append(alpha)
            betas.append(beta)
        columns = tf.concat(us, 1), tf.concat(vs, 1)
        return LanczosBidiagState(*columns, tf.stack(alphas), tf.stack(betas))


def bidiag_matmul(
    matrix: Tensor,
    alpha: Tensor,
    beta: Tensor,
    adjoint_b: bool = False,
    name: str = "bidiag_matmul",
) -> Tensor:
    """Multiplies a matrix with one of two diagonals.

    Args:
        matrix: `[M, K + 1]`, or `[M, K]` with `adjoint_b`.
        alpha: The diagonal `[K]`.
        beta: The one below it `[K]`.
        adjoint_b: Whether the matrix of diagonals is transposed.
        name: The name scope.

    Returns:
        `[M, K]`.
    """
    with tf.name_scope(name):
        if not adjoint_b:
            return matrix[:, :-1] * alpha + matrix[:, 1:] * beta
        shifted = matrix[:, :-1] * beta[:-1]
        return matrix * alpha + tf.pad(shifted, [[0, 0], [1, 0]])
