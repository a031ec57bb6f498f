"""The linear operators that say how wide distributions and bijectors of vectors are."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = [
    "diagonal_of_square",
    "diagonal_scale",
    "is_diagonal",
    "low_rank_scale",
    "mixed_scale",
    "square_of",
    "triangular_scale",
    "vector_shapes",
]


def _tensor(value: Any, name: str) -> Tensor | None:
    return None if value is None else tf.convert_to_tensor(value, name=name)


def diagonal_scale(
    diagonal: Any, factor: Any, like: Tensor | None, checks: str | None = None
) -> Any:
    """Makes the operator of a diagonal and a factor of the identity.

    Args:
        diagonal: The diagonal `[…, K]`, or nothing.
        factor: What is added to all of it, `[…]`, or nothing.
        like: A vector `[…, K]` that tells the size where no diagonal does.
        checks: "positive" or "non-zero": what the diagonal is checked to be.

    Returns:
        The operator; the identity where nothing is given.

    Raises:
        ValueError: Nothing tells the size.
    """
    diagonal, factor = _tensor(diagonal, "scale_diag"), _tensor(factor, "scale_identity_multiplier")
    if diagonal is not None:
        total = diagonal if factor is None else diagonal + factor[..., tf.newaxis]
        return tf.linalg.LinearOperatorDiag(
            _checked(total, checks),
            is_non_singular=True,
            is_self_adjoint=True,
            is_positive_definite=checks == "positive",
        )
    if like is None:
        raise ValueError("Cannot infer `event_shape` unless `loc` or `scale_diag` is specified.")
    size = like.shape.as_list()[-1] if like.shape.ndims else None
    known: dict[str, Any] = {"num_rows": tf.shape(like)[-1] if size is None else size}
    if factor is None:
        return tf.linalg.LinearOperatorIdentity(dtype=like.dtype, **known)
    return tf.linalg.LinearOperatorScaledIdentity(
        multiplier=_checked(factor, checks),
        is_non_singular=True,
        is_self_adjoint=True,
        is_positive_definite=checks == "positive",
        **known,
    )


def triangular_scale(triangle: Any, diagonal: Any, factor: Any, checks: str | None = None) -> Any:
    """Makes the operator of a lower triangle, to whose diagonal more may be added.

    Args:
        triangle: The matrix `[…, K, K]`, of which what is above the diagonal does not count.
        diagonal: What is added to its diagonal, `[…, K]`, or nothing.
        factor: What is added to all of its diagonal, `[…]`, or nothing.
        checks: "positive" or "non-zero": what the diagonal is checked to be.

    Returns:
        The operator.
    """
    lower = tf.matrix_band_part(tf.convert_to_tensor(triangle, name="scale_tril"), -1, 0)
    total = tf.matrix_diag_part(lower)
    if diagonal is not None:
        total += diagonal
    if factor is not None:
        total += tf.convert_to_tensor(factor)[..., tf.newaxis]
    return tf.linalg.LinearOperatorLowerTriangular(
        tf.matrix_set_diag(lower, _checked(total, checks)),
        is_non_singular=True,
        is_self_adjoint=False,
        is_positive_definite=checks == "positive",
    )


def low_rank_scale(base: Any, factor: Any, diagonal: Any, self_adjoint: bool = True) -> Any:
    """Adds `factor @ diag(diagonal) @ factor.T` to an operator.

    Args:
        base: The operator of `[…, K, K]`.
        factor: A matrix `[…, K, R]`.
        diagonal: A diagonal `[…, R]`; ones where there is none.
        self_adjoint: Whether the operator is, and so the sum.

    Returns:
        The operator of the sum.
    """
    return tf.linalg.LinearOperatorLowRankUpdate(
        base,
        u=_tensor(factor, "scale_perturb_factor"),
        diag_update=_tensor(diagonal, "scale_perturb_diag"),
        is_diag_update_positive=diagonal is None,
        is_non_singular=True,
        is_self_adjoint=self_adjoint,
        is_positive_definite=self_adjoint,
        is_square=True,
    )


def _checked(diagonal: Tensor, checks: str | None) -> Tensor:
    if checks is None:
        return diagonal
    message = f"diagonal part must be {checks}"
    if checks == "positive":
        check = tf.assert_positive(diagonal, message=message)
    else:
        zero = tf.zeros([], diagonal.dtype)
        check = tf.assert_none_equal(diagonal, zero, message=message)
    with tf.control_dependencies([check]):
        return tf.identity(diagonal)


def is_diagonal(scale: Any) -> bool:
    """Tells whether an operator has a diagonal only.

    Args:
        scale: The operator.

    Returns:
        Whether it has.
    """
    return isinstance(
        scale,
        tf.linalg.LinearOperatorIdentity
        | tf.linalg.LinearOperatorScaledIdentity
        | tf.linalg.LinearOperatorDiag,
    )


def mixed_scale(shares: Sequence[Tensor], scales: Sequence[Any]) -> Any:
    """Adds shares of operators.

    Args:
        shares: How much of each, `[…]`.
        scales: Operators of diagonals or lower triangles.

    Returns:
        The operator of the sum.

    Raises:
        NotImplementedError: An operator is of another kind.
    """
    sure = {
        f"is_{what}": all(getattr(scale, f"is_{what}") for scale in scales) or None
        for what in ("non_singular", "self_adjoint", "positive_definite")
    }
    kinds = tf.linalg
    pairs = list(zip(shares, scales, strict=True))
    identities = (kinds.LinearOperatorIdentity, kinds.LinearOperatorScaledIdentity)
    if all(isinstance(scale, identities) for scale in scales):
        factors = [share * getattr(scale, "multiplier", 1) for share, scale in pairs]
        known, fed = scales[0].shape.as_list()[-1], scales[0].range_dimension_tensor()
        rows = fed if known is None else known
        return kinds.LinearOperatorScaledIdentity(
            rows, multiplier=functools.reduce(operator.add, factors), **sure
        )
    if all(map(is_diagonal, scales)):
        diagonals = [share[..., tf.newaxis] * scale.diag_part() for share, scale in pairs]
        return kinds.LinearOperatorDiag(functools.reduce(operator.add, diagonals), **sure)
    for scale in scales:
        if not (is_diagonal(scale) or isinstance(scale, kinds.LinearOperatorLowerTriangular)):
            raise NotImplementedError(f"Unsupported Linop type ({type(scale).__name__})")
    triangles = [share[..., tf.newaxis, tf.newaxis] * scale.to_dense() for share, scale in pairs]
    return kinds.LinearOperatorLowerTriangular(functools.reduce(operator.add, triangles), **sure)


def square_of(scale: Any) -> Tensor:
    """Multiplies an operator with its transpose.

    Args:
        scale: The operator.

    Returns:
        The product, `[…, K, K]`.
    """
    return scale.matmul(scale.to_dense(), adjoint_arg=True)


def diagonal_of_square(scale: Any) -> Tensor:
    """Tells the diagonal of what `square_of` gives.

    Args:
        scale: The operator.

    Returns:
        The diagonal, `[…, K]`.
    """
    if is_diagonal(scale):
        return tf.square(scale.diag_part())
    return tf.matrix_diag_part(square_of(scale))


def vector_shapes(loc: Tensor | None, scale: Any) -> tuple[Any, Any]:
    """Tells the shapes that a place and a width give together.

    Args:
        loc: The place `[…, K]`, or nothing.
        scale: The operator of the width.

    Returns:
        The shapes of batch and event, as lists of numbers where they are known, else as tensors.

    Raises:
        ValueError: The place has another length than the width.
    """
    size = scale.shape.as_list()[-1] if scale.shape.ndims else None
    event = [size] if size is not None else scale.range_dimension_tensor()[tf.newaxis]
    if loc is None:
        known = scale.batch_shape
        return (known.as_list() if known.is_fully_defined() else scale.batch_shape_tensor()), event
    length = loc.shape.as_list()[-1] if loc.shape.ndims else None
    if None not in (length, size) and length not in (1, size):
        raise ValueError(
            f"Event size of 'scale' ({size}) could not be broadcast up to that of 'loc' ({length})."
        )
    batches = scale.batch_shape, loc.shape[:-1]
    if all(batch.is_fully_defined() for batch in batches):
        return tf.broadcast_static_shape(*batches).as_list(), event
    return tf.broadcast_dynamic_shape(scale.batch_shape_tensor(), tf.shape(loc)[:-1]), event
