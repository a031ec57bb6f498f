"""Writes checkpoints with TensorFlow 1.15.5, and says what is in them, as checkpoints/.

    /path/to/python3.7 tests/golden/record_checkpoints.py
    /path/to/python3.7 tests/golden/record_checkpoints.py --read FOLDER

The second form is the way back: it restores checkpoints that graphkit.tf1 wrote of the same
networks, and fails unless keys, dtypes, shapes and what is computed are the same. Only this
script goes that way, since it needs 1.15.5. FOLDER holds for every case what `Network.write`
leaves, as `layers.ref.index` and so on, and what it returns, as `layers.ref.json`.
"""

from __future__ import print_function

import json
import os
import shutil
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "checkpoints")


def rows(tf, *shape):
    values = np.cos(0.7 * np.arange(int(np.prod(shape)))).reshape(shape)
    return tf.constant(values, tf.float32)


def trained(tf, optimizer, outputs):
    """The outputs of a network that is trained with an optimizer, so that it has slots."""
    loss = tf.reduce_mean(tf.square(outputs), name="loss")
    step = tf.train.get_or_create_global_step()
    train = optimizer.minimize(loss, global_step=step, name="train")
    return {"outputs": outputs, "loss": loss}, train


def layers(tf):
    x = rows(tf, 2, 4, 4, 2)
    y = tf.layers.conv2d(x, 2, 3, name="conv", activation=tf.nn.relu)
    y = tf.layers.batch_normalization(y, name="norm")
    y = tf.layers.separable_conv2d(y, 2, 2, name="separable")
    y = tf.layers.dense(tf.layers.flatten(y), 2, name="out")
    return trained(tf, tf.train.AdamOptimizer(0.01), y)


def slim(tf):
    slim = tf.contrib.slim
    x = rows(tf, 2, 4, 4, 2)
    with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm):
        y = slim.conv2d(x, 2, 3, scope="conv")
    y = slim.separable_conv2d(y, 2, 2, depth_multiplier=1, scope="separable")
    y = slim.fully_connected(slim.flatten(y), 2, activation_fn=None, scope="out")
    return trained(tf, tf.train.RMSPropOptimizer(0.01, momentum=0.9), y)


def cells(tf):
    cell = tf.nn.rnn_cell
    many = cell.MultiRNNCell(
        [
            cell.LSTMCell(3, use_peepholes=True, num_proj=2),
            cell.GRUCell(2),
            cell.ResidualWrapper(cell.BasicRNNCell(2)),
        ]
    )
    y, _ = tf.nn.dynamic_rnn(many, rows(tf, 2, 3, 2), dtype=tf.float32)
    return trained(tf, tf.train.MomentumOptimizer(0.1, 0.9), y)


def contrib_cells(tf):
    rnn = tf.contrib.rnn
    x = rows(tf, 2, 3, 2)
    kinds = {
        "block": rnn.LSTMBlockCell(2, use_peephole=True),
        "gru_block": rnn.GRUBlockCellV2(num_units=2),
        "norm": rnn.LayerNormBasicLSTMCell(2),
        "nas": rnn.NASCell(2, use_bias=True),
        "update": rnn.UGRNNCell(2),
        "highway": rnn.HighwayWrapper(rnn.GRUCell(2)),
        "projected": rnn.OutputProjectionWrapper(rnn.GRUCell(3), 2),
    }
    made = [
        tf.nn.dynamic_rnn(kinds[name], x, dtype=tf.float32, scope=name)[0] for name in sorted(kinds)
    ]
    fused, _ = rnn.LSTMBlockFusedCell(2)(tf.transpose(x, [1, 0, 2]), dtype=tf.float32)
    made.append(tf.transpose(fused, [1, 0, 2]))
    return trained(tf, tf.train.AdagradOptimizer(0.1), tf.concat(made, 2))


def attention(tf):
    seq2seq = tf.contrib.seq2seq
    memory = rows(tf, 2, 4, 3)
    mechanism = seq2seq.BahdanauAttention(3, memory, normalize=True)
    cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(3), mechanism, attention_layer_size=2)
    y, _ = tf.nn.dynamic_rnn(cell, rows(tf, 2, 3, 2), dtype=tf.float32)
    scores = tf.layers.dense(y, 3, name="scores")
    labels, lengths = tf.constant([[0, 1, 2]] * 2), tf.constant([3, 3])
    loss, _ = tf.contrib.crf.crf_log_likelihood(scores, labels, lengths)
    return trained(tf, tf.train.FtrlOptimizer(0.1), -loss)


def measured(tf):
    values = rows(tf, 4)
    mean, update_mean = tf.metrics.mean(values)
    labels = tf.cast(values > 0, tf.int64)
    accuracy, update_accuracy = tf.metrics.accuracy(labels, tf.constant([1, 1, 0, 0], tf.int64))
    auc, update_auc = tf.metrics.auc(labels, tf.sigmoid(values), num_thresholds=5)
    matrix, update_iou = tf.metrics.mean_iou(labels, tf.ones_like(labels), 2)
    averages = tf.train.ExponentialMovingAverage(0.5)
    weight = tf.get_variable("weight", [2], initializer=tf.ones_initializer())
    updates = [update_mean, update_accuracy, update_auc, update_iou, averages.apply([weight])]
    found = {"mean": mean, "accuracy": accuracy, "auc": auc, "iou": matrix}
    found["average"] = averages.average(weight)
    return found, tf.group(*updates)


NETWORKS = {
    "attention": attention,
    "cells": cells,
    "contrib_cells": contrib_cells,
    "layers": layers,
    "measured": measured,
    "slim": slim,
}


class Network(object):
    """One of the networks with its Saver, of reference or of resource variables."""

    def __init__(self, tf, name, resource):
        self.tf = tf
        with tf.Graph().as_default() as self.graph:
            with tf.variable_scope(tf.get_variable_scope(), use_resource=resource):
                self.outputs, self.train = NETWORKS[name](tf)
            self.start = [tf.global_variables_initializer(), tf.local_variables_initializer()]
            self.saver = tf.train.Saver(tf.global_variables() + tf.local_variables())

    def write(self, prefix):
        """Trains it for a step, writes its checkpoint, and gives what it computes then."""
        with self.tf.Session(graph=self.graph) as session:
            session.run(self.start)
            session.run(self.train)
            self.saver.save(session, prefix, write_meta_graph=False)
            return self.computed(session)

    def restore(self, prefix):
        """Restores a checkpoint into it, and gives what it computes."""
        with self.tf.Session(graph=self.graph) as session:
            self.saver.restore(session, prefix)
            return self.computed(session)

    def computed(self, session):
        return {key: np.asarray(v).tolist() for key, v in session.run(self.outputs).items()}


def contents(tf, prefix):
    """The keys of a checkpoint with their dtypes and shapes."""
    reader = tf.train.NewCheckpointReader(prefix)
    dtypes = reader.get_variable_to_dtype_map()
    shapes = reader.get_variable_to_shape_map()
    return {key: [dtypes[key].name, shapes[key]] for key in sorted(shapes)}


def cases():
    return [
        (name, kind, kind == "resource")
        for name in sorted(NETWORKS)
        for kind in ("ref", "resource")
    ]


def read_back(tf, folder):
    """Restores what graphkit.tf1 wrote; every difference is an error."""
    with open(os.path.join(FOLDER, "recorded.json")) as recorded:
        then = json.load(recorded)
    for name, kind, resource in cases():
        prefix = os.path.join(folder, name + "." + kind)
        assert contents(tf, prefix) == then[name + "." + kind]["contents"], prefix
        with open(prefix + ".json") as written:
            wanted = json.load(written)
        found = Network(tf, name, resource).restore(prefix)
        for key in wanted:
            np.testing.assert_allclose(found[key], wanted[key], rtol=2e-5, atol=2e-6)
        print("same", name, kind)


def record(tf):
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.mkdir(FOLDER)
    found = {}
    for name, kind, resource in cases():
        prefix = os.path.join(FOLDER, name + "." + kind)
        outputs = Network(tf, name, resource).write(prefix)
        found[name + "." + kind] = {"contents": contents(tf, prefix), "outputs": outputs}
    os.remove(os.path.join(FOLDER, "checkpoint"))
    with open(os.path.join(FOLDER, "recorded.json"), "w") as out:
        json.dump(found, out, sort_keys=True)
        out.write("\n")


def main():
    import tensorflow as tf

    tf.logging.set_verbosity(tf.logging.ERROR)
    if sys.argv[1:2] == ["--read"]:
        read_back(tf, sys.argv[2])
    else:
        record(tf)


if __name__ == "__main__":
    main()
