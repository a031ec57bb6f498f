"""The flow in which each number depends on those before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._coupling import (
    dense,
    depth_of,
    scaled,
    unscaled,
    volume,
)
from graphkit.tf1._namespace import load

__all__ = [
    "MaskedAutoregressiveFlow",
    "masked_autoregressive_default_template",
    "masked_dense",
]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class MaskedAutoregressiveFlow(_Bijector):  # type: ignore[misc]
    """Scales and shifts each number of a vector by what a function makes of those before it.

    Reference: https://arxiv.org/abs/1705.07057.

    Args:
        shift_and_log_scale_fn: From transformed vectors `[…, D]` to a shift and the logarithm of
            a scale `[…, D]`, or nothing; number i depends on the numbers before i only.
        is_constant_jacobian: Whether the scale does not depend on the numbers.
        validate_args: Whether arguments are checked when the graph runs.
        unroll_loop: Whether numbers are transformed one after another without a loop op.
        name: The name scope.

    Raises:
        ValueError: The loop is to be unrolled, and the length of vectors is not known.
    """

    def __init__(
        self,
        shift_and_log_scale_fn: Callable[[Tensor], Any],
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        unroll_loop: bool = False,
        name: str | None = None,
    ) -> None:
        self._shift_and_log_scale_fn = shift_and_log_scale_fn
        self._unroll_loop = unroll_loop
        super().__init__(
            forward_min_event_ndims=1,
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            name=name or "masked_autoregressive_flow",
        )

    def _forward(self, x: Tensor) -> Tensor:
        # With each pass one more number is right, from the first on.
        passes = x.shape.with_rank_at_least(1)[-1:].as_list()[0]
        y = tf.zeros_like(x, name="y0")
        if self._unroll_loop:
            if passes is None:
                raise ValueError(
                    "The final dimension of `x` must be known at graph construction time if "
                    f"`unroll_loop=True`. `x.shape: {x.shape}`"
                )
            for _ in range(passes):
                y = scaled(x, *self._shift_and_log_scale_fn(y))
            return y
        # Variables are made outside of the loop.
        self._shift_and_log_scale_fn(y)
        return tf.while_loop(
            lambda index, _: index < tf.shape(x)[-1],
            lambda index, y: (index + 1, scaled(x, *self._shift_and_log_scale_fn(y))),
            (0, y),
            maximum_iterations=passes,
        )[1]

    def _inverse(self, y: Tensor) -> Tensor:
        return unscaled(y, *self._shift_and_log_scale_fn(y))

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return volume(y, self._shift_and_log_scale_fn(y)[1], undone=True)


def masked_dense(
    inputs: Tensor,
    units: int,
    num_blocks: int | None = None,
    exclusive: bool = False,
    kernel_initializer: Any = None,
    reuse: bool | None = None,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Tensor:
    """Puts a layer on vectors whose blocks depend on blocks before them only.

    Reference: https://arxiv.org/abs/1502.03509.

    Args:
        inputs: Vectors `[…, D]`.
        units: How many numbers it makes.
        num_blocks: Into how many blocks both are divided.
        exclusive: Whether a block does not depend on the same block of the inputs either.
        kernel_initializer: What the kernel is before it is masked; Glorot's normal unless given.
        reuse: Whether variables are those made before.
        name: The layer's name.
        args: More arguments of `tf.layers.Dense` after `units`.
        kwargs: More arguments of it by name.

    Returns:
        Vectors `[…, units]`.

    Raises:
        NotImplementedError: D is not known.
    """
    mask = _mask(num_blocks, depth_of(inputs), units, exclusive)
    mask = mask.astype(inputs.dtype.base_dtype.as_numpy_dtype)
    whole = tf.glorot_normal_initializer() if kernel_initializer is None else kernel_initializer

    def masked_initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return mask * whole(shape, dtype, partition_info)

    with tf.name_scope(name, "masked_dense", [inputs]):
        return dense(
            inputs,
            units,
            *args,
            name=name,
            reuse=reuse,
            kernel_initializer=masked_initializer,
            kernel_constraint=lambda kernel: mask * kernel,
            **kwargs,
        )


def _mask(num_blocks: Any, inputs: int, units: int, exclusive: bool) -> Any:
    """Which input `[inputs, 1]` each unit `[1, units]` may see."""
    width, height = inputs // num_blocks, units // num_blocks
    block = np.arange(inputs)[:, np.newaxis] // max(width, 1)
    # Numbers that are left over when blocks are cut are seen by no unit.
    whole = block < (num_blocks if width else 0)
    return whole & (np.arange(units) >= (block + bool(exclusive)) * height)


def masked_autoregressive_default_template(
    hidden_layers: Sequence[int],
    shift_only: bool = False,
    activation: Callable[[Tensor], Tensor] | None = tf.nn.relu,
    log_scale_min_clip: Any = -5.0,
    log_scale_max_clip: Any = 3.0,
    log_scale_clip_gradient: bool = False,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Makes the network of a `MaskedAutoregressiveFlow`, whose variables are made once.

    Args:
        hidden_layers: The sizes of its layers but the last.
        shift_only: Whether nothing is scaled.
        activation: What follows these layers, or nothing.
        log_scale_min_clip: The least logarithm of a scale.
        log_scale_max_clip: The greatest.
        log_scale_clip_gradient: Whether no gradient passes where logarithms are cut.
        name: The name scope, and that of variables.
        args: More arguments of `masked_dense`.
        kwargs: More arguments of it by name.

    Returns:
        A function of vectors `[…, D]` that gives a shift and the logarithm of a scale `[…, D]`,
        or nothing instead of the latter.
    """
    name = name or "masked_autoregressive_default_template"

    def network(x: Tensor) -> tuple[Tensor, Tensor | None]:
        depth, shape = depth_of(x), tf.shape(x)
        if x.shape.is_fully_defined():
            shape = tf.constant(x.shape.as_list())
        for number, units in enumerate(hidden_layers):
            exclusive = number == 0
            x = masked_dense(x, units, depth, exclusive, *args, activation=activation, **kwargs)
        x = masked_dense(x, (1 if shift_only else 2) * depth, depth, *args, **kwargs)
        if shift_only:
            return tf.reshape(x, shape), None
        shift, log_scale = tf.unstack(tf.reshape(x, tf.concat([shape, [2]], 0)), axis=-1)
        cut = tf.clip_by_value(log_scale, log_scale_min_clip, log_scale_max_clip)
        if not log_scale_clip_gradient:
            cut = log_scale + tf.stop_gradient(cut - log_scale)
        return shift, cut

    with tf.name_scope(name):
        return tf.make_template(name, network)
