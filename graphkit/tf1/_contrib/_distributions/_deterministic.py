"""Distributions that always give the same number or vector."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["Deterministic", "VectorDeterministic"]


class _AtOnePoint(tf.distributions.Distribution):  # type: ignore[misc]
    """The part that numbers and vectors share.

    Args:
        parameters: The arguments of the subclass.
    """

    def __init__(self, parameters: dict[str, Any]) -> None:
        validate = parameters["validate_args"]
        with tf.name_scope(parameters["name"]) as scope:
            self.loc = tf.convert_to_tensor(parameters["loc"], name="loc")
            self.atol = _tolerance(parameters["atol"], self.loc.dtype, validate)
            self.rtol = _tolerance(parameters["rtol"], self.loc.dtype, validate)
            self._slack = self.atol + self.rtol * tf.abs(self.loc)
        super().__init__(
            dtype=self.loc.dtype,
            reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
            validate_args=validate,
            allow_nan_stats=parameters["allow_nan_stats"],
            parameters=parameters,
            graph_parents=[self.loc],
            name=scope,
        )

    def _near(self, x: Tensor) -> Tensor:
        return tf.abs(x - self.loc) <= self._slack

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        del seed
        shape = tf.concat([[n], tf.ones([tf.rank(self.loc)], tf.int32)], 0)
        return tf.tile(self.loc[tf.newaxis], shape)

    def _entropy(self) -> Tensor:
        return tf.zeros(self.batch_shape_tensor(), self.dtype)

    def _mean(self) -> Tensor:
        return tf.identity(self.loc)

    def _variance(self) -> Tensor:
        return tf.zeros_like(self.loc)

    def _mode(self) -> Tensor:
        return self._mean()


def _tolerance(value: Any, dtype: Any, validate_args: bool) -> Tensor:
    given = tf.convert_to_tensor(0 if value is None else value, dtype)
    negative = "Argument 'tol' must be non-negative"
    checks = [tf.assert_non_negative(given, message=negative)] if validate_args else []
    with tf.control_dependencies(checks):
        return tf.identity(given)


class Deterministic(_AtOnePoint):
    """Always the same number.

    Args:
        loc: The number, `[…]`.
        atol: How far from it counts as it.
        rtol: The same, as a share of it.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.
    """

    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Deterministic",
    ) -> None:
        super().__init__(dict(locals()))

    def _batch_shape(self) -> Any:
        return self.loc.shape

    def _batch_shape_tensor(self) -> Tensor:
        return tf.shape(self.loc)

    def _event_shape(self) -> Any:
        return tf.TensorShape([])

    def _event_shape_tensor(self) -> Tensor:
        return tf.constant([], tf.int32)

    def _prob(self, x: Tensor) -> Tensor:
        return tf.cast(self._near(x), self.dtype)

    def _cdf(self, x: Tensor) -> Tensor:
        return tf.cast(x >= self.loc - self._slack, self.dtype)


class VectorDeterministic(_AtOnePoint):
    """Always the same vector.

    Args:
        loc: The vector, `[…, K]`.
        atol: How far from it counts as it, in every place.
        rtol: The same, as a share of it.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Arguments are checked and `loc` is a number.
    """

    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorDeterministic",
    ) -> None:
        if validate_args and tf.convert_to_tensor(loc).shape.ndims == 0:
            raise ValueError("Argument loc must be at least rank 1.")
        parameters = dict(locals())
        super().__init__(parameters)

    def _batch_shape(self) -> Any:
        return self.loc.shape[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        return tf.shape(self.loc)[:-1]

    def _event_shape(self) -> Any:
        return self.loc.shape[-1:]

    def _event_shape_tensor(self) -> Tensor:
        return tf.shape(self.loc)[-1:]

    def _checks(self, x: Tensor) -> list[Any]:
        elsewhere = "Argument 'x' not defined in the same space R^k as this distribution"
        size, own = tf.shape(x)[-1:], self.event_shape_tensor()
        return [tf.assert_equal(own, size, message=elsewhere)]

    def _prob(self, x: Tensor) -> Tensor:
        with tf.control_dependencies(self._checks(x) if self.validate_args else []):
            return tf.cast(tf.reduce_all(self._near(x), axis=-1), self.dtype)
