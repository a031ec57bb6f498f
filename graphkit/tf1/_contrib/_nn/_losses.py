"""contrib.nn: losses with logits first, as before 1.0, and two activations."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = [
    "alpha_dropout",
    "deprecated_flipped_sigmoid_cross_entropy_with_logits",
    "deprecated_flipped_softmax_cross_entropy_with_logits",
    "deprecated_flipped_sparse_softmax_cross_entropy_with_logits",
    "scaled_softplus",
]

# What a SELU layer gives for minus infinity: -scale * alpha of arXiv:1706.02515.
_SATURATION = -1.7580993408473766


def deprecated_flipped_softmax_cross_entropy_with_logits(
    logits: Any, labels: Any, dim: int = -1, name: str | None = None
) -> Tensor:
    """Computes the loss of `tf.nn.softmax_cross_entropy_with_logits`, logits first.

    Args:
        logits: Scores `[..., C]`.
        labels: Probabilities, of the same shape.
        dim: Where the classes are.
        name: The op's name.

    Returns:
        The loss, without the dimension of the classes.
    """
    return tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=dim, name=name)


def deprecated_flipped_sparse_softmax_cross_entropy_with_logits(
    logits: Any, labels: Any, name: str | None = None
) -> Tensor:
    """Computes the loss of `tf.nn.sparse_softmax_cross_entropy_with_logits`, logits first.

    Args:
        logits: Scores `[..., C]`.
        labels: int32 or int64 classes `[...]`.
        name: The op's name.

    Returns:
        The loss `[...]`.
    """
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def deprecated_flipped_sigmoid_cross_entropy_with_logits(
    logits: Any, targets: Any, name: str | None = None
) -> Tensor:
    """Computes the loss of `tf.nn.sigmoid_cross_entropy_with_logits`, logits first.

    Args:
        logits: Scores of any shape.
        targets: Probabilities, of the same shape.
        name: The op's name.

    Returns:
        The loss, of the same shape.
    """
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)


def alpha_dropout(
    x: Any,
    keep_prob: Any,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Drops elements and keeps mean and variance, for networks with SELU.

    Args:
        x: A float tensor.
        keep_prob: The probability that an element is kept, a number or a scalar tensor.
        noise_shape: The shape of the decisions; `x`'s by default.
        seed: Seeds them.
        name: The name scope.

    Returns:
        A tensor of `x`'s shape.

    Raises:
        ValueError: `keep_prob` is a number not above 0 or above 1, or no scalar.
    """
    if isinstance(keep_prob, int | float) and not 0 < keep_prob <= 1:
        raise ValueError(f"alpha_dropout: keep_prob must be above 0 and at most 1, not {keep_prob}")
    with tf.name_scope(name, "alpha_dropout", [x]):
        x = tf.convert_to_tensor(x, name="x")
        keep = tf.convert_to_tensor(keep_prob, dtype=x.dtype, name="keep_prob")
        keep.shape.assert_has_rank(0)
        if tf.get_static_value(keep) == 1:
            return x
        shape = tf.shape(x) if noise_shape is None else noise_shape
        kept = tf.cast(tf.random_uniform(shape, seed=seed, dtype=x.dtype) >= 1 - keep, x.dtype)
        scale = (keep + keep * (1 - keep) * _SATURATION**2) ** -0.5
        return scale * (x * kept + _SATURATION * (1 - kept) - _SATURATION * (1 - keep))


def scaled_softplus(x: Any, alpha: Any, clip: Any = None, name: str | None = None) -> Tensor:
    """Computes `alpha * log(1 + exp(x / alpha))`, a smooth relu.

    Args:
        x: A float tensor.
        alpha: How smooth, above 0.
        clip: The largest result, if any.
        name: The name scope.

    Returns:
        A tensor of the shape that `x` and `alpha` have together.
    """
    with tf.name_scope(name, "scaled_softplus", [x, alpha]):
        x = tf.convert_to_tensor(x, name="x")
        alpha = tf.convert_to_tensor(alpha, dtype=x.dtype, name="alpha")
        y = alpha * tf.nn.softplus(x / alpha)
        return y if clip is None else tf.minimum(y, tf.convert_to_tensor(clip, dtype=x.dtype))
