"""Records what TensorFlow 1.15.5's own layers, cells and optimizers give, for tests/graph.

Run with Python 3.7 and TensorFlow 1.15.5: `python tests/golden/record_graph.py`. Writes graph.json
and the checkpoint folder graph_checkpoint beside this file. The cases are stored with the results,
so the tests build the same things from the same words.
"""

from __future__ import print_function

import json
import os
import shutil
import sys

import numpy as np
import tensorflow as tf
from layer_cases import CELLS, LAYERS, REFUSED

HERE = os.path.dirname(os.path.abspath(__file__))

CELL_CLASSES = {
    "basic_rnn_cell": tf.nn.rnn_cell.BasicRNNCell,
    "basic_lstm_cell": tf.nn.rnn_cell.BasicLSTMCell,
    "lstm_cell": tf.nn.rnn_cell.LSTMCell,
    "gru_cell": tf.nn.rnn_cell.GRUCell,
}


def decoded(args):
    """Turns the words of a case into what a layer accepts; tests/graph has the same function."""
    makers = {
        "sum_of_squares": lambda: lambda x: tf.reduce_sum(tf.square(x)),
        "glorot_uniform": lambda seed: tf.glorot_uniform_initializer(seed=seed),
        "truncated_normal": lambda seed: tf.truncated_normal_initializer(seed=seed),
        "random_normal": lambda seed: tf.random_normal_initializer(seed=seed),
        "random_uniform": lambda seed: tf.random_uniform_initializer(-1.0, 1.0, seed=seed),
        "orthogonal": lambda seed: tf.orthogonal_initializer(seed=seed),
        "variance_scaling": lambda seed: tf.variance_scaling_initializer(seed=seed),
    }

    def is_word(value):
        return isinstance(value, list) and value and value[0] in makers

    return {k: makers[v[0]](*v[1:]) if is_word(v) else v for k, v in args.items()}


def fed(spec):
    values = np.random.RandomState(0).uniform(-1.0, 1.0, spec["feed"])
    return (values * (100 if spec["dtype"].startswith("int") else 1)).astype(spec["dtype"])


def numbers(values):
    return [float("%.8g" % v) for v in np.ravel(values)]


def shape_of(tensor):
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


def variables(session):
    trainable = [v.op.name for v in tf.trainable_variables()]
    return [
        {
            "name": v.op.name,
            "shape": v.shape.as_list(),
            "trainable": v.op.name in trainable,
            "value": numbers(session.run(v)),
        }
        for v in tf.global_variables()
    ]


def outcome(session, tensors, feed):
    return [
        {"name": t.op.name, "shape": shape_of(t), "value": numbers(session.run(t, feed))}
        for t in tensors
    ]


def record_layer(spec):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(spec["dtype"], spec["shape"], "x")
        y = getattr(tf.layers, spec["layer"])(x, **decoded(spec["args"]))
        again = getattr(tf.layers, spec["layer"])(x, **decoded(dict(spec["args"], name=None)))
        session.run(tf.global_variables_initializer())
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        result = {
            "outputs": outcome(session, [y], {x: fed(spec)}),
            "second_name": again.op.name,
            "updates": len(updates),
            "losses": outcome(session, losses, {x: fed(spec)}),
            "variables": variables(session),
        }
        if updates:
            session.run(updates, {x: fed(spec)})
            result["updated"] = variables(session)
        return result


def record_refusal(spec):
    with tf.Graph().as_default():
        shape = None if spec["shape"] == "unknown" else spec["shape"]
        x = tf.placeholder(spec["dtype"], shape, "x")
        try:
            getattr(tf.layers, spec["layer"])(x, **decoded(spec["args"]))
        except Exception as exc:
            return type(exc).__name__
        return None


def record_cell(spec):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(spec["dtype"], spec["shape"], "x")
        cells = [CELL_CLASSES[name](**args) for name, args in spec["cells"]]
        cell = cells[0] if len(cells) == 1 else tf.nn.rnn_cell.MultiRNNCell(cells)
        args = dict(spec["args"])
        scope = args.pop("name", None)
        with tf.variable_scope(
            tf.get_variable_scope(), initializer=tf.glorot_uniform_initializer(seed=7)
        ):
            y, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope=scope, **args)
        gradient = tf.gradients(tf.reduce_sum(y), x)
        session.run(tf.global_variables_initializer())
        feed = {x: fed(spec)}
        return {
            "outputs": outcome(session, [y], feed),
            "state": outcome(session, tf.contrib.framework.nest.flatten(state), feed),
            "gradient": outcome(session, gradient, feed),
            "variables": variables(session),
        }


def record_embedding():
    ids = [[0, 3], [2, 2]]
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.int64, [None, None])
        y = tf.contrib.layers.embed_sequence(
            x, 4, 3, initializer=tf.glorot_uniform_initializer(seed=7), scope="words"
        )
        session.run(tf.global_variables_initializer())
        return {
            "ids": ids,
            "outputs": outcome(session, [y], {x: ids}),
            "variables": variables(session),
        }


def network(x, training):
    """A network with every kind of variable; tests/graph builds the same with graphkit."""

    def start():
        return tf.glorot_uniform_initializer(seed=7)

    h = tf.layers.conv2d(x, 2, 3, activation=tf.nn.relu, kernel_initializer=start())
    h = tf.layers.batch_normalization(h, training=training, momentum=0.9)
    with tf.variable_scope("tower"):
        h = tf.layers.max_pooling2d(h, 2, 2)
        h = tf.layers.dense(h, 3, kernel_initializer=start())
    h = tf.reshape(h, [-1, 2, 3])
    with tf.variable_scope("words", initializer=start()):
        cells = [tf.nn.rnn_cell.BasicLSTMCell(2), tf.nn.rnn_cell.GRUCell(2)]
        _, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.MultiRNNCell(cells), h, dtype=tf.float32)
    return tf.layers.dense(state[-1], 2, name="logits", kernel_initializer=start())


def record_training(folder):
    """Trains the network three steps with Adam and keeps the checkpoint."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    images = fed({"feed": [4, 4, 6, 1], "dtype": "float32"})
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 4, 6, 1], "x")
        training = tf.placeholder_with_default(False, [], "training")
        y = network(x, training)
        loss = tf.reduce_mean(tf.square(y - 1.0))
        step = tf.train.get_or_create_global_step()
        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            optimizer = tf.train.AdamOptimizer(0.01)
            gradients, owners = zip(*optimizer.compute_gradients(loss))  # noqa: B905
            gradients, _ = tf.clip_by_global_norm(gradients, 0.5)
            pairs = list(zip(gradients, owners))  # noqa: B905
            train = optimizer.apply_gradients(pairs, global_step=step)
        saver = tf.train.Saver()
        session.run(tf.global_variables_initializer())
        feed = {x: images, training: True}
        losses = [session.run([loss, train], feed)[0] for _ in range(3)]
        saver.save(session, os.path.join(folder, "model"), write_meta_graph=False)
        os.remove(os.path.join(folder, "checkpoint"))
        keys = tf.train.list_variables(os.path.join(folder, "model"))
        return {
            "train_op": train.name,
            "losses": numbers(losses),
            "outputs": numbers(session.run(y, {x: images})),
            "variables": variables(session),
            "keys": [[name, list(shape)] for name, shape in keys],
        }


def main():
    if not tf.VERSION.startswith("1.15"):
        sys.exit("record with TensorFlow 1.15, this is " + tf.VERSION)
    tf.logging.set_verbosity(tf.logging.ERROR)
    golden = {
        "layers": {k: dict(v, result=record_layer(v)) for k, v in LAYERS.items()},
        "refused": {k: dict(v, error=record_refusal(v)) for k, v in REFUSED.items()},
        "cells": {k: dict(v, result=record_cell(v)) for k, v in CELLS.items()},
        "embedding": record_embedding(),
        "training": record_training(os.path.join(HERE, "graph_checkpoint")),
    }
    with open(os.path.join(HERE, "graph.json"), "w") as out:
        json.dump(golden, out, indent=None, sort_keys=True, separators=(",", ":"))
        out.write("\n")


main()
