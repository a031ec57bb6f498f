"""Finding batch norms that stand behind a convolution or product without a bias."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._quantize._layers import read_weights, scope_of

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
        op: The batch norm.
        output: What it gives, in the shape of the layer's output.
        mean: The mean it normalizes with, `[C]`.
        variance: The variance it normalizes with, `[C]`.
        statistics: What it learns from a batch; None where it is not trained.
    """

    layer: Operation
    weights: Tensor
    op: Operation
    output: Tensor
    mean: Tensor
    variance: Tensor
    statistics: Statistics | None

    @property
    def gamma(self) -> Tensor:
        """What the normalized output is multiplied by, `[C]`."""
        return self.op.inputs[1]

    @property
    def beta(self) -> Tensor:
        """What is added then, `[C]`."""
        return self.op.inputs[2]

    @property
    def epsilon(self) -> float:
        """What is added to the variance."""
        return float(self.op.get_attr("epsilon"))


def _moved(op: Operation, batch: Tensor) -> tuple[Tensor, Operation]:
    """The moving value that a batch's value changes, and the op that weighs the change."""
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


def _read(op: Operation, layer: Operation, output: Tensor) -> Norm:
    weights = read_weights(layer)
    if not op.get_attr("is_training"):
        return Norm(layer, weights, op, output, op.inputs[3], op.inputs[4], None)
    moving_mean, mean_update = _moved(op, op.outputs[1])
    moving_variance, variance_update = _moved(op, op.outputs[2])
    known = Statistics(moving_mean, moving_variance, (mean_update, variance_update))
    return Norm(layer, weights, op, output, op.outputs[1], _undo_bessel(op), known)


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


def _refuse_unfused(op: Operation) -> None:
    """Refuses a batch norm made of single ops: output * scale + (beta - mean * scale)."""
    if (
        op.type == "Mul"
        and "batchnorm" in scope_of(op)
        and any(read_weights(t.op) is not None for t in op.inputs)
    ):
        raise ArgumentError(
            "contrib.quantize",
            "input_graph",
            op.name,
            "a graph whose batch norms are fused (fused=True)",
        )


def find_norms(graph: Graph) -> list[Norm]:
    """Finds batch norms behind layers.

    Args:
        graph: The graph, which must be the current one.

    Returns:
        Those that something is computed from.

    Raises:
        ArgumentError: A batch norm behind a layer cannot be folded.
    """
    found = []
    for op in graph.get_operations():
        _refuse_unfused(op)
        if op.type in _FUSED:
            norm = _behind(op)
            if norm is not None:
                found.append(norm)
    return found
