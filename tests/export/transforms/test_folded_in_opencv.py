"""A batch norm in a called function, which OpenCV refuses, is read by it once it is folded."""

from __future__ import annotations

import cv2
import numpy as np
from small_networks import numbers

from graphkit._tf import tf
from graphkit.export import load_graph, transform

STATISTICS = [numbers(4, seed=seed) for seed in (1, 2, 3)]
IMAGES = numbers(2, 6, 6, 3, seed=5)


def build():
    x = tf.placeholder(tf.float32, [None, 6, 6, 3], name="x")

    @tf.function
    def normed(value):
        scale, offset, mean = STATISTICS
        variance = np.abs(mean) + 0.5
        return tf.nn.fused_batch_norm(value, scale, offset, mean, variance, is_training=False)[0]

    value = tf.nn.conv2d(x, numbers(3, 3, 3, 4), padding="SAME", name="conv")
    tf.nn.relu(normed(value), name="y")


def test_opencv_computes_what_the_source_did(tmp_path):
    source, folded = tmp_path / "source.pb", tmp_path / "folded.pb"
    with tf.Graph().as_default() as graph:
        build()
    source.write_bytes(graph.as_graph_def().SerializeToString())
    transform(source, folded, ["fold_batch_norms", "remove_training_nodes"])
    with load_graph(source) as frozen:
        expected = frozen.run({"x": IMAGES})["y"]
    network = cv2.dnn.readNetFromTensorflow(str(folded))
    network.setInput(IMAGES.transpose(0, 3, 1, 2).copy())
    found = network.forward().transpose(0, 2, 3, 1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
