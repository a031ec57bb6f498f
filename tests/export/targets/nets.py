"""Small networks, the numbers NumPy gives for them, and batches to see that on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graphkit._tf import tf

WEIGHTS = np.arange(12, dtype=np.float32).reshape(4, 3) / 9 - 0.5
KERNEL = np.linspace(-1, 1, 2 * 2 * 3 * 4, dtype=np.float32).reshape(2, 2, 3, 4)
TABLE = np.arange(24, dtype=np.float32).reshape(6, 4) / 7
ROWS = np.float32([[1, -2, 3, 0.5], [0, 0.25, -1, 2], [4, 4, -4, 1]])
PICTURES = np.linspace(-2, 2, 2 * 4 * 6 * 3, dtype=np.float32).reshape(2, 4, 6, 3)


@dataclass(frozen=True)
class Net:
    """A network.

    Attributes:
        build: Adds it to the graph.
        outputs: The names of its outputs.
        feeds: A batch.
        compute: What it gives for a batch.
    """

    build: Callable
    outputs: list[str]
    feeds: dict
    compute: Callable


def softmax(values):
    powers = np.exp(values - values.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def classifier():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    logits = tf.matmul(x, tf.constant(WEIGHTS), name="scope/logits")
    tf.nn.softmax(logits, name="y")
    tf.argmax(logits, 1, name="best")


def classified(x):
    logits = x @ WEIGHTS
    return {"scope/logits": logits, "y": softmax(logits), "best": logits.argmax(1)}


def convolution():
    x = tf.placeholder(tf.float32, [None, 4, 6, 3], name="images")
    hidden = tf.nn.relu(tf.nn.conv2d(x, tf.constant(KERNEL), strides=2, padding="VALID"))
    tf.nn.max_pool2d(hidden, [1, 3], 1, "VALID", name="pooled")


def convolved(images):
    blocks = images.reshape(-1, 2, 2, 3, 2, 3).transpose(0, 1, 3, 2, 4, 5)
    hidden = np.maximum(np.einsum("nhwijc,ijco->nhwo", blocks, KERNEL), 0)
    return {"pooled": hidden.max(2, keepdims=True)}


def normalised():
    x = tf.placeholder(tf.float32, [None, 4, 6, 3], name="images")
    scale, offset, mean, variance = ([1.5, 2, 3], [0.5, 0, -1], [0.1, 0.2, -0.3], [1, 4, 0.5])
    y, _, _ = tf.nn.fused_batch_norm(
        x, scale, offset, mean, variance, epsilon=0.001, is_training=False
    )
    tf.identity(y, name="y")


def normalise(images):
    scale, offset, mean, variance = (
        np.float32(one) for one in ([1.5, 2, 3], [0.5, 0, -1], [0.1, 0.2, -0.3], [1, 4, 0.5])
    )
    return {"y": (images - mean) / np.sqrt(variance + 0.001) * scale + offset}


def embedding():
    ids = tf.placeholder(tf.int64, [None, 5], name="ids")
    tf.reduce_mean(tf.nn.embedding_lookup(tf.constant(TABLE), ids), 1, name="y")


def embedded(ids):
    return {"y": TABLE[ids].mean(1)}


def loop():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    times = tf.placeholder(tf.int32, [], name="times")
    _, y = tf.while_loop(
        lambda step, _: step < times, lambda step, y: (step + 1, y * 1.5 + 1), [0, x]
    )
    tf.identity(y, name="y")


def looped(x, times):
    for _ in range(int(times)):
        x = x * 1.5 + 1
    return {"y": x}


def branch():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    flag = tf.placeholder(tf.bool, [], name="flag")
    tf.identity(tf.cond(flag, lambda: x * 2, lambda: x - 1), name="y")


def branched(x, flag):
    return {"y": x * 2 if flag else x - 1}


def parts():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    tf.split(tf.tanh(x), [1, 3], axis=1, name="parts")
    tf.multiply(x, tf.placeholder_with_default(2.5, [], name="factor"), name="scaled")


def parted(x):
    return {"parts:0": np.tanh(x)[:, :1], "parts:1": np.tanh(x)[:, 1:], "scaled": x * 2.5}


NETS = {
    "classifier": Net(classifier, ["y", "scope/logits", "best"], {"x": ROWS}, classified),
    "convolution": Net(convolution, ["pooled"], {"images": PICTURES}, convolved),
    "batch norm": Net(normalised, ["y"], {"images": PICTURES}, normalise),
    "embedding": Net(
        embedding, ["y"], {"ids": np.int64([[0, 1, 2, 5, 5], [3, 3, 4, 0, 2]])}, embedded
    ),
    "loop": Net(loop, ["y"], {"x": ROWS, "times": np.int32(3)}, looped),
    "branch": Net(branch, ["y"], {"x": ROWS, "flag": np.bool_(True)}, branched),
    "parts": Net(parts, ["parts:0", "parts:1", "scaled"], {"x": ROWS}, parted),
}


def write(path, build):
    """Writes the graph that `build` makes, as it is."""
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path
