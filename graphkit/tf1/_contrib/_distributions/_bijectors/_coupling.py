"""What flows share: numbers scaled and shifted by what a network makes of other numbers."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_layers, tf

__all__ = ["dense", "depth_of", "scaled", "unscaled", "volume"]


def depth_of(x: Tensor) -> int:
    """Tells the length of vectors.

    Args:
        x: Vectors `[…, D]`.

    Returns:
        D.

    Raises:
        NotImplementedError: It is not known before the graph runs.
    """
    depth = x.shape.with_rank_at_least(1).as_list()[-1] if x.shape.ndims is not None else None
    if depth is None:
        raise NotImplementedError("Rightmost dimension must be known prior to graph execution.")
    return int(depth)


def dense(inputs: Tensor, units: int, *args: Any, **options: Any) -> Tensor:
    """Puts a layer of `tf.layers` on vectors.

    Args:
        inputs: Vectors `[…, D]`.
        units: How many numbers it makes.
        args: More arguments of the layer.
        options: More arguments of the layer by name, and its `name` and `reuse`.

    Returns:
        Vectors `[…, units]`.
    """
    name, reuse = options.pop("name", None), options.pop("reuse", None)
    kind = inputs.dtype.base_dtype
    layer = legacy_layers.Dense(
        units, *args, name=name, dtype=kind, _scope=name, _reuse=reuse, **options
    )
    return layer(inputs)


def scaled(x: Tensor, shift: Tensor | None, log_scale: Tensor | None) -> Tensor:
    """Scales and shifts.

    Args:
        x: The numbers.
        shift: What is added, or nothing.
        log_scale: The logarithm of what they are multiplied with, or nothing.

    Returns:
        The transformed numbers.
    """
    y = x if log_scale is None else x * tf.exp(log_scale)
    return y if shift is None else y + shift


def unscaled(y: Tensor, shift: Tensor | None, log_scale: Tensor | None) -> Tensor:
    """Undoes what `scaled` does.

    Args:
        y: The transformed numbers.
        shift: What was added, or nothing.
        log_scale: The logarithm of what they were multiplied with, or nothing.

    Returns:
        The numbers.
    """
    x = y if shift is None else y - shift
    return x if log_scale is None else x * tf.exp(-log_scale)


def volume(x: Tensor, log_scale: Tensor | None, undone: bool = False) -> Tensor:
    """Tells how much volumes grow when vectors are scaled.

    Args:
        x: The vectors.
        log_scale: The logarithms of what their numbers are multiplied with, or nothing.
        undone: Whether their numbers are divided by it instead.

    Returns:
        The logarithms `[…]`; one for all where nothing is multiplied.
    """
    if log_scale is None:
        return tf.constant(0.0, x.dtype.base_dtype)
    # Negated before the sum: the base class negates the sum, and TensorFlow's graph optimizer may
    # lose one of two negations in a row.
    return tf.reduce_sum(-log_scale if undone else log_scale, -1)
