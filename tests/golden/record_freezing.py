"""Writes networks of every shape with TensorFlow 1.15.5 for tests/export, as freezing/.

    /path/to/python3.7 tests/golden/record_freezing.py

For each network NAME its checkpoint and `.meta`; expected.npz holds what was fed and what 1.15.5
computed: `NAME/feed/INPUT` and `NAME/output/OUTPUT`.
"""

from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "freezing")


def rows(count, width):
    return np.sin(np.arange(count * width, dtype=np.float32)).reshape(count, width)


def weights(name, *shape):
    values = np.cos(np.arange(int(np.prod(shape)))).reshape(shape).astype(np.float32)
    return tf.get_variable(name, initializer=tf.constant(values))


def placeholder(width=3, name="x"):
    return tf.placeholder(tf.float32, [None, width], name=name)


def batch_norm():
    """Statistics of the batch or averages, by a switch: `tf.cond` around the updates."""
    x, training = placeholder(), tf.placeholder(tf.bool, [], name="is_training")
    y = tf.contrib.layers.batch_norm(
        tf.layers.dense(x, 4), is_training=training, updates_collections=None, fused=False
    )
    tf.nn.relu(y, name="y")
    return {"x": rows(4, 3), "is_training": False}, ["y"]


def fused_norm():
    x = tf.placeholder(tf.float32, [None, 4, 4, 2], name="x")
    y = tf.layers.conv2d(x, 3, 3, use_bias=False)
    tf.nn.relu(tf.layers.batch_normalization(y, training=False), name="y")
    return {"x": rows(2, 32).reshape(2, 4, 4, 2)}, ["y"]


def dropout():
    x = placeholder()
    keep = tf.placeholder_with_default(1.0, [], name="keep")
    tf.nn.dropout(tf.matmul(x, weights("w", 3, 4)), keep, name="dropped")
    tf.identity(tf.matmul(x, weights("v", 3, 2)), name="y")
    return {"x": rows(2, 3)}, ["y"]


def lstm():
    x = tf.placeholder(tf.float32, [None, 5, 2], name="x")
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(n) for n in (3, 2)])
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    tf.identity(outputs, name="outputs")
    tf.identity(state[-1].c, name="state")
    return {"x": rows(2, 10).reshape(2, 5, 2)}, ["outputs", "state"]


def gru():
    x = tf.placeholder(tf.float32, [None, None, 2], name="x")
    lengths = tf.placeholder(tf.int32, [None], name="lengths")
    cell = tf.nn.rnn_cell.GRUCell(3)
    outputs, _ = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32)
    tf.reduce_sum(outputs, 1, name="y")
    return {"x": rows(2, 8).reshape(2, 4, 2), "lengths": np.array([2, 4], np.int32)}, ["y"]


def loop():
    x, w = placeholder(), weights("w", 3, 3)
    y = tf.while_loop(lambda i, v: i < 4, lambda i, v: (i + 1, tf.tanh(tf.matmul(v, w))), [0, x])
    tf.identity(y[1], name="y")
    return {"x": rows(2, 3)}, ["y"]


def condition():
    x, w = placeholder(), weights("w", 3, 2)
    y = tf.matmul(x, w)
    tf.identity(tf.cond(tf.reduce_sum(y) > 0, lambda: y * 2, lambda: y - 1), name="y")
    return {"x": rows(2, 3)}, ["y"]


def embedding():
    words = tf.placeholder(tf.int64, [None, 4], name="words")
    table = tf.get_variable(
        "table", [9, 3], partitioner=tf.fixed_size_partitioner(2), initializer=tf.ones_initializer()
    )
    tf.reduce_mean(tf.nn.embedding_lookup(table, words, "div") * weights("scale", 3), 1, name="y")
    return {"words": np.arange(8).reshape(2, 4) % 9}, ["y"]


def queue():
    """The batch comes out of a queue, which is cut off there."""
    source = tf.train.slice_input_producer([tf.constant(rows(6, 3))], shuffle=False)
    batch = tf.train.batch(source, 2, name="input")
    tf.nn.softmax(tf.matmul(batch, weights("w", 3, 2)), name="y")
    return {"input": rows(2, 3)}, ["y"]


def iterator():
    dataset = tf.data.Dataset.from_tensor_slices(rows(6, 3)).batch(2, drop_remainder=True)
    batch = tf.data.make_initializable_iterator(dataset).get_next(name="next")
    tf.nn.softmax(tf.matmul(batch, weights("w", 3, 2)), name="y")
    return {"next": rows(2, 3)}, ["y"]


def shared():
    """One layer used twice, and outputs of several dtypes."""
    one, two = placeholder(name="one"), placeholder(name="two")
    layer = tf.layers.Dense(2, activation=tf.tanh, name="shared")
    y = tf.subtract(layer(one), layer(two), name="difference")
    tf.argmax(y, 1, name="larger")
    tf.greater(y, 0.0, name="positive")
    return {"one": rows(2, 3), "two": rows(2, 3) * 2}, ["difference", "larger", "positive"]


def trained():
    """Optimizer slots, averages, summaries, asserts and control dependencies around the network."""
    x, labels = placeholder(), tf.placeholder(tf.int32, [None], name="labels")
    with tf.device("/cpu:0"), tf.control_dependencies([tf.debugging.assert_non_negative(labels)]):
        targets = tf.one_hot(labels, 2)
    logits = tf.layers.dense(x, 2, name="logits")
    tf.nn.softmax(logits, name="y")
    loss = tf.losses.softmax_cross_entropy(targets, logits)
    tf.summary.scalar("loss", loss)
    train = tf.train.AdamOptimizer().minimize(loss, tf.train.get_or_create_global_step())
    with tf.control_dependencies([train]):
        tf.train.ExponentialMovingAverage(0.9).apply(tf.trainable_variables())
    return {"x": rows(2, 3)}, ["y"]


NETWORKS = [
    batch_norm, fused_norm, dropout, lstm, gru, loop, condition, embedding, queue, iterator,
    shared, trained,
]  # fmt: skip


def record(build, kind, expected):
    name = build.__name__ + "_" + kind
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        with tf.variable_scope("", use_resource=kind == "resource"):
            feed, outputs = build()
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        path = os.path.join(HERE, name)
        saver.save(session, path, strip_default_attrs=True, latest_filename="unused")
        fed = {key + ":0": feed[key] for key in feed}
        for key in feed:
            expected["%s/feed/%s" % (name, key)] = feed[key]
        for output in outputs:
            expected["%s/output/%s" % (name, output)] = session.run(output + ":0", fed)


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.mkdir(HERE)
    expected = {}
    for build in NETWORKS:
        for kind in ("ref", "resource"):
            record(build, kind, expected)
    os.remove(os.path.join(HERE, "unused"))
    np.savez_compressed(os.path.join(HERE, "expected.npz"), **expected)


if __name__ == "__main__":
    main()
