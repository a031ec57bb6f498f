"""Graphs with several outputs run in OpenCV, under whatever names it gives them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from graphkit._formats._graph import StoredNode
from graphkit._tf import tf
from graphkit.errors import UnknownNameError
from graphkit.export import freeze, open_model
from graphkit.export._running._engines._opencv_names import opencv_names


def _drawn(*shape):
    return np.random.default_rng([3, *shape]).normal(size=shape).astype(np.float32)


def _weights(*shape):
    return tf.constant(_drawn(*shape))


def _images():
    return tf.placeholder(tf.float32, [None, 6, 6, 3], name="x")


def _convolved(name=None):
    return tf.nn.bias_add(
        tf.nn.conv2d(_images(), _weights(3, 3, 3, 4), 1, "SAME"), _weights(4), name=name
    )


def _logits_and_probabilities():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    logits = tf.add(tf.matmul(x, _weights(4, 3)), _weights(3), name="logits")
    tf.nn.softmax(logits, name="y")
    return ["logits", "y"]


def _biased_and_activated():
    tf.nn.relu(_convolved("biased"), name="y")
    return ["biased", "y"]


def _copies():
    features = tf.nn.relu(_convolved())
    tf.identity(tf.identity(features), name="features")
    tf.identity(tf.nn.sigmoid(features), name="y")
    return ["features", "y"]


def _one_twice():
    biased = _convolved()
    tf.identity(biased, name="first")
    tf.identity(biased, name="second")
    return ["second", "first"]


def _two_ends():
    features = tf.nn.relu(_convolved())
    tf.nn.relu(tf.nn.conv2d(features, _weights(1, 1, 4, 2), 1, "SAME"), name="boxes")
    tf.nn.sigmoid(tf.nn.conv2d(features, _weights(1, 1, 4, 5), 1, "SAME"), name="scores")
    return ["scores", "boxes"]


def _pieces():
    tf.split(_convolved(), 2, axis=3, name="pieces")
    return ["pieces:0", "pieces:1"]


GRAPHS = [_logits_and_probabilities, _biased_and_activated, _copies, _one_twice, _two_ends]
if hasattr(cv2.dnn, "ENGINE_AUTO"):  # OpenCV 4 gives the first output of an op only
    GRAPHS.append(_pieces)


@pytest.mark.parametrize("build", GRAPHS)
def test_every_output_agrees(tmp_path, build):
    with tf.Graph().as_default() as graph:
        outputs = build()
    source = tmp_path / "source.pb"
    source.write_bytes(graph.as_graph_def().SerializeToString())
    report = freeze(source, tmp_path / "m.pb", outputs=outputs, targets=["opencv"])
    assert set(report.consumers["opencv"]) == set(outputs)
    (shape,) = [info.shape for info in report.inputs]
    x = _drawn(2, *shape[1:])
    with open_model(source, engine="tensorflow") as model:
        expected = model.run({"x": x}, outputs)
    with open_model(tmp_path / "m.pb", engine="opencv") as model:
        found = model.run({"x": x}, outputs)
    for name in outputs:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-5)


NODES = {
    "bias": StoredNode("bias", "Const"),
    "product": StoredNode("product", "MatMul", ("x", "w")),
    "sum": StoredNode("sum", "AddV2", ("bias", "product")),
    "copy": StoredNode("copy", "Identity", ("sum",)),
    "other": StoredNode("other", "AddV2", ("bias", "bias")),
    "circle": StoredNode("circle", "Identity", ("circle",)),
}


@pytest.mark.parametrize(
    ("output", "layers", "name"),
    [
        ("copy", {"product"}, "product"),
        ("sum:0", {"product"}, "product"),
        ("sum", {"product", "sum"}, "sum"),
        ("other", {"product"}, "other"),
        ("circle", {"product"}, "circle"),
        ("parts:1", {"parts", "parts:1"}, "parts:1"),
    ],
)
def test_names_are_followed_to_what_was_merged(output, layers, name):
    assert opencv_names(NODES, layers, [output]) == [name]


def test_a_later_output_without_a_name_is_refused():
    with pytest.raises(UnknownNameError, match=r"no output of OpenCV's named 'parts:1'"):
        opencv_names(NODES, {"parts"}, ["parts:1"])
