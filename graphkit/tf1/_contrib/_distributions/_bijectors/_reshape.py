"""The bijector that gives events another shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["Reshape"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class Reshape(_Bijector):  # type: ignore[misc]
    """Another shape of events; the dimensions before theirs stay.

    Args:
        event_shape_out: The other shape, integers `[…]`, one of which may be -1.
        event_shape_in: The shape, as far as it matters; all of a vector unless given.
        validate_args: Whether shapes are checked, some when the graph runs.
        name: The name scope.

    Raises:
        TypeError: A shape is not of integers.
        ValueError: A shape is no vector, or not that of what is to be reshaped.
    """

    def __init__(
        self,
        event_shape_out: Any,
        event_shape_in: Any = (-1,),
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        with tf.name_scope(name, "reshape"):
            self._out = _shape(event_shape_out, "event_shape_out")
            self._in = _shape(event_shape_in, "event_shape_in")
            self._checks = []
            if validate_args:
                self._checks = [*_checks(self._out), *_checks(self._in)]
        super().__init__(
            is_constant_jacobian=True,
            validate_args=validate_args,
            forward_min_event_ndims=0,
            name=name or "reshape",
        )

    @property
    def event_ranks(self) -> tuple[int, int] | None:
        """The ranks of events before and after, where they are known."""
        before, after = (shape.shape.with_rank(1).as_list()[0] for shape in (self._in, self._out))
        return None if None in (before, after) else (before, after)

    def _reshaped(self, x: Tensor, before: Tensor, after: Tensor) -> Tensor:
        length = before.shape.with_rank(1).as_list()[0]
        if length is not None and x.shape.ndims == length:
            kept = []
        else:
            rank = tf.rank(x) if x.shape.ndims is None else x.shape.ndims
            count = tf.size(before) if length is None else length
            kept = [tf.cast(tf.shape(x)[: rank - count], after.dtype)]
        with tf.control_dependencies([*self._checks, *self._fits(x, before)]):
            return tf.reshape(x, tf.concat([*kept, after], 0) if kept else after)

    def _fits(self, x: Tensor, before: Tensor) -> list[Any]:
        """Finds events of another shape than they have to be, now or when the graph runs."""
        wanted = tf.get_static_value(before)
        if wanted is not None and x.shape.ndims is not None:
            own = x.shape.with_rank_at_least(len(wanted))[x.shape.ndims - len(wanted) :]
            if own.is_fully_defined():
                matters = wanted >= 0
                if not np.array_equal(np.array(own.as_list(), int)[matters], wanted[matters]):
                    raise ValueError(
                        "Input `event_shape` does not match `event_shape_in` "
                        f"({own.as_list()} vs {wanted.tolist()})."
                    )
                return []
        if not self.validate_args:
            return []
        own = tf.cast(tf.shape(x)[tf.rank(x) - tf.size(before) :], before.dtype)
        matters = before >= 0
        return [
            tf.assert_equal(
                tf.boolean_mask(own, matters),
                tf.boolean_mask(before, matters),
                message="Input `event_shape` does not match `event_shape_in`.",
            )
        ]

    def _forward(self, x: Tensor) -> Tensor:
        return self._reshaped(x, self._in, self._out)

    def _inverse(self, y: Tensor) -> Tensor:
        return self._reshaped(y, self._out, self._in)

    def _flat(self, x: Tensor) -> Tensor:
        with tf.control_dependencies(self._checks):
            return tf.constant(0.0, x.dtype.base_dtype)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return self._flat(x)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return self._flat(y)

    # What reshaping makes of a shape is told by reshaping something of that shape.
    def _forward_event_shape(self, input_shape: Any) -> Any:
        return self._forward(tf.zeros(input_shape)).shape

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return self._inverse(tf.zeros(output_shape)).shape

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        return tf.shape(self._forward(tf.zeros(input_shape)))

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        return tf.shape(self._inverse(tf.zeros(output_shape)))


def _shape(given: Any, name: str) -> Tensor:
    shape = tf.convert_to_tensor(given, name=name, preferred_dtype=tf.int32)
    if not shape.dtype.is_integer:
        raise TypeError(f"{name} dtype ({shape.dtype.name}) should be `int`-like.")
    if shape.shape.ndims is not None and shape.shape.ndims > 1:
        raise ValueError(f"`{name}` rank ({shape.shape.ndims}) should be <= 1.")
    return shape


def _checks(shape: Tensor) -> list[Any]:
    unknown = tf.reduce_sum(tf.cast(tf.equal(shape, -1), tf.int32))
    return [
        tf.assert_less_equal(tf.rank(shape), 1, message="a shape's rank should be <= 1."),
        tf.assert_less_equal(unknown, 1, message="a shape must have at most one `-1`."),
        tf.assert_greater_equal(
            shape, tf.constant(-1, shape.dtype), message="a shape has numbers of -1 or more."
        ),
    ]
