"""How much AddSign and PowerSign let signs count, as functions of the global step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["get_cosine_decay_fn", "get_linear_decay_fn", "get_restart_decay_fn"]

_Decay = Callable[[Any], Tensor]


def _passed(global_step: Any, decay_steps: Any, kind: str) -> Tensor:
    """The share of the steps that is over, in `[0, 1]`."""
    if global_step is None:
        raise ValueError(f"global_step is required for {kind}_decay.")
    steps = tf.cast(decay_steps, tf.float32)
    return tf.minimum(tf.cast(global_step, tf.float32), steps) / steps


def _cosine(fraction: Tensor) -> Tensor:
    return 0.5 * (1.0 + tf.cos(math.pi * fraction))


def get_linear_decay_fn(decay_steps: Any) -> _Decay:
    """Falls from 1 to 0 on a line.

    Args:
        decay_steps: When it is 0.

    Returns:
        A function of the global step; it raises ValueError for None.
    """
    return lambda global_step: 1.0 - _passed(global_step, decay_steps, "linear")


def get_cosine_decay_fn(
    decay_steps: Any, num_periods: float = 0.5, zero_after: float | None = None
) -> _Decay:
    """Falls and rises on a cosine.

    Args:
        decay_steps: When it stands still.
        num_periods: How many periods fit in before.
        zero_after: The number of periods after which it is 0.

    Returns:
        A function of the global step; it raises ValueError for None.
    """

    def decay(global_step: Any) -> Tensor:
        fraction = 2.0 * num_periods * _passed(global_step, decay_steps, "cosine")
        decayed = _cosine(fraction)
        if zero_after is None:
            return decayed
        return tf.where(fraction >= 2 * zero_after, tf.zeros_like(decayed), decayed)

    return decay


def get_restart_decay_fn(
    decay_steps: Any, num_periods: int = 1, zero_after: float | None = None
) -> _Decay:
    """Falls from 1 to 0 on a cosine, again and again.

    Args:
        decay_steps: When it stands still.
        num_periods: How often it falls before.
        zero_after: The number of falls after which it is 0.

    Returns:
        A function of the global step; it raises ValueError for None.
    """

    def decay(global_step: Any) -> Tensor:
        falls = num_periods * _passed(global_step, decay_steps, "cosine")
        decayed = _cosine(tf.floormod(falls, 1.0))
        if zero_after is None:
            return decayed
        return tf.where(falls >= zero_after, tf.zeros_like(decayed), decayed)

    return decay
