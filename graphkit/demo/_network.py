"""A small convolutional network, written once and built into several graphs."""

from __future__ import annotations

from typing import NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.graph import GraphBuilder

__all__ = ["Network", "network"]


class Network(NamedTuple):
    """What the network makes of a batch of images."""

    logits: Tensor
    """float32 `[B, classes]`."""
    probabilities: Tensor
    """float32 `[B, classes]`, rows sum to 1."""
    predictions: Tensor
    """int64 `[B]`, the likeliest class."""


def network(g: GraphBuilder, images: Tensor, classes: int, *, training: Tensor | bool) -> Network:
    """Builds LeNet's layout with batch normalisation: conv, pool, conv, pool, dense, dense.

    Args:
        g: The builder of the graph `images` belongs to.
        images: uint8 `[B, 32, 32, 3]`.
        classes: How many classes there are.
        training: Whether batch statistics and dropout are used; a bool or a switch.

    Returns:
        Logits, probabilities and predictions.
    """
    layers = g.layers
    hidden = tf.cast(images, tf.float32) / 255.0
    for index, filters in enumerate((16, 32), start=1):
        with g.variable_scope(f"block{index}"):
            hidden = layers.conv2d(hidden, filters, 3, padding="same", use_bias=False, name="conv")
            # 600 steps are few: statistics that move faster have settled by then.
            hidden = layers.batch_normalization(
                hidden, momentum=0.95, training=training, name="norm"
            )
            hidden = layers.max_pooling2d(tf.nn.relu(hidden), 2, 2)
    hidden = layers.dense(layers.flatten(hidden), 128, activation=tf.nn.relu, name="hidden")
    hidden = layers.dropout(hidden, rate=0.3, training=training)
    logits = layers.dense(hidden, classes, name="logits")
    return Network(
        logits=logits,
        probabilities=tf.nn.softmax(logits, name="probabilities"),
        predictions=tf.argmax(logits, axis=-1, name="predictions"),
    )
