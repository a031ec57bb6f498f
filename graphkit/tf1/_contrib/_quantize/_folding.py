"""Folding batch norms into the weights before them, so that what is rounded is what will run.

After Jacob et al. (2018), section 3.2, and Krishnamoorthi, Quantizing deep convolutional networks
for efficient inference (2018), section 3.2.2: while a batch norm is trained, weights are folded
with the moving variance, which jitters less, and the output is corrected to the batch's.
"""

from __future__ import annotations

from typing import NamedTuple

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.tf1._contrib._graph_editor._joins import reroute_ts
from graphkit.tf1._contrib._quantize._layers import scope_of
from graphkit.tf1._contrib._quantize._norms import Norm, Statistics, find_norms
from graphkit.tf1._contrib._quantize._ranges import fake_quantization_step

__all__ = ["fold_batch_norms"]


class _Correction(NamedTuple):
    """What makes up for folding with moving averages, `[C]`."""

    scale: Tensor
    reciprocal: Tensor
    offset: Tensor


def _freeze(known: Statistics, frozen: Tensor) -> None:
    """Lets moving averages stand still."""
    for update, name in zip(known.updates, ("mean", "var"), strict=True):
        decay = update.inputs[1]
        held = tf.cond(frozen, lambda: tf.zeros([]), lambda: decay, name=f"freeze_moving_{name}")  # noqa: B023
        reroute_ts([held], [decay], can_modify=[update])


def _correct(norm: Norm, known: Statistics, freeze_bn_delay: int | None) -> _Correction:
    with tf.name_scope("batch_norm_correction"):
        moving_rsqrt = tf.rsqrt(known.moving_variance + norm.epsilon)
        rsqrt = tf.rsqrt(norm.variance + norm.epsilon)
        ratio = tf.divide(moving_rsqrt, rsqrt, name="scale_compute")
        scale = tf.identity(ratio, name="correction_scale")
        reciprocal = tf.reciprocal(scale, name="reciprocal_compute")
        if freeze_bn_delay is None:
            return _Correction(scale, reciprocal, tf.zeros(norm.mean.shape))
        difference = norm.mean * rsqrt - known.moving_mean * moving_rsqrt
        offset = tf.multiply(norm.gamma, difference, name="offset_compute")
        step = fake_quantization_step()
        frozen = tf.greater_equal(step, freeze_bn_delay, name="use_moving_average")
        _freeze(known, frozen)
        return _Correction(
            scale,
            tf.cond(
                frozen,
                lambda: tf.ones(scale.shape),
                lambda: reciprocal,
                name="correction_recip",
            ),
            tf.cond(
                frozen,
                lambda: offset,
                lambda: tf.zeros(offset.shape),
                name="correction_offset",
            ),
        )


def _for_weights(norm: Norm, values: Tensor, name: str) -> Tensor:
    """Numbers by output channel, in a shape that weights can be multiplied by."""
    if norm.layer.type != "DepthwiseConv2dNative":
        return values
    return tf.reshape(values, norm.weights.shape[2:].as_list(), name=name)


def _copy_layer(layer: Operation, weights: Tensor) -> Tensor:
    copy = layer.graph.create_op(
        layer.type,
        [layer.inputs[0], weights],
        [layer.outputs[0].dtype],
        name=f"{layer.name}_Fold",
        attrs=dict(layer.node_def.attr),
    )
    return copy.outputs[0]


def _fold(norm: Norm, freeze_bn_delay: int | None) -> Tensor:
    """The output of a layer and its batch norm, computed with folded weights."""
    place = scope_of(norm.layer)
    lead = f"{place}/" if place else ""
    weights = norm.weights
    correction = None
    with tf.name_scope(f"{lead}BatchNorm_Fold"):
        multiplier = norm.gamma * tf.rsqrt(norm.variance + norm.epsilon)
        bias = tf.subtract(norm.beta, norm.mean * multiplier, name="bias")
        if norm.statistics is not None:
            correction = _correct(norm, norm.statistics, freeze_bn_delay)
        multiplier = _for_weights(norm, multiplier, "scale_reshape")
        if correction is not None:
            scale = _for_weights(norm, correction.scale, "correction_reshape")
    if correction is not None:
        weights = tf.multiply(scale, weights, name=f"{lead}correction_mult")
    output = _copy_layer(norm.layer, tf.multiply(weights, multiplier, name=f"{lead}mul_fold"))
    if correction is not None:
        output = tf.multiply(correction.reciprocal, output, name=f"{lead}post_conv_mul")
        output = tf.add(output, correction.offset, name=f"{lead}correction_add")
    return tf.add(output, bias, name=f"{lead}add_fold")


def fold_batch_norms(graph: Graph, is_training: bool, freeze_bn_delay: int | None) -> None:
    """Folds every batch norm behind a convolution or product into its weights.

    Args:
        graph: The graph, which must be the current one.
        is_training: Whether it is rewritten for training.
        freeze_bn_delay: From which run on moving averages stand still and are normalized with.

    Raises:
        ArgumentError: A batch norm cannot be folded.
    """
    with tf.name_scope(None):
        for norm in find_norms(graph, is_training):
            users = norm.output.consumers()
            folded = _fold(norm, freeze_bn_delay)
            reroute_ts([folded], [norm.output], can_modify=users)
