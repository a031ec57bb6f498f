"""`tensorflow.examples.tutorials.mnist.mnist`: the tutorial's network, part by part."""

from __future__ import annotations

import math

from graphkit._tf import Operation, Tensor, tf

__all__ = [
    "IMAGE_PIXELS",
    "IMAGE_SIZE",
    "NUM_CLASSES",
    "evaluation",
    "inference",
    "loss",
    "training",
]

NUM_CLASSES = 10
IMAGE_SIZE = 28
IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE


def _layer(name: str, inputs: Tensor, units: int) -> Tensor:
    size = int(inputs.shape[-1])
    with tf.name_scope(name):
        initial = tf.truncated_normal([size, units], stddev=1.0 / math.sqrt(float(size)))
        weights = tf.Variable(initial, name="weights")
        biases = tf.Variable(tf.zeros([units]), name="biases")
        return tf.matmul(inputs, weights) + biases


def inference(images: Tensor, hidden1_units: int, hidden2_units: int) -> Tensor:
    """Makes two hidden layers and the scores of ten classes.

    Args:
        images: Rows `[B, 784]`, float32.
        hidden1_units: The width of the first layer.
        hidden2_units: The width of the second layer.

    Returns:
        Scores `[B, 10]`.
    """
    hidden = tf.nn.relu(_layer("hidden1", images, hidden1_units))
    hidden = tf.nn.relu(_layer("hidden2", hidden, hidden2_units))
    return _layer("softmax_linear", hidden, NUM_CLASSES)


def loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Makes the mean cross entropy.

    Args:
        logits: Scores `[B, 10]`.
        labels: Labels `[B]`, integers.

    Returns:
        A scalar.
    """
    labels = tf.cast(labels, tf.int64)
    return tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)


def training(loss: Tensor, learning_rate: float) -> Operation:
    """Makes one step of gradient descent, which also counts the global step.

    Args:
        loss: A scalar.
        learning_rate: The step size.

    Returns:
        The op to run.
    """
    tf.summary.scalar("loss", loss)
    global_step = tf.Variable(0, name="global_step", trainable=False)
    return tf.train.GradientDescentOptimizer(learning_rate).minimize(loss, global_step=global_step)


def evaluation(logits: Tensor, labels: Tensor) -> Tensor:
    """Counts the right answers.

    Args:
        logits: Scores `[B, 10]`.
        labels: Labels `[B]`, integers.

    Returns:
        How many of the B are right, an int32 scalar.
    """
    correct = tf.nn.in_top_k(predictions=logits, targets=labels, k=1)
    return tf.reduce_sum(tf.cast(correct, tf.int32))
