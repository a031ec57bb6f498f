"""The losses of contrib.learn's heads: for training, and for reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = [
    "Losses",
    "centered_bias",
    "centered_bias_step",
    "custom",
    "hinge",
    "log_loss",
    "log_poisson",
    "mean_squared",
    "sigmoid",
    "softmax",
    "weighted",
]


_broadcast: Any = load("tensorflow.python.ops.weights_broadcast_ops:broadcast_weights")


class Losses(NamedTuple):
    """A loss, weighted in two ways.

    Args:
        training: The sum of weighted losses over the number of examples.
        average: The same over the sum of weights.
    """

    training: Tensor
    average: Tensor


def weighted(losses: Tensor, weights: Tensor | None) -> Losses:
    """Averages the losses of examples.

    Args:
        losses: Floats `[B]` or `[B, D]`.
        weights: Floats `[B, 1]`, or nothing.

    Returns:
        The losses.
    """
    if weights is None:
        loss = tf.reduce_mean(losses)
        return Losses(loss, loss)
    weights = _broadcast(weights, losses)
    heavy = losses * weights
    return Losses(tf.reduce_mean(heavy), tf.reduce_sum(heavy) / tf.reduce_sum(weights))


def _column(tensor: Any) -> Tensor:
    tensor = tf.convert_to_tensor(tensor)
    return tf.expand_dims(tensor, 1) if tensor.shape.rank == 1 else tensor


def mean_squared(labels: Any, logits: Tensor, weights: Tensor | None = None) -> Losses:
    """Squares differences.

    Args:
        labels: Numbers `[B]` or `[B, D]`.
        logits: Floats `[B, D]`.
        weights: Floats `[B, 1]`.

    Returns:
        The losses.
    """
    labels, logits = _column(labels), _column(logits)
    logits.shape.assert_is_compatible_with(labels.shape)
    return weighted(tf.squared_difference(logits, tf.cast(labels, tf.float32)), weights)


def log_poisson(labels: Any, logits: Tensor, weights: Tensor | None = None) -> Losses:
    """Measures counts whose logarithms' means are given.

    Args:
        labels: Floats `[B]` or `[B, D]`.
        logits: Floats `[B, D]`.
        weights: Floats `[B, 1]`.

    Returns:
        The losses.
    """
    labels, logits = _column(labels), _column(logits)
    logits.shape.assert_is_compatible_with(labels.shape)
    return weighted(tf.nn.log_poisson_loss(labels, logits, compute_full_loss=True), weights)


def log_loss(labels: Any, logits: Tensor, weights: Tensor | None = None) -> Losses:
    """Measures two classes.

    Args:
        labels: 0 or 1, `[B]` or `[B, 1]`.
        logits: Floats `[B, 1]`.
        weights: Floats `[B, 1]`.

    Returns:
        The losses.
    """
    return sigmoid(_column(labels), logits, weights)


def sigmoid(labels: Any, logits: Tensor, weights: Tensor | None = None) -> Losses:
    """Measures classes that exclude none of the others.

    Args:
        labels: 0 or 1, `[B, N]`.
        logits: Floats `[B, N]`.
        weights: Floats `[B, 1]`.

    Returns:
        The losses.
    """
    wanted = tf.cast(labels, tf.float32)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits)
    return weighted(losses, weights)


def softmax(labels: Any, logits: Tensor, weights: Tensor | None = None) -> Losses:
    """Measures classes of which one is right.

    Args:
        labels: Class ids `[B]` or `[B, 1]`.
        logits: Floats `[B, N]`.
        weights: Floats `[B, 1]`.

    Returns:
        The losses.

    Raises:
        ValueError: The labels are no integers.
    """
    labels = tf.convert_to_tensor(labels)
    if not labels.dtype.is_integer:
        raise ValueError(f"Labels dtype should be integer Instead got {labels.dtype}.")
    columns = labels.shape.rank == 2
    ids = tf.squeeze(labels, 1) if columns else labels
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=ids, logits=logits)
    return weighted(tf.expand_dims(losses, 1) if columns else losses, weights)


def hinge(labels: Any, logits: Tensor, weights: Tensor | None = None) -> Losses:
    """Measures how far two classes are apart.

    Args:
        labels: 0 or 1, `[B]` or `[B, 1]`.
        logits: Floats `[B, 1]`.
        weights: Floats `[B, 1]`.

    Returns:
        The losses.
    """
    none = tf.losses.Reduction.NONE
    wanted = tf.reshape(labels, [-1, 1])
    return weighted(tf.losses.hinge_loss(wanted, logits, reduction=none), weights)


def custom(loss_fn: Callable[..., Tensor]) -> Callable[..., Losses]:
    """Makes a loss of a program's own one of these.

    Args:
        loss_fn: Makes a scalar of `labels`, `logits` and `weights`.

    Returns:
        A function of the same arguments.

    Raises:
        ValueError: The function lacks one of the arguments.
    """
    code = getattr(loss_fn, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    for name in ("labels", "logits", "weights"):
        if name not in names:
            raise ValueError(f"Argument {name} not found in loss_fn.")

    def both(labels: Any, logits: Tensor, weights: Tensor | None = None) -> Losses:
        given = (labels, logits) if weights is None else (labels, logits, weights)
        loss = loss_fn(*given)
        return Losses(loss, loss)

    return both


def centered_bias(dimension: int, head_name: str | None) -> Any:
    """Makes a bias that learns the mean of the labels by itself.

    Args:
        dimension: How many logits there are.
        head_name: The head's name, for summaries.

    Returns:
        The variable, `[dimension]`.
    """
    bias = tf.Variable(tf.zeros([dimension]), name="centered_bias_weight")
    for number in range(dimension):
        suffix = f"/{head_name}" if head_name else ""
        tf.summary.scalar(f"centered_bias/bias_{number}{suffix}", bias[number])
    return bias


def centered_bias_step(
    bias: Any, size: Tensor, loss_fn: Callable[..., Losses], labels: Any, weights: Any
) -> Any:
    """Makes the op that trains such a bias.

    Args:
        bias: The variable `[D]`.
        size: B.
        loss_fn: The head's loss.
        labels: What is to be learned.
        weights: Floats `[B, 1]`.

    Returns:
        The op.
    """
    dimension = bias.shape.as_list()[0]
    logits = tf.reshape(tf.tile(bias, [size]), [size, dimension])
    loss = tf.reduce_mean(tf.stack(loss_fn(labels, logits, weights)))
    with tf.name_scope(None, "centered_bias_step") as name:
        return tf.train.AdagradOptimizer(0.1).minimize(loss, var_list=[bias], name=name)
