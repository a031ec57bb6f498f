"""The cases recorded from TensorFlow 1.15.5, and how their words become arguments."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from graphkit._tf import tf
from graphkit.graph import layers

FOLDER = Path(__file__).parent.parent / "golden"
GOLDEN = json.loads((FOLDER / "graph.json").read_text())

_MAKERS = {
    "sum_of_squares": lambda: lambda x: tf.reduce_sum(tf.square(x)),
    "glorot_uniform": lambda seed: tf.glorot_uniform_initializer(seed=seed),
    "truncated_normal": lambda seed: tf.truncated_normal_initializer(seed=seed),
    "random_normal": lambda seed: tf.random_normal_initializer(seed=seed),
    "random_uniform": lambda seed: tf.random_uniform_initializer(-1.0, 1.0, seed=seed),
    "orthogonal": lambda seed: tf.orthogonal_initializer(seed=seed),
    "variance_scaling": lambda seed: tf.variance_scaling_initializer(seed=seed),
}


def decoded(args):
    """Turns the words of a case into what a layer accepts."""

    def value(word):
        is_word = isinstance(word, list) and word and word[0] in _MAKERS
        return _MAKERS[word[0]](*word[1:]) if is_word else word

    return {key: value(word) for key, word in args.items()}


def fed(spec):
    """Makes the values a case was recorded with."""
    values = np.random.RandomState(0).uniform(-1.0, 1.0, spec["feed"])
    return (values * (100 if spec["dtype"].startswith("int") else 1)).astype(spec["dtype"])


def network(x, training):
    """A network with every kind of variable; record_graph.py builds the same with `tf.layers`."""

    def start():
        return tf.glorot_uniform_initializer(seed=7)

    h = layers.conv2d(x, 2, 3, activation=tf.nn.relu, kernel_initializer=start())
    h = layers.batch_normalization(h, training=training, momentum=0.9)
    with tf.variable_scope("tower"):
        h = layers.max_pooling2d(h, 2, 2)
        h = layers.dense(h, 3, kernel_initializer=start())
    h = tf.reshape(h, [-1, 2, 3])
    with tf.variable_scope("words", initializer=start()):
        cells = [layers.basic_lstm_cell(2), layers.gru_cell(2)]
        _, state = layers.dynamic_rnn(layers.multi_rnn_cell(cells), h)
    return layers.dense(state[-1], 2, name="logits", kernel_initializer=start())
