"""Finding batch norms that stand behind a convolution or product without a bias."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._quantize._layers import is_read, read_weights, scope_of
from graphkit.tf1._contrib._quantize._unfused import read_parts

__all__ = ["Norm", "Statistics", "find_norms"]

_FUSED = ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
_SHAPES = ("Reshape", "Squeeze")


@dataclass(frozen=True)
class Statistics:
    """What a batch norm that is trained knows, float32 `[C]`.

    Args:
        moving_mean: The moving mean.
        moving_variance: The moving variance.
        updates: The ops that multiply what moves them by one minus their decay, mean first.
    """

    moving_mean: Tensor
    moving_variance: Tensor
    updates: tuple[Operation, Operation]


@dataclass(frozen=True)
class Norm:
    """A batch norm behind a layer.

    Args:
        layer: The convolution or product.
        weights: Its weights, as they are read.
        output: What the batch norm gives, in the shape of the layer's output.
        gamma: What the normalized output is multiplied by, `[C]`.
        beta: What is added then, `[C]`.
        mean: The mean it normalizes with, `[C]`.
        variance: The variance it normalizes with, `[C]`.
        epsilon: What is added to the variance.
        statistics: What it learns from a batch; None where it is not trained.
    """

    layer: Operation
    weights: Tensor
    output: Tensor
    gamma: Tensor
    beta: Tensor
    mean: Tensor
    variance: Tensor
    epsilon: float
    statistics: Statistics | None


def _moved(op: Operation, batch: Tensor) -> tuple[Tensor, Operation]:
    """The moving value that a batch's value changes, and the op that weighs the change."""
    while batch.op.type == "Identity":  # where the update is made to run first
        batch = batch.op.inputs[0]
    for difference in batch.consumers():
        if difference.type == "Sub" and difference.inputs[1] is batch:
            for update in difference.outputs[0].consumers():
                if update.type == "Mul":
                    return difference.inputs[0], update
    raise ArgumentError(
        "contrib.quantize",
        "input_graph",
        op.name,
        "a graph whose batch norms keep moving averages while they are trained",
    )


def _undo_bessel(op: Operation) -> Tensor:
    """The variance of the batch itself; the op gives the larger estimate of all batches'."""
    place = scope_of(op)
    with tf.name_scope(f"{place}/" if place else None):
        count = tf.cast(tf.size(op.inputs[0]) / tf.size(op.outputs[1]), tf.float32)
        return tf.multiply(op.outputs[2], (count - 1.0) / count, name="Undo_Bessel_Correction")


def _statistics(op: Operation, mean: Tensor, variance: Tensor) -> Statistics:
    moving_mean, mean_update = _moved(op, mean)
    moving_variance, variance_update = _moved(op, variance)
    return Statistics(moving_mean, moving_variance, (mean_update, variance_update))


def _read(op: Operation, layer: Operation, output: Tensor) -> Norm:
    mean, variance, known = op.inputs[3], op.inputs[4], None
    if op.get_attr("is_training"):
        known = _statistics(op, op.outputs[1], op.outputs[2])
        mean, variance = op.outputs[1], _undo_bessel(op)
    gamma, beta = op.inputs[1], op.inputs[2]
    epsilon = float(op.get_attr("epsilon"))
    weights = read_weights(layer)
    return Norm(layer, weights, output, gamma, beta, mean, variance, epsilon, known)


def _behind(op: Operation) -> Norm | None:
    layer, output = op.inputs[0].op, op.outputs[0]
    if layer.type in _SHAPES:  # the op wants images, a product gives rows
        layer = layer.inputs[0].op
        users = output.consumers()
        output = users[0].outputs[0] if users and users[0].type in _SHAPES else output
    if layer.type == "BatchToSpaceND":
        raise ArgumentError(
            "contrib.quantize",
            "input_graph",
            op.name,
            "a graph without a batch norm behind a convolution with a rate",
        )
    if read_weights(layer) is None or not output.consumers():
        return None
    return _read(op, layer, output)


def _unfused(op: Operation, is_training: bool) -> Norm | None:
    """A batch norm of single ops, which begins with a product of a layer's output."""
    parts = read_parts(op)
    if parts is None:
        return None
    known = None
    if is_training and not is_read(parts.mean):
        known = _statistics(op, parts.mean, parts.variance)
    return Norm(
        parts.layer,
        read_weights(parts.layer),
        parts.output,
        tf.ones(parts.variance.shape) if parts.gamma is None else parts.gamma,
        parts.beta,
        parts.mean,
        parts.variance,
        parts.epsilon,
        known,
    )


def find_norms(graph: Graph, is_training: bool) -> list[Norm]:
    """Finds batch norms behind layers.

    Args:
        graph: The graph, which must be the current one.
        is_training: Whether it is rewritten for training.

    Returns:
        Those that something is computed from.

    Raises:
        ArgumentError: A batch norm behind a layer cannot be folded.
    """
    found = []
    for op in graph.get_operations():
        norm = _behind(op) if op.type in _FUSED else _unfused(op, is_training)
        if norm is not None:
            found.append(norm)
    return found
