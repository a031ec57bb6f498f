"""Converts a network with TensorFlow 1.15.5 for tests/export, as tflite_files/.

    PATH=/path/to/tf115/bin:$PATH python3.7 tests/golden/record_tflite.py

The path is needed, since the converter is a program of its own. quantized.tflite is network.tflite
with weights of eight bits, custom.tflite has an op that TFLite does not have.
"""

from __future__ import print_function

import os

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tflite_files")


def network():
    x = tf.placeholder(tf.float32, [1, 4, 4, 1], name="x")
    kernel = tf.get_variable("kernel", initializer=np.ones([3, 3, 1, 2], np.float32))
    y = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "VALID"))
    y = tf.matmul(tf.reshape(y, [1, 8]), tf.ones([8, 200]) / 8)
    return [x], [tf.nn.softmax(y, name="y"), tf.argmax(y, 1, name="class")]


def custom():
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    return [x], [tf.linalg.inv(x, name="y")]


def convert(build, name, **settings):
    with tf.Graph().as_default(), tf.Session() as session:
        inputs, outputs = build()
        session.run(tf.global_variables_initializer())
        converter = tf.lite.TFLiteConverter.from_session(session, inputs, outputs)
        for key in settings:
            setattr(converter, key, settings[key])
        with open(os.path.join(HERE, name), "wb") as out:
            out.write(converter.convert())


def main():
    if not os.path.isdir(HERE):
        os.mkdir(HERE)
    convert(network, "network.tflite")
    convert(network, "quantized.tflite", optimizations=[tf.lite.Optimize.OPTIMIZE_FOR_SIZE])
    convert(custom, "custom.tflite", allow_custom_ops=True)


if __name__ == "__main__":
    main()
