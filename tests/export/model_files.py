"""One small network as a file of each format, with what it computes worked out by NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graphkit._tf import keras, tf
from graphkit.export import freeze_session

KERNEL = np.random.default_rng(3).standard_normal((2, 2, 3, 4)).astype(np.float32)
WEIGHTS = np.random.default_rng(4).standard_normal((4, 3)).astype(np.float32)
PICTURES = np.random.default_rng(5).standard_normal((2, 6, 8, 3)).astype(np.float32)


def features(pictures):
    """A convolution of stride 2 without overlap, then what is positive of it; NHWC."""
    count, height, width, _ = pictures.shape
    patches = pictures.reshape(count, height // 2, 2, width // 2, 2, 3)
    return np.maximum(np.einsum("nhawbc,abcd->nhwd", patches, KERNEL), 0)


def scores(pictures):
    """The means of the features, through a matrix."""
    return features(pictures).mean((1, 2)) @ WEIGHTS


def build():
    """The network in the current graph: `pictures` to `features` and `scores`."""
    pictures = tf.placeholder(tf.float32, [None, 6, 8, 3], name="pictures")
    kernel = tf.get_variable("kernel", initializer=KERNEL)
    found = tf.nn.conv2d(pictures, kernel, strides=[1, 2, 2, 1], padding="VALID")
    found = tf.nn.relu(found, name="features")
    weights = tf.get_variable("weights", initializer=WEIGHTS)
    return pictures, found, tf.matmul(tf.reduce_mean(found, [1, 2]), weights, name="scores")


def write_frozen_and_saved_model(folder: Path) -> None:
    """Writes `net.pb`, `net.pbtxt` and `saved/`, of TensorFlow 1."""
    with tf.Graph().as_default(), tf.Session() as session:
        pictures, _, result = build()
        session.run(tf.global_variables_initializer())
        for name in ("net.pb", "net.pbtxt"):
            target = folder / name
            text = target.suffix == ".pbtxt"
            freeze_session(session, target, outputs=["features", "scores"], text=text)
        tf.saved_model.simple_save(
            session, str(folder / "saved"), {"in": pictures}, {"out": result}
        )


def keras_network():
    """The same network of Keras 2, with its two outputs."""
    layers = keras().layers
    pictures = layers.Input((6, 8, 3), name="pictures")
    found = layers.Conv2D(4, 2, 2, use_bias=False, activation="relu", name="features")(pictures)
    mean = layers.GlobalAveragePooling2D()(found)
    result = layers.Dense(3, use_bias=False, name="scores")(mean)
    model = keras().Model(pictures, [found, result])
    model.set_weights([KERNEL, WEIGHTS])
    return model


def write_keras(folder: Path) -> None:
    """Writes `net.h5`, `net.keras` and `net.tflite`, and `saved2/` of TensorFlow 2."""
    import tensorflow

    model = keras_network()
    model.save(folder / "net.h5")
    model.save(folder / "net.keras")
    tensorflow.saved_model.save(model, str(folder / "saved2"))
    converter = tensorflow.lite.TFLiteConverter.from_saved_model(str(folder / "saved2"))
    (folder / "net.tflite").write_bytes(converter.convert())
