"""What the distributions of single numbers share: shapes from parameters, checks of arguments."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = [
    "ScalarDistribution",
    "check_scalar",
    "count_checked",
    "logits_and_probs",
    "new_seed",
    "positive",
    "tiny",
    "where_above",
]

_UTIL = "tensorflow.python.ops.distributions.util"
logits_and_probs: Any = load(f"{_UTIL}:get_logits_and_probs")
new_seed: Any = load(f"{_UTIL}:gen_new_seed")
_checked_count: Any = load(f"{_UTIL}:embed_check_nonnegative_integer_form")


def tiny(dtype: Any) -> Any:
    """Returns the least positive number of a float dtype."""
    return np.finfo(dtype.as_numpy_dtype).tiny


def check_scalar(distribution: Any, dtype: Any) -> None:
    """Checks that a distribution is of single numbers, and of one dtype with what it is used for.

    Args:
        distribution: The distribution.
        dtype: The dtype.

    Raises:
        ValueError: It has a batch or is of vectors.
        TypeError: It is of another dtype.
    """
    if distribution.batch_shape.ndims or distribution.event_shape.ndims:
        raise ValueError("distribution must be scalar: of one number and without a batch")
    if distribution.dtype != dtype:
        raise TypeError(f"dtype mismatch; distribution.dtype={distribution.dtype} is not {dtype}")


def positive(value: Any, validate_args: bool, name: str) -> Tensor:
    """Names a parameter that has to be above 0.

    Args:
        value: The parameter.
        validate_args: Whether it is checked.
        name: The tensor's name.

    Returns:
        The parameter.
    """
    checks = [tf.assert_positive(value)] if validate_args else []
    with tf.control_dependencies(checks):
        return tf.identity(value, name=name)


def count_checked(distribution: Any, counts: Tensor) -> Tensor:
    """Lets counts through, checked to be whole and not negative where arguments are.

    Args:
        distribution: Whose counts they are.
        counts: The counts.

    Returns:
        The counts.
    """
    return _checked_count(counts) if distribution.validate_args else counts


def where_above(distribution: Any, value: Tensor, least: float, given: dict[str, Tensor]) -> Tensor:
    """Lets a statistic through where every parameter is above the least.

    Args:
        distribution: Whose statistic it is.
        value: The statistic.
        least: What every parameter has to be above.
        given: The parameters by name.

    Returns:
        The statistic, NaN elsewhere; or, where that is not allowed, one that fails when run.
    """
    if distribution.allow_nan_stats:
        defined = functools.reduce(tf.logical_and, [part > least for part in given.values()])
        return tf.where_v2(defined, value, tf.constant(float("nan"), value.dtype))
    checks = [
        tf.assert_less(
            tf.constant(least, value.dtype), part, message=f"undefined for {name} <= {least:g}"
        )
        for name, part in given.items()
    ]
    with tf.control_dependencies(checks):
        return tf.identity(value)


class ScalarDistribution(tf.distributions.Distribution):  # type: ignore[misc]
    """A distribution of numbers, whose batch has the shape its parameters are broadcast to.

    Args:
        tensors: The parameters that say the shape.
        parameters: The arguments the distribution was made with.
        name: The name scope.
        dtype: The dtype of draws; that of the last parameter unless given.
        reparameterized: Whether gradients go through draws.
    """

    def __init__(
        self,
        tensors: Sequence[Tensor],
        parameters: dict[str, Any],
        name: str,
        dtype: Any = None,
        reparameterized: bool = False,
    ) -> None:
        self._shaping = list(tensors)
        kinds = tf.distributions
        kind = kinds.FULLY_REPARAMETERIZED if reparameterized else kinds.NOT_REPARAMETERIZED
        super().__init__(
            dtype=self._shaping[-1].dtype if dtype is None else dtype,
            reparameterization_type=kind,
            validate_args=parameters["validate_args"],
            allow_nan_stats=parameters["allow_nan_stats"],
            parameters=parameters,
            graph_parents=self._shaping,
            name=name,
        )

    def _batch_shape(self) -> Any:
        return functools.reduce(tf.broadcast_static_shape, [t.shape for t in self._shaping])

    def _batch_shape_tensor(self) -> Tensor:
        shapes = [tf.shape(tensor) for tensor in self._shaping]
        return functools.reduce(tf.broadcast_dynamic_shape, shapes)

    def _event_shape(self) -> Any:
        return tf.TensorShape([])

    def _event_shape_tensor(self) -> Tensor:
        return tf.constant([], tf.int32)

    def _drawn_shape(self, n: Tensor) -> Tensor:
        return tf.concat([[n], self.batch_shape_tensor()], 0)

    def _uniform(self, n: Tensor, seed: int | None) -> Tensor:
        """Draws above 0 and below 1, whose logarithms are finite."""
        shape = self._drawn_shape(n)
        return tf.random_uniform(shape, tiny(self.dtype), 1.0, self.dtype, seed)

    def _nan(self) -> Tensor:
        return tf.fill(self.batch_shape_tensor(), tf.constant(float("nan"), self.dtype))
