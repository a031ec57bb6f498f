"""Dropout, which exists in two spellings that mean opposite things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, legacy_layers, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._types import checked_number
from graphkit.graph.layers._inputs import checked_flag, checked_input
from graphkit.graph.layers._scope import check_options, layer_scope

__all__ = ["dropout"]

_EITHER = (
    "the only one of rate (the share dropped, as in tf.layers.dropout) and keep_prob (the share "
    "kept, as in tf.nn.dropout): rate=0.1 is keep_prob=0.9"
)


def dropout(
    inputs: Tensor,
    *,
    training: bool | Tensor,
    rate: float | Tensor | None = None,
    keep_prob: float | Tensor | None = None,
    noise_shape: Sequence[Any] | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Adds dropout: while training, some entries become 0 and the others grow to make up for it.

    TensorFlow 1 had `tf.nn.dropout(x, 0.9)` that kept 90 % and `tf.layers.dropout(x, 0.9)` that
    dropped 90 %. Here the word is always written: `rate` or `keep_prob`, never both. Kept entries
    are multiplied by `1 / keep_prob`, so the expected value stays.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/dropout and
    Srivastava et al. 2014, http://jmlr.org/papers/v15/srivastava14a.html.

    Args:
        inputs: Float, of any shape.
        training: A bool, or a bool tensor `[]` such as `GraphBuilder.switch` makes; outside
            training the inputs pass unchanged.
        rate: The share that is dropped, 0 up to but not including 1; a number or float scalar `[]`.
        keep_prob: The share that is kept, above 0 up to 1; a number or float scalar `[]`.
        noise_shape: Shape of what is drawn, one entry per axis; 1 where entries fall together.
        seed: Makes the draw the same in every session, and that of TensorFlow 1.15.
        name: The layer's name.

    Returns:
        The inputs with some dropped, of the same shape and dtype.

    Raises:
        ArgumentError: Both or neither of `rate` and `keep_prob`, or one out of range.
        ArgumentTypeError: Not a float tensor of a graph, or `training` is not boolean.
    """
    given = checked_input("dropout", inputs, min_rank=0, kind="float")
    training = checked_flag("dropout", "training", training, given.graph)
    share = _checked_share(rate, keep_prob)
    if noise_shape is not None and len(noise_shape) != len(given.sizes):
        wanted = f"one entry per axis of {given.sizes}"
        raise ArgumentError("dropout", "noise_shape", list(noise_shape), wanted)
    check_options("dropout", name, given.graph)
    with layer_scope("dropout", name, given.graph):
        return legacy_layers.dropout(
            inputs,
            rate=share if keep_prob is None else 1 - share,
            noise_shape=noise_shape,
            seed=seed,
            training=training,
            name=name,
        )


def _checked_share(rate: Any, keep_prob: Any) -> Any:
    if (rate is None) == (keep_prob is None):
        received = f"rate={rate!r}, keep_prob={keep_prob!r}"
        raise ArgumentError("dropout", "rate or keep_prob", received, _EITHER)
    argument, value = ("rate", rate) if keep_prob is None else ("keep_prob", keep_prob)
    if tf.is_tensor(value):
        if not value.dtype.is_floating or value.shape.rank not in (None, 0):
            received = f"{value.dtype.name}{value.shape}"
            raise ArgumentTypeError("dropout", argument, received, "a number or a float scalar")
        return value
    if argument == "rate":
        wanted = "of at least 0 and below 1"
        return checked_number("dropout", argument, value, wanted, lambda rate: 0 <= rate < 1)
    wanted = "above 0 and at most 1"
    return checked_number("dropout", argument, value, wanted, lambda kept: 0 < kept <= 1)
