"""Has TensorFlow 1.15.5 write a checkpoint of version 1 in shards, as sharded_v1/.

    /path/to/python3.7 tests/golden/record_sharded_v1.py

`expected.json` holds the variables, and what the network computes from them.
"""

from __future__ import print_function

import json
import os
import shutil

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sharded_v1")
ROWS = [[1.0, 2.0, 3.0, 4.0], [0.5, -1.0, 0.25, -2.0]]


def network():
    """`y = x (first + whole)`: one variable, one in two parts, and a step, each on a device."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.device("/cpu:0"):
        first = tf.get_variable("first", initializer=np.arange(12, dtype=np.float32).reshape(4, 3))

    def place(op):
        return "/cpu:1" if "part_1" in op.name else "/cpu:0"

    with tf.device(place):
        whole = tf.get_variable(
            "whole",
            [4, 3],
            initializer=tf.random_uniform_initializer(seed=1),
            partitioner=tf.fixed_size_partitioner(2),
        )
    with tf.device("/cpu:2"):
        step = tf.get_variable("global_step", initializer=np.int64(7), trainable=False)
    joined = tf.concat(list(whole), 0)
    return (
        x,
        tf.matmul(x, first + joined, name="y"),
        {"first": first, "whole": joined, "global_step": step},
    )


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.mkdir(FOLDER)
    os.chdir(FOLDER)
    tf.set_random_seed(1)
    x, y, variables = network()
    saver = tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1)
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 3})) as session:
        session.run(tf.global_variables_initializer())
        path = saver.save(session, "./net.ckpt")
        values = {name: value.tolist() for name, value in session.run(variables).items()}
        computed = session.run(y, {x: ROWS}).tolist()
    expected = {"path": path, "values": values, "x": ROWS, "y": computed}
    with open("expected.json", "w") as file:
        json.dump(expected, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
