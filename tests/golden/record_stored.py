"""Writes checkpoints and graphs with TensorFlow 1.15.5 for tests/export, as stored/.

/path/to/python3.7 tests/golden/record_stored.py

kinds_v2.*, kinds_v1   variables of many dtypes, and two cut into pieces; bfloat16 and texts
                       in version 2 alone
kinds.npz              their values
old.*, new.*           one network twice: `new` has other scopes, one kernel trained further,
                       one layer wider, and no optimizer
old.pb, new.pb         their graphs; old.pbtxt is old.pb as text
loop.pb                a `tf.while_loop` and a `tf.cond`
"""

from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stored")

KINDS = {
    "bool": np.array([True, False, True]),
    "complex128": np.array([1 - 2j, 0.5j]),
    "complex64": np.array([[1 + 2j]], np.complex64),
    "float16": np.array([0.5, -2, np.inf], np.float16),
    "float32": np.array([[1.5, -0.0], [np.nan, 1e-30]], np.float32),
    "float64": np.array(1 / 3.0),
    "int16": np.array([-300, 300], np.int16),
    "int32": np.array([-1, 2**31 - 1], np.int32),
    "int64": np.array([-(2**62), 7], np.int64),
    "int8": np.array([-128, 127], np.int8),
    "nothing": np.zeros([0, 3], np.float32),
    "uint16": np.array([65535], np.uint16),
    "uint8": np.array([[0, 255]], np.uint8),
}
TEXTS = np.array([[b"", b"a\0b"], ["\u00e4".encode("utf-8"), b"x" * 200]], object)
ROWS = np.arange(14, dtype=np.float32).reshape(7, 2) / 4
COLUMNS = np.arange(20, dtype=np.int64).reshape(2, 10) - 9


def save(session, name, variables=None, version=tf.train.SaverDef.V2):
    saver = tf.train.Saver(variables, write_version=version)
    path = os.path.join(HERE, name)
    saver.save(session, path, write_meta_graph=False, latest_filename="unused")
    os.remove(os.path.join(HERE, "unused"))


def record_kinds():
    with tf.Graph().as_default(), tf.Session() as session:
        for name in sorted(KINDS):
            tf.get_variable(name, initializer=tf.constant(KINDS[name]))
        for name, value, axis in (("pieces/rows", ROWS, 0), ("pieces/columns", COLUMNS, 1)):
            tf.get_variable(
                name,
                value.shape,
                value.dtype,
                initializer=piece_of(value),
                partitioner=tf.fixed_size_partitioner(3, axis),
            )
        first = tf.global_variables()
        tf.get_variable("brain", initializer=tf.cast(tf.constant([1.0, -0.15625]), tf.bfloat16))
        tf.get_variable("texts", initializer=tf.constant(TEXTS))
        session.run(tf.global_variables_initializer())
        save(session, "kinds_v2")
        save(session, "kinds_v1", first, tf.train.SaverDef.V1)
    expected = dict(KINDS)
    expected["pieces/rows"], expected["pieces/columns"] = ROWS, COLUMNS
    np.savez_compressed(os.path.join(HERE, "kinds.npz"), **expected)


def piece_of(value):
    """An initializer that gives each piece its part of a value."""

    def initializer(shape, dtype, partition_info):
        start = np.array(partition_info.var_offset)
        return tf.constant(value[tuple(map(slice, start, start + shape))], dtype)

    return initializer


def weights(name, shape, start):
    values = np.cos(start + np.arange(int(np.prod(shape)))).reshape(shape).astype(np.float32)
    return tf.get_variable(name, initializer=tf.constant(values))


def old():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.variable_scope("net"):
        with tf.variable_scope("first"):
            y = tf.nn.relu(tf.matmul(x, weights("weights", [4, 3], 0)) + weights("biases", [3], 1))
        with tf.variable_scope("second"):
            y = tf.matmul(y, weights("weights", [3, 3], 2)) + weights("biases", [3], 3)
        with tf.variable_scope("out"):
            y = tf.matmul(y, weights("weights", [3, 2], 4))
    tf.nn.softmax(y, name="y")
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(y * y, name="loss"))


def new():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.variable_scope("model/first"):
        y = tf.nn.relu(tf.matmul(x, weights("weights", [4, 3], 0)) + weights("biases", [3], 1))
    with tf.variable_scope("model/second"):
        y = tf.matmul(y, weights("weights", [3, 3], 2.5)) + weights("biases", [3], 3)
    with tf.variable_scope("net/out"):
        y = tf.matmul(y, weights("weights", [3, 5], 4))
    tf.nn.softmax(y, name="y")


def record_networks():
    for build in (old, new):
        name = build.__name__
        with tf.Graph().as_default() as graph, tf.Session() as session:
            build()
            session.run(tf.global_variables_initializer())
            write_graph(graph, name + ".pb")
            if build is old:
                tf.io.write_graph(graph, HERE, "old.pbtxt")
            save(session, name)


def record_loop():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="x")
        y = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * 2), [0, x])[1]
        tf.cond(y > 1, lambda: y + 1, lambda: y - 1, name="chosen")
        write_graph(graph, "loop.pb")


def write_graph(graph, name):
    with open(os.path.join(HERE, name), "wb") as out:
        out.write(graph.as_graph_def().SerializeToString())


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.mkdir(HERE)
    record_kinds()
    record_networks()
    record_loop()


if __name__ == "__main__":
    main()
