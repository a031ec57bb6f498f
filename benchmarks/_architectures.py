"""Networks that people deploy, with weights and statistics that leave no layer without effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graphkit import export, tf1
from graphkit._tf import keras, legacy_rnn, tf

__all__ = ["ARCHITECTURES", "Architecture", "Built", "frozen"]

_SEED = 7
_GROWN = 1000.0
tf_keras = keras()
slim = tf1.contrib.slim
inception_v3, resnet_v1 = slim.nets.inception_v3, slim.nets.resnet_v1


@dataclass(frozen=True)
class Architecture:
    """A network.

    Attributes:
        name: What it is called.
        side: The side of its pictures; 0 where it takes no pictures.
        small: A smaller one that it can be built for.
        build: Adds it to the current graph for pictures of a side; gives the names of its outputs.
    """

    name: str
    side: int
    small: int
    build: Callable[[int], list[str]]

    def batch(self, count: int, side: int) -> dict[str, Any]:
        """Examples for it, the same ones each time."""
        random = np.random.default_rng(_SEED)
        if not self.side:
            return {"x": random.integers(0, 60, (count, 12), np.int32)}
        return {"x": random.standard_normal((count, side, side, 3)).astype(np.float32)}


@dataclass(frozen=True)
class Built:
    """A network as a file, and what its session computed.

    Attributes:
        path: The frozen graph.
        outputs: The names of its outputs.
        max_abs_diff: The largest difference between session and file.
    """

    path: Path
    outputs: list[str]
    max_abs_diff: float


def frozen(
    architecture: Architecture, folder: Path, side: int, use: Callable[[Any], None] | None = None
) -> Built:
    """Builds a network, gives its variables values, freezes it.

    Args:
        architecture: The network.
        folder: Where to write.
        side: The side of its pictures.
        use: Called with the session before it is closed.

    Returns:
        The file.
    """
    path = folder / f"{architecture.name.replace(' ', '_')}.pb"
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(_SEED)
        outputs = architecture.build(side)
        with tf.Session(graph=graph) as session:
            session.run(tf.global_variables_initializer())
            _set_statistics(session, graph)
            batches = [architecture.batch(count, side) for count in (1, 2)]
            if "detection" in architecture.name:
                batches = batches[:1]
            report = export.freeze_session(session, path, outputs=outputs, feeds=batches)
            if use is not None:
                use(session)
    return Built(path, outputs, report.max_abs_diff)


def _set_statistics(session: Any, graph: Any) -> None:
    """Gives batch normalisation means, variances, scales and offsets as training leaves them."""
    random = np.random.default_rng(_SEED)
    ranges = {
        "moving_mean": (-0.2, 0.2),
        "moving_variance": (0.6, 1.4),
        "gamma": (0.8, 1.2),
        "beta": (-0.2, 0.2),
        "bias": (-0.1, 0.1),
        "biases": (-0.1, 0.1),
    }
    for variable in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES):
        kind = variable.op.name.split("/")[-1]
        if kind in ranges:
            shape = variable.shape.as_list()
            variable.load(random.uniform(*ranges[kind], shape).astype(np.float32), session)


def _pictures(side: int) -> Any:
    return tf.placeholder(tf.float32, [None, side, side, 3], name="x")


def _of_keras(name: str) -> Callable[[int], list[str]]:
    def build(side: int) -> list[str]:
        made = getattr(tf_keras.applications, name)
        tf_keras.backend.set_learning_phase(0)
        pictures = tf_keras.layers.Input(tensor=_pictures(side))
        shape = (side, side, 3)
        model = made(
            weights=None, input_tensor=pictures, input_shape=shape, classifier_activation=None
        )
        tf.identity(model.output, name="logits")
        return ["logits"]

    return build


def _slim_inception(side: int) -> list[str]:
    with slim.arg_scope(inception_v3.inception_v3_arg_scope()):
        _, ends = inception_v3.inception_v3(
            _pictures(side), num_classes=1001, is_training=False, create_aux_logits=False
        )
    tf.identity(ends["Predictions"], name="probabilities")
    return ["probabilities"]


def _slim_resnet(side: int) -> list[str]:
    with slim.arg_scope(resnet_v1.resnet_arg_scope()):
        logits, _ = resnet_v1.resnet_v1_50(_pictures(side), num_classes=1000, is_training=False)
    # Sums grow from unit to unit where no training holds them back; a softmax of such is 0 or 1.
    tf.reshape(slim.softmax(logits / _GROWN), [-1, 1000], name="probabilities")
    return ["probabilities"]


def _char_rnn(_side: int) -> list[str]:
    letters = tf.placeholder(tf.int32, [None, 12], name="x")
    table = tf.get_variable("embedding", [60, 32])
    cells = [legacy_rnn.BasicLSTMCell(64) for _ in range(2)]
    cell = legacy_rnn.MultiRNNCell(cells)
    found, _ = tf.nn.dynamic_rnn(cell, tf.nn.embedding_lookup(table, letters), dtype=tf.float32)
    weights = tf.get_variable("softmax", [64, 60])
    logits = tf.matmul(tf.reshape(found, [-1, 64]), weights)
    tf.reshape(tf.nn.softmax(logits), [-1, 12, 60], name="probabilities")
    return ["probabilities"]


def _detection(side: int) -> list[str]:
    """A small backbone, boxes refined in a while loop, the best kept by suppression."""
    pictures = _pictures(side)
    found = pictures
    for channels in (16, 32, 64):
        found = slim.conv2d(
            found,
            channels,
            3,
            2,
            normalizer_fn=slim.batch_norm,
            normalizer_params={"is_training": False, "scale": True},
            scope=f"conv{channels}",
        )
    cells = side // 8
    raw = slim.conv2d(found, 5, 1, activation_fn=None, normalizer_fn=None, scope="head")
    raw = tf.reshape(raw[0], [cells * cells, 5])
    grid = np.stack(np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij"), -1)
    centres = tf.constant((grid.reshape(-1, 2) + 0.5) / cells, tf.float32)

    def refine(step: Any, offsets: Any) -> tuple[Any, Any]:
        return step + 1, offsets * 0.5 + 0.1 * tf.tanh(raw[:, :4])

    start = tf.zeros_like(raw[:, :4])
    _, offsets = tf.while_loop(lambda step, _: step < 4, refine, [tf.constant(0), start])
    low = centres + offsets[:, :2] - 0.1
    boxes = tf.concat([low, low + 0.2 + tf.abs(offsets[:, 2:])], 1)
    scores = tf.sigmoid(raw[:, 4])
    chosen = tf.image.non_max_suppression(boxes, scores, 10, 0.3)
    tf.gather(boxes, chosen, name="boxes")
    tf.gather(scores, chosen, name="scores")
    return ["boxes", "scores"]


ARCHITECTURES = (
    Architecture("MobileNet v1", 224, 64, _of_keras("MobileNet")),
    Architecture("MobileNet v2", 224, 64, _of_keras("MobileNetV2")),
    Architecture("ResNet-50", 224, 64, _of_keras("ResNet50")),
    Architecture("ResNet-50 slim", 224, 64, _slim_resnet),
    Architecture("Inception v3", 299, 96, _of_keras("InceptionV3")),
    Architecture("Inception v3 slim", 299, 96, _slim_inception),
    Architecture("char-RNN", 0, 0, _char_rnn),
    Architecture("detection", 64, 64, _detection),
)
